"""What would change a recommendation, in words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scoring.answers.applicant import Burden, OutsideLearnt
from scoring.documents.change import change_in_words, outside_in_words, plan_in_words
from scoring.documents.plans import follows
from scoring.serving.service import assess, score
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text
from tests.plans import a_plan, an_answer

GOODS = OutsideLearnt("DOWN_PAYMENT", "Goods price less credit", 151_000.0, "amount", [-445_500.0, 0.0])
COSTS = Burden(61_000.0, 0.0, 0.0, -80_000.0)
PLAN = replace(a_plan({"AMT_CREDIT": 389_000.0}, 0.0746, "approve"), burden=COSTS)
REFERRAL = a_plan({"AMT_CREDIT": 200_000.0}, 0.09, "refer")


@pytest.fixture(scope="module")
def by_decision(service, some_ids):
    scores = [score(service, assess(service, applicant_id, {}, "en")) for applicant_id in some_ids]
    return {found.decision: found for found in scores}


def test_an_approved_application_needs_no_change(by_decision):
    told = change_in_words(an_answer(a_plan({}, 0.05, "approve")), by_decision["approve"], "en")
    assert told == text("screen.no_change_needed", "en")


def test_the_first_plan_is_told_with_its_probability(by_decision):
    told = change_in_words(an_answer(PLAN), by_decision["refuse"], "en")
    assert re.match(r"To be approved \(7\.\d+%\): lower the amount of the loan to 389,000\. ", told)
    assert told.endswith("Cost: 61,000 to find now, 80,000 less to repay in all.")


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "in all. Lowers our rate to 24.3% a year."), ("fr", "au total. Baisse notre taux à 24,3\u202f% par an.")],
)
def test_a_plan_that_lowers_the_rate_says_so(by_decision, language, told):
    lower = replace(PLAN, lowers_rate=True, yearly_rate=0.243)
    assert change_in_words(an_answer(lower), by_decision["refuse"], language).endswith(told)


@pytest.mark.parametrize("probability", [0.02, 0.0739, 0.0740, 0.0746, 0.07467])
@pytest.mark.parametrize("language", LANGUAGES)
def test_bar_and_card_write_the_probability_of_a_plan_alike(by_decision, probability, language):
    plan, refused = replace(PLAN, probability=probability), by_decision["refuse"]
    (shown,) = re.findall(r"\(([\d.,]+\s?%)\)", change_in_words(an_answer(plan), refused, language))
    assert shown in follows(plan, refused.referral_band, language)


def test_a_referral_is_told_where_nothing_is_approved(by_decision):
    told = change_in_words(an_answer(referral=REFERRAL), by_decision["refuse"], "en")
    assert told == "For a colleague to decide (9.0%): lower the amount of the loan to 200,000. Cost: nothing."


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_nothing_helps_is_said(by_decision, language):
    assert change_in_words(an_answer(), by_decision["refuse"], language) == text(
        "plan.fixed", language, best=percent(0.09, language)
    )


def test_a_plan_outside_what_the_model_learnt_from_says_so(by_decision):
    far = replace(PLAN, outside=[GOODS])
    told = change_in_words(an_answer(far), by_decision["refuse"], "en")
    assert told.endswith("Outside what the model knows: goods price less credit.")
    farther = replace(PLAN, outside=[GOODS, GOODS])
    assert outside_in_words(farther, "en") == "Outside what the model knows: goods price less credit, and 1 more."
    assert outside_in_words(PLAN, "en") == ""


def test_a_plan_names_all_that_it_sets():
    both = a_plan({"AMT_CREDIT": 405_000.0, "AMT_ANNUITY": 21_870.0}, 0.07, "approve")
    assert plan_in_words(both, "en") == "lower the amount of the loan to 405,000 and lower the instalment to 21,870"
