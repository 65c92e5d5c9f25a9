"""What complexity buys: the model beside a scorecard of the same features, on the same folds.

Both are compared on the applicants that training held out, each with thresholds chosen on the others, so that the
figures stand in the artifact of the complex model and need neither the tables nor another version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from scoring.arrays import Floats
from scoring.artifact.metrics import Beside, ComplexityFigures
from scoring.decision.costs import CostFunctions, Costs, cost_columns, losses
from scoring.errors import TrainingError
from training.learn.fit import FOLDS, Fold, Recipe, cross_validate
from training.learn.rows import TrainingRows
from training.learn.threshold import cost_curves
from training.statistics.bootstrap import Estimate, mean_with_interval
from training.statistics.discrimination import Difference, auc, auc_difference

SCORECARD = Recipe(scorecard=True)


def fits() -> int:
    """How many folds `complexity` fits, for the progress bar."""
    return FOLDS


def complexity(
    frame: pd.DataFrame,
    rows: TrainingRows,
    folds: Sequence[Fold],
    probabilities: Floats,
    costs: CostFunctions,
    seed: int,
    tick: Callable[[], object],
) -> ComplexityFigures | None:
    """The figures; None if no feature says enough for a scorecard.

    Args:
        frame: the applicants, with the fields that costs depend on.
        rows: all their features and outcomes, which the scorecard chooses from.
        folds: those of the model; the first holds out the applicants compared.
        probabilities: of the model, out of fold, (n,).
        costs: both cost functions.
        seed: of the resamples.
        tick: called after each fold.
    """
    try:
        simple = cross_validate(rows, seed, tick, SCORECARD, folds).probabilities
    except TrainingError:
        return None
    learn, held_out = folds[0]
    learnt, compared = (cost_columns(frame.iloc[part]) for part in (learn, held_out))
    outcomes = rows.outcomes[held_out]

    def lost(side: Floats, function: Costs) -> Floats:
        """The loss of each decision on those held out, at the threshold chosen on the others."""
        rule = cost_curves(side[learn], rows.outcomes[learn], learnt, costs).rule(function)
        return losses(function.per_applicant(compared), outcomes, side[held_out] > rule.terms(compared).threshold)

    def cost(function: Costs) -> Beside:
        ours, theirs = (lost(side, function) for side in (probabilities, simple))
        return _beside(float(theirs.mean()), mean_with_interval(ours - theirs, seed))

    change = auc_difference(probabilities[held_out], simple[held_out], outcomes)
    return {
        "applicants": len(held_out),
        "auc": _beside(auc(simple[held_out], outcomes).value, change),
        "cost": cost(costs.ratio),
        "money": cost(costs.amount),
    }


def _beside(scorecard: float, change: Estimate | Difference) -> Beside:
    return {"scorecard": scorecard, "change": change.value, "interval": [change.low, change.high]}
