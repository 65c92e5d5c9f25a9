"""Binned rows for the boosters of a bag, some with their history hidden: what is an applicant without one worth?

Where nearly all applicants of the tables have a history, the few without are people of their own kind, and somebody
whose history is merely unknown, in whole or in part, as in an application typed into the form, would be taken for one
of them. So each booster learns from every applicant once, some of them with history features missing, others for each
booster: of some all, of as many others each theme with even odds. Applicants who are predicted out of fold have
nothing hidden; calibrations alone are fitted on margins with as much hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Floats
from scoring.schema.features import ModelFeature, history_inputs
from training.learn.rows import TrainingRows, dataset
from training.lender.history import FEATURES

# With this share of applicants without a history, those of known history are ranked no worse, and those whose history
# is hidden have a calibration error of 0.010 in place of 0.038 (docs/accuracy.md).
LEAST_WITHOUT = 1 / 3
HIDDEN_WHOLLY, HIDDEN_THEME = 0.5, 0.5  # of those with anything hidden; of each theme of the others
THEMES = {feature.name: feature.theme for feature in FEATURES}


@dataclass(frozen=True, eq=False)
class Binned:
    """Rows of n applicants, binned once for all boosters, each of which takes its own n.

    Args:
        rows: the applicants, and after them the same with history hidden if any is to be.
        outcomes: of the applicants, shape (n,).
        hidden: share of them of whom a booster takes the row with history hidden.
    """

    rows: lgb.Dataset
    outcomes: Floats
    hidden: float

    def taken(self, seed: int) -> NDArray[np.int_]:
        """The row of each applicant that the booster of this seed learns from, shape (n,)."""
        n = len(self.outcomes)
        return np.arange(n) + n * (np.random.default_rng(seed).random(n) < self.hidden)

    def part(self, taken: NDArray[np.int_]) -> lgb.Dataset:
        """These rows alone."""
        return self.rows.subset(np.sort(taken).tolist())


def binned(rows: TrainingRows, parameters: Mapping[str, Any]) -> Binned:
    """The rows as the parameters say they are to be binned; as much is hidden as `share_to_hide` says."""
    hidden = share_to_hide(rows)
    seen = and_hidden(rows) if hidden else rows
    return Binned(dataset(seen, seen.outcomes, parameters).construct(), rows.outcomes, hidden)


def as_seen(rows: TrainingRows, seed: int) -> TrainingRows:
    """The rows as a booster sees them, with as much hidden as `share_to_hide` says."""
    hidden = np.random.default_rng(seed).random(len(rows.outcomes)) < share_to_hide(rows)
    if not hidden.any():
        return rows
    matrix = rows.matrix.copy()
    matrix[hidden] = _hidden(matrix[hidden], rows.features)
    return TrainingRows(matrix, rows.outcomes, rows.features)


def share_to_hide(rows: TrainingRows) -> float:
    """The share of the applicants to hide history of: 0 where enough have none, as where no feature is of it.

    It makes those without any `LEAST_WITHOUT` of all.
    """
    missing = np.ones(len(rows.outcomes), dtype=bool)
    for column in np.flatnonzero([item.history for item in rows.features]):
        missing &= np.isnan(rows.matrix[:, column])
    without = float(missing.mean())
    return max(0.0, (LEAST_WITHOUT - without) / (1 - without) / HIDDEN_WHOLLY) if without < 1 else 0.0


def and_hidden(rows: TrainingRows) -> TrainingRows:
    """The n rows, and after them the same with history hidden, shape (2 n, features)."""
    both = np.tile(rows.matrix, (2, 1))
    both[len(rows.matrix) :] = _hidden(both[len(rows.matrix) :], rows.features)
    return TrainingRows(both, np.tile(rows.outcomes, 2), rows.features)


def _hidden(matrix: Floats, features: Sequence[ModelFeature]) -> Floats:
    """The matrix, changed in place: of some rows all history is missing, of the others some themes of it."""
    rng = np.random.default_rng(len(matrix))
    themes = np.array([_theme(item) for item in features])
    wholly = rng.random(len(matrix)) < HIDDEN_WHOLLY
    for theme in sorted(set(themes) - {""}):
        hidden = wholly | (rng.random(len(matrix)) < HIDDEN_THEME)
        matrix[np.ix_(hidden, themes == theme)] = np.nan
    return matrix


def _theme(item: ModelFeature) -> str:
    """The theme of the history that a feature is of, or is computed with; "" if it needs none."""
    if item.history:
        return item.feature.theme
    return next((THEMES[name] for name in history_inputs((item,))), "")
