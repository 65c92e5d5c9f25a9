"""Grows the trees of `trees` on real rows, with leaves that disclose no single row.

A leaf has at least `LEAF_ROWS` rows. It keeps a level's share, or a value shared by several rows, only if at least
`FEWEST_ROWS` of its rows have it; other numbers are kept as means over at least `FEWEST_ROWS` rows each.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import mutual_info_score
from sklearn.tree import DecisionTreeClassifier

from training.synthetic.marginals import FEWEST_ROWS
from training.synthetic.trees import OTHERS, Drawn, Node

LEAF_ROWS = 120
HEAP_SHARE = 0.003  # share of the leaf's rows
MOST_MEANS = 20
PREDICTORS = 14  # the columns drawn before that are most informative about the next one
BINS = 16
GRID_SHARE = 0.9  # share of rows with a shared value from which all of them are taken to have one


def grow_tree(
    drawn: Drawn, table: pd.DataFrame, coded: Mapping[str, np.ndarray], before: Sequence[str], leaves: int
) -> dict[str, Any]:
    """Grows the tree of one column, given the columns `before`, for `trees.draw_column`.

    `coded` holds the `codes` of every column. Splits maximise the information gain on levels, or on sixteenths of a
    number.
    """
    column = table[drawn.name]
    classes = coded[drawn.name]
    gained = {name: mutual_information(coded[name], classes) for name in before}
    chosen = sorted((name for name in before if gained[name] > 0), key=lambda name: -gained[name])[:PREDICTORS]
    tests = [test for name in chosen for test in _tests(table[name])]
    if tests and leaves > 1:
        design = np.column_stack([_design(table[name], level) for name, level in tests])
        fitted = DecisionTreeClassifier(
            criterion="entropy", max_leaf_nodes=leaves, min_samples_leaf=LEAF_ROWS, random_state=0
        ).fit(design, classes)
        leaf_of = fitted.apply(design)
        tree = _node(fitted.tree_, 0, tests, column, leaf_of, drawn)
    else:
        leaf_of = np.zeros(len(column))
        tree = leaf(column, drawn)
    if drawn.kind == "level":
        fewer = with_fewer(column.fillna(""), leaf_of)
        return {"tree": tree, "stray": stray(fewer, leaf_of), "others": others(column, fewer)}
    return {
        "tree": tree,
        "stray": stray(column.isna().to_numpy(), leaf_of),
        "grid": grid(column),
        "range": outer_means(column),
    }


def codes(column: pd.Series) -> np.ndarray:
    """Each row's code: its level, or its sixteenth of a number; null has a code of its own."""
    if not pd.api.types.is_numeric_dtype(column):
        return pd.factorize(column.fillna(""))[0]
    edges = np.unique(column.quantile(np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.where(column.isna(), len(edges) + 1, np.searchsorted(edges, column.to_numpy(dtype=float), side="left"))


def mutual_information(first: np.ndarray, second: np.ndarray) -> float:
    """Mutual information in nats, less its expectation under independence (Miller, 1955)."""
    chance = (len(np.unique(first)) - 1) * (len(np.unique(second)) - 1) / (2 * len(first))
    return float(mutual_info_score(first, second)) - chance


def _tests(column: pd.Series) -> list[tuple[str, str | None]]:
    if pd.api.types.is_numeric_dtype(column):
        return [(str(column.name), None)]
    counts = column.fillna("").value_counts()
    return [(str(column.name), str(level)) for level in sorted(counts.index[counts >= LEAF_ROWS])]


def _design(column: pd.Series, level: str | None) -> np.ndarray:
    """The values that a split compares: numbers, with nulls above all others; or 0 for the level, 1 for any other."""
    if level is None:
        return column.fillna(np.finfo(np.float32).max).to_numpy(dtype=np.float32)
    return (column.fillna("") != level).to_numpy(dtype=np.float32)


def _node(
    tree: Any, node: int, tests: list[tuple[str, str | None]], column: pd.Series, leaf_of: np.ndarray, drawn: Drawn
) -> Node:
    if tree.children_left[node] == -1:
        return leaf(column[leaf_of == node], drawn)
    name, level = tests[tree.feature[node]]
    at = significant(tree.threshold[node], 7) if level is None else level
    yes, no = (
        _node(tree, child[node], tests, column, leaf_of, drawn) for child in (tree.children_left, tree.children_right)
    )
    return [name, at, yes, no]


def with_fewer(levels: pd.Series, leaf_of: np.ndarray) -> np.ndarray:
    """Marks rows whose level is too rare in their leaf."""
    return (levels.groupby([levels, leaf_of]).transform("size") < FEWEST_ROWS).to_numpy()


def stray(pooled: np.ndarray, leaf_of: np.ndarray) -> float:
    """Share of all rows that are `pooled` (a rare level, or null) in leaves with too few of those for a share."""
    sizes = np.unique(leaf_of[pooled], return_counts=True)[1]
    rows = int(sizes[sizes < FEWEST_ROWS].sum())
    return round(rows / len(pooled), 5) if rows >= FEWEST_ROWS else 0.0


def others(column: pd.Series, fewer: np.ndarray) -> dict[str, float]:
    """Level shares among the rows whose level is too rare in their leaf, or among all rows if those are few."""
    levels = column.fillna("")
    counts = levels[fewer].value_counts()
    counts = counts[counts >= FEWEST_ROWS]
    return _level_shares(counts if len(counts) else levels.value_counts(), 0)


def grid(column: pd.Series) -> list[float]:
    """The values shared by enough rows, sorted, if nearly all rows have one of them; otherwise none."""
    counts = column.dropna().value_counts()
    shared = counts[counts >= FEWEST_ROWS]
    return sorted(shared.index.tolist()) if shared.sum() >= GRID_SHARE * counts.sum() else []


def outer_means(column: pd.Series) -> list[float]:
    """Means of the lowest and highest `FEWEST_ROWS` values: the range of a leaf's continuous part."""
    known = np.sort(column.dropna().to_numpy(dtype=float))
    return [significant(float(known[:FEWEST_ROWS].mean())), significant(float(known[-FEWEST_ROWS:].mean()))]


def _level_shares(counts: pd.Series, rest: int) -> dict[str, float]:
    counts = counts[counts >= FEWEST_ROWS].sort_index()
    rest = rest if rest >= FEWEST_ROWS else 0
    total = counts.sum() + rest
    shares = {str(level): round(count / total, 4) for level, count in counts.items()}
    return shares | ({OTHERS: round(rest / total, 4)} if rest else {})


def leaf(column: pd.Series, drawn: Drawn) -> dict[str, Any]:
    """A leaf's statistics."""
    if drawn.kind == "level":
        counts = column.fillna("").value_counts()
        return _level_shares(counts, int(counts[counts < FEWEST_ROWS].sum()))
    known = np.sort(column.dropna().to_numpy(dtype=float))
    values, sizes = np.unique(known, return_counts=True)
    shared = sizes >= max(FEWEST_ROWS, HEAP_SHARE * len(column))
    rest = known[~np.isin(known, values[shared])]
    if drawn.kind == "discrete" or len(rest) < FEWEST_ROWS:
        rest = rest[:0]
    null = len(column) - len(known)
    total = null * (null >= FEWEST_ROWS) + sizes[shared].sum() + len(rest)
    groups = np.array_split(rest, min(MOST_MEANS, len(rest) // FEWEST_ROWS)) if len(rest) else []
    return {
        "null": round(null * (null >= FEWEST_ROWS) / total, 4),
        "heaps": values[shared].tolist(),
        "heap_shares": [round(count / total, 4) for count in sizes[shared].tolist()],
        "means": [significant(group.mean(), 5) for group in groups],
    }


def significant(value: float, digits: int = 5) -> float:
    """Rounds to that many significant digits."""
    return float(f"{value:.{digits}g}")
