"""The figures of `metrics.json`, out of fold and held out, for the page, the model card and `/model`.

They are passed on as JSON, so they stay dictionaries. `costs` and `prices` exist since format 2,
`monotone_constraints` in format 1 only, and `complexity` where a scorecard was fitted beside the model.
"""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from scoring.decision.costs import CostFunction
from scoring.strict import Count, NotNegative, Number, Positive, Share, Some, strict

Interval = Annotated[list[Number], Field(min_length=2, max_length=2)]


class Tenth(TypedDict):
    """Mean probability of default of some applicants, and how many of them did."""

    applicants: Some
    predicted: Annotated[Positive, Field(le=1)]
    observed: Share


class Confusion(TypedDict):
    """Counts of right and wrong decisions."""

    true_refusals: Count
    false_refusals: Count
    true_approvals: Count
    false_approvals: Count


class CostFigures(TypedDict):
    """Cost per applicant under one cost function, and the share that its rule refuses."""

    cost: NotNegative
    cost_at_theoretical_threshold: NotNegative
    cost_of_ratio_rule: NotNegative
    cost_of_amount_rule: NotRequired[NotNegative]
    cost_approving_all: NotNegative
    cost_refusing_all: NotNegative
    refused: Share


class Figures(TypedDict):
    """Discrimination, calibration and cost on applicants that the model was not fitted on."""

    applicants: Some
    default_rate: Share
    auc: Share
    average_precision: Share
    brier: Share
    calibration_error: Share
    calibration_error_deciles: Share
    calibration: Annotated[list[Tenth], Field(min_length=1)]
    cost: NotNegative
    cost_at_theoretical_threshold: NotNegative
    cost_approving_all: NotNegative
    cost_refusing_all: NotNegative
    costs: NotRequired[dict[CostFunction, CostFigures]]
    confusion: Confusion


class ConstraintCostFigures(TypedDict):
    """What a constraint changes; see `training.audit.constraint_costs.ConstraintCost`."""

    auc_with: Share
    auc_without: Share
    auc_change: Number
    auc_interval: Interval
    cost_change: Number
    cost_interval: Interval


class MonotoneConstraintCost(TypedDict):
    """The cost of the monotone constraints as format 1 stated it."""

    auc_with: Share
    auc_without: Share
    cost_in_auc: Number


class Beside(TypedDict):
    """A figure of the scorecard, and what the model's differs from it, with the paired interval, 95 %."""

    scorecard: Number
    change: Number
    interval: Interval


class ComplexityFigures(TypedDict):
    """The model beside a scorecard of the same features; see `training.audit.complexity`.

    AUC, cost per applicant in wrong refusals, and in the loans' currency.
    """

    applicants: Some
    auc: Beside
    cost: Beside
    money: Beside


@strict
class Metrics(TypedDict):
    """The whole file; `rounds` are those of a booster in each fold, then of all."""

    out_of_fold: Figures
    held_out: Figures
    prices: NotRequired[dict[str, ConstraintCostFigures]]
    monotone_constraints: NotRequired[MonotoneConstraintCost]
    complexity: NotRequired[ComplexityFigures]
    rounds: list[Count]
