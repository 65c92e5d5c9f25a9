"""Feature selection: features whose gain exceeds what chance gives them (null importance).

Altmann et al. (2010), "Permutation importance: a corrected feature importance measure": a feature's gain is compared
with its gains on shuffled outcomes, which are high by chance for features with many levels or values. Selection learns
from outcomes, so it is part of the recipe, which every fold repeats on its own training rows (`training.learn.fit`).
"""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np

from scoring.arrays import Floats
from scoring.errors import TrainingError
from scoring.lender.roles import TARGET
from training.learn.rows import BINNED_ON, TrainingRows, dataset

SHUFFLES = 3
ROUNDS = 120
# More features of the real sample add time but no discrimination.
MOST_FEATURES = 200
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.2,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "bin_construct_sample_cnt": BINNED_ON,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


def select_features(rows: TrainingRows, seed: int) -> list[int]:
    """The ascending indices of at most `MOST_FEATURES` features whose gain exceeds all of their null gains.

    Raises:
        TrainingError: no feature predicts the outcomes better than chance.
    """
    rng = np.random.default_rng(seed)
    # Binned once, since only the outcomes change.
    learnt = dataset(rows, rows.outcomes, PARAMETERS)
    real = _gains(learnt, rows.outcomes, seed)
    nulls = [_gains(learnt, rng.permutation(rows.outcomes), seed) for _ in range(SHUFFLES)]
    excess = real - np.max(nulls, axis=0)
    best = np.argsort(-excess, kind="stable")[:MOST_FEATURES]
    chosen = sorted(int(index) for index in best if excess[index] > 0)
    if not chosen:
        raise TrainingError(
            f"No feature predicts {TARGET} better than chance: there is nothing to learn from. Check that {TARGET} "
            "belongs to these applicants, and add applicants whose outcome is known."
        )
    return chosen


def _gains(learnt: lgb.Dataset, outcomes: Floats, seed: int) -> Floats:
    booster = lgb.train({**PARAMETERS, "seed": seed}, learnt.set_label(outcomes), num_boost_round=ROUNDS)
    return booster.feature_importance("gain")
