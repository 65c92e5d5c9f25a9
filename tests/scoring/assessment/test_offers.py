"""Counter-offers are approved as they stand, at today's rate, and no dearer per month."""

from __future__ import annotations

import pytest

from scoring.assessment.offers import RATE_READ, counter_offers
from scoring.lender.formulas import FORMULAS
from scoring.serving.service import assess


@pytest.fixture(scope="module")
def offered(service, applicants):
    """The offers to those who are not approved, with their assessments."""
    assessments = [assess(service, applicant_id, {}, "en") for applicant_id in applicants.ids[:400].tolist()]
    denied = [each for each in assessments if each.decision.outcome != "approve"]
    found = [(each, offer) for each in denied for offer in counter_offers(service.artifact, each)]
    assert found
    return found


def test_an_offer_is_approved_when_it_is_scored(service, offered):
    for assessment, offer in offered:
        again = assess(service, assessment.applicant.applicant_id, offer.changes, "en")
        assert (again.decision.outcome, again.probability) == ("approve", offer.probability)


def test_an_offer_keeps_the_rate_and_is_affordable(service, offered):
    for assessment, offer in offered:
        again = assess(service, assessment.applicant.applicant_id, offer.changes, "en").applicant
        rate, own = (float(FORMULAS["INTEREST_RATE"](of.columns())[0]) for of in (again, assessment.applicant))
        assert rate == pytest.approx(own, abs=RATE_READ)
        assert offer.instalment <= assessment.applicant.raw["AMT_ANNUITY"]
        assert 0.5 * assessment.applicant.raw["AMT_CREDIT"] <= offer.amount <= assessment.applicant.raw["AMT_CREDIT"]


def test_each_is_the_best_in_its_way(offered):
    by_applicant: dict[int, list] = {}
    for assessment, offer in offered:
        by_applicant.setdefault(assessment.applicant.applicant_id, []).append(offer)
    for offers in by_applicant.values():
        assert offers[0].kind == "largest"
        assert offers[0].amount == max(offer.amount for offer in offers)
        shortest = [offer for offer in offers if offer.kind == "shortest"]
        assert all(offer.months == min(each.months for each in offers) for offer in shortest)


def test_what_is_approved_gets_no_offer(service, some_ids):
    approved = [each for each in (assess(service, i, {}, "en") for i in some_ids) if each.decision.outcome == "approve"]
    assert approved
    assert all(counter_offers(service.artifact, each) == [] for each in approved)
