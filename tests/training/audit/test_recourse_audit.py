"""The recourse audit: what it counts, and that it leaves out whom nothing is searched for."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from statsmodels.stats.proportion import proportion_confint

from scoring.applicants.store import ApplicantsFile
from scoring.artifact.load import Artifact
from scoring.artifact.recourse_audit import RecourseAudit
from scoring.assessment.assessment import assessed
from scoring.assessment.moves import levers
from scoring.assessment.recourse import recourse
from scoring.lender.roles import CREDIT
from scoring.lender.terms import MOST_TO_FIND
from scoring.strict import MalformedError, parse
from training.audit.recourse_audit import recourse_audit
from training.lender.scenarios import SCENARIOS

SOME = 160


@pytest.fixture(scope="module")
def some(applicants: ApplicantsFile):
    return [applicants.find(int(number)) for number in applicants.ids[:SOME]]


@pytest.fixture(scope="module")
def audit(artifact: Artifact, some) -> RecourseAudit:
    return recourse_audit(artifact, some, seed=1)


@pytest.fixture(scope="module")
def answers(artifact: Artifact, some):
    of = [assessed(artifact, applicant, {}, "en") for applicant in some]
    return [(each, recourse(artifact, each)) for each in of if each.decision.outcome != "approve"]


def test_everybody_is_counted_as_recourse_answers(audit: RecourseAudit, answers) -> None:
    assert audit.applicants == len(answers)
    plans = [answer.plans[0] for _, answer in answers if answer.found]
    assert audit.plans == len(plans)
    assert audit.by_history == sum(not plan.changes for plan in plans)
    assert audit.everybody is not None
    assert audit.everybody.plan.value == pytest.approx(len(plans) / len(answers), abs=1e-5)
    low, high = proportion_confint(len(plans), len(answers))
    assert (audit.everybody.plan.low, audit.everybody.plan.high) == pytest.approx((low, high), abs=0.02)
    fixed = sum(not answer.found and answer.referral is None for _, answer in answers)
    assert audit.everybody.fixed.value == pytest.approx(fixed / len(answers), abs=1e-5)


def test_groups_are_those_of_the_attribute_and_small_ones_have_no_rate(audit: RecourseAudit, answers) -> None:
    women = [answer for each, answer in answers if each.applicant.raw["CODE_GENDER"] == "F"]
    (group,) = (group for group in audit.groups if (group.attribute, group.level) == ("CODE_GENDER", "F"))
    assert group.reached.applicants == len(women)
    for each in audit.groups:
        assert (each.reached.plan.value is None) == (each.reached.applicants < 30)


def test_burden_is_the_cost_of_the_least_plans_over_the_amounts(audit: RecourseAudit, answers) -> None:
    found = [(each, answer.plans[0].burden) for each, answer in answers if answer.found]
    costs = sum(burden.now + burden.less + max(burden.total or 0, 0) for _, burden in found)
    amounts = sum(each.applicant.raw["AMT_CREDIT"] for each, _ in found)
    expected = costs / amounts if len(found) >= 30 else None
    assert audit.everybody is not None
    assert audit.everybody.burden.value == pytest.approx(expected, abs=1e-5)


def test_moves_are_the_levers_and_the_scenarios(audit: RecourseAudit, answers) -> None:
    moves = {move.move: move for move in audit.moves}
    assert list(moves) == [*levers(), *(scenario.key for scenario in SCENARIOS)]
    for scenario in SCENARIOS:
        able = sum(
            any(
                change.step.scenario == scenario.key and change.cost <= MOST_TO_FIND * each.applicant.raw[CREDIT]
                for change in each.applicant.scenarios
            )
            for each, _ in answers
        )
        assert moves[scenario.key].open == able
    single = [a.plans[0] for _, a in answers if a.found and len(a.plans[0].history) == 1 and not a.plans[0].changes]
    assert sum(move.alone for move in moves.values()) >= len(single)


def test_whoever_is_approved_does_not_count(artifact: Artifact, some) -> None:
    approved = [each for each in some if assessed(artifact, each, {}, "en").decision.outcome == "approve"][:3]
    assert recourse_audit(artifact, approved, seed=1) == RecourseAudit(0, 0, 0, 0, 0, None, [], [])


def test_it_is_read_as_it_was_written_and_impossible_counts_are_refused(audit: RecourseAudit) -> None:
    written = asdict(audit)
    assert parse(RecourseAudit, json.dumps(written)) == audit
    with pytest.raises(MalformedError, match="more applicants are moved by it than it is open to"):
        replace(audit.moves[0], alone=audit.moves[0].open + 1)
    with pytest.raises(MalformedError, match="with_history"):
        replace(audit, with_history=audit.applicants + 1)
    with pytest.raises(MalformedError, match="plans"):
        replace(audit, by_both=audit.applicants + 1)
