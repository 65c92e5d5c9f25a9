"""What must hold of a model and the moves of its applicants, whichever model it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from scoring.answers.applicant import Recourse
from scoring.applicants.applicant import Applicant, columns_of, with_history
from scoring.assessment.assessment import Assessment
from scoring.assessment.moves import joined, open_moves
from scoring.assessment.recourse import ROUNDING
from scoring.schema.features import feature_matrix
from scoring.serving.service import Service, score, with_responsiveness


def assert_repaying_never_raises_the_risk(service: Service, people: Iterable[Applicant], fewest: int) -> None:
    """Of nobody, by no step. Closing a card is no repayment: it is proposed only where it helps."""
    able = [(each, change) for each in people for change in each.scenarios if change.step.scenario != "close_cards"]
    features = service.artifact.model.features
    before, after = (
        service.artifact.model.log_odds(feature_matrix(columns_of(rows), features))
        for rows in ([each for each, _ in able], [with_history(each, [change]) for each, change in able])
    )
    assert len(able) >= fewest
    assert (after <= before + ROUNDING).all()


def assert_a_reason_can_change_exactly_where_a_move_helps(
    service: Service, found: Sequence[tuple[Assessment, Recourse]]
) -> None:
    """Where a single move changes what the reason names and lowers the risk; both kinds of reasons are there.

    Some such move then also makes the reason itself weigh less: it is no by-product of what helps elsewhere.
    """
    model = service.artifact.model
    names = [item.feature.name for item in model.features]
    said = set()
    for assessment, answer in found:
        moves = open_moves(assessment.applicant, "price")
        single = joined([moves.loans(1), moves.nothing().across(moves.histories_of(1))])
        matrix = feature_matrix(moves.columns(single), model.features)
        lower = matrix[model.log_odds(matrix) < assessment.log_odds - ROUNDING]
        weights = model.contributions(np.vstack([assessment.values, lower]))[1]
        for reason in with_responsiveness(score(service, assessment), answer).reasons:
            place = names.index(reason.feature)
            helps = not np.array_equal(lower[:, place], np.full(len(lower), assessment.values[place]), equal_nan=True)
            assert reason.can_change is helps
            assert not helps or weights[1:, place].min() < weights[0, place]
            said.add(reason.can_change)
    assert said == {True, False}
