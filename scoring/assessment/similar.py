"""The past applicants whom the model treats most like this one, with what became of their loans."""

from __future__ import annotations

import numpy as np

from scoring.answers import PastApplicant, Similar
from scoring.artifact.load import Artifact
from scoring.artifact.population import PROBABILITY
from scoring.assessment.assessment import Assessment
from scoring.decision.costs import COST_FIELDS, cost_columns
from scoring.decision.rule import OUTCOMES
from scoring.lender.roles import LISTED
from scoring.schema.fields import fields
from scoring.words.wording import number, text

MOST_SIMILAR = 5
# Past applicants are shown with rounded figures, so that they cannot be identified.
SHOWN_DIGITS = 2


def similar(artifact: Artifact, assessment: Assessment) -> Similar:
    """The five reference applicants most similar to an assessed one, by descending similarity.

    A reference applicant with identical features is left out: it may be the same person, and would reveal the outcome.
    """
    population, language = artifact.population, assessment.language
    leaves = artifact.model.leaves(assessment.values[None, :])[0]
    likeness = artifact.leaves.likeness(leaves)
    same = ((population.matrix == assessment.values) | np.isnan(population.matrix) & np.isnan(assessment.values)).all(1)
    nearest = np.argsort(np.where(same, np.inf, -likeness), kind="stable")[:MOST_SIMILAR]
    amounts = [name for name in LISTED if fields()[name].unit == "amount"]
    rows = population.frame[[PROBABILITY, *dict.fromkeys([*amounts, *COST_FIELDS])]].iloc[nearest]
    probabilities = rows[PROBABILITY].to_numpy(dtype=np.float64)
    decisions = artifact.rule.terms(cost_columns(rows)).decide(probabilities)
    return Similar(
        applicant_id=assessment.applicant.applicant_id,
        changes=dict(assessment.changes),
        applicants=[
            PastApplicant(
                likeness=float(likeness[index]),
                probability=float(probabilities[row]),
                decision=OUTCOMES[int(decisions[row])],
                outcome="defaulted" if population.outcomes[index] else "repaid",
                about={name: _rounded(float(rows[name].iloc[row])) for name in amounts},
            )
            for row, index in enumerate(nearest.tolist())
        ],
        note=text("similar.note", language, size=number(len(population.frame), language, 0), count=MOST_SIMILAR),
        model=artifact.identity,
    )


def _rounded(value: float) -> float:
    return float(f"{value:.{SHOWN_DIGITS}g}")
