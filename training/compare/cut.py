"""The threshold at which a combination is compared: the one that minimises its out-of-fold cost."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import NDArray

from scoring.arrays import Floats
from scoring.decision.cost_curve import rule_for
from scoring.decision.costs import RatioCosts
from training.learn.threshold import rate_curve


@dataclass(frozen=True)
class Cut:
    """A common threshold at a cost ratio, and its referral band."""

    costs: RatioCosts
    threshold: float
    band_low: float
    band_high: float


def least_cost_cut(probabilities: Floats, outcomes: NDArray, costs: RatioCosts) -> Cut:
    """The threshold that minimises cost for out-of-fold probabilities and outcomes, both of shape (n,)."""
    rule = rule_for(rate_curve(probabilities, outcomes), costs)
    return Cut(costs, *(costs.threshold(k) for k in (rule.k, rule.k_low, rule.k_high)))
