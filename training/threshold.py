"""Out-of-fold probabilities and outcomes -> the decision rule with the least expected cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from scoring.decision import Costs, DecisionRule
from scoring.features import Floats
from scoring.model import log_odds_of, probability_of

# Thresholds tried, equally spaced in log-odds: finer than the data can tell apart.
LOWEST, HIGHEST, THRESHOLDS = 0.005, 0.75, 401
# Width of the smoothing in log-odds: the curve of a few thousand defaults is jagged below this.
SMOOTHING = 0.10
# Around the optimum, thresholds whose cost lies within this share of the minimum are not told apart by the data.
BAND_TOLERANCE = 0.01


@dataclass(frozen=True)
class CostCurve:
    """Smoothed rates per threshold, from which the cost of any cost ratio follows without retraining.

    `false_approvals` and `false_refusals` are shares of all applicants; all three arrays have the same length.
    """

    thresholds: Floats
    false_approvals: Floats
    false_refusals: Floats

    def cost(self, costs: Costs) -> Floats:
        """Cost per applicant at each threshold."""
        return costs.false_approval * self.false_approvals + costs.false_refusal * self.false_refusals


def cost_curve(probabilities: Floats, outcomes: Floats) -> CostCurve:
    """The smoothed out-of-fold rates of wrong approvals and refusals at each threshold.

    Args:
        probabilities: out-of-fold probabilities of default, shape (n,).
        outcomes: 1 for payment difficulties, else 0, shape (n,).
    """
    grid = np.linspace(log_odds_of(LOWEST), log_odds_of(HIGHEST), THRESHOLDS)
    thresholds = probability_of(grid)
    defaulted, repaid = np.sort(probabilities[outcomes == 1]), np.sort(probabilities[outcomes == 0])
    false_approvals = np.searchsorted(defaulted, thresholds, side="right") / len(outcomes)
    false_refusals = (len(repaid) - np.searchsorted(repaid, thresholds, side="right")) / len(outcomes)
    width = SMOOTHING / (grid[1] - grid[0])
    return CostCurve(
        thresholds,
        gaussian_filter1d(false_approvals, width, mode="nearest"),
        gaussian_filter1d(false_refusals, width, mode="nearest"),
    )


def choose_rule(curve: CostCurve, costs: Costs) -> DecisionRule:
    """The threshold at the curve's minimum, with the referral band around it."""
    cost = curve.cost(costs)
    best = int(cost.argmin())
    dear = np.flatnonzero(cost > (1 + BAND_TOLERANCE) * cost[best])
    low = max((place + 1 for place in dear if place < best), default=0)
    high = min((place - 1 for place in dear if place > best), default=len(cost) - 1)
    thresholds = curve.thresholds
    return DecisionRule(costs, float(thresholds[best]), float(thresholds[low]), float(thresholds[high]))
