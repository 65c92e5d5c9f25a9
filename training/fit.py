"""LightGBM on a training frame: cross-validation with early stopping inside the fold, calibration, and the final fit.

No row is resampled or weighted, so that log-loss yields probabilities. A fold's held-out rows are seen by nothing that
predicts them: neither the trees, nor the number of rounds (stopped on a part of the fold's own training rows); and
their calibration is fitted on the other folds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, train_test_split

from scoring.errors import TrainingError
from scoring.features import Floats, ModelFeature
from scoring.model import Calibration, feature_names, probability_of

FOLDS = 10
STOPPING_SHARE = 0.10
MOST_ROUNDS = 3_000
PATIENCE = 150
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "metric": "binary_logloss",
    "learning_rate": 0.015,
    "num_leaves": 8,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.1,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "cat_smooth": 30.0,
    "max_cat_threshold": 16,
    "max_bin": 255,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True)
class TrainingRows:
    """Rows to learn from: `matrix` (n, features), `outcomes` (n,), and what the columns are."""

    matrix: Floats
    outcomes: Floats
    features: tuple[ModelFeature, ...]


@dataclass(frozen=True)
class OutOfFold:
    """What folds say of rows they have not seen: margins and cross-fitted probabilities (n,), rounds per fold."""

    margins: Floats
    probabilities: Floats
    rounds: tuple[int, ...]


def _dataset(rows: TrainingRows, places: np.ndarray) -> lgb.Dataset:
    categorical = [place for place, item in enumerate(rows.features) if item.feature.kind == "categorical"]
    return lgb.Dataset(
        rows.matrix[places],
        rows.outcomes[places],
        feature_name=feature_names(rows.features),
        categorical_feature=categorical,
        free_raw_data=True,
    )


def _parameters(features: Sequence[ModelFeature], seed: int, monotone: bool) -> dict[str, Any]:
    directions = [item.feature.direction for item in features]
    constraints = {"monotone_constraints": directions}
    return {**PARAMETERS, "seed": seed, **(constraints if monotone else {})}


def _fit_fold(rows: TrainingRows, places: np.ndarray, seed: int, monotone: bool) -> lgb.Booster:
    learn, stop = train_test_split(places, test_size=STOPPING_SHARE, stratify=rows.outcomes[places], random_state=seed)
    learning = _dataset(rows, learn)
    return lgb.train(
        _parameters(rows.features, seed, monotone),
        learning,
        num_boost_round=MOST_ROUNDS,
        valid_sets=[lgb.Dataset(rows.matrix[stop], rows.outcomes[stop], reference=learning)],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )


def fit_calibration(margins: Floats, outcomes: Floats) -> Calibration:
    """The increasing affine map from margin to log-odds of default with the greatest likelihood (Platt, 1999).

    Raises:
        TrainingError: the margins rank defaulters below the rest, so that no increasing map fits.
    """
    fitted = LogisticRegression(C=np.inf).fit(margins[:, None], outcomes)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    if slope <= 0:
        raise TrainingError(
            f"The model's margins fall with the risk (slope {slope:.3f}): the data hold no signal to learn from, or "
            "TARGET is read upside down. Check that TARGET = 1 means payment difficulties."
        )
    return Calibration(slope, intercept)


def _calibrated(margins: Floats, calibration: Calibration) -> Floats:
    return probability_of(calibration.intercept + calibration.slope * margins)


def cross_validate(rows: TrainingRows, seed: int, monotone: bool, tick: Callable[[], object]) -> OutOfFold:
    """Margins and probabilities of every row from models, rounds and calibrations that have not seen it.

    Args:
        rows: the training rows.
        seed: of the folds and of the models.
        monotone: whether features with a direction are held to it.
        tick: called after each fold.
    """
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(rows.matrix, rows.outcomes))
    margins, rounds = np.empty(len(rows.outcomes)), []
    for seen, held_out in folds:
        booster = _fit_fold(rows, seen, seed, monotone)
        margins[held_out] = booster.predict(rows.matrix[held_out], raw_score=True)
        rounds.append(booster.best_iteration)
        tick()
    probabilities = np.empty_like(margins)
    for seen, held_out in folds:
        probabilities[held_out] = _calibrated(margins[held_out], fit_calibration(margins[seen], rows.outcomes[seen]))
    return OutOfFold(margins, probabilities, tuple(rounds))


def fit_final(rows: TrainingRows, rounds: int, seed: int) -> lgb.Booster:
    """The served booster: every training row, for the number of rounds that the folds found."""
    everything = np.arange(len(rows.outcomes))
    return lgb.train(_parameters(rows.features, seed, True), _dataset(rows, everything), num_boost_round=rounds)
