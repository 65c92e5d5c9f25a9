"""Costs -> threshold -> approve, refer or refuse: the one rule that every answer reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.answers import ExpectedCost, Outcome
from scoring.features import Floats

OUTCOMES: tuple[Outcome, ...] = ("approve", "refer", "refuse")


@dataclass(frozen=True)
class Costs:
    """What a wrong decision costs, in units of one wrongful refusal (a good applicant refused)."""

    false_approval: float = 10.0
    false_refusal: float = 1.0

    @property
    def ratio(self) -> float:
        """How many wrongful refusals one wrongful approval is worth."""
        return self.false_approval / self.false_refusal

    @property
    def theoretical_threshold(self) -> float:
        """The cost-optimal threshold for calibrated probabilities (Elkan, 2001): C_FR / (C_FR + C_FA)."""
        return self.false_refusal / (self.false_refusal + self.false_approval)

    def of_choices(self, probability: float) -> ExpectedCost:
        """Expected cost of approving and of refusing an applicant with that probability of default."""
        return ExpectedCost(approve=probability * self.false_approval, refuse=(1.0 - probability) * self.false_refusal)


@dataclass(frozen=True)
class DecisionRule:
    """Below the referral band approve, inside it refer to a colleague, above it refuse.

    `threshold` is where the out-of-fold cost is least; the band holds every threshold around it whose cost lies within
    1 % of that minimum, that is, where the data do not tell approving from refusing.
    """

    costs: Costs
    threshold: float
    band_low: float
    band_high: float

    def decide(self, probability: float) -> Outcome:
        """The recommended decision for one probability of default."""
        return OUTCOMES[int(self.decide_all(np.array([probability]))[0])]

    def decide_all(self, probabilities: Floats) -> np.ndarray:
        """The place in `OUTCOMES` of each probability's decision, shape (n,)."""
        return (probabilities >= self.band_low).astype(np.int8) + (probabilities > self.band_high)
