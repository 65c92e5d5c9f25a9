"""Draws a column from a tree, whose splits are on the columns drawn before.

This is synthesis by classification and regression trees (Reiter, 2005, "Using CART to generate partially synthetic
public use microdata", Journal of Official Statistics 21), except that leaves hold statistics instead of rows: see
`grow`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from training.synthetic.sampling import Columns, draw_levels


@dataclass(frozen=True)
class Drawn:
    """A column to draw, given those before it.

    Args:
        name: the column's name.
        kind: "level" for text, "number", or "discrete" for a number that only takes values shared by many rows.
        leaves: the most leaves that its tree may have.
    """

    name: str
    kind: Literal["level", "number", "discrete"]
    leaves: int


OTHERS = "*"
SPARSE = 10.0  # a gap this many times the usual one is a sparse part of the grid
# A leaf of levels maps them, "" for null and `OTHERS`, to their shares; one of numbers: see `draw_numbers`. A split is
# [column, threshold, node at or below it, node above it or null] for a number and
# [column, level, node of that level, node of the others] for a level.
Node = Any


def draw_column(statistics: Mapping[str, Any], columns: Columns, rows: int, rng: np.random.Generator) -> NDArray[Any]:
    """Draws a value for each row: levels as an object array with None for null, numbers as float64 with NaN.

    Args:
        statistics: the `tree`, and the share of `stray` rows, which get one of the `others` (shares of the levels that
            are too rare for their leaf) or, for numbers, null. Numbers also have the `range` of values that are no
            heap, and the `grid` to which they are rounded (empty: none).
        columns: the columns drawn before, in the same form.
        rows: how many to draw.
        rng: random number generator.
    """
    levels = "others" in statistics
    drawn = np.empty(rows, dtype=object if levels else np.float64)
    uniform = rng.random(rows)
    for leaf, members in _leaves(statistics["tree"], columns, np.arange(rows)):
        at = uniform[members]
        drawn[members] = draw_levels(leaf, at) if levels else draw_numbers(leaf, statistics["range"], at)
    astray = rng.random(rows) < statistics["stray"]
    if levels:
        others = np.flatnonzero(astray | (drawn == OTHERS))
        drawn[others] = draw_levels(statistics["others"], rng.random(len(others)))
        return drawn
    drawn[astray] = np.nan
    return nearest(drawn, np.array(statistics["grid"]))


def nearest(values: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounds to the nearest value of the sorted grid, except NaN and values where the grid is sparse."""
    if len(grid) < 2:
        return values
    above = np.searchsorted(grid, values).clip(1, len(grid) - 1)
    low, high = grid[above - 1], grid[above]
    snapped = np.where(values - low < high - values, low, high)
    gap = SPARSE * np.median(np.diff(grid))
    dense = (high - low <= gap) & (np.abs(snapped - values) <= gap)
    return np.where(dense, snapped, values)


def _leaves(tree: Node, columns: Columns, rows: NDArray[np.int64]) -> list[tuple[Mapping[str, Any], NDArray[np.int64]]]:
    """All leaves that have rows, each with its rows."""
    if not len(rows):
        return []
    if not isinstance(tree, list):
        return [(tree, rows)]
    name, at, yes, no = tree
    values = columns[name][rows]
    inside = values == (at or None) if isinstance(at, str) else values <= at
    return _leaves(yes, columns, rows[inside]) + _leaves(no, columns, rows[~inside])


def draw_numbers(leaf: Mapping[str, Any], reach: list[float], uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draws the numbers of one leaf's rows, from uniforms in (0, 1).

    A leaf has a share of `null`; `heaps`, which are values shared by many rows, with their `heap_shares`; and a
    continuous part within `reach`, given by the `means` of groups of equally many rows.
    """
    shares = [leaf["null"], *leaf["heap_shares"]]
    values = np.array([np.nan, *leaf["heaps"]])
    means = leaf["means"]
    if not means:
        return values[_choose(shares, uniform)]
    known = sum(shares)
    cumulative = np.cumsum(shares)
    indices = np.searchsorted(cumulative, uniform, side="right")
    rest = np.interp((uniform - known) / (1 - known) * len(means), *_points(means, reach)) if known < 1 else np.nan
    return np.where(indices < len(values), values[np.minimum(indices, len(values) - 1)], rest)


def _choose(shares: list[float], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    cumulative = np.cumsum(shares)
    return np.minimum(np.searchsorted(cumulative / cumulative[-1], uniform, side="right"), len(shares) - 1)


def _points(means: list[float], reach: list[float]) -> tuple[list[float], NDArray[np.float64]]:
    """The points of a distribution function: group means at the middle of their groups, and the two ends."""
    if len(means) == 1:
        return [0.5], np.array(means)
    ends = [1.5 * means[0] - 0.5 * means[1], 1.5 * means[-1] - 0.5 * means[-2]]
    first, last = min(max(ends[0], reach[0]), means[0]), max(min(ends[1], reach[1]), means[-1])
    points = [0.0, *(group + 0.5 for group in range(len(means))), float(len(means))]
    return points, np.array([first, *means, last])
