"""Bootstrap resamples as row weights, and intervals from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats

RESAMPLES = 1_000
# Resamples per block, which bounds memory.
BLOCK = 50
LOWER, UPPER = 0.025, 0.975


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % bootstrap interval (percentiles)."""

    value: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """1 or -1 if the interval is on one side of zero, else 0 (within noise)."""
        return (self.low > 0) - (self.high < 0)


def interval(draws: Floats | Sequence[float]) -> tuple[float, float]:
    """The percentiles between which 95 % of a figure's values under resampling lie."""
    low, high = np.quantile(draws, (LOWER, UPPER)).tolist()
    return low, high


def mean_with_interval(values: Floats, seed: int) -> Estimate:
    """The mean of values, such as paired differences (n,), with its bootstrap interval."""
    draws = np.concatenate([weights @ values / len(values) for weights in resamples(len(values), seed)])
    return Estimate(float(values.mean()), *interval(draws))


def resamples(rows: int, seed: int, number: int = RESAMPLES) -> Iterator[Floats]:
    """How often each row is drawn in each bootstrap resample, in blocks of shape (resamples, rows)."""
    rng = np.random.default_rng(seed)
    for start in range(0, number, BLOCK):
        yield rng.multinomial(rows, np.full(rows, 1 / rows), size=min(BLOCK, number - start)).astype(np.float64)
