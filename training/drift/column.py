"""One column of both populations, and the distance between its distributions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, fisher_exact, ks_2samp

from scoring.arrays import Floats
from scoring.drift.report import TestName
from training.statistics.stability_index import DECILES, FEW_VALUES, stability_index

# Levels with a lower expected count in either population are pooled: the chi-square approximation needs as many
# (Cochran, 1954).
FEWEST_EXPECTED = 5


@dataclass(frozen=True, eq=False)
class Column:
    """A column of n reference and m current applicants, float64 with NaN for missing.

    It holds the values of a quantity, or else indices into `levels`, which has the levels of both sides.
    """

    name: str
    levels: tuple[str, ...]
    reference: Floats
    current: Floats

    @property
    def is_quantity(self) -> bool:
        """Whether it is quantitative rather than categorical."""
        return not self.levels


@dataclass(frozen=True)
class Distance:
    """The distance between two distributions, and its p-value."""

    psi: float
    test: TestName
    p_value: float


def column(name: str, reference: pd.Series, current: pd.Series) -> Column:
    """Makes a column from two frames' series; numbers with few distinct values are treated as categorical."""
    if all(pd.api.types.is_numeric_dtype(side) for side in (reference, current)):
        before, after = reference.to_numpy(dtype=np.float64), current.to_numpy(dtype=np.float64)
        found = np.unique(np.concatenate([before, after]))
        known = found[~np.isnan(found)]
        if len(known) > FEW_VALUES:
            return Column(name, (), before, after)
        indices = [np.where(np.isnan(side), np.nan, np.searchsorted(known, side)) for side in (before, after)]
        return Column(name, tuple(f"{value:g}" for value in known), indices[0], indices[1])
    codes, levels = pd.factorize(pd.concat([reference, current]).astype("str"), sort=True)
    numbers = np.where(codes < 0, np.nan, codes)
    return Column(name, tuple(levels), numbers[: len(reference)], numbers[len(reference) :])


def distance(column: Column) -> Distance:
    """The population stability index over reference deciles or levels, plus a bin for missing values; and the test."""
    before, after = counts(column)
    psi = stability_index(before / before.sum(), after / after.sum())
    if column.is_quantity:
        return Distance(psi, "kolmogorov-smirnov", kolmogorov_smirnov(column.reference, column.current))
    return Distance(psi, "chi-square", chi_square(before, after))


def counts(column: Column) -> tuple[Floats, Floats]:
    """Counts per bin on either side, missing values last; bins are deciles of the reference, or levels."""
    if not column.is_quantity:
        return _counted(column.reference, len(column.levels)), _counted(column.current, len(column.levels))
    known = column.reference[~np.isnan(column.reference)]
    edges = np.unique(np.quantile(known, DECILES)) if len(known) else np.empty(0)
    sides = [
        np.where(np.isnan(side), np.nan, np.searchsorted(edges, side)) for side in (column.reference, column.current)
    ]
    return _counted(sides[0], len(edges) + 1), _counted(sides[1], len(edges) + 1)


def _counted(indices: Floats, number: int) -> Floats:
    filled = np.where(np.isnan(indices), number, indices).astype(np.int64)
    return np.bincount(filled, minlength=number + 1).astype(np.float64)


def kolmogorov_smirnov(reference: Floats, current: Floats) -> float:
    """The p-value of the two-sample test (asymptotic, and conservative if there are ties).

    Missing values count as smaller than all others, so that one test detects both shifts and more missing values.
    """
    sides = [np.where(np.isnan(side), -np.inf, side) for side in (reference, current)]
    return float(ks_2samp(sides[0], sides[1], method="asymp").pvalue)


def chi_square(before: Floats, after: Floats) -> float:
    """The p-value of the chi-square test of homogeneity for two vectors of counts; missing is a level like any other.

    Levels that are too rare for it are pooled. If even the pool is too rare, Fisher's exact test compares the pool with
    the rest, chi-square compares the others with each other, and the smaller p-value is doubled.
    """
    table = np.array([before, after])
    rare = _expected(table) < FEWEST_EXPECTED
    together = table[:, rare].sum(axis=1, keepdims=True)
    if not rare.any() or _expected(np.hstack([together, table[:, ~rare]]))[0] >= FEWEST_EXPECTED:
        return _homogeneity(np.hstack([table[:, ~rare], together]))
    rest = table[:, ~rare].sum(axis=1, keepdims=True)
    exact = float(fisher_exact(np.hstack([together, rest]).astype(np.int64)).pvalue)
    return min(1.0, 2 * min(exact, _homogeneity(table[:, ~rare])))


def _expected(table: Floats) -> Floats:
    """Each level's expected count in the smaller population."""
    return table.sum(axis=0) * table.sum(axis=1).min() / table.sum()


def _homogeneity(table: Floats) -> float:
    held = table[:, table.sum(axis=0) > 0]
    return float(chi2_contingency(held, correction=False).pvalue) if held.shape[1] > 1 else 1.0
