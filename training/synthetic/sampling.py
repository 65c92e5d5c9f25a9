"""Draws shared by every generator: values from a marginal, levels from shares, rows repeated per owner."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

Columns = dict[str, NDArray[Any]]
Shares = Mapping[str, float]
Marginal = Mapping[str, list[float]]

DAYS_PER_MONTH = 30.4375


def from_uniform(marginal: Marginal, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse distribution function: uniforms in (0, 1) of any shape to values of the same shape.

    `marginal` holds the points of the distribution function, `cumulative` and `values`. A value that many rows share
    is two points with the same value, so that heaps keep their share.
    """
    return np.interp(uniform, marginal["cumulative"], marginal["values"])


def from_normal(marginal: Marginal, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse distribution function of normal scores of any variance near 1."""
    return from_uniform(marginal, ndtr(score))


def draw_levels(shares: Shares, uniform: NDArray[np.float64]) -> NDArray[np.object_]:
    """One level per uniform; the shares need not add up to 1. The level "" stands for a null (None)."""
    weights = np.array(list(shares.values()), dtype=float)
    levels = np.array([level or None for level in shares], dtype=object)
    cumulative = np.cumsum(weights) / weights.sum()
    return levels[np.minimum(np.searchsorted(cumulative, uniform, side="right"), len(levels) - 1)]


def draw_levels_by(
    shares_by_key: Mapping[str, Shares], keys: NDArray[np.object_], uniform: NDArray[np.float64]
) -> NDArray[np.object_]:
    """One level per row, from the shares of the row's key; a key without shares takes those of "*"."""
    drawn = np.empty(len(keys), dtype=object)
    codes, distinct = factorize(keys)
    for code, key in enumerate(distinct):
        rows = codes == code
        drawn[rows] = draw_levels(shares_by_key.get(key, shares_by_key["*"]), uniform[rows])
    return drawn


def values_by(
    marginals: Mapping[str, Marginal], keys: NDArray[np.object_], uniform: NDArray[np.float64]
) -> NDArray[np.float64]:
    """One value per row, from the marginal of the row's key; a key without a marginal takes that of "*"."""
    values = np.empty(len(keys))
    codes, distinct = factorize(keys)
    for code, key in enumerate(distinct):
        rows = codes == code
        values[rows] = from_uniform(marginals.get(key, marginals["*"]), uniform[rows])
    return values


def factorize(keys: NDArray[np.object_]) -> tuple[NDArray[np.int64], list[str]]:
    """Codes per row and the distinct keys in sorted order."""
    distinct, codes = np.unique(keys.astype(str), return_inverse=True)
    return codes, [str(key) for key in distinct]


def joined(*parts: NDArray[Any]) -> NDArray[np.object_]:
    """Row-wise key of several columns: "Working|F"."""
    key = parts[0].astype(str).astype(object)
    for part in parts[1:]:
        key = key + "|" + part.astype(str).astype(object)
    return key


def tilted_codes(
    shares: NDArray[np.float64], tilts: NDArray[np.float64], uniform: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Code of a level per row, where each level's share is multiplied by exp(tilt).

    `shares` has one entry per level, `tilts` one row per draw and one column per level.
    """
    cumulative = np.cumsum(shares * np.exp(tilts), axis=1)
    return (cumulative < (uniform * cumulative[:, -1])[:, None]).sum(axis=1)


def happens(
    share: float | NDArray[np.float64], tilt: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Events of probability `share` where the tilt (in log-odds) is 0."""
    return rng.random(len(tilt)) < expit(np.log(share / (1 - np.asarray(share))) + tilt)


def positions(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2, ... within each run of rows, for runs of the given lengths."""
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(counts.sum()) - starts


def correlated_normal(signal: NDArray[np.float64], weight: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Normal scores whose correlation with the standard normal `signal` is `weight`."""
    return weight * signal + np.sqrt(1 - weight**2) * rng.standard_normal(len(signal))


def where_null(values: NDArray[Any], null: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The values, NaN where `null`."""
    return np.where(null, np.nan, values)


def none_where(null: NDArray[np.bool_], levels: NDArray[np.object_]) -> NDArray[np.object_]:
    """The levels, None where `null`."""
    known = levels.astype(object)
    known[null] = None
    return known
