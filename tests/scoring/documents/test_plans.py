"""A plan and a counter-offer in words."""

from __future__ import annotations

from dataclasses import replace

from scoring.answers.applicant import Burden, HistoryMove, Offer
from scoring.documents.plans import condition_lines, costs, follows, offer_in_words
from tests.plans import a_plan

REPAID = HistoryMove("repay_all", 0.0, 9_000.0, "repay all credits with other lenders (9,000)")
BAND = [0.075, 0.108]
PRESENT = {"AMT_CREDIT": 450_000.0, "AMT_ANNUITY": 24_300.0}
PLAN = replace(
    a_plan({"AMT_CREDIT": 405_000.0}, 0.07, "approve", REPAID),
    burden=Burden(54_000.0, 0.0, 0.0, -61_200.4),
    months=24.2,
    yearly_rate=0.218,
)


def test_what_is_to_change_stands_beside_the_present_values():
    assert condition_lines(PRESENT, PLAN.changes, PLAN.history, "en") == [
        "Amount of the loan: 450,000 → 405,000",
        "Repay all credits with other lenders (9,000)",
    ]


def test_costs_are_those_that_there_are():
    assert costs(PLAN, "en") == ["54,000 to find now", "61,200 less to repay in all"]
    dearer = replace(PLAN, burden=Burden(0.0, 10_000.0, 120.0, 3_000.0))
    assert costs(dearer, "en") == ["10,000 less to spend", "120 more per month", "3,000 more to repay in all"]
    assert costs(replace(PLAN, burden=Burden(0.0, 0.0, None, None)), "en") == []


def test_what_follows_says_whose_rate_falls():
    assert follows(PLAN, BAND, "en") == "Approved (probability of default 7.0%), over 24 months at 21.8% a year"
    lower = follows(replace(PLAN, lowers_rate=True), BAND, "fr")
    assert (
        lower
        == "Accordé (probabilité de défaut 7,0\u202f%), sur 24\u00a0mois\u202f; baisse notre taux à 21,8\u202f% par an"
    )


def test_without_a_change_of_the_loan_its_terms_are_not_repeated():
    assert follows(replace(PLAN, changes={}), BAND, "en") == "Approved (probability of default 7.0%)"


def test_an_offer_names_the_whole_loan():
    offer = Offer("largest", {}, 0.071, 312_000.0, 18_500.0, 24.0, 0.298)
    told = offer_in_words(offer, BAND, "en")
    assert told == "Largest amount: 312,000 over 24 months, 18,500 a month (probability of default 7.1%)"
