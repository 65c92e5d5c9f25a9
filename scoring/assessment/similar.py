"""The past applicants whom the model treats most like this one, with what became of their loans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.answers.population import PastApplicant, Similar
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.population import PROBABILITY
from scoring.assessment.assessment import Assessment
from scoring.decision.costs import COST_FIELDS, cost_columns
from scoring.decision.rule import OUTCOMES
from scoring.lender.roles import LISTED
from scoring.schema.fields import fields
from scoring.words.wording import number, percent, text

MOST_SIMILAR = 5
# Past applicants are shown with rounded figures, so that they cannot be identified.
SHOWN_DIGITS = 2


def similar(artifact: Artifact, assessment: Assessment) -> Similar:
    """The five reference applicants most similar to an assessed one, by descending similarity.

    If they share one outcome, the most similar applicant with the other takes the last place. A reference applicant
    with identical features is left out: it may be the same person, and would reveal the outcome.
    """
    population, language = artifact.population, assessment.language
    leaves = artifact.model.leaves(assessment.values[None, :])[0]
    likeness = artifact.leaves.likeness(leaves)
    same = ((population.matrix == assessment.values) | np.isnan(population.matrix) & np.isnan(assessment.values)).all(1)
    ordered = np.argsort(-likeness, kind="stable")
    nearest = _of_both_outcomes(ordered[~same[ordered]], population.outcomes)
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
        typical_likeness=float(np.median(likeness)),
        note=text(
            "similar.note",
            language,
            size=number(len(population.frame), language, 0),
            count=len(nearest),
            typical=percent(float(np.median(likeness)), language, 0),
        ),
        model=artifact.identity,
    )


def _of_both_outcomes(ordered: NDArray[np.intp], outcomes: Floats) -> NDArray[np.intp]:
    """The first few; the last of them gives way to the first with another outcome, if all have the same."""
    nearest = ordered[:MOST_SIMILAR]
    others = ordered[outcomes[ordered] != outcomes[nearest[0]]]
    if len(others) == 0 or (outcomes[nearest] != outcomes[nearest[0]]).any():
        return nearest
    return np.append(nearest[:-1], others[0])


def _rounded(value: float) -> float:
    return float(f"{value:.{SHOWN_DIGITS}g}")
