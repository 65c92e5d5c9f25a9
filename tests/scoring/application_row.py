"""One application as the columns that features are computed from."""

import pandas as pd

from scoring.schema.features import derived_features, to_columns
from scoring.schema.fields import fields

DERIVED = {feature.name: feature for feature in derived_features()}


def row(**values):
    """One application of which only these fields are known, as columns."""
    frame = pd.DataFrame({name: [values.get(name)] for name in fields()})
    numeric = [field.name for field in fields().values() if field.type != "text"]
    return to_columns(frame.astype(dict.fromkeys(numeric, float)))
