"""Costs -> threshold -> approve, refer or refuse: the one decision rule of all answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.answers.applicant import ExpectedCost, Outcome
from scoring.arrays import Columns, Floats
from scoring.decision.costs import Costs, ErrorCosts

OUTCOMES: tuple[Outcome, ...] = ("approve", "refer", "refuse")


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of the decision on each of n applicants: costs, threshold and referral band, arrays of shape (n,)."""

    errors: ErrorCosts
    threshold: Floats
    band_low: Floats
    band_high: Floats

    def decide(self, probabilities: Floats) -> np.ndarray:
        """The index in `OUTCOMES` of each applicant's decision, shape (n,)."""
        return (probabilities >= self.band_low).astype(np.int8) + (probabilities > self.band_high)


@dataclass(frozen=True)
class Decision:
    """The recommendation for one applicant, its limits, and the expected cost of either choice."""

    outcome: Outcome
    threshold: float
    band_low: float
    band_high: float
    expected_cost: ExpectedCost

    @property
    def limits(self) -> tuple[float, float, float]:
        """The lower end of the referral band, its upper end, and the threshold."""
        return self.band_low, self.band_high, self.threshold


@dataclass(frozen=True)
class DecisionRule:
    """Below the referral band approve, inside it refer to a colleague, above it refuse.

    An applicant's threshold is at odds of default of `k` times the applicant's C_FR / C_FA. In theory, k = 1 for
    calibrated probabilities; the served `k` has the least out-of-fold cost. The band from `k_low` to `k_high` is the
    range around it whose cost is within 1 % of that minimum, where the data do not distinguish approving from
    refusing.
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
        return self.decisions([probability], columns)[0]

    def decisions(self, probabilities: Sequence[float], columns: Columns) -> list[Decision]:
        """The decision on each of n applicants; `columns` are arrays of length n."""
        terms = self.terms(columns)
        return [
            Decision(
                outcome=OUTCOMES[outcome],
                threshold=float(terms.threshold[place]),
                band_low=float(terms.band_low[place]),
                band_high=float(terms.band_high[place]),
                expected_cost=ExpectedCost(
                    approve=probability * float(terms.errors.false_approval[place]),
                    refuse=(1.0 - probability) * float(terms.errors.false_refusal[place]),
                    unit=self.costs.unit,
                ),
            )
            for place, (probability, outcome) in enumerate(
                zip(probabilities, terms.decide(np.array(probabilities)).tolist(), strict=True)
            )
        ]
