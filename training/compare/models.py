"""The models to compare: how each is built, what Optuna searches, and where the search starts.

Each model runs on a single thread: combinations run in parallel instead, and figures do not depend on the number of
cores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lightgbm import LGBMClassifier
from optuna import Trial
from sklearn.base import ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Budget:
    """How much work to do: Optuna trials per combination, folds, quantities to keep, and sizes of models."""

    trials: int
    folds: int
    features: int
    rounds: int
    trees: int


BUDGETS = {
    "quick": Budget(trials=6, folds=3, features=200, rounds=80, trees=100),
    "full": Budget(trials=40, folds=5, features=400, rounds=400, trees=400),
}


@dataclass(frozen=True)
class ModelKind:
    """A kind of model.

    `complete` models need missing values imputed and quantities scaled; `one_hot` models take levels as columns of 0
    and 1, the others as codes. `build` makes the classifier from parameters, budget, number of categorical columns and
    seed. `suggest` draws parameters from an Optuna trial; the first trial uses `first`.
    """

    name: str
    complete: bool
    one_hot: bool
    build: Callable[[Parameters, Budget, int, int], ClassifierMixin]
    suggest: Callable[[Trial], dict[str, Any]] = lambda _: {}
    first: Parameters | None = None


def _suggest_logistic(trial: Trial) -> dict[str, Any]:
    return {"C": trial.suggest_float("C", 1e-5, 0.1, log=True)}


def _suggest_forest(trial: Trial) -> dict[str, Any]:
    return {
        "min_samples_leaf": trial.suggest_int("min_samples_leaf", 5, 100, log=True),
        "max_features": trial.suggest_float("max_features", 0.03, 0.15, log=True),
    }


def _suggest_boosting(trial: Trial) -> dict[str, Any]:
    """The search space of all three boosters; `pace` is learning rate times rounds, so that it suits any budget."""
    return {
        "pace": trial.suggest_float("pace", 3.0, 16.0, log=True),
        "leaves": trial.suggest_int("leaves", 4, 31, log=True),
        "l2": trial.suggest_float("l2", 1.0, 100.0, log=True),
        "share_of_features": trial.suggest_float("share_of_features", 0.1, 0.6, log=True),
    }


_FIRST_BOOSTING = {"pace": 6.0, "leaves": 8, "l2": 20.0, "share_of_features": 0.3}
# The least number of applicants in a leaf; for XGBoost, the least hessian (rows times p(1-p) at p = 0.08).
_LEAF_ROWS, _LEAF_HESSIAN = 60, 4.0


def _rate(parameters: Parameters, budget: Budget) -> float:
    return min(parameters["pace"] / budget.rounds, 1.0)


def _dummy(_: Parameters, __: Budget, ___: int, seed: int) -> ClassifierMixin:
    return DummyClassifier(strategy="stratified", random_state=seed)


def _logistic(parameters: Parameters, _: Budget, __: int, seed: int) -> ClassifierMixin:
    return LogisticRegression(**parameters, solver="lbfgs", max_iter=1_000, random_state=seed)


def _forest(parameters: Parameters, budget: Budget, _: int, seed: int) -> ClassifierMixin:
    return RandomForestClassifier(budget.trees, **parameters, max_samples=0.5, n_jobs=1, random_state=seed)


def _histogram(parameters: Parameters, budget: Budget, categorical: int, seed: int) -> ClassifierMixin:
    return HistGradientBoostingClassifier(
        max_iter=budget.rounds,
        learning_rate=_rate(parameters, budget),
        max_leaf_nodes=parameters["leaves"],
        l2_regularization=parameters["l2"],
        max_features=parameters["share_of_features"],
        min_samples_leaf=_LEAF_ROWS,
        categorical_features=list(range(categorical)),
        early_stopping=False,
        random_state=seed,
    )


def _xgboost(parameters: Parameters, budget: Budget, _: int, seed: int) -> ClassifierMixin:
    return XGBClassifier(
        n_estimators=budget.rounds,
        learning_rate=_rate(parameters, budget),
        grow_policy="lossguide",
        max_depth=0,
        max_leaves=parameters["leaves"],
        reg_lambda=parameters["l2"],
        colsample_bytree=parameters["share_of_features"],
        min_child_weight=_LEAF_HESSIAN,
        n_jobs=1,
        random_state=seed,
    )


def _lightgbm(parameters: Parameters, budget: Budget, _: int, seed: int) -> ClassifierMixin:
    return LGBMClassifier(
        n_estimators=budget.rounds,
        learning_rate=_rate(parameters, budget),
        num_leaves=parameters["leaves"],
        reg_lambda=parameters["l2"],
        colsample_bytree=parameters["share_of_features"],
        min_child_samples=_LEAF_ROWS,
        n_jobs=1,
        deterministic=True,
        force_col_wise=True,
        verbose=-1,
        random_state=seed,
    )


MODELS = {
    kind.name: kind
    for kind in (
        ModelKind("Dummy", False, False, _dummy),
        ModelKind("Logistic regression", True, True, _logistic, _suggest_logistic, {"C": 1e-3}),
        ModelKind(
            "Random forest", True, True, _forest, _suggest_forest, {"min_samples_leaf": 20, "max_features": 0.05}
        ),
        ModelKind("Histogram boosting", False, False, _histogram, _suggest_boosting, _FIRST_BOOSTING),
        ModelKind("XGBoost", False, True, _xgboost, _suggest_boosting, _FIRST_BOOSTING),
        ModelKind("LightGBM", False, False, _lightgbm, _suggest_boosting, _FIRST_BOOSTING),
    )
}
