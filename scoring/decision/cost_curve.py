"""The out-of-fold cost curves of an artifact, from which a decision rule follows without retraining."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from scoring.arrays import Floats
from scoring.decision.costs import AmountCosts, CostFunction, CostFunctions, Costs, RatioCosts
from scoring.decision.rule import DecisionRule
from scoring.errors import InvalidInputError
from scoring.strict import MalformedError, Number, Positive, Share, parse, same_length, strict, wrong

# Smoothing sums over thousands of applicants leaves rounding errors below 0 or above 1.
ROUNDING = 1e-6
Inside = Annotated[float, Field(gt=0, lt=1)]
SmoothedShare = Annotated[float, Field(ge=-ROUNDING, le=1 + ROUNDING)]
# Around the optimum, the data do not distinguish thresholds whose cost is within this share of the minimum.
BAND_TOLERANCE = 0.01


@dataclass(frozen=True, eq=False)
class CostCurve:
    """Smoothed losses per applicant when applicants with odds above `k` * C_FR / C_FA are refused.

    `false_approvals` and `false_refusals` are the losses from either error. For the ratio, each error counts 1, so that
    they are shares of all applicants, `k` are the odds themselves and the cost at any ratio follows; for amounts they
    are in currency. All three arrays have the same length; `k` increases.
    """

    k: Floats
    false_approvals: Floats
    false_refusals: Floats

    def under(self, costs: Costs) -> tuple[Floats, Floats]:
        """`k` and the cost per applicant at each, in the unit of these costs."""
        if isinstance(costs, RatioCosts):
            losses = costs.false_approval * self.false_approvals + costs.false_refusal * self.false_refusals
            return self.k * costs.ratio, losses
        return self.k, self.false_approvals + self.false_refusals


def rule_for(curve: CostCurve, costs: Costs) -> DecisionRule:
    """The k at the curve's minimum, with the referral band around it.

    Raises:
        InvalidInputError: the curve does not reach as far as this ratio.
    """
    k, cost = curve.under(costs)
    if not k[0] <= 1 <= k[-1]:
        raise InvalidInputError(
            f"Cost ratio {k[0] / curve.k[0]:g} is not allowed: this model knows the out-of-fold costs of ratios from "
            f"{1 / curve.k[-1]:.3g} to {1 / curve.k[0]:.3g}. Choose one of them."
        )
    best = int(cost.argmin())
    dear = np.flatnonzero(cost > (1 + BAND_TOLERANCE) * cost[best])
    low = max((index + 1 for index in dear if index < best), default=0)
    high = min((index - 1 for index in dear if index > best), default=len(cost) - 1)
    return DecisionRule(costs, float(k[best]), float(k[low]), float(k[high]))


@dataclass(frozen=True, eq=False)
class CostCurves:
    """Both cost functions with the parameters of the training, and the out-of-fold curve of each.

    An artifact of format 1 has no curve for amounts.
    """

    costs: CostFunctions
    rates: CostCurve
    amounts: CostCurve | None

    def chosen(self, function: CostFunction | None, ratio: float | None) -> Costs:
        """The costs for a configured function or ratio, or for neither (those that the model was trained for).

        Raises:
            InvalidInputError: a ratio is given for amounts, or is not a positive number.
        """
        function = function or ("ratio" if ratio is not None else self.costs.served)
        if function == "amount":
            if ratio is not None:
                raise InvalidInputError(
                    f"Cost ratio {ratio:g} is not allowed with the cost function amount. Leave out one of the two."
                )
            return self.costs.amount
        return self.costs.ratio if ratio is None else RatioCosts(false_approval=ratio)

    def rules(self) -> list[DecisionRule]:
        """The rule of each cost function that has a curve, the one served first."""
        ratio = self.rule(self.costs.ratio)
        if self.amounts is None:
            return [ratio]
        amount = self.rule(self.costs.amount)
        return [ratio, amount] if self.costs.served == "ratio" else [amount, ratio]

    def rule(self, costs: Costs) -> DecisionRule:
        """The rule with the least out-of-fold cost: of any ratio, or of the amounts that the curve was made for.

        Raises:
            InvalidInputError: there is no curve for these costs.
        """
        if isinstance(costs, RatioCosts):
            return rule_for(self.rates, costs)
        if self.amounts is None or costs != self.costs.amount:
            raise InvalidInputError(
                f"This model has no out-of-fold costs for {costs}. Train it again with these parameters, or choose a "
                "cost ratio."
            )
        return rule_for(self.amounts, costs)


def curves_to_json(curves: CostCurves) -> dict[str, Any]:
    """The content of `decision.json`; the rules are included for readers and follow from the rest.

    `threshold`, `theoretical_threshold` and `referral_band` are those of the cost ratio.
    """
    ratio, rule = curves.costs.ratio, curves.rule(curves.costs.ratio)
    content: dict[str, Any] = {
        "function": curves.costs.served,
        "costs": asdict(ratio),
        "threshold": ratio.threshold(rule.k),
        "theoretical_threshold": ratio.theoretical_threshold,
        "referral_band": [ratio.threshold(rule.k_low), ratio.threshold(rule.k_high)],
        "cost_curve": {
            "thresholds": (curves.rates.k / (1 + curves.rates.k)).tolist(),
            "false_approvals": curves.rates.false_approvals.tolist(),
            "false_refusals": curves.rates.false_refusals.tolist(),
        },
    }
    if curves.amounts is None:
        return content
    of_amounts = curves.rule(curves.costs.amount)
    return content | {
        "amount_costs": asdict(curves.costs.amount),
        "amount_rule": {"k": of_amounts.k, "band": [of_amounts.k_low, of_amounts.k_high]},
        "amount_curve": {name: values.tolist() for name, values in asdict(curves.amounts).items()},
    }


@dataclass(frozen=True)
class RatesAsWritten:
    """The curve of the ratio in `decision.json`: at thresholds that rise within (0, 1)."""

    thresholds: list[Inside]
    false_approvals: list[SmoothedShare]
    false_refusals: list[SmoothedShare]

    def __post_init__(self) -> None:
        same_length(self, ("thresholds", "false_approvals", "false_refusals"))
        _check_rising("thresholds", self.thresholds)


@dataclass(frozen=True)
class AmountsAsWritten:
    """The curve of the amounts in `decision.json`."""

    k: list[Positive]
    false_approvals: list[Number]
    false_refusals: list[Number]

    def __post_init__(self) -> None:
        same_length(self, ("k", "false_approvals", "false_refusals"))
        _check_rising("k", self.k)
        for name in ("false_approvals", "false_refusals"):
            losses: list[float] = getattr(self, name)
            if min(losses) < -ROUNDING * max(losses):
                raise wrong(name, min(losses), "at least 0 is wanted")


@dataclass(frozen=True)
class AmountRuleAsWritten:
    """The rule of the amounts in `decision.json`."""

    k: Positive
    band: tuple[Positive, Positive]


@strict
@dataclass(frozen=True)
class DecisionAsWritten:
    """`decision.json`, as `curves_to_json` writes it; format 1 has the ratio only."""

    costs: RatioCosts
    threshold: Share
    theoretical_threshold: Share
    referral_band: tuple[Share, Share]
    cost_curve: RatesAsWritten
    function: CostFunction = "ratio"
    amount_costs: AmountCosts | None = None
    amount_rule: AmountRuleAsWritten | None = None
    amount_curve: AmountsAsWritten | None = None

    def __post_init__(self) -> None:
        of_amounts = self.amount_costs, self.amount_rule, self.amount_curve
        if any(of_amounts) and not all(of_amounts):
            raise MalformedError("amount_costs, amount_rule and amount_curve are wanted together, or none of them")
        if self.function == "amount" and self.amount_curve is None:
            raise MalformedError("amount_curve is missing, while function is 'amount'")


def _check_rising(field: str, values: list[float]) -> None:
    if any(after <= before for before, after in pairwise(values)):
        raise MalformedError(f"{field} do not rise from one entry to the next")


def curves_from_json(content: bytes) -> CostCurves:
    """Parses what `curves_to_json` wrote, or the `decision.json` of format 1, which has the ratio only.

    Raises:
        InvalidInputError: a cost is not allowed, or a curve does not reach as far as its own costs.
        MalformedError: it is neither.
    """
    written = parse(DecisionAsWritten, content)
    thresholds = np.array(written.cost_curve.thresholds)
    rates = CostCurve(
        thresholds / (1 - thresholds),
        np.array(written.cost_curve.false_approvals),
        np.array(written.cost_curve.false_refusals),
    )
    if not (written.amount_curve and written.amount_costs):
        curves = CostCurves(CostFunctions(written.costs), rates, None)
    else:
        of_amounts = {name: np.array(values) for name, values in asdict(written.amount_curve).items()}
        costs = CostFunctions(written.costs, written.amount_costs, written.function)
        curves = CostCurves(costs, rates, CostCurve(**of_amounts))
    # Fails now rather than when a lender configures the other function.
    curves.rules()
    return curves
