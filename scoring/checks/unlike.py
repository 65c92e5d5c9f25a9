"""Columns that are implausible for the model: another unit, fillers for missing values, or a constant.

Every value may be allowed and the column still be wrong: an income in thousands, missing scores filled with 0. So a
file's columns are compared with those of the artifact's reference population.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.checks.cause import UNITS
from scoring.schema.fields import Field, fields

# With fewer rows than this, a column's median and shares are noise.
FEWEST = 30
# A median that fewer than one in a hundred reference applicants exceed is not due to chance.
TAIL = 0.01
# In the right unit, the median lies well within the reference applicants' values.
INSIDE = 0.05
# A filler: one value accounts for at least this part of the fall in missing values, and this share of known values.
GAINED = 0.5
GAINED_AMONG_KNOWN = 0.10
# A constant, or the absence of missing values, is reported if its probability by chance is below this.
CHANCE = 1e-6
NEVER_MISSING = "of the model's reference applicants have no value, but every row has: make sure none was filled in."


@dataclass(frozen=True)
class Unlike:
    """A column that differs from the reference population's, in words; `refused` if no decision should rest on it."""

    column: str
    refused: bool
    words: str

    def __str__(self) -> str:
        return f"column {self.column}: {self.words}"


def unlike(rows: pd.DataFrame, reference: pd.DataFrame) -> list[Unlike]:
    """The columns of some applicants that are implausible beside the reference population.

    Args:
        rows: raw fields in their types, with valid or missing values only.
        reference: the raw fields of the reference applicants, in the same form.
    """
    if min(len(rows), len(reference)) < FEWEST:
        return []
    found = []
    for name, field in fields().items():
        mine, theirs = rows[name], reference[name]
        if words := _other_unit(mine, theirs, field):
            found.append(Unlike(name, True, words))
        elif words := _constant(mine, theirs):
            found.append(Unlike(name, False, words))
        elif words := _filled(mine, theirs):
            found.append(Unlike(name, True, words))
        elif _never_missing(mine, theirs):
            found.append(Unlike(name, False, f"{theirs.isna().mean():.0%} {NEVER_MISSING}"))
    return found


def _quantities(values: pd.Series, field: Field) -> pd.Series:
    """Known values other than sentinels and zeros, which are the same in every unit."""
    known = values.dropna()
    return known[~known.isin([0.0, *field.sentinels])]


def _other_unit(mine: pd.Series, theirs: pd.Series, field: Field) -> str:
    if field.kind != "quantitative":
        return ""
    mine, theirs = _quantities(mine, field), _quantities(theirs, field)
    if min(len(mine), len(theirs)) < FEWEST:
        return ""
    middle = float(mine.median())
    lowest, low, high, highest = theirs.quantile([TAIL, INSIDE, 1 - INSIDE, 1 - TAIL])
    if lowest <= middle <= highest:
        return ""
    for factor, words in UNITS:
        if low <= middle * factor <= high:
            return (
                f"looks like another unit ({words}): its middle is {middle:g}, while the model's reference applicants "
                f"lie between {lowest:g} and {highest:g}. Write it in the unit of the field table."
            )
    return ""


def _never_missing(mine: pd.Series, theirs: pd.Series) -> bool:
    """Whether no value is missing where, by chance, some would be."""
    missing = float(theirs.isna().mean())
    return missing < 1 and not mine.isna().any() and len(mine) * np.log1p(-missing) < np.log(CHANCE)


def _filled(mine: pd.Series, theirs: pd.Series) -> str:
    """Whether one value fills in for missing ones: it gained most of the share that they lost."""
    if not _never_missing(mine, theirs):
        return ""
    missing, value = float(theirs.isna().mean()), mine.value_counts().idxmax()
    share, before = float((mine == value).mean()), float((theirs == value).mean())
    if share - before < GAINED * missing or share - before / (1 - missing) < GAINED_AMONG_KNOWN:
        return ""
    shown = f"{value:g}" if isinstance(value, float) else repr(value)
    return (
        f"looks like missing values filled with {shown}: {share:.0%} of the rows have it and none lacks a value, while "
        f"{before:.0%} of the model's reference applicants have it and {missing:.0%} have none. Leave missing values "
        "empty."
    )


def _constant(mine: pd.Series, theirs: pd.Series) -> str:
    if len(mine.unique()) > 1:
        return ""
    value = mine.iloc[0]
    missing = bool(pd.isna(value))
    share = float(theirs.isna().mean() if missing else (theirs == value).mean())
    if len(mine) * np.log(max(share, np.finfo(float).tiny)) > np.log(CHANCE):
        return ""
    held = "no value" if missing else repr(value)
    return f"holds {held} in every row, as {share:.0%} of the model's reference applicants do. Make sure that it is so."
