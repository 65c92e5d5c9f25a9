"""Booster and calibration -> log-odds of default, and exact contributions to them.

The calibration is an increasing affine map of the booster's margin (Platt, 1999), so log-odds stay a sum of TreeSHAP
contributions: log_odds = intercept + slope * (bias + sum of the booster's contributions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from scoring.arrays import Floats
from scoring.artifact.shapley import Contributions, contributions_of
from scoring.schema.features import ModelFeature
from scoring.strict import LogOdds, strict


@strict
@dataclass(frozen=True)
class Calibration:
    """log_odds = intercept + slope * margin, slope > 0."""

    slope: Annotated[LogOdds, Field(gt=0)]
    intercept: LogOdds


def probability_of(log_odds: Floats | float) -> Floats:
    """The probability of default for log-odds of default."""
    return 1.0 / (1.0 + np.exp(-np.asarray(log_odds, dtype=np.float64)))


def log_odds_of(probability: Floats | float) -> Floats:
    """The log-odds of default for a probability of default in (0, 1)."""
    probability = np.asarray(probability, dtype=np.float64)
    return np.log(probability / (1.0 - probability))


@dataclass(frozen=True)
class Model:
    """A trained model: matrix of features in, calibrated log-odds and their parts out.

    `threads` below is LightGBM's: 1 is fastest for one row, 0 uses every core. The results do not depend on it.
    """

    booster: lgb.Booster
    calibration: Calibration
    features: tuple[ModelFeature, ...]

    def log_odds(self, matrix: Floats, threads: int = 1) -> Floats:
        """Calibrated log-odds of default, shape (n,), of a feature matrix of shape (n, features)."""
        margin = self.booster.predict(matrix, raw_score=True, num_threads=threads)
        return self.calibration.intercept + self.calibration.slope * np.asarray(margin)

    def log_odds_alike(self, matrix: Floats) -> Floats:
        """The same, up to rounding, for rows that differ in few features: changes of one applicant."""
        if self._looked_up is None or not len(matrix):
            return self.log_odds(matrix) if len(matrix) else np.empty(0)
        return self.calibration.intercept + self.calibration.slope * self._looked_up.margins(matrix)

    def contributions(self, matrix: Floats, threads: int = 1) -> tuple[float, Floats]:
        """Exact TreeSHAP in calibrated log-odds: the common base, and an array of shape (n, features)."""
        if self._looked_up:
            base, shap = self._looked_up.base, self._looked_up.of(matrix)
        else:
            found = np.asarray(self.booster.predict(matrix, pred_contrib=True, num_threads=threads))
            base, shap = float(found[0, -1]), found[:, :-1]
        return self.calibration.intercept + self.calibration.slope * base, self.calibration.slope * shap

    @cached_property
    def _looked_up(self) -> Contributions | None:
        """A seventh of LightGBM's time, for trees that are small enough."""
        return contributions_of(self.booster)

    def leaves(self, matrix: Floats, threads: int = 1) -> NDArray[np.int_]:
        """The leaf of each row in each tree, shape (n, trees)."""
        leaves = self.booster.predict(matrix, pred_leaf=True, num_threads=threads)
        return np.asarray(leaves, dtype=np.int_).reshape(len(matrix), -1)

    def leaf_values(self, tree: int, leaves: int) -> Floats:
        """The values that a tree's first leaves add to the booster's margin, shape (leaves,)."""
        return np.array([self.booster.get_leaf_output(tree, leaf) for leaf in range(leaves)])


def feature_names(features: Sequence[ModelFeature]) -> list[str]:
    """The names of a model's features, in the model's order."""
    return [item.feature.name for item in features]
