"""Values and levels of fields and features in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scoring.lender.roles import INAPPLICABLE
from scoring.schema.definition import Raw
from scoring.schema.features import ModelFeature
from scoring.schema.fields import fields
from scoring.words.language import Language, Value
from scoring.words.wording import text


def readable_value(item: ModelFeature, value: float, language: Language) -> Value:
    """A feature's value in words: a number in its unit, a level or yes/no; None if missing."""
    if np.isnan(value):
        return None
    if item.feature.kind == "yes_no":
        return text("yes" if value else "no", language)
    if item.feature.kind == "categorical":
        return level_words(item.feature.name, item.levels[int(value)], language)
    return int(value) if item.feature.unit == "count" and value == int(value) else float(value)


def level_words(field: str, level: str, language: Language) -> str:
    """A categorical level in words; one that is not in the field table is shown as it is."""
    words = fields()[field].levels.get(level)
    return words[language] if words else level


def applies(name: str, raw: Mapping[str, Raw]) -> bool:
    """Whether a field can have a value for an applicant (the age of a car needs a car)."""
    if name not in INAPPLICABLE:
        return True
    other, value = INAPPLICABLE[name]
    return raw[other] != value
