"""What would change a recommendation, in words."""

from __future__ import annotations

import pytest

from scoring.answers.applicant import OutsideLearnt, Plan, Recourse
from scoring.documents.change import change_in_words, outside_in_words, plan_in_words
from scoring.serving.service import assess, score
from scoring.words.language import LANGUAGES
from scoring.words.wording import text

GOODS = OutsideLearnt("DOWN_PAYMENT", "Goods price less credit", 151_000.0, "amount", [-445_500.0, 0.0])
PLAN = Plan({"AMT_CREDIT": 389_000.0}, 0.0746, "approve", 0.28)
REFERRAL = Plan({"AMT_CREDIT": 200_000.0}, 0.09, "refer", 0.5)


@pytest.fixture(scope="module")
def by_decision(service, some_ids):
    scores = [score(service, assess(service, applicant_id, {}, "en")) for applicant_id in some_ids]
    return {found.decision: found for found in scores}


def test_an_approved_application_needs_no_change(by_decision):
    told = change_in_words(Recourse(True, [Plan({}, 0.05, "approve", 0.0)], None), by_decision["approve"], "en")
    assert told == text("screen.no_change_needed", "en")


def test_the_first_plan_is_told_with_its_probability(by_decision):
    told = change_in_words(Recourse(True, [PLAN], None), by_decision["refuse"], "en")
    assert told == "Would be approved (7.46%) with amount of the loan (389,000)."


def test_a_referral_is_told_where_nothing_is_approved(by_decision):
    told = change_in_words(Recourse(False, [], REFERRAL), by_decision["refuse"], "en")
    assert told == "A colleague would decide (9.0%) with amount of the loan (200,000)."


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_nothing_helps_is_said(by_decision, language):
    assert change_in_words(Recourse(False, [], None), by_decision["refuse"], language) == text(
        "comment.nothing_helps", language
    )


def test_a_plan_outside_what_the_model_learnt_from_says_so(by_decision):
    far = Plan(PLAN.changes, PLAN.probability, "approve", 0.28, [GOODS])
    told = change_in_words(Recourse(True, [far], None), by_decision["refuse"], "en")
    assert told.endswith("Outside what the model learnt from: goods price less credit.")
    assert outside_in_words(PLAN, "en") == ""


def test_a_plan_names_all_that_it_sets():
    both = Plan({"AMT_CREDIT": 405_000.0, "AMT_ANNUITY": 21_870.0}, 0.07, "approve", 0.2)
    assert plan_in_words(both, "en") == "amount of the loan (405,000) and instalment (21,870)"
