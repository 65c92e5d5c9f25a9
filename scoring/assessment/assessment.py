"""The assessment of one applicant: features, contributions, probability of default and decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.answers.applicant import HistoryMove
from scoring.applicants.applicant import Applicant
from scoring.applicants.scenarios import HistoryChange, step_in_words
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.decision.rule import Decision
from scoring.schema.definition import Raw
from scoring.schema.features import feature_matrix
from scoring.words.language import Language


@dataclass(frozen=True)
class Assessment:
    """One applicant as the model sees them: `values` and re-centred `contributions` have shape (features,).

    `changes` of the application and `history`, those of the credit history, are made in `applicant`.
    """

    applicant: Applicant
    changes: dict[str, Raw]
    history: tuple[HistoryChange, ...]
    language: Language
    values: Floats
    contributions: Floats
    log_odds: float
    probability: float
    decision: Decision


def assessed(
    artifact: Artifact,
    applicant: Applicant,
    changes: dict[str, Raw],
    language: Language,
    history: tuple[HistoryChange, ...] = (),
) -> Assessment:
    """Recomputes the features, predicts, explains and decides.

    Args:
        artifact: the model and its rule.
        applicant: with the changes applied.
        changes: the changes, which the answer repeats.
        language: of the answer.
        history: the changes of the credit history, applied as well.
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
        history=history,
        language=language,
        values=matrix[0],
        contributions=contributions[0] - artifact.mean_contributions,
        log_odds=log_odds,
        probability=probability,
        decision=artifact.rule.decide(probability, columns),
    )


def history_moves(changes: Iterable[HistoryChange], language: Language) -> list[HistoryMove]:
    """Changes of the credit history as an answer tells of them."""
    return [
        HistoryMove(change.step.scenario, change.step.parameter, change.cost, step_in_words(change, language))
        for change in changes
    ]
