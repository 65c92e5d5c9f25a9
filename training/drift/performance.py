"""Performance of scores and decisions on a population: realised if outcomes are known, otherwise estimated.

Estimates are by confidence-based performance estimation (CBPE): if probabilities are calibrated, each applicant counts
as a defaulter with weight p and as a repayer with weight 1 - p, from which expected confusion, cost and ROC curve
follow. That captures the effect of a change in the population, but not a change in the relation between features and
default, which breaks calibration itself. See Bialek, Kivimaki, Kuberski and Perrakis, 2024, "Estimating Model
Performance Under Covariate Shift Without Labels" (arXiv 2401.08348), and NannyML, which does not run on pandas 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.decision.costs import ErrorCosts, cost_columns
from scoring.drift.report import Bracket, Performance
from training.statistics.bootstrap import BLOCK, interval, resamples

DRAWS = 400
SEED = 20
FIGURES = ("default_rate", "refused", "auc", "cost", "false_approvals", "false_refusals")


@dataclass(frozen=True, eq=False)
class Decisions:
    """Probabilities of default, refusals, and the costs of errors of n applicants; all of shape (n,)."""

    probabilities: Floats
    refused: NDArray[np.bool_]
    errors: ErrorCosts


def decide(artifact: Artifact, frame: pd.DataFrame, probabilities: Floats) -> Decisions:
    """Decides on applicants by the artifact's rule: refused above the threshold."""
    terms = artifact.rule.terms(cost_columns(frame))
    return Decisions(probabilities, probabilities > terms.threshold, terms.errors)


def estimated(artifact: Artifact, some: Decisions) -> Performance:
    """Expected performance without outcomes.

    The interval is for realised figures: it comes from outcomes drawn with these probabilities.
    """
    rng, p = np.random.default_rng(SEED), some.probabilities
    blocks = ((rng.random((BLOCK, len(p))) < p).astype(np.float64) for _ in range(DRAWS // BLOCK))
    ones = np.ones((1, len(p)))
    return _performance(artifact, some, p[None, :], ((drawn, ones) for drawn in blocks))


def realised(artifact: Artifact, some: Decisions, outcomes: Floats) -> Performance:
    """Performance on outcomes (n,), 1 for payment difficulties, else 0, with bootstrap intervals."""
    known = outcomes[None, :]
    return _performance(artifact, some, known, ((known, weights) for weights in resamples(len(outcomes), SEED, DRAWS)))


def _performance(
    artifact: Artifact, some: Decisions, outcomes: Floats, draws: Iterable[tuple[Floats, Floats]]
) -> Performance:
    values = figures(some, outcomes, np.ones_like(outcomes))
    drawn = [figures(some, *draw) for draw in draws]
    brackets = {}
    for name in FIGURES:
        under_draws = np.concatenate([block[name] for block in drawn])
        # Among few applicants, there are draws in which nobody defaults.
        brackets[name] = Bracket(float(values[name][0]), *interval(under_draws[~np.isnan(under_draws)]))
    return Performance(applicants=len(some.probabilities), cost_unit=artifact.rule.costs.unit, **brackets)


def figures(some: Decisions, outcomes: Floats, weights: Floats) -> dict[str, Floats]:
    """All figures for outcomes, known (0 or 1) or expected (0 to 1), and weights; both (draws, n), one may be (1, n).

    Returns:
        The figures by name, each of shape (draws,).
    """
    defaults, repayments = weights * outcomes, weights * (1 - outcomes)
    refused, total = some.refused, weights.sum(axis=1)
    false_approvals, false_refusals = defaults * ~refused, repayments * refused
    cost = false_approvals @ some.errors.false_approval + false_refusals @ some.errors.false_refusal
    draws = np.ones(len(defaults))
    return {
        "default_rate": defaults.sum(axis=1) / total,
        "refused": draws * (weights @ refused) / total,
        "auc": _auc(some.probabilities, defaults, repayments),
        "cost": cost / total,
        "false_approvals": false_approvals.sum(axis=1) / total,
        "false_refusals": false_refusals.sum(axis=1) / total,
    }


def _auc(probabilities: Floats, defaults: Floats, repayments: Floats) -> Floats:
    """The probability that a defaulter's score exceeds a repayer's, ties counting half, for each row of weights.

    It is NaN where nobody or everybody defaults.
    """
    order = np.argsort(probabilities, kind="stable")
    starts = np.flatnonzero(np.diff(probabilities[order], prepend=-1.0))
    above, below = (np.add.reduceat(side[:, order], starts, axis=1) for side in (defaults, repayments))
    lower = np.cumsum(below, axis=1) - below / 2
    with np.errstate(invalid="ignore"):
        return (above * lower).sum(axis=1) / (above.sum(axis=1) * below.sum(axis=1))
