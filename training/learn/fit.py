"""The recipe: features selected, rounds found, a bag of boosters fitted and merged; and its cross-validation.

Every second booster tries a single random threshold of each feature (extremely randomised trees: Geurts et al., 2006):
it ranks worse alone, but errs elsewhere, so that the bag of both kinds ranks better (docs/accuracy.md).

No row is resampled or weighted, so that log-loss yields probabilities. Everything that learns from outcomes is inside
the recipe, and a fold runs the whole recipe on its own training rows: neither selection, nor rounds, nor trees see a
row that they predict, and its calibration is fitted on the other folds. Where few applicants have no history, boosters
learn from some without theirs (`training.learn.newcomers`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, train_test_split

from scoring.arrays import Floats
from scoring.artifact.model import Calibration, probability_of
from scoring.errors import TrainingError
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature
from training.learn.merge import merge_boosters
from training.learn.newcomers import Binned, as_seen, binned
from training.learn.parallel import in_parallel
from training.learn.rows import BINNED_ON, TrainingRows, some
from training.learn.scorecard import fit_scorecard
from training.learn.select import select_features

Indices = NDArray[np.int_]
Fold = tuple[Indices, Indices]

FOLDS = 5
BAGS = 10
# Randomised trees learn more slowly: with a larger learning rate they need as many rounds as the others.
RANDOMISED_FASTER = 1.7
# The number of rounds is sought this number of times, with a learning rate as many times larger as given next, which
# needs as many times fewer rounds: the log-loss is flat around its minimum.
SEARCHES, SEARCH_FASTER = 5, 2
STOPPING_SHARE = 0.10
MOST_ROUNDS = 1_000
PATIENCE = 50
# Rows that features are selected on: all of most lenders; more would take memory and time, and change few features.
SELECTED_ON = 100_000
# Bytes that the rows of all folds fitted at once may take, so that the full tables are trained on within 8 GiB.
MOST_COPIED = 2 * 1024**3
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
    "bin_construct_sample_cnt": BINNED_ON,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Recipe:
    """What may be varied to measure what it contributes; `leaves` and `learning_rate` are those of each tree.

    `rounds` are those of each booster; None: they are found on parts of the rows. A `scorecard` is another kind of
    model, to which nothing else here applies (`training.learn.scorecard`).
    """

    monotone: bool = True
    bags: int = BAGS
    select: bool = True
    leaves: int = 8
    learning_rate: float = 0.06
    rounds: int | None = None
    scorecard: bool = False


# A first look at tables: one booster of each kind, with as many rounds as the real sample needs at this learning rate.
QUICK = Recipe(bags=2, learning_rate=0.12, rounds=180)


@dataclass(frozen=True)
class Fitted:
    """The result of the recipe: indices of the selected features, rounds of a bag, and the merged booster."""

    indices: list[int]
    rounds: int
    booster: lgb.Booster

    def margins(self, matrix: Floats) -> Floats:
        """The sum of the bags' margins, shape (n,), for a matrix of all features, shape (n, features)."""
        return np.asarray(self.booster.predict(matrix[:, self.indices], raw_score=True, num_threads=1))


@dataclass(frozen=True)
class OutOfFold:
    """Out-of-fold results: margins and cross-fitted probabilities (n,), and rounds per fold.

    `margins_as_seen` are those of the applicants with as much history hidden as boosters learn from: calibrations are
    fitted on them, so that they hold for somebody of unknown history, too.
    """

    margins: Floats
    margins_as_seen: Floats
    probabilities: Floats
    rounds: tuple[int, ...]


def _parameters(features: tuple[ModelFeature, ...], seed: int, recipe: Recipe) -> dict[str, Any]:
    size = {"num_leaves": recipe.leaves, "learning_rate": recipe.learning_rate}
    constraints = {"monotone_constraints": [item.feature.direction for item in features]}
    return {**PARAMETERS, **size, "seed": seed, **(constraints if recipe.monotone else {})}


def _of_bag(parameters: dict[str, Any], bag: int) -> dict[str, Any]:
    """The parameters of one of the boosters: each has a seed of its own, and every second one is randomised."""
    own = {**parameters, "seed": parameters["seed"] + bag}
    if bag % 2 == 0:
        return own
    return {**own, "extra_trees": True, "learning_rate": parameters["learning_rate"] * RANDOMISED_FASTER}


def _find_rounds(learnt: Binned, parameters: dict[str, Any]) -> int:
    """The number of rounds for every booster: the mean over searches, each stopped on another part of these rows.

    One part has too few defaults: on the real sample, single parts gave between 250 and 870 rounds.
    """
    faster = {**parameters, "learning_rate": parameters["learning_rate"] * SEARCH_FASTER}
    found = in_parallel(
        partial(_stopped, learnt, {**faster, "seed": parameters["seed"] + search}) for search in range(SEARCHES)
    )
    return round(SEARCH_FASTER * float(np.mean(found)))


