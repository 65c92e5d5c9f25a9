"""The cost of constraints: of leaving out each protected attribute, and of the monotone constraints.

Each cost is the difference between two cross-validations on the same folds that differ in one constraint
(`training.audit.yardstick`). Intervals are paired: DeLong's for the AUC, from a bootstrap of the applicants for the
cost. If one contains 0, the data do not show that the constraint costs anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from scoring.arrays import Floats
from scoring.decision.cost_curve import rule_for
from scoring.decision.costs import RatioCosts, losses
from scoring.schema.features import ModelFeature, field_feature, frame_matrix
from scoring.schema.fields import fields
from training.audit.yardstick import Yardstick
from training.learn.fit import FOLDS, OutOfFold, cross_validate
from training.learn.rows import TrainingRows
from training.learn.threshold import rate_curve
from training.statistics.bootstrap import interval
from training.statistics.discrimination import auc_difference

RESAMPLES = 300


@dataclass(frozen=True)
class ConstraintCost:
    """What a constraint changes: AUC and cost per applicant, with it minus without it, each with a 95 % interval.

    A negative change in AUC or a positive change in cost is what the constraint costs.
    """

    auc_with: float
    auc_without: float
    auc_change: float
    auc_interval: list[float]
    cost_change: float
    cost_interval: list[float]


def protected_fields() -> list[str]:
    """The protected attributes and their proxies, which are never inputs."""
    return [field.name for field in fields().values() if field.protected]


def fits() -> int:
    """How many folds `constraint_costs` fits, for the progress bar."""
    return FOLDS * (1 + len(protected_fields()))


def constraint_costs(
    frame: pd.DataFrame,
    rows: TrainingRows,
    yardstick: Yardstick,
    costs: RatioCosts,
    seed: int,
    tick: Callable[[], object],
) -> dict[str, ConstraintCost]:
    """The cost of the monotone constraints, and of leaving out each protected attribute or proxy, by name.

    Args:
        frame: the applicants with their raw fields.
        rows: the same applicants as the model sees them.
        yardstick: the cross-validation of these rows with every constraint.
        costs: the cost function for `cost_change`.
        seed: of folds, boosters and bootstrap.
        tick: called after each fold.
    """
    recipe = yardstick.recipe
    others = {"monotone_constraints": cross_validate(rows, seed, tick, replace(recipe, monotone=False))}
    for name in protected_fields():
        others[name] = cross_validate(_with_field(frame, rows, name), seed, tick, recipe)
    return {
        name: _constraint_cost(rows.outcomes, yardstick.found, other, costs, seed) for name, other in others.items()
    }


def _with_field(frame: pd.DataFrame, rows: TrainingRows, name: str) -> TrainingRows:
    """The rows with one more feature: a raw field that is not an input."""
    levels = tuple(sorted(frame[name].dropna().unique())) if fields()[name].kind == "categorical" else ()
    feature = ModelFeature(field_feature(fields()[name]), False, levels)
    matrix = np.hstack([rows.matrix, frame_matrix(frame, (feature,))])
    return TrainingRows(matrix, rows.outcomes, (*rows.features, feature))


def refusals(found: OutOfFold, outcomes: Floats, costs: RatioCosts) -> NDArray[np.bool_]:
    """Which applicants are refused at the out-of-fold threshold, shape (n,)."""
    rule = rule_for(rate_curve(found.probabilities, outcomes), costs)
    return found.probabilities > costs.threshold(rule.k)


def _constraint_cost(
    outcomes: Floats, held: OutOfFold, other: OutOfFold, costs: RatioCosts, seed: int
) -> ConstraintCost:
    ours, theirs = (losses(costs, outcomes, refusals(found, outcomes, costs)) for found in (held, other))
    change = ours - theirs
    draws = np.random.default_rng(seed).integers(0, len(outcomes), (RESAMPLES, len(outcomes)), dtype=np.int32)
    auc_with, auc_without = (float(roc_auc_score(outcomes, found.margins)) for found in (held, other))
    auc_change = auc_difference(held.margins, other.margins, outcomes)
    return ConstraintCost(
        auc_with=auc_with,
        auc_without=auc_without,
        auc_change=auc_with - auc_without,
        auc_interval=[auc_change.low, auc_change.high],
        cost_change=float(change.mean()),
        cost_interval=list(interval(change[draws].mean(axis=1))),
    )
