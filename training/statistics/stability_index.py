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


def stability_index(synthetic: Floats, real: Floats) -> float:
    """Population stability index of two vectors of shares: sum of (s - r) ln(s / r).

    Below 0.1 the populations are considered alike, above 0.25 different (Siddiqi, 2006, "Credit Risk Scorecards",
    chapter 9). It is the symmetric Kullback-Leibler divergence.
    """
    s, r = np.maximum(synthetic, EMPTY_SHARE), np.maximum(real, EMPTY_SHARE)
    return float(((s - r) * np.log(s / r)).sum())
