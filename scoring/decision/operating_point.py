"""The operating point of a threshold: right and wrong decisions and their cost, from the out-of-fold curve."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.decision.cost_curve import CostCurve, rule_for
from scoring.decision.costs import RatioCosts
from scoring.decision.rule import DecisionRule


@dataclass(frozen=True)
class OperatingPoint:
    """The common threshold under a cost ratio. The four outcomes are shares of all applicants and sum to 1.

    The referral band is ignored. Costs are per applicant, in units of one wrong refusal.
    """

    rule: DecisionRule
    threshold: float
    band: tuple[float, float]
    theoretical: float
    true_approvals: float
    false_approvals: float
    true_refusals: float
    false_refusals: float
    cost: float
    cost_approving_all: float
    cost_refusing_all: float

    @property
    def refused(self) -> float:
        """The share of applicants above the threshold."""
        return self.true_refusals + self.false_refusals


def operating_point(rates: CostCurve, costs: RatioCosts, default_rate: float) -> OperatingPoint:
    """The threshold with the least out-of-fold cost, and its outcomes.

    Args:
        rates: the curve of the ratio.
        costs: of either error.
        default_rate: of the applicants behind the curve.

    Raises:
        InvalidInputError: the curve does not reach as far as this ratio.
    """
    rule = rule_for(rates, costs)
    losses = rates.under(costs)[1]
    least = int(losses.argmin())
    false_approvals, false_refusals = float(rates.false_approvals[least]), float(rates.false_refusals[least])
    return OperatingPoint(
        rule=rule,
        threshold=costs.threshold(rule.k),
        band=(costs.threshold(rule.k_low), costs.threshold(rule.k_high)),
        theoretical=costs.theoretical_threshold,
        true_approvals=1 - default_rate - false_refusals,
        false_approvals=false_approvals,
        true_refusals=default_rate - false_approvals,
        false_refusals=false_refusals,
        cost=float(losses[least]),
        cost_approving_all=costs.false_approval * default_rate,
        cost_refusing_all=costs.false_refusal * (1 - default_rate),
    )
