"""Columns that can hardly mean what the model learnt: another unit, fillers for missing values, one value throughout.

Every value may be allowed and the column still be wrong: an income in thousands, missing scores filled with 0. So a
file's columns are set beside those of the reference population, which an artifact carries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.checks.cause import UNITS
from scoring.lender.fields import Field, fields

# With fewer rows than this, a column's middle and shares are noise.
FEWEST = 30
# A middle that fewer than one in a hundred reference applicants exceed is not theirs by chance.
TAIL = 0.01
# In the right unit the middle lies well inside the reference applicants' values.
INSIDE = 0.05
# A filler: one value has gained at least this part of what missing values have lost, and this share of the known ones.
GAINED = 0.5
GAINED_AMONG_KNOWN = 0.10
# One value throughout is told where chance makes it so less often than this.
CHANCE = 1e-6
NEVER_MISSING = "of the model's reference applicants have no value, but every row has: make sure none was filled in."


@dataclass(frozen=True)
class Unlike:
    """A column that is unlike the reference population's, in words; `refused` where no decision should rest on it."""

    column: str
    refused: bool
    words: str

    def __str__(self) -> str:
        return f"column {self.column}: {self.words}"


def unlike(rows: pd.DataFrame, reference: pd.DataFrame) -> list[Unlike]:
    """The columns of some applicants that can hardly mean what they mean in the reference population.

    Args:
        rows: raw fields in their types, allowed values only, missing ones as such.
        reference: the reference applicants' raw fields likewise.
    """
    if min(len(rows), len(reference)) < FEWEST:
        return []
    told = []
    for name, field in fields().items():
        mine, theirs = rows[name], reference[name]
        if words := _other_unit(mine, theirs, field):
            told.append(Unlike(name, True, words))
        elif words := _constant(mine, theirs):
            told.append(Unlike(name, False, words))
        elif words := _filled(mine, theirs):
            told.append(Unlike(name, True, words))
        elif _never_missing(mine, theirs):
            told.append(Unlike(name, False, f"{theirs.isna().mean():.0%} {NEVER_MISSING}"))
    return told


def _quantities(values: pd.Series, field: Field) -> pd.Series:
    """Known values other than marks and zeros, which are the same in every unit."""
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
    """Whether every row has a value where, by chance, some would have none."""
    missing = float(theirs.isna().mean())
    return missing < 1 and not mine.isna().any() and len(mine) * np.log1p(-missing) < np.log(CHANCE)


def _filled(mine: pd.Series, theirs: pd.Series) -> str:
    """Whether one value stands where others have none: it has gained most of what missing values have lost."""
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
