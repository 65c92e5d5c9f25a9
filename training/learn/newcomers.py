"""Binned rows for the boosters of a bag, some with their history hidden: what is an applicant without one worth?

Where nearly all applicants of the tables have a history, the few without are people of their own kind, and somebody
whose history is merely unknown, as in an application typed into the form, would be taken for one of them. So each
booster learns from every applicant once, some of them with all history features missing, others for each booster. No
applicant who is predicted out of fold has anything hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Floats
from training.learn.rows import TrainingRows, dataset

# With this share of applicants without a history, those of known history are ranked no worse, and those whose history
# is hidden have a calibration error of 0.010 in place of 0.038 (docs/accuracy.md).
LEAST_WITHOUT = 1 / 3


@dataclass(frozen=True, eq=False)
class Binned:
    """Rows of n applicants, binned once for all boosters, each of which takes its own n.

    Args:
        rows: the applicants, and after them the same with their history hidden if any is to be.
        outcomes: of the applicants, shape (n,).
        hidden: share of them whose history a booster does not see.
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
    """The rows as the parameters say they are to be binned; as many histories as `share_to_hide` says are hidden."""
    hidden = share_to_hide(rows)
    seen = and_hidden(rows) if hidden else rows
    return Binned(dataset(seen, seen.outcomes, parameters).construct(), rows.outcomes, hidden)


def share_to_hide(rows: TrainingRows) -> float:
    """The share of the applicants to hide the history of: 0 where enough have none, as where no feature is of it."""
    without = float(np.isnan(rows.matrix[:, _history(rows)]).all(axis=1).mean())
    return max(0.0, (LEAST_WITHOUT - without) / (1 - without)) if without < 1 else 0.0


def and_hidden(rows: TrainingRows) -> TrainingRows:
    """The n rows, and after them the same without any history, shape (2 n, features)."""
    both = np.tile(rows.matrix, (2, 1))
    both[len(rows.matrix) :, _history(rows)] = np.nan
    return TrainingRows(both, np.tile(rows.outcomes, 2), rows.features)


def _history(rows: TrainingRows) -> list[int]:
    return [index for index, item in enumerate(rows.features) if item.history]
