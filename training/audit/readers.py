"""How a model reads an input: the trees that read it, and the values at which they split it.

Whatever the value of an input, the trees that do not read it answer the same, so a few trees tell all that it moves;
and between two neighbouring splits nothing changes, so that finitely many values stand for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from scoring.arrays import Floats
from scoring.artifact.model import Model
from scoring.artifact.model_text import model_text

# The inputs and thresholds of a tree's nodes, in the same order; neither is there if it is a single leaf.
SPLITS = re.compile(rb"^(split_feature|threshold)=(.+)$", re.MULTILINE)
# Only missing values go to the right of a threshold so high (`training.learn.step_trees`).
ABOVE_ALL = 1e300


@dataclass(frozen=True, eq=False)
class Reader:
    """The trees that read an input, as a booster on all inputs, and their thresholds for it, rising.

    An input that no tree reads has one of the other trees, and no thresholds. Those of a category are places of its
    sets of levels, and mean nothing here.
    """

    booster: lgb.Booster
    thresholds: Floats

    @property
    def between(self) -> Floats:
        """A value for each interval between the thresholds, rising; that between them holds the upper one."""
        return np.append(self.thresholds, self.thresholds[-1:] + np.maximum(1.0, np.abs(self.thresholds[-1:])))


def readers(model: Model, indices: Iterable[int]) -> Iterator[Reader]:
    """The readers of the inputs at these places, in their order."""
    text = model_text(model.booster.model_to_string().encode())
    splits = [_splits(tree) for tree in text.trees]
    for index in indices:
        read = [places == index for places, _ in splits]
        trees = [tree for tree, here in zip(text.trees, read, strict=True) if here.any()]
        found = np.concatenate([thresholds[here] for (_, thresholds), here in zip(splits, read, strict=True)])
        booster = lgb.Booster(model_str=text.with_trees(trees or text.trees[:1]).decode())
        yield Reader(booster, np.unique(found[found < ABOVE_ALL]))


def _splits(tree: bytes) -> tuple[np.ndarray, Floats]:
    """The input and the threshold of each node."""
    lines = dict(SPLITS.findall(tree))
    return (
        np.array(lines.get(b"split_feature", b"").split(), dtype=np.int64),
        np.array(lines.get(b"threshold", b"").split(), dtype=np.float64),
    )
