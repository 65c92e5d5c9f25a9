"""A weight-of-evidence scorecard: the simple model beside the complex one.

Logistic regression on the weight of evidence of monotone bins, with no weight below zero: a negative one would reverse
the order of a characteristic. It is written as a LightGBM model with one tree for each characteristic, which reads
nothing else, so that the artifact is data that the app loads, explains exactly and publishes as any other.
"""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from scoring.arrays import Floats
from scoring.artifact.model import probability_of
from scoring.errors import TrainingError
from scoring.lender.roles import TARGET
from training.learn.bins import Bins, bins_of
from training.learn.rows import TrainingRows
from training.learn.step_trees import step_booster

# Below this information value, beyond what chance gives, a characteristic does not predict (Siddiqi, 2006, "Credit Risk
# Scorecards", chapter 6).
LEAST_INFORMATION = 0.02
# As many as a person can still read.
MOST_CHARACTERISTICS = 30


def fit_scorecard(rows: TrainingRows, seen: NDArray[np.int_]) -> tuple[list[int], lgb.Booster]:
    """The ascending indices of the features that became characteristics, and the booster on them alone.

    Args:
        rows: the training rows.
        seen: those to fit on; they are read a feature at a time, since a copy of them all takes 2 GiB at full size.

    Raises:
        TrainingError: no feature predicts.
    """
    outcomes = rows.outcomes[seen]
    bins = [bins_of(item, rows.matrix[seen, index], outcomes) for index, item in enumerate(rows.features)]
    chosen = [index for index, one in enumerate(bins) if one.information - one.chance >= LEAST_INFORMATION]
    if not chosen:
        raise TrainingError(
            f"No feature has an information value of {LEAST_INFORMATION:g} beyond chance: there is nothing for a "
            f"scorecard to learn from. Check that {TARGET} belongs to these applicants."
        )
    evidence = _evidence(rows, seen, bins, chosen)
    weights, _ = fit_weights(evidence, outcomes)
    # What a characteristic moves: its weight times the spread of its evidence.
    strength = weights * [column.std() for column in evidence.T]
    kept = [
        chosen[at] for at in np.argsort(-strength, kind="stable")[:MOST_CHARACTERISTICS].tolist() if strength[at] > 0
    ]
    indices = sorted(kept)
    weights, base = fit_weights(_evidence(rows, seen, bins, indices), outcomes)
    return indices, step_booster(rows.part(seen, indices), [bins[index] for index in indices], weights, base)


def _evidence(rows: TrainingRows, seen: NDArray[np.int_], bins: list[Bins], indices: list[int]) -> Floats:
    """The weight of evidence of each seen applicant's bin, shape (n, indices)."""
    evidence = np.empty((len(seen), len(indices)))
    for at, index in enumerate(indices):
        evidence[:, at] = bins[index].evidence[bins[index].indices(rows.matrix[seen, index])]
    return evidence


def fit_weights(evidence: Floats, outcomes: Floats) -> tuple[Floats, float]:
    """The logistic regression of outcomes (n,) on evidence (n, k) by maximum likelihood, weights at least 0.

    Returns:
        The weights (k,) and the intercept.
    """

    def loss(coefficients: Floats) -> tuple[float, Floats]:
        log_odds = evidence @ coefficients[:-1] + coefficients[-1]
        value = float((np.logaddexp(0, log_odds) - outcomes * log_odds).mean())
        excess = (probability_of(log_odds) - outcomes) / len(outcomes)
        return value, np.append(evidence.T @ excess, excess.sum())

    size = evidence.shape[1]
    bounds = [*[(0.0, None)] * size, (None, None)]
    rate = float(outcomes.mean())
    start = np.append(np.zeros(size), np.log(rate / (1 - rate)))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-12})
    return found.x[:-1], float(found.x[-1])
