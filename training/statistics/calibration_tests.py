"""Tests of calibration on applicants that the calibration was not fitted on.

`probabilities` are of default, in [0, 1], and `outcomes` 1 for payment difficulties, else 0, both of shape (n,).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from scoring.arrays import Floats
from scoring.artifact.model import log_odds_of, probability_of
from training.statistics.discrimination import NORMAL, Interval

# Log-odds of 0 and 1 would be infinite.
LEAST_PROBABILITY = 1e-12
# Newton's method doubles the right digits at each step; a hundred is far beyond what it needs. Where probabilities are
# far off, a longer step than 1 in log-odds would overshoot.
MOST_STEPS, LONGEST_STEP, CLOSE = 100, 1.0, 1e-10


@dataclass(frozen=True)
class HosmerLemeshow:
    """The statistic, what each bin adds to it, its degrees of freedom, and the p-value of perfect calibration."""

    statistic: float
    parts: tuple[float, ...]
    degrees: int
    p_value: float


def hosmer_lemeshow(table: Sequence[dict[str, float]]) -> HosmerLemeshow:
    """The test over the bins of `training.statistics.evaluate.calibration_table`.

    On applicants that the model was not fitted on there are as many degrees of freedom as bins (Hosmer, Lemeshow and
    Sturdivant, 2013, "Applied Logistic Regression", section 5.2.2).
    """
    sizes, predicted, observed = (
        np.array([row[name] for row in table]) for name in ("applicants", "predicted", "observed")
    )
    predicted = np.clip(predicted, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    parts = sizes * (observed - predicted) ** 2 / (predicted * (1 - predicted))
    statistic = float(parts.sum())
    return HosmerLemeshow(statistic, tuple(parts.tolist()), len(table), float(chi2.sf(statistic, len(table))))


def intercept(probabilities: Floats, outcomes: Floats) -> Interval:
    """Calibration in the large: what to add to all log-odds so that the mean probability is the default rate.

    A logistic regression whose slope is held at 1 (Cox, 1958); 0 if the level is right, positive if too optimistic.
    """
    return _fit(np.ones((len(outcomes), 1)), _log_odds(probabilities), outcomes)[0]


def slope(probabilities: Floats, outcomes: Floats) -> Interval | None:
    """The slope of a logistic regression of outcomes on log-odds (Cox, 1958): below 1 if these are too extreme.

    None where no finite slope fits: all log-odds are alike, or one of them parts defaulters from repayers (Albert and
    Anderson, 1984).
    """
    log_odds = _log_odds(probabilities)
    bad, good = log_odds[outcomes == 1], log_odds[outcomes == 0]
    if bad.min() >= good.max() or good.min() >= bad.max():
        return None
    design = np.column_stack([np.ones(len(outcomes)), log_odds])
    return _fit(design, np.zeros(len(outcomes)), outcomes)[1]


def _log_odds(probabilities: Floats) -> Floats:
    return log_odds_of(np.clip(probabilities, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY))


def _fit(design: Floats, offset: Floats, outcomes: Floats) -> list[Interval]:
    """Logistic regression by Newton's method: each coefficient with its 95 % Wald interval."""
    coefficients = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        expected = probability_of(offset + design @ coefficients)
        information = (design * (expected * (1 - expected))[:, None]).T @ design
        step = np.linalg.solve(information, design.T @ (outcomes - expected))
        coefficients = coefficients + step / max(1.0, np.abs(step).max() / LONGEST_STEP)
        if np.abs(step).max() < CLOSE:
            break
    errors = NORMAL * np.sqrt(np.diag(np.linalg.inv(information)))
    return [
        Interval(float(value), float(value - error), float(value + error))
        for value, error in zip(coefficients, errors, strict=True)
    ]
