"""The population stability index of two vectors of shares."""

from __future__ import annotations

import numpy as np

from scoring.arrays import Floats

DECILES = np.arange(1, 10) / 10
# A number with no more distinct values than this is compared value by value.
FEW_VALUES = 10
# Stands in for a share of zero, of which there is no logarithm.
EMPTY_SHARE = 1e-4
# Below this stability index, populations are considered alike.
ALIKE_PSI = 0.1


def stability_index(first: Floats, second: Floats) -> float:
    """Population stability index of two vectors of shares: sum of (p - q) ln(p / q).

    Below 0.1 the populations are considered alike, above 0.25 different (Siddiqi, 2006, "Credit Risk Scorecards",
    chapter 9). It is the symmetric Kullback-Leibler divergence.
    """
    p, q = np.maximum(first, EMPTY_SHARE), np.maximum(second, EMPTY_SHARE)
    return float(((p - q) * np.log(p / q)).sum())
