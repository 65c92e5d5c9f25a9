"""Hyperparameter search by Optuna: minimises the out-of-fold cost, at a threshold that is chosen out of fold, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.samplers import TPESampler
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from scoring.arrays import Floats
from scoring.decision.costs import RatioCosts
from training.compare.combination import Combination, Setting
from training.compare.cut import least_cost_cut
from training.compare.models import Parameters
from training.compare.pipelines import Prepared, default_probabilities, fit_head, prepare
from training.compare.rows import Indices, Rows
from training.statistics.evaluate import cost_per_applicant

# Trials before TPE sampling and pruning begin.
STARTUP_TRIALS = 3
# Several processes write to the same file of studies.
LOCK_SECONDS = 60
DONE = (TrialState.COMPLETE, TrialState.PRUNED)

optuna.logging.set_verbosity(optuna.logging.WARNING)


@dataclass(frozen=True)
class Fold:
    """A prepared fold, with the indices of the rows to predict."""

    prepared: Prepared
    held_out: Indices


@dataclass(frozen=True)
class Found:
    """The best parameters, and how many trials were run and pruned."""

    parameters: Parameters
    trials: int
    pruned: int


def open_storage(path: Path) -> RDBStorage:
    """Opens the file of studies, creating it if necessary."""
    return RDBStorage(f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": LOCK_SECONDS}})


def prepare_folds(
    combination: Combination, rows: Rows, folds: Sequence[tuple[Indices, Indices]], shared: Setting
) -> list[Fold]:
    """Prepares all folds for a combination."""
    return [
        Fold(prepare(combination, rows.at(seen), rows.inputs.iloc[held_out], shared), held_out)
        for seen, held_out in folds
    ]


def fold_probabilities(
    combination: Combination, parameters: Parameters, folds: Sequence[Fold], shared: Setting
) -> Iterator[tuple[Indices, Floats]]:
    """For each fold, the indices held out and their probabilities by a model that has not seen them."""
    for fold in folds:
        fitted = fit_head(combination, parameters, fold.prepared.learn, shared)
        yield fold.held_out, default_probabilities(fitted, fold.prepared.predict)


def out_of_fold(combination: Combination, parameters: Parameters, folds: Sequence[Fold], shared: Setting) -> Floats:
    """Each row's probability by a model that has not seen it, shape (n,)."""
    probabilities = np.empty(sum(len(fold.held_out) for fold in folds))
    for held_out, found in fold_probabilities(combination, parameters, folds, shared):
        probabilities[held_out] = found
    return probabilities


def search(
    combination: Combination, outcomes: NDArray, folds: Sequence[Fold], shared: Setting, storage: RDBStorage
) -> Found:
    """Runs the remaining trials and returns the best parameters.

    Each trial is seeded by the number of finished trials, not by the process's history, so that an interrupted search
    continues exactly as it would have.
    """
    kind = combination.kind
    if kind.first is None:
        return Found({}, 0, 0)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=STARTUP_TRIALS)
    study = optuna.create_study(storage=storage, pruner=pruner, study_name=str(combination), load_if_exists=True)
    _forget_interrupted(study)

    def objective(trial: optuna.Trial) -> float:
        parameters = kind.suggest(trial)
        return _cost_of_trial(trial, fold_probabilities(combination, parameters, folds, shared), outcomes)

    for number in range(len(study.get_trials(deepcopy=False, states=DONE)), shared.budget.trials):
        if number == 0 and not study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            study.enqueue_trial(dict(kind.first))
        study.sampler = TPESampler(seed=shared.seed + number, n_startup_trials=STARTUP_TRIALS, constant_liar=False)
        study.optimize(objective, n_trials=1)
    pruned = len(study.get_trials(deepcopy=False, states=(TrialState.PRUNED,)))
    return Found(study.best_params, shared.budget.trials, pruned)


def _cost_of_trial(trial: optuna.Trial, per_fold: Iterator[tuple[Indices, Floats]], outcomes: NDArray) -> float:
    costs, probabilities = RatioCosts(), np.full(len(outcomes), np.nan)
    cost = np.inf
    for step, (held_out, found) in enumerate(per_fold):
        probabilities[held_out] = found
        known = ~np.isnan(probabilities)
        rule = least_cost_cut(probabilities[known], outcomes[known], costs)
        cost = cost_per_applicant(probabilities[known], outcomes[known], rule.threshold, costs)
        trial.report(cost, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return cost


def _forget_interrupted(study: optuna.Study) -> None:
    """Marks trials whose process was killed as failed; Optuna still has them as running."""
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