def _stopped(learnt: Binned, parameters: dict[str, Any]) -> int:
    """The number of rounds with the least log-loss on a part of the rows that the booster was not fitted on."""
    seed = parameters["seed"]
    learn, stop = train_test_split(
        learnt.taken(seed), test_size=STOPPING_SHARE, stratify=learnt.outcomes, random_state=seed
    )
    booster = lgb.train(
        parameters,
        learnt.part(learn),
        num_boost_round=MOST_ROUNDS,
        valid_sets=[learnt.part(stop)],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )
    return booster.best_iteration


def fit_recipe(rows: TrainingRows, seed: int, recipe: Recipe = Recipe(), seen: Indices | None = None) -> Fitted:
    """Selects features, finds the rounds, fits the bags and merges them, all on the rows `seen` only (None: on all).

    The rounds of a scorecard are its characteristics.
    """
    seen = np.arange(len(rows.outcomes)) if seen is None else seen
    if recipe.scorecard:
        indices, booster = fit_scorecard(rows, seen)
        return Fitted(indices, len(indices), booster)
    if recipe.select:
        indices = select_features(as_seen(rows.rows(some(seen, SELECTED_ON, seed)), seed), seed)
    else:
        indices = list(range(len(rows.features)))
    chosen = rows.part(seen, indices)
    parameters = _parameters(chosen.features, seed, recipe)
    learnt = binned(chosen, parameters)
    rounds = recipe.rounds or _find_rounds(learnt, parameters)

    def of_bag(own: dict[str, Any]) -> lgb.Booster:
        return lgb.train(own, learnt.part(learnt.taken(own["seed"])), num_boost_round=rounds)

    bags = in_parallel(partial(of_bag, _of_bag(parameters, bag)) for bag in range(recipe.bags))
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
            f"{TARGET} is inverted. Check that {TARGET} = 1 means payment difficulties."
        )
    return Calibration(slope, intercept)


def calibrated(margins: Floats, calibration: Calibration) -> Floats:
    """Probabilities of default from margins, both of shape (n,)."""
    return probability_of(calibration.intercept + calibration.slope * margins)


def folds_around(held_out: Indices, outcomes: Floats, seed: int) -> list[Fold]:
    """Stratified folds of all rows, of which the first holds out the given ones: (the others, those held out) each."""
    rest = np.setdiff1d(np.arange(len(outcomes)), held_out)
    further = StratifiedKFold(FOLDS - 1, shuffle=True, random_state=seed).split(rest, outcomes[rest])
    parts = [held_out, *(rest[part] for _, part in further)]
    return [(np.setdiff1d(np.arange(len(outcomes)), part), part) for part in parts]


def cross_validate(
    rows: TrainingRows,
    seed: int,
    tick: Callable[[], object],
    recipe: Recipe = Recipe(),
    folds: Sequence[Fold] | None = None,
) -> OutOfFold:
    """Out-of-fold margins and probabilities of every row, with calibration cross-fitted, too.

    Args:
        rows: the training rows.
        seed: of the folds and of the models.
        tick: called after each fold.
        recipe: fitted in each fold.
        folds: of which each row is held out in one; None: `FOLDS` stratified ones.
    """
    if folds is None:
        folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(rows.matrix, rows.outcomes))

    def fold(seen: Indices, held_out: Indices) -> tuple[Floats, Floats, int]:
        fitted = fit_recipe(rows, seed, recipe, seen)
        tick()
        theirs = rows.rows(held_out)
        as_learnt = theirs if recipe.scorecard else as_seen(theirs, seed)
        return fitted.margins(theirs.matrix), fitted.margins(as_learnt.matrix), fitted.rounds

    # Each fold copies rows, but for a scorecard.
    at_once = None if recipe.scorecard else max(1, int(MOST_COPIED / rows.matrix.nbytes))
    found = in_parallel((partial(fold, *indices) for indices in folds), at_once)
    margins, margins_as_seen, probabilities = (np.empty(len(rows.outcomes)) for _ in range(3))
    for (_, held_out), (theirs, as_learnt, _) in zip(folds, found, strict=True):
        margins[held_out], margins_as_seen[held_out] = theirs, as_learnt
    for seen, held_out in folds:
        calibration = fit_calibration(margins_as_seen[seen], rows.outcomes[seen])
        probabilities[held_out] = calibrated(margins[held_out], calibration)
    return OutOfFold(margins, margins_as_seen, probabilities, tuple(rounds for *_, rounds in found))
