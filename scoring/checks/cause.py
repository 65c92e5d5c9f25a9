"""Likely causes of many invalid values in a column: another unit or sign, a filler, another spelling of levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from scoring.schema.definition import MISSING_WORDS, Definition, breaks, read_number
from scoring.schema.fields import fields
from scoring.units import DAYS_PER_YEAR, MONTHS_PER_YEAR

# A cause is named only if it explains nearly all of the sampled values.
EXPLAINED = 0.95
DIGITS = 12
# Factor to the column's own unit, and what the values look like.
UNITS = (
    (-1.0, "the sign is turned"),
    (0.01, "percent or hundredths: a hundred times too large"),
    (-DAYS_PER_YEAR, "years in place of days before the application"),
    (DAYS_PER_YEAR, "years in place of days"),
    (0.001, "thousandths: a thousand times too large"),
    (1000.0, "thousands: a thousand times too small"),
    (float(MONTHS_PER_YEAR), "per month in place of per year"),
    (1 / MONTHS_PER_YEAR, "per year in place of per month"),
    (100.0, "a hundred times too small"),
)
# Numbers commonly used for missing values; the marks of the lender's own fields are used like them.
FILLERS = frozenset({-1, 0, 9, 99, 999, 9999, 99999, 999999, -9, -99, -999, -9999, -99999})


def likely_cause(definition: Definition, values: Sequence[object]) -> str:
    """What most of the invalid values have in common, in words; "" if no known cause fits.

    Args:
        definition: what the column may hold.
        values: a sample of the invalid values, as they were sent.
    """
    known = [value for value in values if value is not None]
    if not known:
        return ""
    if definition.type == "text":
        return _cause_of_levels(definition, [str(value) for value in known])
    numbers = pd.Series([value for value in known if isinstance(value, (int, float))], dtype="float64")
    if len(numbers) < EXPLAINED * len(known):
        return ""
    (value, count), *_ = Counter(numbers.tolist()).most_common(1)
    if value in FILLERS | _marks() and count >= EXPLAINED * len(numbers):
        return f"{value:g} in place of a missing value: leave it empty"
    return _unit(definition, numbers)


@cache
def _marks() -> frozenset[float]:
    return frozenset(mark for field in fields().values() for mark in field.sentinels)


def _unit(definition: Definition, numbers: pd.Series) -> str:
    """The unit in which most of the numbers would be allowed; "" if they are not out of the limits as they are."""
    low, high = definition.minimum, definition.maximum
    beyond = ~numbers.between(-np.inf if low is None else low, np.inf if high is None else high)
    if definition.kind != "quantitative" or beyond.mean() < EXPLAINED:
        return ""
    # Years are converted to days with a fraction left over.
    digits = 0 if definition.type == "integer" else DIGITS
    for factor, words in UNITS:
        if (~breaks((numbers * factor).round(digits), definition)).mean() >= EXPLAINED:
            return words
    return ""


def _cause_of_levels(definition: Definition, levels: list[str]) -> str:
    folded = {level.casefold() for level in definition.levels}
    letters = {_letters(level) for level in definition.levels}
    causes: list[tuple[str, Callable[[str], bool]]] = [
        ("codes in place of names: write the names of the levels", lambda level: read_number(level, "en") is not None),
        ("blanks around the names", lambda level: level.strip() in definition.levels),
        ("another case: write the levels as they are listed", lambda level: level.strip().casefold() in folded),
        ("other signs between the words: write the levels as listed", lambda level: _letters(level) in letters),
        ("a missing value in words: leave it empty", lambda level: level.strip().lower() in MISSING_WORDS),
    ]
    for words, explains in causes:
        if sum(map(explains, levels)) >= EXPLAINED * len(levels):
            return words
    return ""


def _letters(level: str) -> str:
    return "".join(sign for sign in level.casefold() if sign.isalnum())
