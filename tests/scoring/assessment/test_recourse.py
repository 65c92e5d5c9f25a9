"""Recourse keeps to its tables, is verified by re-scoring, and says so where there is none."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pandas as pd
import pytest

from scoring.answers.applicant import Plan, Recourse
from scoring.applicants.applicant import Applicant, edited, with_history
from scoring.artifact.model import probability_of
from scoring.assessment.assessment import Assessment, assessed
from scoring.assessment.burden import burdens
from scoring.assessment.moves import RATE_LOWER, RATE_ROUNDING, joined, open_moves
from scoring.assessment.recourse import MOST_MOVES, recourse
from scoring.decision.rule import OUTCOMES
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT
from scoring.lender.terms import lowest_rate
from scoring.schema.features import feature_matrix
from scoring.schema.fields import Leeway, fields, leeways
from scoring.serving.batch import score_frame
from scoring.serving.service import Service, assess, score
from tests.responsiveness import (
    assert_a_reason_can_change_exactly_where_a_move_helps,
    assert_repaying_never_raises_the_risk,
)

Found = list[tuple[Assessment, Recourse]]


@pytest.fixture(scope="module")
def found(service: Service, applicants) -> Found:
    """The recourse of a hundred applicants that are not approved as they stand."""
    scores = pd.concat(score_frame(service.artifact, batch) for batch in islice(applicants.batches(800), 8))
    asked = scores["SK_ID_CURR"][scores["decision"] != "approve"].tolist()[:100]
    assert len(asked) == 100
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


def carried_out(applicant: Applicant, plan: Plan) -> Applicant:
    """The applicant after all that a plan says."""
    wanted = {(move.scenario, move.parameter) for move in plan.history}
    done = [each for each in applicant.scenarios if (each.step.scenario, each.step.parameter) in wanted]
    assert len(done) == len(plan.history)
    return with_history(edited(applicant, plan.changes, "en"), done)


def test_some_find_a_plan_and_some_do_not(found):
    assert {answer.found for _, answer in found} == {True, False}
    assert all(answer.found == bool(answer.plans) for _, answer in found)


def test_loan_and_history_are_moved_together(plans):
    kinds = {(bool(plan.changes), bool(plan.history)) for _, plan in plans}
    assert {(True, False), (True, True)} <= kinds


def test_every_plan_is_what_score_says_of_it(service, plans):
    for assessment, plan in plans:
        again = assessed(service.artifact, carried_out(assessment.applicant, plan), plan.changes, "en")
        assert (again.probability, again.decision.outcome) == (plan.probability, plan.decision)


def test_a_plan_for_the_loan_alone_is_what_score_answers_to_its_changes(service, plans):
    for assessment, plan in plans:
        if not plan.history:
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


def own_rate(assessment: Assessment) -> float:
    return float(FORMULAS["INTEREST_RATE"](assessment.applicant.columns())[0])


def test_no_plan_sells_below_the_lenders_price_for_its_term(plans):
    for assessment, plan in plans:
        if plan.yearly_rate is not None:
            price = float(lowest_rate(np.array([plan.months]))[0])
            assert plan.yearly_rate >= min(price, own_rate(assessment)) - RATE_ROUNDING


def test_a_plan_says_so_where_it_lowers_the_rate(plans):
    told = [
        (own_rate(assessment) - plan.yearly_rate, plan.lowers_rate)
        for assessment, plan in plans
        if plan.changes and plan.yearly_rate is not None
    ]
    assert {lowers for _, lowers in told} == {True, False}
    assert all(lowers == (lower > RATE_LOWER) for lower, lowers in told)


def test_with_rates_kept_no_plan_lowers_one(service, found):
    kept = [recourse(service.artifact, assessment, "keep") for assessment, _ in found]
    plans = [plan for answer in kept for plan in answer.plans]
    assert plans
    assert not any(plan.lowers_rate for plan in plans)


def in_all(plan: Plan) -> float:
    return plan.burden.now + plan.burden.less + max(plan.burden.total or 0, 0)


def test_plans_come_by_rising_burden_of_few_moves(found):
    for _, answer in found:
        burdens = [in_all(plan) for plan in answer.plans]
        assert burdens == sorted(burdens)
        assert all(len(plan.history) <= MOST_MOVES for plan in answer.plans)


def test_what_a_plan_costs_follows_from_its_changes(plans):
    for assessment, plan in plans:
        before = assessment.applicant.raw
        after = {**before, **plan.changes}
        assert plan.burden.per_month == after["AMT_ANNUITY"] - before["AMT_ANNUITY"]
        assert plan.burden.less == before["AMT_GOODS_PRICE"] - after["AMT_GOODS_PRICE"]
        # Whatever is borrowed less for the same goods must be found, but for what was financed beyond their price.
        least = sum(move.cost for move in plan.history)
        share = min(1, before["AMT_GOODS_PRICE"] / before["AMT_CREDIT"])
        kept = before["AMT_CREDIT"] * after["AMT_GOODS_PRICE"] / before["AMT_GOODS_PRICE"] - after["AMT_CREDIT"]
        assert plan.burden.now == pytest.approx(least + share * max(kept, 0))


def test_the_same_question_has_the_same_answer(service, found):
    assert all(recourse(service.artifact, assessment) == answer for assessment, answer in found[:20])


def test_what_is_approved_needs_no_change(service, some_ids):
    approved = [one for one in (assess(service, i, {}, "en") for i in some_ids) if one.decision.outcome == "approve"]
    for assessment in approved[:5]:
        (plan,) = recourse(service.artifact, assessment).plans
        assert (plan.changes, plan.history, plan.probability) == ({}, [], assessment.probability)


def test_changes_come_on_top_of_those_that_were_sent(service, found):
    assessment = next(assessment for assessment, answer in found if answer.found)
    applicant_id = assessment.applicant.applicant_id
    sent = {"AMT_CREDIT": assessment.applicant.raw["AMT_CREDIT"] - 500}
    asked = assess(service, applicant_id, sent, "en")
    plans = recourse(service.artifact, asked).plans
    assert plans
    for plan in plans:
        again = assessed(service.artifact, carried_out(asked.applicant, plan), {**sent, **plan.changes}, "en")
        assert again.probability == plan.probability


def test_a_lever_rests_where_one_of_its_fields_is_not_on_file(service, found):
    assessment = next(assessment for assessment, answer in found if answer.found)
    sent = {"AMT_GOODS_PRICE": None}
    answer = recourse(service.artifact, assess(service, assessment.applicant.applicant_id, sent, "en"))
    assert all("AMT_GOODS_PRICE" not in plan.changes for plan in answer.plans)


def test_a_new_application_has_recourse_too(service, found):
    """Sent without an id and a history, as one who is not on file yet would be."""
    sent = [{name: value for name, value in each.applicant.raw.items() if value is not None} for each, _ in found]
    answers = ((raw, recourse(service.artifact, assess(service, None, raw, "en"))) for raw in sent)
    raw, answer = next((raw, answer) for raw, answer in answers if answer.plans)
    for plan in answer.plans:
        assert assess(service, None, {**raw, **plan.changes}, "en").decision.outcome == "approve"


def test_without_a_plan_the_best_that_was_reached_is_given(service, found):
    for assessment, answer in found:
        assert (answer.best is None) == answer.found
        if answer.best is not None:
            assert answer.best <= assessment.probability
            assert service.artifact.rule.decide(answer.best, assessment.applicant.columns()).outcome != "approve"


def test_no_combination_of_few_moves_on_the_grid_reaches_what_the_search_does_not(service, found):
    model, rule = service.artifact.model, service.artifact.rule
    without = [each for each, answer in found if not answer.found and each.applicant.scenarios][:20]
    for assessment in without:
        moves = open_moves(assessment.applicant, "price")
        numbers = np.array([len(changes) for changes in moves.histories])
        candidates = joined([
            (moves.loans(levers) if levers else moves.nothing()).across(np.flatnonzero(numbers <= MOST_MOVES - levers))
            for levers in range(MOST_MOVES + 1)
        ])  # fmt: skip
        columns = moves.columns(candidates)
        payable = burdens(moves.own, columns, moves.costs[candidates.history]).now <= moves.most_now
        log_odds = model.log_odds_alike(feature_matrix(columns, model.features))
        decisions = rule.terms(columns).decide(probability_of(log_odds))
        assert OUTCOMES.index("approve") not in decisions[payable], assessment.applicant.applicant_id
    assert without


def test_helpful_features_are_those_that_a_move_can_change(service, found):
    names = {item.feature.name for item in service.artifact.model.features}
    for assessment, answer in found:
        assert set(answer.helpful) <= names
        assert not any(name.startswith("EXT_SOURCE") for name in answer.helpful)
        if not assessment.applicant.scenarios:
            assert not any(name.startswith(("bureau", "card", "previous")) for name in answer.helpful)


def test_a_reason_can_change_exactly_where_a_single_move_changes_it_and_lowers_the_risk(service, found):
    assert_a_reason_can_change_exactly_where_a_move_helps(service, found[::4])


def test_protected_attributes_change_no_plan(service, found):
    for assessment, answer in found[:15]:
        for name, value in {"CODE_GENDER": "F", "NAME_FAMILY_STATUS": "Widow"}.items():
            raw = {**assessment.applicant.raw, name: value}
            other = assessed(service.artifact, replace(assessment.applicant, raw=raw), {}, "en")
            assert recourse(service.artifact, other) == answer


def test_repaying_never_raises_the_risk(service, applicants):
    people = [applicants.find(applicant_id) for applicant_id in applicants.ids[::3].tolist()]
    assert_repaying_never_raises_the_risk(service, people, fewest=1_000)


def test_deciding_by_amounts_the_threshold_moves_with_the_plan(amount_service, applicants):
    for applicant_id in applicants.ids[:60].tolist():
        assessment = assess(amount_service, applicant_id, {}, "en")
        for plan in recourse(amount_service.artifact, assessment).plans:
            again = assessed(amount_service.artifact, carried_out(assessment.applicant, plan), plan.changes, "en")
            assert again.decision.outcome == "approve"
            assert again.probability < again.decision.band_low


def test_nothing_that_is_protected_or_that_an_adviser_may_not_edit_is_marked():
    marked = [field for field in fields().values() if field.leeway]
    assert all(field.editable and not field.protected and field.kind == "quantitative" for field in marked)
    assert all(isinstance(field.leeway, Leeway) and field.minimum > 0 < field.leeway.step for field in marked)
    assert all("{value}" in words for field in marked for words in (field.leeway.words.en, field.leeway.words.fr))


def test_no_plan_asks_for_more_money_than_the_loan_would_bring(service, found, plans, monkeypatch):
    assert all(plan.burden.now <= assessment.applicant.raw[CREDIT] for assessment, plan in plans)
    monkeypatch.setattr("scoring.assessment.moves.MOST_TO_FIND", math.inf)
    unbound = [
        (assessment, plan)
        for assessment, answer in found
        if not answer.found
        for plan in recourse(service.artifact, assessment).plans
    ]
    assert unbound
    assert all(plan.burden.now > assessment.applicant.raw[CREDIT] for assessment, plan in unbound)


def test_no_plan_holds_a_step_that_raises_the_risk_by_itself(service, plans):
    steps = [(assessment, move) for assessment, plan in plans for move in plan.history]
    assert steps
    for assessment, move in steps:
        applicant = assessment.applicant
        (change,) = (
            each
            for each in applicant.scenarios
            if (each.step.scenario, each.step.parameter) == (move.scenario, move.parameter)
        )
        alone = assessed(service.artifact, with_history(applicant, [change]), {}, "en")
        assert alone.probability <= assessment.probability
