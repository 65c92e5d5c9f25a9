"""Out-of-fold probabilities and outcomes -> the cost curves from which decision rules follow.

See `scoring.decision.cost_curve`.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from scoring.arrays import Columns, Floats
from scoring.artifact.model import log_odds_of
from scoring.decision.cost_curve import CostCurve, CostCurves
from scoring.decision.costs import CostFunctions, ErrorCosts
from scoring.errors import TrainingError

# Thresholds tried for the ratio, equally spaced in log-odds: finer than the data can resolve.
LOWEST, HIGHEST, CUTS = 0.005, 0.75, 401
# Multiples of the theoretical odds tried for amounts, likewise.
FURTHEST_K = 20.0
# Bandwidth of the smoothing in log-odds. Chosen on one half of the real sample, the threshold costs 0.0026 more than
# theory on the other half with 0.1, and 0.0016 more with 0.2 (docs/accuracy.md); above, the curve is distorted.
SMOOTHING = 0.20


def check_costs(costs: CostFunctions) -> None:
    """Checks, before hours are spent, that the ratio is within the range of thresholds tried.

    Raises:
        TrainingError: it is not.
    """
    if not LOWEST <= costs.ratio.theoretical_threshold <= HIGHEST:
        raise TrainingError(
            f"Cost ratio {costs.ratio.ratio:g} is not allowed. Give a ratio from {1 / HIGHEST - 1:.3g} to "
            f"{1 / LOWEST - 1:.3g}."
        )


def rate_curve(probabilities: Floats, outcomes: Floats) -> CostCurve:
    """The smoothed out-of-fold rates of wrong approvals and refusals at each threshold: errors that cost 1 each.

    Args:
        probabilities: out-of-fold probabilities of default, shape (n,).
        outcomes: 1 for payment difficulties, else 0, shape (n,).
    """
    ones = np.ones_like(probabilities)
    return _curve(probabilities, outcomes, ErrorCosts(ones, ones), log_odds_of(np.array([LOWEST, HIGHEST])))


def cost_curves(probabilities: Floats, outcomes: Floats, columns: Columns, costs: CostFunctions) -> CostCurves:
    """The out-of-fold curves of both cost functions.

    Args:
        probabilities: out-of-fold probabilities of default, shape (n,).
        outcomes: 1 for payment difficulties, else 0, shape (n,).
        columns: the same applicants' raw fields that costs depend on (`scoring.decision.costs.cost_columns`).
        costs: both functions.
    """
    reach = np.log([1 / FURTHEST_K, FURTHEST_K])
    amounts = _curve(probabilities, outcomes, costs.amount.per_applicant(columns), reach)
    return CostCurves(costs, rate_curve(probabilities, outcomes), amounts)


def _curve(probabilities: Floats, outcomes: Floats, errors: ErrorCosts, reach: Floats) -> CostCurve:
    """Losses per applicant at cuts between the two ends `reach`, in logarithms of k."""
    grid = np.linspace(reach[0], reach[1], CUTS)
    with np.errstate(divide="ignore"):
        # An applicant is refused if this exceeds k.
        risk = probabilities / (1 - probabilities) * (errors.false_approval / errors.false_refusal)
    k, defaulted = np.exp(grid), outcomes == 1
    approved_bad = _sum_up_to(k, risk[defaulted], errors.false_approval[defaulted])
    good = errors.false_refusal[~defaulted]
    refused_good = good.sum() - _sum_up_to(k, risk[~defaulted], good)
    width = SMOOTHING / (grid[1] - grid[0])
    return CostCurve(
        k,
        gaussian_filter1d(approved_bad / len(outcomes), width, mode="nearest"),
        gaussian_filter1d(refused_good / len(outcomes), width, mode="nearest"),
    )


def _sum_up_to(cuts: Floats, risk: Floats, losses: Floats) -> Floats:
    """For each cut, the sum of the losses of applicants whose risk does not exceed it."""
    order = np.argsort(risk, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(losses[order])])
    return sums[np.searchsorted(risk[order], cuts, side="right")]
