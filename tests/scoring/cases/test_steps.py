"""The steps of a case: decided, referred, confirmed, sent back, reopened; who may take them, and what is recorded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from scoring.cases.evidence import digest_of
from scoring.cases.orders import Order, Seen, Standing
from scoring.cases.steps import Desk, case_of, confirm, decide, open_case, proposal_of, reopen, send_back
from scoring.cases.store import forget
from scoring.database.engine import writing
from scoring.errors import AccessError, CaseError, InvalidInputError
from scoring.journal.erase import erase
from scoring.serving.service import assess, commented
from scoring.worklist.states import ANY_SUPERVISOR, CASES, CLAIM
from tests.scoring.cases.conftest import ANNA, BEN, MAX, RITA, SAM, SUE, TEAM

WHY = {"reason_code": "known_customer", "note": "Has repaid two loans with us"}
NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}


def ordered(applicant_id, outcome, **more) -> Order:
    return Order(applicant_id, more.pop("changes", None), outcome, **more)


def kinds(desk: Desk) -> list[str]:
    return [entry.kind for entry in desk.journal.entries()]


def test_a_decision_with_the_recommendation_stands_and_holds_all_that_it_rests_on(desk, service, recommended):
    applicant_id, changes = recommended("approve"), {"AMT_CREDIT": 250_000}
    recorded = decide(desk, service, ANNA, ordered(applicant_id, "approve", changes=changes), TEAM)
    (entry,) = desk.journal.entries()
    score = commented(service, assess(service, applicant_id, changes, "en"))
    assert (entry.number, entry.hash, entry.person, entry.role) == (recorded.entry, recorded.hash, "anna", "adviser")
    payload = entry.payload
    assert payload["probability"] == score.probability
    assert payload["threshold"] == score.threshold
    assert payload["changes"] == changes
    assert payload["model"]["revision"] == service.artifact.identity.revision
    assert payload["application"]["raw"] == dict(service.applicants.find(applicant_id).raw)
    assert [reason["feature"] for reason in payload["reasons"]] == [reason.feature for reason in score.reasons]
    standing = case_of(desk, applicant_id)
    assert (standing.state, standing.outcome, standing.decided_by) == ("decided", "approve", "anna")
    assert standing.expires_at - standing.decided_at == timedelta(days=30)
    assert standing.entry == recorded.entry


def test_a_decided_case_is_locked_until_it_is_reopened(desk, service, recommended):
    applicant_id = recommended("refuse")
    decide(desk, service, ANNA, ordered(applicant_id, "refuse"), TEAM)
    with pytest.raises(CaseError, match="anna has decided this case"):
        decide(desk, service, SUE, ordered(applicant_id, "refuse"), TEAM)
    with pytest.raises(AccessError, match="they or a supervisor"):
        reopen(desk, BEN, applicant_id, "New payslip", "en")
    with pytest.raises(InvalidInputError, match="reason"):
        reopen(desk, ANNA, applicant_id, "  ", "en")
    reopen(desk, ANNA, applicant_id, "New payslip", "en")
    decide(desk, service, BEN, ordered(applicant_id, "refuse"), TEAM)
    assert kinds(desk) == ["decision", "reopening", "decision"]


def test_a_refusal_overridden_waits_for_somebody_else(desk, service, recommended):
    applicant_id = recommended("refuse")
    recorded = decide(desk, service, SUE, ordered(applicant_id, "approve", **WHY), TEAM)
    assert recorded.state == "to_confirm"
    assert case_of(desk, applicant_id).holder == ANY_SUPERVISOR
    with pytest.raises(AccessError, match="yourself"):
        confirm(desk, service, SUE, applicant_id, "", None, "en")
    with pytest.raises(AccessError, match="do not confirm"):
        confirm(desk, service, BEN, applicant_id, "", None, "en")
    with pytest.raises(CaseError, match="waits for a supervisor"):
        decide(desk, service, SAM, ordered(applicant_id, "refuse"), TEAM)
    confirm(desk, service, SAM, applicant_id, "Agreed", None, "en")
    standing = case_of(desk, applicant_id)
    assert (standing.state, standing.outcome, standing.decided_by) == ("decided", "approve", "sue")
    assert proposal_of(desk, applicant_id).number == recorded.entry
    with pytest.raises(CaseError, match="Nothing waits"):
        confirm(desk, service, SAM, applicant_id, "", None, "en")


def test_what_is_sent_back_is_its_author_s_again(desk, service, recommended):
    applicant_id = recommended("refuse")
    decide(desk, service, ANNA, ordered(applicant_id, "approve", **WHY), TEAM)
    with pytest.raises(InvalidInputError, match="reason"):
        send_back(desk, SUE, applicant_id, "", "en")
    send_back(desk, SUE, applicant_id, "Which loans?", "en")
    standing = case_of(desk, applicant_id)
    assert (standing.state, standing.holder) == ("working", "anna")
    assert kinds(desk) == ["decision", "sent_back"]


@pytest.mark.parametrize(("person", "state"), [(ANNA, "to_confirm"), (SUE, "decided")])
def test_each_role_approves_up_to_its_limit_alone(local_desk, service, recommended, person, state):
    changes = {"AMT_CREDIT": 600_000.0, "AMT_ANNUITY": 60_000.0, "AMT_GOODS_PRICE": 600_000.0}
    applicant_id = recommended("approve")
    outcome = assess(service, applicant_id, changes, "en").decision.outcome
    why = {} if outcome == "approve" else WHY
    assert outcome != "refuse"
    order = ordered(applicant_id, "approve", changes=changes, **why)
    assert decide(local_desk, service, person, order, TEAM).state == state


def test_a_referral_is_for_the_colleague_named_or_a_supervisor(desk, service, recommended):
    applicant_id = recommended("refer")
    decide(desk, service, ANNA, ordered(applicant_id, "refer", refer_to="ben", note="Self-employed"), TEAM)
    with pytest.raises(CaseError, match="referred to ben"):
        decide(desk, service, ANNA, ordered(applicant_id, "refer"), TEAM)
    decide(desk, service, BEN, ordered(applicant_id, "refer"), TEAM)
    with pytest.raises(CaseError, match="referred to a supervisor"):
        decide(desk, service, BEN, ordered(applicant_id, "refer"), TEAM)
    assert decide(desk, service, SUE, ordered(applicant_id, "approve", **WHY), TEAM).state == "decided"


@pytest.mark.parametrize("to", ["anna", "nobody", "rita"])
def test_nobody_refers_to_themselves_or_a_stranger(local_desk, service, recommended, to):
    with pytest.raises(InvalidInputError, match="Allowed: ben, sam, sue"):
        decide(local_desk, service, ANNA, ordered(recommended("refer"), "refer", refer_to=to), TEAM)


@pytest.mark.parametrize("person", [RITA, MAX])
def test_other_roles_decide_nothing(local_desk, service, recommended, person):
    applicant_id = recommended("approve")
    for step in (
        lambda: decide(local_desk, service, person, ordered(applicant_id, "approve"), TEAM),
        lambda: confirm(local_desk, service, person, applicant_id, "", None, "en"),
        lambda: send_back(local_desk, person, applicant_id, "Why?", "en"),
        lambda: reopen(local_desk, person, applicant_id, "Why?", "en"),
    ):
        with pytest.raises(AccessError):
            step()
    assert kinds(local_desk) == []


def test_an_approval_expires_and_can_then_be_decided_anew(desk, service, recommended):
    applicant_id = recommended("approve")
    decide(desk, service, ANNA, ordered(applicant_id, "approve"), TEAM)
    with writing(desk.journal.engine) as connection:
        connection.execute(update(CASES).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert case_of(desk, applicant_id).state == "expired"
    decide(desk, service, BEN, ordered(applicant_id, "approve"), TEAM)
    assert case_of(desk, applicant_id).state == "decided"


def test_the_second_is_told_who_has_the_case_open(desk, service, recommended):
    applicant_id = recommended("approve")
    assert open_case(desk, service, ANNA, applicant_id, "en").holder is None
    assert open_case(desk, service, ANNA, applicant_id, "en").holder is None
    assert open_case(desk, service, BEN, applicant_id, "en").holder == "anna"
    assert case_of(desk, applicant_id).holder == "anna"
    assert kinds(desk) == ["view"] * 3
    with writing(desk.journal.engine) as connection:
        connection.execute(update(CASES).values(changed_at=datetime.now(UTC) - CLAIM))
    assert open_case(desk, service, BEN, applicant_id, "en").holder is None
    assert case_of(desk, applicant_id).holder == "ben"


def test_a_reviewer_s_view_is_recorded_and_takes_no_case(local_desk, service, recommended):
    open_case(local_desk, service, RITA, recommended("approve"), "en")
    assert (kinds(local_desk), case_of(local_desk, recommended("approve")).state) == (["view"], "open")


def test_a_decision_on_what_has_changed_meanwhile_is_refused(desk, service, recommended):
    applicant_id = recommended("approve")
    seen = Seen(0, service.artifact.identity.revision, digest_of(service.applicants.find(applicant_id)))
    for stale in (replace(seen, revision="other"), replace(seen, application="other")):
        with pytest.raises(CaseError, match="file or the model has changed"):
            decide(desk, service, ANNA, ordered(applicant_id, "approve", seen=stale), TEAM)
    decide(desk, service, BEN, ordered(applicant_id, "approve", seen=seen), TEAM)
    reopen(desk, BEN, applicant_id, "Wrong amount", "en")
    with pytest.raises(CaseError, match="changed since you opened it"):
        decide(desk, service, ANNA, ordered(applicant_id, "approve", seen=seen), TEAM)
    assert kinds(desk) == ["decision", "reopening"]


def test_another_decision_than_was_seen_is_neither_sent_back_nor_reopened(local_desk, service, recommended):
    applicant_id, (first, second) = recommended("refuse"), (Seen(version, "", "") for version in (1, 3))
    decide(local_desk, service, ANNA, ordered(applicant_id, "approve", **WHY), TEAM)
    send_back(local_desk, SUE, applicant_id, "Which loans?", "en", first)
    decide(local_desk, service, ANNA, ordered(applicant_id, "approve", **WHY), TEAM)
    with pytest.raises(CaseError, match="changed since you opened it"):
        send_back(local_desk, SUE, applicant_id, "Which loans?", "en", first)
    confirm(local_desk, service, SUE, applicant_id, "Agreed", None, "en")
    with pytest.raises(CaseError, match="changed since you opened it"):
        reopen(local_desk, SUE, applicant_id, "Wrong amount", "en", second)
    assert kinds(local_desk) == ["decision", "sent_back", "decision", "confirmation"]


def test_what_was_decided_with_another_model_is_not_confirmed(local_desk, service, recommended):
    applicant_id = recommended("refuse")
    decide(local_desk, service, ANNA, ordered(applicant_id, "approve", **WHY), TEAM)
    identity = replace(service.artifact.identity, revision="newer")
    newer = replace(service, artifact=replace(service.artifact, identity=identity))
    with pytest.raises(CaseError, match="decided anew"):
        confirm(local_desk, newer, SUE, applicant_id, "", None, "en")


def test_of_many_at_once_one_decides(desk, service, recommended):
    applicant_id = recommended("approve")

    def attempt(person) -> bool:
        try:
            decide(desk, service, person, ordered(applicant_id, "approve"), TEAM)
        except CaseError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, [ANNA, BEN, SUE, SAM] * 4)) == 1
    assert kinds(desk) == ["decision"]


def test_a_new_application_is_recorded_under_no_id(desk, service):
    outcome = assess(service, None, NEW, "en").decision.outcome
    recorded = decide(desk, service, SUE, ordered(None, outcome, changes=NEW), TEAM)
    (entry,) = desk.journal.entries()
    assert (entry.number, entry.applicant_id, entry.payload["changes"]) == (recorded.entry, None, NEW)


def test_a_new_application_beyond_the_limit_is_put_on_file_first(local_desk, service):
    changes = {**NEW, "AMT_CREDIT": 3_000_000, "AMT_ANNUITY": 150_000}
    with pytest.raises(CaseError, match="not on file"):
        decide(local_desk, service, ANNA, ordered(None, "approve", changes=changes, **WHY), TEAM)
    assert kinds(local_desk) == []


def test_what_is_erased_is_neither_confirmed_nor_shown(desk, service, recommended):
    applicant_id = recommended("refuse")
    decide(desk, service, ANNA, ordered(applicant_id, "approve", **WHY), TEAM)
    erase(desk.journal, applicant_id, "Asked for by letter", SUE)
    assert proposal_of(desk, applicant_id).payload is None
    with pytest.raises(CaseError, match="erased"):
        confirm(desk, service, SUE, applicant_id, "", None, "en")
    send_back(desk, SUE, applicant_id, "Decide anew", "en")


def test_the_case_of_an_applicant_who_is_erased_goes_with_the_entries(desk, service, recommended):
    applicant_id = recommended("refuse")
    decide(desk, service, ANNA, ordered(applicant_id, "refuse"), TEAM)
    erase(desk.journal, applicant_id, "Asked for by letter", SUE, forget)
    assert case_of(desk, applicant_id) == Standing()
