"""The training rows that all steps of training share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np

from scoring.arrays import Floats
from scoring.artifact.model import feature_names
from scoring.schema.features import ModelFeature

# Rows on which bins of values are found: LightGBM holds them apart meanwhile, 12 bytes a value.
BINNED_ON = 50_000


@dataclass(frozen=True)
class TrainingRows:
    """Training rows: `matrix` (n, features), `outcomes` (n,), and the features of the columns."""

    matrix: Floats
    outcomes: Floats
    features: tuple[ModelFeature, ...]

    def rows(self, indices: np.ndarray) -> TrainingRows:
        """A subset of the rows."""
        return TrainingRows(self.matrix[indices], self.outcomes[indices], self.features)

    def only(self, indices: Sequence[int]) -> TrainingRows:
        """A subset of the features."""
        return TrainingRows(self.matrix[:, indices], self.outcomes, tuple(self.features[index] for index in indices))

    def part(self, indices: np.ndarray, features: Sequence[int]) -> TrainingRows:
        """A subset of the rows and of the features."""
        chosen = tuple(self.features[index] for index in features)
        return TrainingRows(self.matrix[np.ix_(indices, np.asarray(features))], self.outcomes[indices], chosen)


def some(indices: np.ndarray, most: int, seed: int) -> np.ndarray:
    """The ascending indices if there are no more than `most`, otherwise a sample of them."""
    if len(indices) <= most:
        return indices
    return np.sort(np.random.default_rng(seed).choice(indices, most, replace=False))


def dataset(rows: TrainingRows, outcomes: Floats, parameters: Mapping[str, Any]) -> lgb.Dataset:
    """The rows as a LightGBM dataset, with these outcomes, to be binned as the parameters say."""
    categorical = [index for index, item in enumerate(rows.features) if item.feature.kind == "categorical"]
    return lgb.Dataset(
        rows.matrix,
        outcomes,
        feature_name=feature_names(rows.features),
        categorical_feature=categorical,
        params=dict(parameters),
    )
