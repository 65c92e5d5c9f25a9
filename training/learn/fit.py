"""The recipe: features selected, rounds found, a bag of boosters fitted and merged; and its cross-validation.

No row is resampled or weighted, so that log-loss yields probabilities. Everything that learns from outcomes is inside
the recipe, and a fold runs the whole recipe on its own training rows: neither selection, nor rounds, nor trees see a
row that they predict, and its calibration is fitted on the other folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, train_test_split

from scoring.arrays import Floats
from scoring.artifact.model import Calibration, probability_of
from scoring.errors import TrainingError
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature
from training.learn.merge import merge_boosters
from training.learn.rows import TrainingRows, dataset
from training.learn.scorecard import fit_scorecard
from training.learn.select import select_features

FOLDS = 5
# Boosters that differ by their seed alone; their mean ranks better than any of them (figures in docs/performance.md).
BAGS = 5
STOPPING_SHARE = 0.10
MOST_ROUNDS = 2_000
PATIENCE = 100
PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "metric": "binary_logloss",
    "min_data_in_leaf": 60,
    "feature_fraction": 0.1,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "cat_smooth": 100.0,
    "cat_l2": 50.0,
    "max_cat_threshold": 16,
    "max_bin": 255,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Recipe:
    """What may be varied to measure what it contributes; `leaves` and `learning_rate` are those of each tree.

    A `scorecard` is another kind of model, to which nothing else here applies (`training.learn.scorecard`).
    """

    monotone: bool = True
    bags: int = BAGS
    select: bool = True
    leaves: int = 8
    learning_rate: float = 0.03
    scorecard: bool = False


@dataclass(frozen=True)
class Fitted:
    """The result of the recipe: indices of the selected features, rounds of a bag, and the merged booster."""

    indices: list[int]
    rounds: int
    booster: lgb.Booster

    def margins(self, matrix: Floats) -> Floats:
        """The sum of the bags' margins, shape (n,), for a matrix of all features, shape (n, features)."""
        return np.asarray(self.booster.predict(matrix[:, self.indices], raw_score=True))


@dataclass(frozen=True)
class OutOfFold:
    """Out-of-fold results: margins and cross-fitted probabilities (n,), and rounds per fold."""

    margins: Floats
    probabilities: Floats
    rounds: tuple[int, ...]


def _parameters(features: tuple[ModelFeature, ...], seed: int, recipe: Recipe) -> dict[str, Any]:
    size = {"num_leaves": recipe.leaves, "learning_rate": recipe.learning_rate}
    constraints = {"monotone_constraints": [item.feature.direction for item in features]}
    return {**PARAMETERS, **size, "seed": seed, **(constraints if recipe.monotone else {})}


def _find_rounds(rows: TrainingRows, seed: int, recipe: Recipe) -> int:
    """The number of rounds for every bag: the mean over the bags, each stopped on another part of these rows.

    One part has too few defaults: on the real sample, single parts gave between 250 and 870 rounds.
    """
    return round(float(np.mean([_stopped(rows, seed + bag, recipe) for bag in range(recipe.bags)])))


def _stopped(rows: TrainingRows, seed: int, recipe: Recipe) -> int:
    """The number of rounds with the least log-loss on a part of the rows that the booster was not fitted on."""
    learn, stop = train_test_split(
        np.arange(len(rows.outcomes)), test_size=STOPPING_SHARE, stratify=rows.outcomes, random_state=seed
    )
    learning, stopping = rows.rows(learn), rows.rows(stop)
    learnt = dataset(learning, learning.outcomes)
    booster = lgb.train(
        _parameters(rows.features, seed, recipe),
        learnt,
        num_boost_round=MOST_ROUNDS,
        valid_sets=[dataset(stopping, stopping.outcomes, reference=learnt)],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )
    return booster.best_iteration


def fit_recipe(rows: TrainingRows, seed: int, recipe: Recipe = Recipe()) -> Fitted:
    """Selects features, finds the rounds, fits the bags and merges them, all on these rows only.

    The rounds of a scorecard are its characteristics.
    """
    if recipe.scorecard:
        indices, booster = fit_scorecard(rows)
        return Fitted(indices, len(indices), booster)
    indices = select_features(rows, seed) if recipe.select else list(range(len(rows.features)))
    chosen = rows.only(indices)
    rounds = _find_rounds(chosen, seed, recipe)
    learnt = dataset(chosen, chosen.outcomes)
    bags = [
        lgb.train(_parameters(chosen.features, seed + bag, recipe), learnt, num_boost_round=rounds)
        for bag in range(recipe.bags)
    ]
    return Fitted(indices, rounds, merge_boosters(bags))


def fit_calibration(margins: Floats, outcomes: Floats) -> Calibration:
    """The increasing affine map from margin to log-odds of default, by maximum likelihood (Platt, 1999).

    Raises:
        TrainingError: the margins rank defaulters below the rest, so that no increasing map fits.
    """
    fitted = LogisticRegression(C=np.inf).fit(margins[:, None], outcomes)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    if slope <= 0:
        raise TrainingError(
            f"The model's margins fall with the risk (slope {slope:.3f}): the data hold no signal to learn from, or "
            f"{TARGET} is read upside down. Check that {TARGET} = 1 means payment difficulties."
        )
    return Calibration(slope, intercept)


def calibrated(margins: Floats, calibration: Calibration) -> Floats:
    """Probabilities of default from margins, both of shape (n,)."""
    return probability_of(calibration.intercept + calibration.slope * margins)


def cross_validate(rows: TrainingRows, seed: int, tick: Callable[[], object], recipe: Recipe = Recipe()) -> OutOfFold:
    """Out-of-fold margins and probabilities of every row, with calibration cross-fitted, too.

    Args:
        rows: the training rows.
        seed: of the folds and of the models.
        tick: called after each fold.
        recipe: fitted in each fold.
    """
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(rows.matrix, rows.outcomes))
    margins, rounds = np.empty(len(rows.outcomes)), []
    for seen, held_out in folds:
        fitted = fit_recipe(rows.rows(seen), seed, recipe)
        margins[held_out] = fitted.margins(rows.matrix[held_out])
        rounds.append(fitted.rounds)
        tick()
    probabilities = np.empty_like(margins)
    for seen, held_out in folds:
        probabilities[held_out] = calibrated(margins[held_out], fit_calibration(margins[seen], rows.outcomes[seen]))
    return OutOfFold(margins, probabilities, tuple(rounds))
