"""The age direction check: whether any applicant of 62 or more would score better at a lower age."""

from __future__ import annotations

import numpy as np

from scoring.arrays import Columns, Floats
from scoring.artifact.model import Model
from scoring.artifact.review import AgeCheck
from scoring.lender.formulas import ELDERLY, ages, at_age
from scoring.schema.features import feature_matrix

YOUNGER = range(20, ELDERLY, 3)
# Contributions are sums of thousands of leaves: smaller differences are rounding.
ROUNDING = 1e-9


def age_check(model: Model, columns: Columns) -> AgeCheck:
    """How often a lower age would score an applicant of 62 or more better (12 CFR 1002.6(b)(2)).

    Args:
        model: as it is served.
        columns: raw fields and history of applicants of any age, arrays of length n.
    """
    old = np.flatnonzero(ages(columns) >= ELDERLY)
    theirs = {name: values[old] for name, values in columns.items()}
    if not len(old):
        return AgeCheck(0, list(YOUNGER), 0)
    now = _log_odds(model, theirs)
    tried = [_log_odds(model, at_age(theirs, age)) for age in YOUNGER]
    return AgeCheck(len(old), list(YOUNGER), int((np.min(tried, axis=0) < now - ROUNDING).sum()))


def _log_odds(model: Model, columns: Columns) -> Floats:
    return model.log_odds(feature_matrix(columns, model.features), threads=0)
