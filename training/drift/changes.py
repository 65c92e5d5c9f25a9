"""Describes how a column drifted: missing values, levels, units, location, spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from scoring.arrays import Floats
from scoring.drift.report import Change
from scoring.units import DAYS_PER_MONTH, DAYS_PER_YEAR, MONTHS_PER_YEAR
from training.drift.column import Column

# The smallest change of a share to report, and the most changes of one kind.
POINTS = 0.05
MOST_TOLD = 3
# The smallest share of a new level to report.
NEW_LEVEL_SHARE = 0.01
# The smallest change of the median to report, as a share of the reference's interquartile range.
MOVED = 0.10
# Conversion factor to the old unit, by key of `texts.csv`.
UNITS = {
    "years_for_days": DAYS_PER_YEAR,
    "months_for_days": DAYS_PER_MONTH,
    "weeks_for_days": 7.0,
    "years_for_months": MONTHS_PER_YEAR,
    "shares_for_percent": 100.0,
    "thousands": 1_000.0,
    "days_for_years": 1 / DAYS_PER_YEAR,
    "days_for_months": 1 / DAYS_PER_MONTH,
    "days_for_weeks": 1 / 7,
    "months_for_years": 1 / MONTHS_PER_YEAR,
    "percent_for_shares": 1 / 100,
    "from_thousands": 1 / 1_000,
    "sign": 1.0,
}
# Limits on the greatest difference between distribution functions: at most the first after conversion to the old unit,
# and at least the second before. Rounding to whole years alone makes a difference of some hundredths.
SAME_UNIT, OTHER_UNIT = 0.15, 0.50


def missing_shares(column: Column) -> tuple[float, float]:
    """The share of missing values on either side."""
    return float(np.isnan(column.reference).mean()), float(np.isnan(column.current).mean())


def changes(column: Column) -> tuple[Change, ...]:
    """All changes, clearest first."""
    before, after = missing_shares(column)
    if after == 1 > before:
        return (Change("all_missing", "", before, after),)
    missing = [Change("missing", "", before, after)] if abs(after - before) >= POINTS else []
    others = _of_quantity(column, explained=bool(missing)) if column.is_quantity else _of_levels(column)
    return (*missing, *others)


def new_levels(column: Column) -> list[Change]:
    """Levels that do not occur in the reference, by descending share."""
    if column.is_quantity:
        return []
    found = [
        Change("new_level", level, was, now)
        for level, was, now in _level_shares(column)
        if was == 0 and now >= NEW_LEVEL_SHARE
    ]
    return sorted(found, key=lambda change: -change.after)


def _level_shares(column: Column) -> list[tuple[str, float, float]]:
    return [
        (level, float((column.reference == index).mean()), float((column.current == index).mean()))
        for index, level in enumerate(column.levels)
    ]


def _of_levels(column: Column) -> list[Change]:
    new = new_levels(column)
    named = {change.subject for change in new}
    moved = [
        Change("level", level, was, now)
        for level, was, now in _level_shares(column)
        if level not in named and abs(now - was) >= POINTS
    ]
    return [*new[:MOST_TOLD], *_largest(moved)]


def _largest(found: list[Change]) -> list[Change]:
    return sorted(found, key=lambda change: -abs(change.after - change.before))[:MOST_TOLD]


def marks(column: Column) -> list[float]:
    """Frequent single values, such as a sentinel, whose share changed."""
    if not column.is_quantity:
        return []
    return [
        value
        for value in sorted({*_frequent(column.reference), *_frequent(column.current)})
        if abs(_share(column.current, value) - _share(column.reference, value)) >= POINTS
    ]


def _share(side: Floats, value: float) -> float:
    return float((side == value).mean())


def _frequent(side: Floats) -> list[float]:
    values, counts = np.unique(side[~np.isnan(side)], return_counts=True)
    frequent: NDArray = values[counts >= POINTS * len(side)]
    return frequent.tolist()


def _of_quantity(column: Column, explained: bool) -> list[Change]:
    """Changes in a quantity; `explained` says whether another change has been reported already."""
    marked = marks(column)
    values = _largest(
        [Change("value", f"{mark:g}", _share(column.reference, mark), _share(column.current, mark)) for mark in marked]
    )
    reference, current = _known(column.reference), _known(column.current)
    if not (len(reference) and len(current)):
        return values
    # Sentinels have no unit.
    unit = other_unit(*(side[~np.isin(side, marked)] for side in (reference, current)))
    return [*values, *_size(reference, current, unit, explained or bool(values))]


def _known(side: Floats) -> Floats:
    return side[~np.isnan(side)]


def _size(reference: Floats, current: Floats, unit: str | None, explained: bool) -> list[Change]:
    """A change of unit, of the median or, if nothing else explains the drift, of the spread."""
    before, after = float(np.median(reference)), float(np.median(current))
    if unit:
        return [Change("unit", unit, before, after)]
    low, high = np.quantile(reference, [0.25, 0.75])
    if abs(after - before) > MOVED * (high - low):
        return [Change("median", "", before, after)]
    spreads = [float(np.subtract(*np.quantile(side, [0.9, 0.1]))) for side in (reference, current)]
    return [] if explained else [Change("spread", "", spreads[0], spreads[1])]


def other_unit(reference: Floats, current: Floats) -> str | None:
    """The key of the unit that current values appear to be in, if converting them makes them fit the reference."""
    if not (len(reference) and len(current)) or gap(reference, current) < OTHER_UNIT:
        return None
    gaps = {
        unit: min(gap(reference, sign * factor * current) for sign in ((1, -1) if factor != 1 else (-1,)))
        for unit, factor in UNITS.items()
    }
    best = min(gaps, key=gaps.__getitem__)
    return best if gaps[best] < SAME_UNIT else None


def gap(reference: Floats, current: Floats) -> float:
    """The greatest difference between the distribution functions (the Kolmogorov-Smirnov statistic)."""
    return float(ks_2samp(reference, current, method="asymp").statistic)
