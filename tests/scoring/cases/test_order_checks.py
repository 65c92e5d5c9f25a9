"""Which orders are allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.cases.checks import checked_order
from scoring.cases.orders import LONGEST_NOTE, Order
from scoring.errors import InvalidInputError
from scoring.serving.service import assess, commented
from tests.scoring.cases.conftest import ANNA, TEAM


@pytest.fixture(scope="module")
def scored(service, recommended):
    return {
        outcome: commented(service, assess(service, recommended(outcome), {}, "en"))
        for outcome in ("approve", "refer", "refuse")
    }


def checked(score, policy, **order):
    return checked_order(Order(score.applicant_id, {}, **order), score, policy, ANNA, TEAM)


@pytest.mark.parametrize("recommendation", ["approve", "refer", "refuse"])
@pytest.mark.parametrize("outcome", ["approve", "refer", "refuse"])
def test_a_decision_that_departs_needs_a_listed_reason_and_a_note(scored, policy, recommendation, outcome):
    score, code = scored[recommendation], policy.reasons_for(outcome)[0].code
    if outcome != recommendation:
        for reason, note in (("", ""), (code, ""), (code, "   "), ("", "Why")):
            with pytest.raises(InvalidInputError, match="departs"):
                checked(score, policy, outcome=outcome, reason_code=reason, note=note)
    told = None if score.reasons or outcome != "refuse" else []
    code = "documents" if outcome == "refuse" else code
    order = checked(score, policy, outcome=outcome, reason_code=code, note="Why", told_reasons=told)
    assert order.departs == (outcome != recommendation)


@pytest.mark.parametrize("outcome", [None, "", "Approve", "reject", 1, ["approve"], {"a": 1}])
def test_another_outcome_is_refused_by_name(scored, policy, outcome):
    with pytest.raises(InvalidInputError, match=r"outcome = .* Allowed: approve, refer, refuse"):
        checked(scored["approve"], policy, outcome=outcome)


def test_a_refusal_has_no_conditions_on_the_history(scored, policy):
    with pytest.raises(InvalidInputError, match="A refusal has no conditions"):
        checked(scored["refuse"], policy, outcome="refuse", history=[{"scenario": "repay_all", "parameter": 0.0}])


@pytest.mark.parametrize("code", ["purpose", "Known_customer", "no such", 7, ["other"]])
def test_a_reason_of_another_outcome_is_refused_by_name(scored, policy, code):
    with pytest.raises(InvalidInputError, match=r"reason_code = .* Allowed: income_proved"):
        checked(scored["approve"], policy, outcome="approve", reason_code=code)


@pytest.mark.parametrize("note", [None, 5, ["x"], "x" * (LONGEST_NOTE + 1), "a\0b"])
def test_a_note_is_text_of_bounded_length(scored, policy, note):
    with pytest.raises(InvalidInputError, match="note"):
        checked(scored["approve"], policy, outcome="approve", note=note)


def test_the_applicant_is_told_reasons_of_the_model_in_its_order(scored, policy):
    score = scored["refuse"]
    features = [reason.feature for reason in score.reasons]
    assert checked(score, policy, outcome="refuse").told_reasons == tuple(features)
    backwards = features[::-1]
    assert checked(score, policy, outcome="refuse", told_reasons=backwards).told_reasons == tuple(features)
    assert checked(score, policy, outcome="refuse", told_reasons=features[:1]).told_reasons == (features[0],)


@pytest.mark.parametrize("told", [["EXT_SOURCE_9"], "AMT_CREDIT", [None], [["x"]], {"a": 1}, 3])
def test_other_reasons_are_not_told(scored, policy, told):
    with pytest.raises(InvalidInputError, match="told_reasons"):
        checked(scored["refuse"], policy, outcome="refuse", told_reasons=told)


def test_a_refusal_tells_at_least_one_reason(scored, policy):
    with pytest.raises(InvalidInputError, match="at least one reason"):
        checked(scored["refuse"], policy, outcome="refuse", told_reasons=[])
    told = {"reason_code": "documents", "told_reasons": []}
    assert checked(scored["refuse"], policy, outcome="refuse", **told).told_reasons == ()
    unexplained = replace(scored["approve"], reasons=[])
    with pytest.raises(InvalidInputError, match="at least one reason"):
        checked(unexplained, policy, outcome="refuse", reason_code="other", note="Why")
