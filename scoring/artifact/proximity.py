"""How alike two applicants are in the model's own terms: in how many of its trees they end in the same leaf.

A tree counts by the spread of what it says of the reference applicants, so that trees which tell nobody from anybody
weigh nothing (Breiman's proximity, weighted).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Floats
from scoring.artifact.model import Model

# Reference applicants at a time, few enough that the comparison stays in the processor's own memory.
BLOCK = 64


@dataclass(frozen=True, eq=False)
class ReferenceLeaves:
    """The leaf of each reference applicant in each tree, shape (n, trees), and the trees' weights, which sum to 1."""

    leaves: NDArray[np.uint8] | NDArray[np.uint16]
    weights: Floats

    def likeness(self, leaves: NDArray[np.integer]) -> Floats:
        """The weight of the trees that put each reference applicant with one applicant, in [0, 1], shape (n,).

        Args:
            leaves: of the one applicant, shape (trees,).
        """
        own, count = leaves.astype(self.leaves.dtype), len(self.leaves)
        blocks = (slice(start, start + BLOCK) for start in range(0, count, BLOCK))
        return np.concatenate([(self.leaves[block] == own) @ self.weights for block in blocks])


def reference_leaves(model: Model, matrix: Floats) -> ReferenceLeaves:
    """The leaves of reference applicants, from their features, shape (n, features)."""
    leaves = model.leaves(matrix, threads=0)
    # A byte for each leaf where it will do: there are thousands of applicants and of trees.
    small = leaves.astype(np.min_scalar_type(leaves.max()))
    counts = (leaves.max(axis=0) + 1).tolist()
    spread = np.array([model.leaf_values(tree, count)[small[:, tree]].std() for tree, count in enumerate(counts)])
    return ReferenceLeaves(small, spread / spread.sum())
