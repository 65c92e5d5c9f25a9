"""The assessment of one applicant: features, contributions, probability of default and decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.answers.applicant import HistoryMove
from scoring.applicants.applicant import Applicant, columns_of
from scoring.applicants.scenarios import HistoryChange, step_in_words
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.decision.rule import Decision
from scoring.schema.definition import Raw
from scoring.schema.features import feature_matrix
from scoring.words.language import Language


@dataclass(frozen=True)
class Edited:
    """One applicant to be assessed, in the language of the answer.

    `changes` of the application and `history`, those of the credit history, are made in `applicant`.
    """

    applicant: Applicant
    changes: dict[str, Raw]
    history: tuple[HistoryChange, ...]
    language: Language


@dataclass(frozen=True)
class Assessment(Edited):
    """One applicant as the model sees them: `values` and re-centred `contributions` have shape (features,)."""

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
    return assessed_together(artifact, [Edited(applicant, changes, history, language)])[0]


def assessed_together(artifact: Artifact, some: Sequence[Edited]) -> list[Assessment]:
    """The same for several applicants, at least one: to the last bit what each alone would be, in less time."""
    columns = columns_of([each.applicant for each in some])
    matrix = feature_matrix(columns, artifact.model.features)
    base, contributions = artifact.model.contributions(matrix)
    # The contributions sum to `Model.log_odds` (up to rounding), which saves a second pass over the trees. Summed and
    # turned into probabilities one by one: in whole columns the last bit may differ.
    log_odds = [base + float(row.sum()) for row in contributions]
    probabilities = [float(probability_of(each)) for each in log_odds]
    decisions = artifact.rule.decisions(probabilities, columns)
    return [
        Assessment(
            **vars(each),
            values=matrix[place],
            contributions=contributions[place] - artifact.mean_contributions,
            log_odds=log_odds[place],
            probability=probabilities[place],
            decision=decisions[place],
        )
        for place, each in enumerate(some)
    ]


def history_moves(changes: Iterable[HistoryChange], language: Language) -> list[HistoryMove]:
    """Changes of the credit history as an answer tells of them."""
    return [
        HistoryMove(change.step.scenario, change.step.parameter, change.cost, step_in_words(change, language))
        for change in changes
    ]
