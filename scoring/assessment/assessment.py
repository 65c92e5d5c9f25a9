"""The assessment of one applicant: features, contributions, probability of default and decision."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.applicants.applicant import Applicant
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.decision.rule import Decision
from scoring.schema.definition import Raw
from scoring.schema.features import feature_matrix
from scoring.words.language import Language


@dataclass(frozen=True)
class Assessment:
    """One applicant as the model sees them: `values` and re-centred `contributions` have shape (features,)."""

    applicant: Applicant
    changes: dict[str, Raw]
    language: Language
    values: Floats
    contributions: Floats
    log_odds: float
    probability: float
    decision: Decision


def assessed(artifact: Artifact, applicant: Applicant, changes: dict[str, Raw], language: Language) -> Assessment:
    """Recomputes the features, predicts, explains and decides.

    Args:
        artifact: the model and its rule.
        applicant: with the changes applied.
        changes: the changes, which the answer repeats.
        language: of the answer.
    """
    columns = applicant.columns()
    matrix = feature_matrix(columns, artifact.model.features)
    base, contributions = artifact.model.contributions(matrix)
    # The contributions sum to `Model.log_odds` (up to rounding), which saves a second pass over the trees.
    log_odds = base + float(contributions.sum())
    probability = float(probability_of(log_odds))
    return Assessment(
        applicant=applicant,
        changes=changes,
        language=language,
        values=matrix[0],
        contributions=contributions[0] - artifact.mean_contributions,
        log_odds=log_odds,
        probability=probability,
        decision=artifact.rule.decide(probability, columns),
    )
