"""Step functions of single features as a LightGBM model: one tree for each, written as its text.

A tree is a chain. Of a quantity, the first node sends missing values aside and each further one splits off the next
bin; of a category, each node splits off a level, and what is left is missing, rare or unknown. Counts are those of the
training rows, which is what TreeSHAP weighs leaves by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from scoring.arrays import Floats
from scoring.artifact.model import feature_names
from scoring.schema.features import ModelFeature
from training.learn.bins import Bins
from training.learn.rows import TrainingRows

# LightGBM's `decision_type`: a set of levels; a threshold with missing values to the right.
LEVELS, MISSING_RIGHT = 1, 8
# Above every number: only missing values go to the right of it.
ABOVE_ALL = "1.7976931348623157e+308"
WORD = 32


@dataclass(frozen=True)
class Node:
    """A node of a chain: its threshold, or the place of its set of levels, as text; and the leaf that it splits off."""

    threshold: str
    leaf: int
    leaf_on_left: bool


def step_booster(rows: TrainingRows, bins: Sequence[Bins], weights: Floats, base: float) -> lgb.Booster:
    """The booster whose margin is `base` plus, for each feature, its weight times the evidence of its bin.

    Args:
        rows: with a column for each of k features.
        bins: of each feature.
        weights: of each feature, shape (k,).
        base: the margin where all evidence is 0.
    """
    trees = [
        _tree(index, one, weights[index] * one.evidence + (0.0 if index else base)) for index, one in enumerate(bins)
    ]
    head = [
        "tree",
        "version=v4",
        "num_class=1",
        "num_tree_per_iteration=1",
        "label_index=0",
        f"max_feature_idx={len(bins) - 1}",
        "objective=binary sigmoid:1",
        f"feature_names={' '.join(feature_names(rows.features))}",
        f"feature_infos={' '.join(_info(item, rows.matrix[:, at]) for at, item in enumerate(rows.features))}",
        f"tree_sizes={' '.join(str(len(tree)) for tree in trees)}",
        "",
        "",
    ]
    text = (
        "\n".join(head) + "".join(trees) + "end of trees\n\nparameters:\nend of parameters\n\npandas_categorical:null\n"
    )
    return lgb.Booster(model_str=text)


def _info(item: ModelFeature, values: Floats) -> str:
    """A feature's range, or its levels' codes, as LightGBM notes them."""
    if item.levels:
        return ":".join(str(code) for code in range(len(item.levels)))
    known = values[~np.isnan(values)]
    return f"[{known.min()!s}:{known.max()!s}]" if len(known) else "none"


def _chain(bins: Bins) -> list[Node]:
    """The nodes from the root down; what is left after the last is the one leaf that none splits off."""
    if bins.levels:
        return [Node(str(index), index, True) for index in range(len(bins.levels))]
    missing = len(bins.edges) + 1
    steps = [Node(repr(float(edge)), index, True) for index, edge in enumerate(bins.edges)]
    return [Node(ABOVE_ALL, missing, False), *steps]


def _tree(feature: int, bins: Bins, values: Floats) -> str:
    """The text of a tree whose leaves have these values, one for each bin and for the rest."""
    nodes = _chain(bins)
    last = len(bins.levels) if bins.levels else len(bins.edges)
    # A leaf without applicants would divide by nothing in TreeSHAP.
    counts = np.maximum(bins.applicants, 1).astype(int)
    after = [*range(1, len(nodes)), ~last]
    left = [~node.leaf if node.leaf_on_left else after[index] for index, node in enumerate(nodes)]
    right = [after[index] if node.leaf_on_left else ~node.leaf for index, node in enumerate(nodes)]
    left_to_split = counts.sum() - np.concatenate([[0], np.cumsum([counts[node.leaf] for node in nodes])[:-1]])
    sets = [
        1 << level % WORD if level // WORD == word else 0 for level in bins.levels for word in range(level // WORD + 1)
    ]
    lines = {
        "num_leaves": [len(values)],
        "num_cat": [len(bins.levels)],
        "split_feature": [feature] * len(nodes),
        "split_gain": [1] * len(nodes),
        "threshold": [node.threshold for node in nodes],
        "decision_type": [LEVELS if bins.levels else MISSING_RIGHT] * len(nodes),
        "left_child": left,
        "right_child": right,
        "leaf_value": [repr(float(value)) for value in values],
        "leaf_weight": counts,
        "leaf_count": counts,
        "internal_value": [0] * len(nodes),
        "internal_weight": left_to_split,
        "internal_count": left_to_split,
    }
    if bins.levels:
        ends = np.cumsum([0, *(level // WORD + 1 for level in bins.levels)])
        lines |= {"cat_boundaries": ends, "cat_threshold": sets}
    lines |= {"is_linear": [0], "shrinkage": [1]}
    written = "\n".join(f"{name}={' '.join(map(str, entries))}" for name, entries in lines.items())
    return f"Tree={feature}\n{written}\n\n\n"
