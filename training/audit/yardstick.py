"""The cross-validation that every constraint and proxy is compared with, fitted once for all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from training.learn.fit import FOLDS, OutOfFold, Recipe, cross_validate
from training.learn.rows import TrainingRows

# How many times larger the learning rate is than the recipe's, with as many times fewer rounds.
FASTER = 2


@dataclass(frozen=True)
class Yardstick:
    """The recipe on both sides of each comparison, and its out-of-fold results with every constraint and proxy."""

    recipe: Recipe
    found: OutOfFold


def fits() -> int:
    """How many folds `yardstick` fits, for the progress bar."""
    return FOLDS


def yardstick(rows: TrainingRows, rounds: int, recipe: Recipe, seed: int, tick: Callable[[], object]) -> Yardstick:
    """Cross-validates one booster per fold with a larger learning rate, so that training can afford many comparisons.

    All sides of a comparison have the same rounds, those of the model: what a constraint costs is then not mixed with
    what another number of rounds does.

    Args:
        rows: with the features that the model selected.
        rounds: of each of the model's boosters.
        recipe: of the model.
        seed: of folds and boosters.
        tick: called after each fold.
    """
    faster = Recipe(
        bags=1, select=False, learning_rate=FASTER * recipe.learning_rate, rounds=math.ceil(rounds / FASTER)
    )
    return Yardstick(faster, cross_validate(rows, seed, tick, faster))
