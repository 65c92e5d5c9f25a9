"""Compares a model's scores of current applicants with those of the applicants held out in training.

The served model is overconfident on the applicants that it was fitted on. The valid reference for score, decision and
performance is the artifact's reference population, with its out-of-sample probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from scoring.answers.applicant import Outcome
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.population import PROBABILITY, quantiles
from scoring.decision.costs import cost_columns
from scoring.decision.rule import OUTCOMES
from scoring.drift.report import Calibration, DecisionDrift, Performance, ScoreDrift, Shift
from scoring.lender.roles import APPLICANT_ID
from training.drift.column import Column
from training.drift.performance import decide, estimated, realised
from training.gate.gate import calibration
from training.gate.held_out import served_probabilities

SCORE, DECISION = "probability of default", "decision"


@dataclass(frozen=True, eq=False)
class Scored:
    """A model, the current applicants whom it scores, and their known outcomes by id."""

    artifact: Artifact
    frame: pd.DataFrame
    outcomes: pd.Series | None

    @cached_property
    def before(self) -> Floats:
        """The held-out applicants' probabilities of default."""
        return self.artifact.population.frame[PROBABILITY].to_numpy(dtype=np.float64)

    @cached_property
    def now(self) -> Floats:
        """The current applicants' probabilities of default."""
        return served_probabilities(self.artifact, self.frame)

    @cached_property
    def score(self) -> Column:
        """The probability of default as a column."""
        return Column(SCORE, (), self.before, self.now)

    @cached_property
    def decision(self) -> Column:
        """The decision as a column."""
        held_out = _decisions(self.artifact, self.artifact.population.frame, self.before)
        return Column(DECISION, tuple(OUTCOMES), held_out, _decisions(self.artifact, self.frame, self.now))

    def score_drift(self, shift: Shift) -> ScoreDrift:
        """The shift of the score, with means and quantiles."""
        return ScoreDrift(
            **vars(shift),
            reference_mean=float(self.before.mean()),
            current_mean=float(self.now.mean()),
            reference_quantiles=quantiles(self.before),
            current_quantiles=quantiles(self.now),
        )

    def decision_drift(self, shift: Shift) -> DecisionDrift:
        """The shift of the decision, with the share of each outcome."""
        return DecisionDrift(
            **vars(shift), reference=_shares(self.decision.reference), current=_shares(self.decision.current)
        )

    def reference_performance(self) -> Performance:
        """Performance on the held-out applicants."""
        population = self.artifact.population
        return realised(self.artifact, decide(self.artifact, population.frame, self.before), population.outcomes)

    def estimated(self) -> Performance:
        """Estimated performance on the current applicants."""
        return estimated(self.artifact, decide(self.artifact, self.frame, self.now))

    def realised(self) -> tuple[Performance, Calibration] | tuple[None, None]:
        """Realised performance and calibration, on current applicants with known outcomes."""
        if self.outcomes is None:
            return None, None
        known = self.frame[APPLICANT_ID].isin(self.outcomes.index).to_numpy()
        some, probabilities = self.frame[known], self.now[known]
        outcomes = self.outcomes.loc[some[APPLICANT_ID]].to_numpy(dtype=np.float64)
        check = calibration("calibration", probabilities, outcomes)
        return (
            realised(self.artifact, decide(self.artifact, some, probabilities), outcomes),
            Calibration(check.passed, check.figures["error"], check.figures["allowed"]),
        )


def _decisions(artifact: Artifact, frame: pd.DataFrame, probabilities: Floats) -> Floats:
    return artifact.rule.terms(cost_columns(frame)).decide(probabilities).astype(np.float64)


def _shares(decisions: Floats) -> dict[Outcome, float]:
    return {outcome: float((decisions == index).mean()) for index, outcome in enumerate(OUTCOMES)}
