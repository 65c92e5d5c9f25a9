"""Similarity of two applicants to the model: the share of trees in which they end in the same leaf.

Each tree is weighted by the spread of its output over the reference applicants, so that trees which do not discriminate
have no weight (Breiman's proximity, weighted).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Floats
from scoring.artifact.model import Model

# Reference applicants per block, few enough for the comparison to fit into the processor's cache.
BLOCK = 64


@dataclass(frozen=True, eq=False)
class ReferenceLeaves:
    """The leaf of each reference applicant in each tree, shape (n, trees), and the trees' weights, which sum to 1."""

    leaves: NDArray[np.uint8] | NDArray[np.uint16]
    weights: Floats

    def likeness(self, leaves: NDArray[np.integer]) -> Floats:
        """The total weight of the trees in which each reference applicant shares a leaf with one applicant, (n,).

        Args:
            leaves: the applicant's leaves, shape (trees,).
        """
        own, count = leaves.astype(self.leaves.dtype), len(self.leaves)
        blocks = (slice(start, start + BLOCK) for start in range(0, count, BLOCK))
        return np.concatenate([(self.leaves[block] == own) @ self.weights for block in blocks])


def reference_leaves(model: Model, matrix: Floats) -> ReferenceLeaves:
    """The leaves of reference applicants, from their features, shape (n, features)."""
    leaves = model.leaves(matrix, threads=0)
    # One byte per leaf where possible: there are thousands of applicants and of trees.
    small = leaves.astype(np.min_scalar_type(leaves.max()))
    counts = (leaves.max(axis=0) + 1).tolist()
    spread = np.array([model.leaf_values(tree, count)[small[:, tree]].std() for tree, count in enumerate(counts)])
    return ReferenceLeaves(small, spread / spread.sum())
