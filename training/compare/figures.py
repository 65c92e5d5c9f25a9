"""Performance figures on weighted rows: weights of 1 give the figure, bootstrap counts its distribution.

All combinations are evaluated on the same resamples, so that differences between them are paired: whatever makes a
resample easy or hard for both cancels out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Floats
from scoring.decision.costs import RatioCosts, losses
from training.compare.cut import Cut
from training.statistics.bootstrap import Estimate, interval, resamples
from training.statistics.evaluate import CALIBRATION_BINS


@dataclass(frozen=True)
class Scored:
    """A combination's figures on the test set, and under each resample (arrays of length RESAMPLES)."""

    values: dict[str, float]
    draws: dict[str, Floats]

    def estimate(self, figure: str) -> Estimate:
        """A figure with its interval."""
        return Estimate(self.values[figure], *interval(self.draws[figure]))

    def minus(self, other: Scored, figure: str) -> Estimate:
        """The paired difference from another combination, with its interval."""
        change = self.values[figure] - other.values[figure]
        return Estimate(change, *interval(self.draws[figure] - other.draws[figure]))


def values(probabilities: Floats, outcomes: NDArray, rule: Cut) -> dict[str, float]:
    """All figures for probabilities of default and known outcomes, both of shape (n,)."""
    found = figures(probabilities, outcomes, rule, np.ones((1, len(outcomes))))
    return {name: float(value[0]) for name, value in found.items()}


def score(probabilities: Floats, outcomes: NDArray, rule: Cut, seed: int) -> Scored:
    """All figures with their distributions under resampling; the seed fixes the resamples."""
    blocks = [figures(probabilities, outcomes, rule, weights) for weights in resamples(len(outcomes), seed)]
    draws = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    return Scored(values(probabilities, outcomes, rule), draws)


def figures(probabilities: Floats, outcomes: NDArray, rule: Cut, weights: Floats) -> dict[str, Floats]:
    """All figures under each row of `weights` (resamples, n); each figure has shape (resamples,)."""
    costs = rule.costs
    return {
        **_ranking(probabilities, outcomes, weights),
        **_decisions(probabilities, outcomes, rule.threshold, weights),
        "brier": weights @ (probabilities - outcomes) ** 2 / weights.sum(axis=1),
        "calibration_error": _calibration_error(probabilities, outcomes, weights),
        "mean_probability": weights @ probabilities / weights.sum(axis=1),
        "cost": _cost(probabilities, outcomes, rule.threshold, costs, weights),
        "cost_at_theoretical_threshold": _cost(probabilities, outcomes, costs.theoretical_threshold, costs, weights),
    }


def _ranking(probabilities: Floats, outcomes: NDArray, weights: Floats) -> dict[str, Floats]:
    """AUC by the trapezoidal rule and average precision by steps, over distinct probabilities in descending order."""
    order = np.argsort(-probabilities, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(probabilities[order])), len(order) - 1)
    weighed = weights[:, order]
    above = np.cumsum(weighed, axis=1)[:, ends]
    defaulted = np.cumsum(weighed * outcomes[order], axis=1)[:, ends]
    recall = defaulted / defaulted[:, -1:]
    repaid = above - defaulted
    with np.errstate(invalid="ignore"):
        precision = np.where(above > 0, defaulted / above, 0.0)
    gained = np.diff(recall, axis=1, prepend=0.0)
    return {
        "auc": np.trapezoid(_from_zero(recall), _from_zero(repaid / repaid[:, -1:]), axis=1),
        "average_precision": (gained * precision).sum(axis=1),
    }


def _from_zero(curve: Floats) -> Floats:
    return np.pad(curve, ((0, 0), (1, 0)))


def _decisions(probabilities: Floats, outcomes: NDArray, threshold: float, weights: Floats) -> dict[str, Floats]:
    refused = probabilities > threshold
    hits, refusals, defaults = weights @ (refused & (outcomes == 1)), weights @ refused, weights @ outcomes
    return {
        "recall": hits / defaults,
        "precision": hits / np.maximum(refusals, 1.0),
        "f1": 2 * hits / (refusals + defaults),
    }


def _calibration_error(probabilities: Floats, outcomes: NDArray, weights: Floats) -> Floats:
    """The calibration error over bins of equal width, as in `training.statistics.evaluate.calibration_error`."""
    edges = np.linspace(0, 1, CALIBRATION_BINS + 1)
    bins = np.clip(np.searchsorted(edges, probabilities, side="right") - 1, 0, CALIBRATION_BINS - 1)
    gaps = np.where(bins[:, None] == np.arange(CALIBRATION_BINS), (probabilities - outcomes)[:, None], 0.0)
    return np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)


def _cost(probabilities: Floats, outcomes: NDArray, threshold: float, costs: RatioCosts, weights: Floats) -> Floats:
    return weights @ losses(costs, outcomes, probabilities > threshold) / weights.sum(axis=1)
