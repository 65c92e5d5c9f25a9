"""Exact TreeSHAP of small trees by look-up, as LightGBM computes it at every call.

A tree of at most eight leaves has at most seven nodes, each of which sends a row left or right: what it adds to each
feature depends on which of 128 patterns that is. All are computed once. The value of a set of features is TreeSHAP's
(Lundberg et al., 2018, algorithm 1): a node of a feature outside the set divides by how many rows went either way. With
these values the game of each leaf is a product, whose Shapley values are an integral of a polynomial over [0, 1] (Owen,
1972), which Gauss and Legendre's rule gives exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Floats
from scoring.artifact.model_text import model_text

MOST_LEAVES = 8
NODES = MOST_LEAVES - 1
PATTERNS = 1 << NODES
# The polynomials have a degree of at most six: four points are exact to the seventh.
POINTS = 4
TREES_AT_ONCE = 64
ROWS_AT_ONCE = 64
# Bits of LightGBM's `decision_type`.
CATEGORICAL, DEFAULT_LEFT, ZERO_IS_MISSING, NAN_IS_MISSING = 1, 2, 4, 8
WORD = 32


@dataclass(frozen=True)
class Tree:
    """A tree of LightGBM's text, its nodes numbered from the root; a child below 0 is the complement of a leaf."""

    features: NDArray[np.intp]
    thresholds: Floats
    kinds: NDArray[np.intp]
    children: NDArray[np.intp]
    values: Floats
    counts: Floats
    node_counts: Floats
    levels: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Nodes:
    """Where each node of all trees sends a row; there are eight for each tree, of which some are none.

    Arrays of shape (nodes,): `features`; `thresholds`, not above which a row goes left, NaN where levels decide; and
    whether one without a value does. `by_level`: places of the nodes that levels decide; `level_left`, of shape (such
    nodes, levels + 1), whether each level goes left, and last any other.
    """

    features: NDArray[np.intp]
    thresholds: Floats
    missing_left: NDArray[np.bool_]
    by_level: NDArray[np.intp]
    level_left: NDArray[np.bool_]

    def patterns(self, matrix: Floats) -> NDArray[np.intp]:
        """The pattern of each row in each tree, shape (n, trees)."""
        return _patterns(self.left(matrix))

    def left(self, matrix: Floats) -> NDArray[np.bool_]:
        """Whether each node sends each row left, shape (n, nodes)."""
        values = matrix.take(self.features, axis=1)
        left = values <= self.thresholds
        left |= np.isnan(values) & self.missing_left
        levels = values[:, self.by_level]
        last = self.level_left.shape[1] - 1
        known = (levels >= 0) & (levels < last)
        codes = np.where(known, levels, last).astype(np.intp)
        left[:, self.by_level] = self.level_left[np.arange(len(self.by_level)), codes]
        return left

    def at(self, places: NDArray[np.intp]) -> Nodes:
        """Some of the nodes, by ascending place."""
        kept = np.isin(self.by_level, places)
        by_level = np.searchsorted(places, self.by_level[kept])
        some = (self.features[places], self.thresholds[places], self.missing_left[places])
        return Nodes(*some, by_level, self.level_left[kept])


