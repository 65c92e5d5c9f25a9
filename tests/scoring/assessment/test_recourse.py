"""Recourse keeps to its table, is verified by re-scoring, and says so where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.answers.applicant import Recourse
from scoring.assessment import recourse as module
from scoring.assessment.assessment import Assessment
from scoring.assessment.recourse import TRIED, levers, recourse
from scoring.schema.fields import Leeway, fields, leeways
from scoring.serving.batch import score_frame
from scoring.serving.service import Service, assess, score

NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}
LOAN = ("AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE")

Found = list[tuple[Assessment, Recourse]]


@pytest.fixture(scope="module")
def found(service: Service, applicants) -> Found:
    """The recourse of two hundred applicants that are not approved as they stand."""
    scores = score_frame(service.artifact, next(applicants.batches(800)), "en", reasons=False)
    asked = scores["SK_ID_CURR"][scores["decision"] != "approve"].tolist()[:200]
    assessments = [assess(service, applicant_id, {}, "en") for applicant_id in asked]
    assert all(assessment.decision.outcome != "approve" for assessment in assessments)
    return [(assessment, recourse(service.artifact, assessment)) for assessment in assessments]


@pytest.fixture(scope="module")
def plans(found: Found):
    """Each plan, the referrals too, with the assessment that it starts from."""
    return [
        (assessment, plan)
        for assessment, answer in found
        for plan in [*answer.plans, *([answer.referral] if answer.referral else [])]
    ]


def test_some_find_a_plan_and_some_do_not(found):
    assert {answer.found for _, answer in found} == {True, False}
    assert all(answer.found == bool(answer.plans) for _, answer in found)


def test_every_plan_is_what_score_says_of_its_changes(service, plans):
    for assessment, plan in plans:
        again = score(service, assess(service, assessment.applicant.applicant_id, plan.changes, "en"))
        assert (again.probability, again.decision) == (plan.probability, plan.decision)


def test_plans_reach_approval_and_a_referral_is_for_the_refused_alone(found):
    for assessment, answer in found:
        assert {plan.decision for plan in answer.plans} <= {"approve"}
        if answer.referral:
            assert not answer.found
            assert assessment.decision.outcome == "refuse"
            assert answer.referral.decision == "refer"


def test_only_marked_fields_move_in_their_direction_by_their_steps_within_their_limits(plans):
    for assessment, plan in plans:
        for name, value in plan.changes.items():
            leeway, present = leeways()[name], assessment.applicant.raw[name]
            assert leeway.limit * present <= value < present
            assert value % leeway.step == 0


def test_no_plan_makes_the_term_longer_than_allowed(plans):
    for assessment, plan in plans:
        raw = {**assessment.applicant.raw, **plan.changes}
        present = assessment.applicant.raw["AMT_CREDIT"] / assessment.applicant.raw["AMT_ANNUITY"]
        assert raw["AMT_CREDIT"] / raw["AMT_ANNUITY"] <= max(40, present)


def test_the_amount_lever_keeps_the_term(found):
    for assessment, _ in found:
        candidates = module._candidates(assessment.applicant.columns(), 1)
        alone = candidates.where(candidates.which == 1 << list(levers()).index("amount"))
        terms = alone.moved["AMT_CREDIT"] / alone.moved["AMT_ANNUITY"]
        present = assessment.applicant.raw["AMT_CREDIT"] / assessment.applicant.raw["AMT_ANNUITY"]
        assert terms == pytest.approx(present, rel=0.02)


def test_plans_come_by_rising_effort(found):
    for _, answer in found:
        efforts = [plan.effort for plan in answer.plans]
        assert efforts == sorted(efforts)
        assert all(0 < effort < len(TRIED) for effort in efforts)


def test_the_same_question_has_the_same_answer(service, found):
    assert all(recourse(service.artifact, assessment) == answer for assessment, answer in found[:20])


def test_what_is_approved_needs_no_change(service, some_ids):
    approved = [one for one in (assess(service, i, {}, "en") for i in some_ids) if one.decision.outcome == "approve"]
    for assessment in approved[:5]:
        (plan,) = recourse(service.artifact, assessment).plans
        assert (plan.changes, plan.probability, plan.effort) == ({}, assessment.probability, 0.0)


def test_changes_come_on_top_of_those_that_were_sent(service, found):
    assessment = next(assessment for assessment, answer in found if answer.found)
    applicant_id = assessment.applicant.applicant_id
    sent = {"AMT_CREDIT": assessment.applicant.raw["AMT_CREDIT"] - 500}
    answer = recourse(service.artifact, assess(service, applicant_id, sent, "en"))
    for plan in answer.plans:
        again = assess(service, applicant_id, {**sent, **plan.changes}, "en")
        assert again.probability == plan.probability


def test_a_lever_rests_where_one_of_its_fields_is_not_on_file(service, found):
    assessment = next(assessment for assessment, answer in found if answer.found)
    sent = {"AMT_GOODS_PRICE": None}
    answer = recourse(service.artifact, assess(service, assessment.applicant.applicant_id, sent, "en"))
    assert all("AMT_GOODS_PRICE" not in plan.changes for plan in answer.plans)


def test_a_new_application_has_recourse_too(service):
    answer = recourse(service.artifact, assess(service, None, NEW, "en"))
    for plan in answer.plans:
        assert assess(service, None, {**NEW, **plan.changes}, "en").decision.outcome == "approve"


def test_a_field_that_may_be_raised_is_raised(service, found, monkeypatch):
    """The direction is the table's: a limit above 1 goes up."""
    raised = {name: replace(leeway, limit=1.5) for name, leeway in leeways().items()}
    monkeypatch.setattr(module, "leeways", lambda: raised)
    module._factors.cache_clear()
    own = found[0][0].applicant.columns()
    candidates = module._candidates(own, 1)
    module._factors.cache_clear()
    for name, values in candidates.moved.items():
        assert values.min() >= own[name][0]
        assert own[name][0] < values.max() <= 1.5 * own[name][0]


def test_a_value_that_no_step_fits_stays():
    values, allowed = module._moved("AMT_CREDIT", 400.0, np.array([1.0, 0.9, 0.5]))
    assert allowed.tolist() == [True, False, False]
    assert values[0] == 400


def test_levers_hold_the_fields_of_the_table():
    assert levers() == {"amount": LOAN[:2], "goods": LOAN, "sooner": LOAN[:1], "term": LOAN[1:2]}


def test_deciding_by_amounts_the_threshold_moves_with_the_plan(amount_service, applicants):
    for applicant_id in applicants.ids[:60].tolist():
        assessment = assess(amount_service, applicant_id, {}, "en")
        for plan in recourse(amount_service.artifact, assessment).plans:
            again = assess(amount_service, applicant_id, plan.changes, "en")
            assert again.decision.outcome == "approve"
            assert again.probability < again.decision.band_low


def test_nothing_that_is_protected_or_that_an_adviser_may_not_edit_is_marked():
    marked = [field for field in fields().values() if field.leeway]
    assert all(field.editable and not field.protected and field.kind == "quantitative" for field in marked)
    assert all(isinstance(field.leeway, Leeway) and field.minimum > 0 < field.leeway.step for field in marked)
