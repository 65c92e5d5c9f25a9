"""Monotone bins of a feature, with their weight of evidence: the characteristics of a scorecard.

A quantity is cut at its quantiles; neighbouring bins are pooled until the default rate never turns (pool adjacent
violators), in the declared direction of the feature, or in the more informative one. A category has a bin for each
frequent level. Missing values have a bin of their own where they are frequent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression

from scoring.arrays import Floats
from scoring.schema.features import ModelFeature

# Least share of all applicants in a bin: with fewer, its default rate is noise.
LEAST_SHARE = 0.05
MOST_BINS = round(1 / LEAST_SHARE)
# Added to defaulters and repayers of a bin, so that none is without either.
SMOOTHING = 0.5


@dataclass(frozen=True, eq=False)
class Bins:
    """The bins of one feature.

    Args:
        edges: of a quantity, rising: bin i holds what is at most edge i and above the edge before; shape (bins - 1,).
        levels: of a category, the code that has bin i; empty for a quantity.
        evidence: weight of evidence of each bin and of the rest (missing, rare, or unknown), the last: ln of its share
            of all defaulters over its share of all repayers, so that more is riskier; shape (bins + 1,).
        applicants: in each of them, shape (bins + 1,).
        information: value of the feature, the sum of (share of defaulters - share of repayers) * evidence.
        chance: what that value is on average where the feature says nothing, (bins - 1) * (1 / defaulters + 1 /
            repayers), as the value over the latter is chi-square.
    """

    edges: Floats
    levels: tuple[int, ...]
    evidence: Floats
    applicants: Floats
    information: float
    chance: float

    def indices(self, values: Floats) -> np.ndarray:
        """The bin of each value, shape (n,); the rest is the last."""
        return _indices(values, self.edges, self.levels)


def _indices(values: Floats, edges: Floats, levels: tuple[int, ...]) -> np.ndarray:
    if levels:
        bins = {float(level): index for index, level in enumerate(levels)}
        return np.array([bins.get(value, len(levels)) for value in values.tolist()])
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))


def bins_of(item: ModelFeature, values: Floats, outcomes: Floats) -> Bins:
    """The bins of a feature from its values, NaN for missing, and outcomes, both of shape (n,)."""
    if item.feature.kind == "categorical":
        codes, counts = np.unique(values[~np.isnan(values)], return_counts=True)
        frequent = codes[counts >= LEAST_SHARE * len(values)]
        return _with_evidence(values, outcomes, np.empty(0), tuple(frequent.astype(int).tolist()))
    found = [
        _with_evidence(values, outcomes, _monotone_edges(values, outcomes, direction), ())
        for direction in ((item.feature.direction,) if item.feature.direction else (1, -1))
    ]
    return max(found, key=lambda bins: bins.information)


def _monotone_edges(values: Floats, outcomes: Floats, direction: int) -> Floats:
    """Inner edges between which the default rate only rises (1) or only falls (-1)."""
    known = ~np.isnan(values)
    most = min(MOST_BINS, int(known.mean() / LEAST_SHARE))
    if most < 2:
        return np.empty(0)
    cuts = np.unique(np.quantile(values[known], np.arange(1, most) / most, method="inverted_cdf"))
    cuts = cuts[cuts < values[known].max()]
    indices = np.searchsorted(cuts, values[known], side="left")
    held = np.bincount(indices, minlength=len(cuts) + 1)
    rates = np.bincount(indices, weights=outcomes[known], minlength=len(cuts) + 1) / held
    ranks = np.arange(len(rates))
    pooled = IsotonicRegression(increasing=direction > 0).fit(ranks, rates, held).predict(ranks)
    return cuts[np.abs(np.diff(pooled)) > 0]


def _with_evidence(values: Floats, outcomes: Floats, edges: Floats, levels: tuple[int, ...]) -> Bins:
    rest = len(levels) if levels else len(edges) + 1
    indices = _indices(values, edges, levels)
    bad = np.bincount(indices, weights=outcomes, minlength=rest + 1)
    good = np.bincount(indices, weights=1 - outcomes, minlength=rest + 1)
    evidence = np.log((bad + SMOOTHING) / outcomes.sum()) - np.log((good + SMOOTHING) / (1 - outcomes).sum())
    if bad[rest] + good[rest] < LEAST_SHARE * len(values):
        evidence[rest] = 0.0
    information = float(((bad / outcomes.sum() - good / (1 - outcomes).sum()) * evidence).sum())
    held = (bad + good).astype(np.float64)
    chance = float((held > 0).sum() - 1) * (1 / outcomes.sum() + 1 / (1 - outcomes).sum())
    return Bins(edges, levels, evidence, held, information, float(chance))
