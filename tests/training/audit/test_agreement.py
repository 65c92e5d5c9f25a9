from dataclasses import replace

import numpy as np
import pytest

from scoring.schema.fields import fields
from tests.plans import a_plan, an_answer
from training.audit import agreement
from training.audit.agreement import agrees


@pytest.fixture(scope="module")
def assessment(artifact):
    """Somebody who is not approved and whose amount, instalment and income are known."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agreement, "MOST_SEARCHED", 1)
        (found,) = agreement._not_approved(artifact, np.random.default_rng(0))
    return found


def told(artifact, assessment, *names):
    """The same applicant with these features as the only reasons."""
    places = [place for place, item in enumerate(artifact.model.features) if item.feature.name in names]
    assert len(places) == len(names)
    contributions = np.full(len(artifact.model.features), -0.1)
    contributions[places] = 0.5
    return replace(assessment, contributions=contributions)


def changes(assessment):
    return {"AMT_CREDIT": 0.8 * assessment.applicant.raw["AMT_CREDIT"]}


@pytest.mark.parametrize(
    ("reason", "agreed"),
    [
        # The amount itself, and what is made from it.
        ("AMT_CREDIT", (True, True)),
        ("CREDIT_TERM", (True, True)),
        ("INTEREST_RATE", (True, True)),
        # Of the loan's theme, but not moved by a smaller amount.
        ("ANNUITY_TO_INCOME", (False, True)),
        ("EXT_SOURCE_3", (False, False)),
    ],
)
def test_a_reason_agrees_with_a_plan_that_moves_it(artifact, assessment, reason, agreed):
    if reason not in [item.feature.name for item in artifact.model.features]:
        pytest.skip(f"the bundled model does not read {reason}")
    assert agrees(artifact, told(artifact, assessment, reason), changes(assessment)) == agreed


def test_a_plan_without_changes_agrees_with_nothing(artifact, assessment):
    assert agrees(artifact, told(artifact, assessment, "CREDIT_TERM"), {}) == (False, False)


def test_only_who_is_not_approved_is_asked(artifact, monkeypatch):
    monkeypatch.setattr(agreement, "MOST_SEARCHED", 40)
    found = list(agreement._not_approved(artifact, np.random.default_rng(0)))
    assert len(found) == len({assessment.applicant.applicant_id for assessment in found}) == 40
    assert {assessment.decision.outcome for assessment in found} == {"refer", "refuse"}


def test_a_reference_applicant_is_read_as_one_on_file(artifact, assessment):
    place, raw = assessment.applicant.applicant_id, assessment.applicant.raw
    assert set(raw) == set(fields())
    np.testing.assert_array_equal(assessment.values, artifact.population.matrix[place])


def test_shares_are_of_those_with_a_plan(artifact, assessment, monkeypatch):
    """Three are asked: two have a plan, one of which moves a reason."""
    reasons = ("CREDIT_TERM", "EXT_SOURCE_3", "EXT_SOURCE_3")
    asked = [told(artifact, assessment, reason) for reason in reasons]
    plan = a_plan(changes(assessment), 0.05, "approve")
    answers = iter([an_answer(plan), an_answer(plan), an_answer()])
    monkeypatch.setattr(agreement, "_not_approved", lambda *_: asked)
    monkeypatch.setattr(agreement, "recourse", lambda *_: next(answers))
    found = agreement.agreement(artifact, np.random.default_rng(0))
    assert (found.asked, found.with_plan, found.by_feature, found.by_theme) == (3, 2, 0.5, 0.5)


def test_where_nobody_has_a_plan_there_is_no_share(artifact, assessment, monkeypatch):
    monkeypatch.setattr(agreement, "_not_approved", lambda *_: [assessment])
    monkeypatch.setattr(agreement, "recourse", lambda *_: an_answer())
    found = agreement.agreement(artifact, np.random.default_rng(0))
    assert (found.asked, found.with_plan, found.by_feature, found.by_theme) == (1, 0, None, None)
