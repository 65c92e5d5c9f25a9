"""Drawing a column from a tree: which leaf a row falls into depends on the columns drawn before.

This is synthesis by classification and regression trees (Reiter, 2005, "Using CART to generate partially synthetic
public use microdata", Journal of Official Statistics 21), where a leaf holds not the rows that fell into it but their
statistics: see `grow`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from training.synthetic.sampling import Columns, draw_levels


@dataclass(frozen=True)
class Drawn:
    """A column that is drawn given those before it.

    Args:
        name: of the column.
        kind: "level", a text; "number"; "discrete", a number of which only values shared by many rows are drawn.
        leaves: how many leaves its tree may have, for the train applicants.
    """

    name: str
    kind: Literal["level", "number", "discrete"]
    leaves: int


OTHERS = "*"
SPARSE = 10.0  # a gap of the grid is sparse beyond so many usual gaps
# A leaf of levels maps them, "" for null and `OTHERS`, to their shares; one of numbers: see `draw_numbers`. A split is
# [column, threshold, node at or below it, node above it or null] for a number and
# [column, level, node of that level, node of the others] for a level.
Node = Any


def draw_column(statistics: Mapping[str, Any], columns: Columns, rows: int, rng: np.random.Generator) -> NDArray[Any]:
    """One value per row: for a level an object array with None for null, for a number float64 with NaN.

    Args:
        statistics: the `tree`, and the share of rows that go `stray`: to the `others` (shares of the levels too rare
            for the leaf of a row) or, for numbers, to null. Numbers have the `range` of what is no heap, and the `grid`
            of values to which they are rounded, empty for none.
        columns: what was drawn before, in the same form.
        rows: how many.
        rng: the source of chance.
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
    """The nearest value of the grid, which is in order; NaN stays, and so does a value where the grid is sparse."""
    if len(grid) < 2:
        return values
    above = np.searchsorted(grid, values).clip(1, len(grid) - 1)
    low, high = grid[above - 1], grid[above]
    snapped = np.where(values - low < high - values, low, high)
    gap = SPARSE * np.median(np.diff(grid))
    dense = (high - low <= gap) & (np.abs(snapped - values) <= gap)
    return np.where(dense, snapped, values)


def _leaves(tree: Node, columns: Columns, rows: NDArray[np.int64]) -> list[tuple[Mapping[str, Any], NDArray[np.int64]]]:
    """Every leaf that has rows, and its rows."""
    if not len(rows):
        return []
    if not isinstance(tree, list):
        return [(tree, rows)]
    name, at, yes, no = tree
    values = columns[name][rows]
    inside = values == (at or None) if isinstance(at, str) else values <= at
    return _leaves(yes, columns, rows[inside]) + _leaves(no, columns, rows[~inside])


def draw_numbers(leaf: Mapping[str, Any], reach: list[float], uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers of the rows of one leaf, from uniforms in (0, 1).

    A leaf has a share of `null`, `heaps`: the values that many rows share, with the `heap_shares`, and the continuous
    rest as `means` of groups of equally many rows; `reach` bounds the rest.
    """
    shares = [leaf["null"], *leaf["heap_shares"]]
    values = np.array([np.nan, *leaf["heaps"]])
    means = leaf["means"]
    if not means:
        return values[_choose(shares, uniform)]
    known = sum(shares)
    cumulative = np.cumsum(shares)
    places = np.searchsorted(cumulative, uniform, side="right")
    rest = np.interp((uniform - known) / (1 - known) * len(means), *_points(means, reach)) if known < 1 else np.nan
    return np.where(places < len(values), values[np.minimum(places, len(values) - 1)], rest)


def _choose(shares: list[float], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    cumulative = np.cumsum(shares)
    return np.minimum(np.searchsorted(cumulative / cumulative[-1], uniform, side="right"), len(shares) - 1)


def _points(means: list[float], reach: list[float]) -> tuple[list[float], NDArray[np.float64]]:
    """Places of the group means in the middle of their groups, and the ends where the outer groups would end."""
    if len(means) == 1:
        return [0.5], np.array(means)
    ends = [1.5 * means[0] - 0.5 * means[1], 1.5 * means[-1] - 0.5 * means[-2]]
    first, last = min(max(ends[0], reach[0]), means[0]), max(min(ends[1], reach[1]), means[-1])
    places = [0.0, *(place + 0.5 for place in range(len(means))), float(len(means))]
    return places, np.array([first, *means, last])
