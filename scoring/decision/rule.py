"""Costs -> threshold -> approve, refer or refuse: the one rule that every answer reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.answers import ExpectedCost, Outcome
from scoring.arrays import Columns, Floats
from scoring.decision.costs import Costs, ErrorCosts

OUTCOMES: tuple[Outcome, ...] = ("approve", "refer", "refuse")


@dataclass(frozen=True, eq=False)
class Terms:
    """On what terms each of n applicants is decided: costs, threshold and referral band, arrays of shape (n,)."""

    errors: ErrorCosts
    threshold: Floats
    band_low: Floats
    band_high: Floats

    def decide(self, probabilities: Floats) -> np.ndarray:
        """The place in `OUTCOMES` of each applicant's decision, shape (n,)."""
        return (probabilities >= self.band_low).astype(np.int8) + (probabilities > self.band_high)


@dataclass(frozen=True)
class Decision:
    """What is recommended for one applicant, between which limits, and what either choice is expected to cost."""

    outcome: Outcome
    threshold: float
    band_low: float
    band_high: float
    expected_cost: ExpectedCost


@dataclass(frozen=True)
class DecisionRule:
    """Below the referral band approve, inside it refer to a colleague, above it refuse.

    An applicant's threshold lies where the odds of default are `k` times C_FR / C_FA of this applicant. k = 1 is theory
    for calibrated probabilities; the `k` served is where the out-of-fold cost is least. The band from `k_low` to
    `k_high` holds every k around it whose cost lies within 1 % of that minimum, that is, where the data do not tell
    approving from refusing.
    """

    costs: Costs
    k: float
    k_low: float
    k_high: float

    def terms(self, columns: Columns) -> Terms:
        """The terms of the applicants whose raw fields are in `columns`."""
        errors = self.costs.per_applicant(columns)
        return Terms(errors, errors.threshold(self.k), errors.threshold(self.k_low), errors.threshold(self.k_high))

    def decide(self, probability: float, columns: Columns) -> Decision:
        """The decision on one applicant; `columns` are arrays of length 1."""
        terms = self.terms(columns)
        return Decision(
            outcome=OUTCOMES[int(terms.decide(np.array([probability]))[0])],
            threshold=float(terms.threshold[0]),
            band_low=float(terms.band_low[0]),
            band_high=float(terms.band_high[0]),
            expected_cost=ExpectedCost(
                approve=probability * float(terms.errors.false_approval[0]),
                refuse=(1.0 - probability) * float(terms.errors.false_refusal[0]),
                unit=self.costs.unit,
            ),
        )