def _patterns(left: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The pattern of each row in each tree, by where its nodes send it."""
    # A byte for each tree: its first node is the highest of eight bits, of which the last is none.
    return np.packbits(left, axis=1).astype(np.intp) >> 1


@dataclass(frozen=True)
class Contributions:
    """The contributions of all trees to the margin, by pattern.

    Args:
        base: the mean margin.
        nodes: what decides the pattern.
        table: contributions of shape (trees * patterns, slots).
        slots: the feature of each slot of each tree, shape (trees * slots,).
        features: how many features there are.
    """

    base: float
    nodes: Nodes
    table: Floats
    slots: NDArray[np.intp]
    features: int

    def of(self, matrix: Floats) -> Floats:
        """Contributions of shape (n, features); those of a row are the same whatever others stand beside it."""
        return np.concatenate(
            [self._some(matrix[at : at + ROWS_AT_ONCE]) for at in range(0, len(matrix), ROWS_AT_ONCE)]
        )

    def _some(self, matrix: Floats) -> Floats:
        patterns = self.nodes.patterns(matrix)
        first = np.arange(patterns.shape[1]) * PATTERNS
        found = self.table.take(first + patterns, axis=0).reshape(len(matrix), -1)
        return np.array([np.bincount(self.slots, row, self.features) for row in found])

    def margins(self, matrix: Floats) -> Floats:
        """The margins of rows that differ in few features, shape (n,): what is the same for all is looked up once."""
        own = matrix[:1]
        varies = ~((matrix == own) | (np.isnan(matrix) & np.isnan(own))).all(axis=0)
        places = np.flatnonzero(varies[self.nodes.features])
        trees, own_left = np.unique(places // MOST_LEAVES), self.nodes.left(own)
        same = np.delete(self._by_tree(_patterns(own_left))[0], trees).sum()
        rest = np.tile(own_left.reshape(-1, MOST_LEAVES)[trees].ravel(), (len(matrix), 1))
        rest[:, np.searchsorted(trees, places // MOST_LEAVES) * MOST_LEAVES + places % MOST_LEAVES] = self.nodes.at(
            places
        ).left(matrix)
        return self.base + same + self._by_tree(_patterns(rest), trees).sum(axis=1)

    def _by_tree(self, patterns: NDArray[np.intp], trees: NDArray[np.intp] | None = None) -> Floats:
        """What each of some trees, or of all, adds to the margin of each row."""
        first = np.arange(patterns.shape[1]) if trees is None else trees
        return self._totals[first * PATTERNS + patterns]

    @cached_property
    def _totals(self) -> Floats:
        return self.table.sum(axis=1)


def contributions_of(booster: lgb.Booster) -> Contributions | None:
    """The look-up of a booster; None if one of its trees is too large or of another kind."""
    texts = model_text(booster.model_to_string().encode()).trees
    trees = [tree for tree in map(_tree, texts) if tree is not None]
    if not trees or len(trees) < len(texts):
        return None
    tables, slots = [], []
    for at in range(0, len(trees), TREES_AT_ONCE):
        some = trees[at : at + TREES_AT_ONCE]
        tables.append(_table(some))
        slots += [_slots(tree) for tree in some]
    base = sum(float(tree.values @ tree.counts / tree.node_counts[0]) for tree in trees)
    return Contributions(base, _nodes(trees), np.concatenate(tables), np.concatenate(slots), booster.num_feature())


def _tree(text: bytes) -> Tree | None:
    """A tree of a booster's text; None for one that is not small, or of another kind."""
    lines = dict(line.split("=", 1) for line in text.decode().splitlines() if "=" in line)
    if not 1 < int(lines["num_leaves"]) <= MOST_LEAVES or lines["is_linear"] != "0":
        return None
    tree = _read(lines)
    own, nodes, leaves = tree.children, np.arange(len(tree.features))[:, None], len(tree.values)
    # A node's children come after it; else there would be no end.
    is_tree = (((own > nodes) & (own < len(nodes))) | ((own < 0) & (~own < leaves))).all()
    has_counts = (tree.counts > 0).all() and (tree.node_counts > 0).all()
    return tree if is_tree and has_counts and not (tree.kinds & ZERO_IS_MISSING).any() else None


def _read(lines: dict[str, str]) -> Tree:
    def whole(name: str) -> NDArray[np.intp]:
        return np.array(lines[name].split(), dtype=np.intp)

    def real(name: str) -> Floats:
        return np.array(lines[name].split(), dtype=np.float64)

    levels: tuple[frozenset[int], ...] = ()
    if int(lines["num_cat"]):
        ends, words = whole("cat_boundaries").tolist(), whole("cat_threshold").tolist()
        levels = tuple(_levels(words[start:end]) for start, end in pairwise(ends))
    return Tree(
        features=whole("split_feature"),
        thresholds=real("threshold"),
        kinds=whole("decision_type"),
        children=np.stack([whole("left_child"), whole("right_child")], axis=1),
        values=real("leaf_value"),
        counts=real("leaf_count"),
        node_counts=real("internal_count"),
        levels=levels,
    )


def _levels(words: list[int]) -> frozenset[int]:
    return frozenset(WORD * place + bit for place, word in enumerate(words) for bit in range(WORD) if word >> bit & 1)


def _slots(tree: Tree) -> list[int]:
    """The features of a tree, each once; a slot too many has none of its own and stays at 0."""
    own = list(dict.fromkeys(tree.features.tolist()))
    return own + [0] * (NODES - len(own))


def _table(trees: list[Tree]) -> Floats:
    """What these trees contribute by pattern, shape (trees * patterns, slots)."""
    shape = (len(trees), MOST_LEAVES, NODES)
    # Of each leaf and slot: the share of rows that would get there, the nodes on the way, and which of them send left.
    shares, nodes, to_left = np.ones(shape), np.zeros(shape, np.intp), np.zeros(shape, np.intp)
    values = np.zeros(shape[:2])
    for place, tree in enumerate(trees):
        slots = _slots(tree)
        values[place, : len(tree.values)] = tree.values
        for leaf, path in _paths(tree):
            for node, side in path:
                at, bit = (place, leaf, slots.index(tree.features[node])), 1 << (NODES - 1 - node)
                child = tree.children[node, side]
                count = tree.counts[~child] if child < 0 else tree.node_counts[child]
                shares[at] *= count / tree.node_counts[node]
                nodes[at] |= bit
                to_left[at] |= bit * (side == 0)
    inside = (np.arange(PATTERNS) & nodes[..., None]) == to_left[..., None]
    outside = shares[..., None]
    others = np.zeros(inside.shape)
    for point, weight in zip(*np.polynomial.legendre.leggauss(POINTS), strict=True):
        share = (point + 1) / 2
        factors = outside * (1 - share) + inside * share
        others += weight / 2 * factors.prod(axis=2, keepdims=True) / factors
    found = (values[..., None, None] * (inside - outside) * others).sum(axis=1)
    return found.transpose(0, 2, 1).reshape(-1, NODES)


def _paths(tree: Tree) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Each leaf with the nodes on its way and the side that it is on, 0 for left."""
    waiting: list[tuple[int, list[tuple[int, int]]]] = [(0, [])]
    while waiting:
        node, path = waiting.pop()
        for side in (0, 1):
            child, way = int(tree.children[node, side]), [*path, (node, side)]
            if child < 0:
                yield ~child, way
            else:
                waiting.append((child, way))


def _nodes(trees: list[Tree]) -> Nodes:
    shape = (len(trees), MOST_LEAVES)
    features, thresholds = np.zeros(shape, np.intp), np.full(shape, np.nan)
    missing_left = np.zeros(shape, np.bool_)
    by_level: list[int] = []
    lefts: list[frozenset[int]] = []
    for place, tree in enumerate(trees):
        count = len(tree.features)
        levels = tree.kinds & CATEGORICAL > 0
        features[place, :count] = tree.features
        thresholds[place, :count] = np.where(levels, np.nan, tree.thresholds)
        as_missing = np.where(tree.kinds & NAN_IS_MISSING, tree.kinds & DEFAULT_LEFT, tree.thresholds >= 0)
        missing_left[place, :count] = ~levels & (as_missing > 0)
        for node in np.flatnonzero(levels).tolist():
            by_level.append(place * MOST_LEAVES + node)
            lefts.append(tree.levels[int(tree.thresholds[node])])
    level_left = np.zeros((len(lefts), 1 + max((max(left) + 1 for left in lefts if left), default=0)), np.bool_)
    for place, left in enumerate(lefts):
        level_left[place, list(left)] = True
    return Nodes(features.ravel(), thresholds.ravel(), missing_left.ravel(), np.array(by_level, np.intp), level_left)
