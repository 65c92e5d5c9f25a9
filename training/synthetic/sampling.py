"""Sampling used by all generators: values from marginals, levels from shares, runs of rows per owner."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

Columns = dict[str, NDArray[Any]]
Shares = Mapping[str, float]
Marginal = Mapping[str, list[float]]


def from_uniform(marginal: Marginal, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse distribution function: maps uniforms in (0, 1), of any shape, to values.

    `marginal` holds points of the distribution function, `cumulative` and `values`. A value shared by many rows is two
    points with the same value, so that heaps keep their share.
    """
    return np.interp(uniform, marginal["cumulative"], marginal["values"])


def from_normal(marginal: Marginal, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse distribution function at normal scores, whose variance need only be near 1."""
    return from_uniform(marginal, ndtr(score))


def draw_levels(shares: Shares, uniform: NDArray[np.float64]) -> NDArray[np.object_]:
    """A level for each uniform; shares need not add up to 1, and the level "" means null (None)."""
    weights = np.array(list(shares.values()), dtype=float)
    levels = np.array([level or None for level in shares], dtype=object)
    cumulative = np.cumsum(weights) / weights.sum()
    return levels[np.minimum(np.searchsorted(cumulative, uniform, side="right"), len(levels) - 1)]


def draw_levels_by(
    shares_by_key: Mapping[str, Shares], keys: NDArray[np.object_], uniform: NDArray[np.float64]
) -> NDArray[np.object_]:
    """A level for each row, from the shares of its key, or of "*" if the key has none."""
    drawn = np.empty(len(keys), dtype=object)
    codes, distinct = factorize(keys)
    for code, key in enumerate(distinct):
        rows = codes == code
        drawn[rows] = draw_levels(shares_by_key.get(key, shares_by_key["*"]), uniform[rows])
    return drawn


def values_by(
    marginals: Mapping[str, Marginal], keys: NDArray[np.object_], uniform: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A value for each row, from the marginal of its key, or of "*" if the key has none."""
    values = np.empty(len(keys))
    codes, distinct = factorize(keys)
    for code, key in enumerate(distinct):
        rows = codes == code
        values[rows] = from_uniform(marginals.get(key, marginals["*"]), uniform[rows])
    return values


def factorize(keys: NDArray[np.object_]) -> tuple[NDArray[np.int64], list[str]]:
    """Each row's code, and the distinct keys in sorted order."""
    distinct, codes = np.unique(keys.astype(str), return_inverse=True)
    return codes, [str(key) for key in distinct]


def joined(*parts: NDArray[Any]) -> NDArray[np.object_]:
    """Joins several columns into one key per row, such as "Working|F"."""
    key = parts[0].astype(str).astype(object)
    for part in parts[1:]:
        key = key + "|" + part.astype(str).astype(object)
    return key


def tilted_codes(
    shares: NDArray[np.float64], tilts: NDArray[np.float64], uniform: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Draws a level's code for each row, with every level's share multiplied by exp(tilt).

    `shares` has an entry per level; `tilts` a row per draw and a column per level.
    """
    cumulative = np.cumsum(shares * np.exp(tilts), axis=1)
    return (cumulative < (uniform * cumulative[:, -1])[:, None]).sum(axis=1)


def happens(
    share: float | NDArray[np.float64], tilt: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Draws events whose log-odds are those of `share` plus the tilt."""
    return rng.random(len(tilt)) < expit(np.log(share / (1 - np.asarray(share))) + tilt)


def positions(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers rows 0, 1, 2, ... within each run of the given lengths."""
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(counts.sum()) - starts


def correlated_normal(signal: NDArray[np.float64], weight: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draws normal scores that correlate with the standard normal `signal` by `weight`."""
    return weight * signal + np.sqrt(1 - weight**2) * rng.standard_normal(len(signal))


def where_null(values: NDArray[Any], null: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The values, with NaN where `null`."""
    return np.where(null, np.nan, values)


def none_where(null: NDArray[np.bool_], levels: NDArray[np.object_]) -> NDArray[np.object_]:
    """The levels, with None where `null`."""
    known = levels.astype(object)
    known[null] = None
    return known
