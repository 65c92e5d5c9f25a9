"""The steps of a case: opened, decided, referred, confirmed, sent back, reopened.

Each step is checked against the case as it stands inside one transaction, which also writes the journal's entry: either
both are on disk when the step is acknowledged, or neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from scoring.answers.applicant import CommentedScore
from scoring.assessment.assessment import Assessment
from scoring.cases.checks import Checked, checked_note, checked_order
from scoring.cases.evidence import digest_of, evidence
from scoring.cases.orders import Order, Recorded, Seen, Standing
from scoring.cases.policy import Policy
from scoring.cases.store import hold, standing, write
from scoring.database.engine import reading, writing
from scoring.errors import AccessError, CaseError
from scoring.journal.append import append
from scoring.journal.entry import Entry
from scoring.journal.journal import EntryFilter, Journal
from scoring.lender.roles import CREDIT
from scoring.people import Action, Person
from scoring.serving.service import Service, assess, commented, find_applicant
from scoring.words.language import Language
from scoring.words.wording import text
from scoring.worklist.states import ANY_SUPERVISOR, APPROVED, CLAIM, DECIDED, REFERRED, TO_CONFIRM, WORKING


@dataclass(frozen=True)
class Desk:
    """Where cases are decided: the journal, the lender's policy, and how many days an approval holds."""

    journal: Journal
    policy: Policy
    decision_days: int


def case_of(desk: Desk, applicant_id: int) -> Standing:
    """How a case stands, without anybody having looked at it.

    Raises:
        DatabaseError: the journal cannot be reached.
    """
    with reading(desk.journal.engine) as connection:
        return standing(connection, applicant_id, _now())


def open_case(desk: Desk, service: Service, person: Person, applicant_id: int, language: Language) -> Standing:
    """Records that somebody looks at a case, and gives it to them if it is nobody's.

    Returns:
        The case as it stood before: `holder` is whoever had opened it already.

    Raises:
        DatabaseError: the view could not be recorded.
    """
    applicant, now = find_applicant(service, applicant_id, language), _now()
    seen = {"application_digest": digest_of(applicant), "model": asdict(service.artifact.identity)}
    with writing(desk.journal.engine) as connection:
        hold(connection, applicant_id)
        before = standing(connection, applicant_id, now)
        append(connection, "view", person, seen, applicant_id)
        if person.may("decide") and _free_for(before, person, now):
            version = before.version
            write(connection, applicant_id, state=WORKING, holder=person.name, version=version, changed_at=now)
    return replace(before, holder=None) if _free_for(before, person, now) else before


def _free_for(case: Standing, person: Person, now: datetime) -> bool:
    stale = case.changed_at is not None and case.changed_at + CLAIM <= now
    return case.state == "open" or (case.state == "working" and (case.holder in (None, person.name) or stale))


def decide(desk: Desk, service: Service, person: Person, order: Order, colleagues: frozenset[str]) -> Recorded:
    """Records a decision: it stands at once, or waits for a colleague.

    A refusal overridden to an approval, and an approval beyond the person's limit, wait for a second pair of eyes.

    Raises:
        AccessError: this person may not decide.
        CaseError: the case is locked, somebody else's, or has changed since it was seen.
        DatabaseError: nothing was recorded.
        InvalidInputError: the order is not allowed; the message names what is.
    """
    if not person.may("decide"):
        raise AccessError(_refusal("decide", person, order.language))
    assessment = assess(service, order.applicant_id, order.changes, order.language, order.history)
    score = commented(service, assessment)
    checked = checked_order(order, score, desk.policy, person, colleagues)
    on_file = find_applicant(service, assessment.applicant.applicant_id, order.language)
    now, language = _now(), order.language
    state = _state_after(desk.policy, person, assessment, checked)
    payload = {
        **evidence(service, on_file, assessment, score),
        "outcome": checked.outcome,
        "against_recommendation": checked.departs,
        "reason_code": checked.reason_code,
        "note": checked.note,
        "told_reasons": list(checked.told_reasons),
        "state": state,
        "refer_to": checked.refer_to if state == REFERRED else None,
    }
    applicant_id = assessment.applicant.applicant_id
    expires = now + timedelta(days=desk.decision_days) if checked.outcome == APPROVED else None
    if expires:
        payload["expires_at"] = expires.isoformat(timespec="seconds")
    if applicant_id is None:
        if state == TO_CONFIRM:
            raise CaseError(text("case.new_needs_file", language))
        with writing(desk.journal.engine) as connection:
            return _recorded(append(connection, "decision", person, payload), state)
    with _step(desk, applicant_id, now) as (connection, case):
        _check_unchanged(case, order.seen, service, payload["application_digest"], language)
        _check_may_decide(case, person, language)
        entry = append(connection, "decision", person, payload, applicant_id)
        holder = {REFERRED: checked.refer_to or ANY_SUPERVISOR, TO_CONFIRM: ANY_SUPERVISOR}.get(state)
        write(
            connection,
            applicant_id,
            state=state,
            holder=holder,
            outcome=checked.outcome,
            decided_by=person.name,
            decided_at=now,
            expires_at=expires,
            entry=entry.number,
            version=case.version + 1,
            changed_at=now,
        )
    return _recorded(entry, state)


def _state_after(policy: Policy, person: Person, assessment: Assessment, checked: Checked) -> str:
    if checked.outcome == "refer":
        return REFERRED
    amount = float(assessment.applicant.raw[CREDIT] or 0.0)
    beyond = not policy.may_approve(person.role, amount)
    overridden = assessment.decision.outcome == "refuse"
    return TO_CONFIRM if checked.outcome == APPROVED and (beyond or overridden) else DECIDED


def confirm(
    desk: Desk, service: Service, person: Person, applicant_id: int, note: str, seen: Seen | None, language: Language
) -> Recorded:
    """Confirms a colleague's decision, which then stands.

    Raises:
        AccessError: this person may not confirm, or decided it.
        CaseError: nothing waits for confirmation, or the case has changed since it was decided.
        DatabaseError: nothing was recorded.
    """
    now, written = _now(), checked_note(note, language)
    on_file = find_applicant(service, applicant_id, language)
    with _step(desk, applicant_id, now) as (connection, case):
        _check_second_eyes(case, person, language)
        proposed = _proposal(desk, case)
        payload = proposed.payload
        if payload is None:
            raise CaseError(text("case.erased", language))
        _check_unchanged(case, seen, service, payload["application_digest"], language)
        same = digest_of(on_file) == payload["application_digest"]
        if not same or payload["model"]["revision"] != service.artifact.identity.revision:
            raise CaseError(text("case.changed_since_decided", language))
        expires = now + timedelta(days=desk.decision_days)
        confirmed = {
            "decision": proposed.number,
            "hash": proposed.hash,
            "note": written,
            "outcome": case.outcome,
            "expires_at": expires.isoformat(timespec="seconds"),
        }
        entry = append(connection, "confirmation", person, confirmed, applicant_id)
        write(
            connection,
            applicant_id,
            state=DECIDED,
            holder=None,
            outcome=case.outcome,
            decided_by=case.decided_by,
            decided_at=now,
            expires_at=expires,
            entry=proposed.number,
            version=case.version + 1,
            changed_at=now,
        )
    return _recorded(entry, DECIDED)


def send_back(
    desk: Desk, person: Person, applicant_id: int, note: str, language: Language, seen: Seen | None = None
) -> Recorded:
    """Gives a decision that waits for confirmation back to whoever made it, with a reason.

    Raises:
        AccessError: this person may not confirm, or decided it.
        CaseError: nothing waits for confirmation, or another decision than was seen.
        DatabaseError: nothing was recorded.
        InvalidInputError: no reason is given.
    """
    now, written = _now(), checked_note(note, language, required=True)
    with _step(desk, applicant_id, now) as (connection, case):
        _check_second_eyes(case, person, language)
        _check_version(case, seen, language)
        entry = append(connection, "sent_back", person, {"decision": case.entry, "note": written}, applicant_id)
        version = case.version + 1
        write(connection, applicant_id, state=WORKING, holder=case.decided_by, version=version, changed_at=now)
    return _recorded(entry, WORKING)


def reopen(
    desk: Desk, person: Person, applicant_id: int, note: str, language: Language, seen: Seen | None = None
) -> Recorded:
    """Opens a decided case again, with a reason: whoever decided it, or a supervisor.

    Raises:
        AccessError: somebody else decided it.
        CaseError: the case is not decided, or was decided anew since it was seen.
        DatabaseError: nothing was recorded.
        InvalidInputError: no reason is given.
    """
    now, written = _now(), checked_note(note, language, required=True)
    with _step(desk, applicant_id, now) as (connection, case):
        if not person.may("decide"):
            raise AccessError(_refusal("decide", person, language))
        if case.state not in ("decided", "expired"):
            raise CaseError(text("case.not_decided", language))
        if case.decided_by != person.name and not person.may("confirm"):
            raise AccessError(text("case.reopen_not_yours", language, person=case.decided_by))
        _check_version(case, seen, language)
        entry = append(connection, "reopening", person, {"decision": case.entry, "note": written}, applicant_id)
        version = case.version + 1
        write(connection, applicant_id, state=WORKING, holder=person.name, version=version, changed_at=now)
    return _recorded(entry, WORKING)


def proposal_of(desk: Desk, applicant_id: int) -> Entry | None:
    """The entry of the decision on which a case stands; None if nothing is decided."""
    case = case_of(desk, applicant_id)
    return _proposal(desk, case) if case.entry else None


def _proposal(desk: Desk, case: Standing) -> Entry:
    assert case.entry is not None
    # By its number alone: an entry that is erased belongs to nobody.
    (entry,) = desk.journal.entries(EntryFilter(after=case.entry - 1, limit=1))
    return entry


@contextmanager
def _step(desk: Desk, applicant_id: int, now: datetime) -> Iterator[tuple[Connection, Standing]]:
    with writing(desk.journal.engine) as connection:
        hold(connection, applicant_id)
        yield connection, standing(connection, applicant_id, now)


def _check_unchanged(case: Standing, seen: Seen | None, service: Service, application: str, language: Language) -> None:
    _check_version(case, seen, language)
    if seen and (seen.revision != service.artifact.identity.revision or seen.application != application):
        raise CaseError(text("case.changed_meanwhile", language))


def _check_version(case: Standing, seen: Seen | None, language: Language) -> None:
    if seen is not None and case.version != seen.version:
        by = case.decided_by or case.holder or ""
        raise CaseError(text("case.decided_meanwhile", language, person=by))


def _check_may_decide(case: Standing, person: Person, language: Language) -> None:
    """Whether the case can be decided by this person as it stands."""
    match case.state:
        case "decided":
            raise CaseError(text("case.locked", language, person=case.decided_by))
        case "to_confirm":
            raise CaseError(text("case.waits_for_confirmation", language, person=case.decided_by))
        case "referred" if case.holder != person.name and not person.may("confirm"):
            key = "case.referred_to_supervisor" if case.holder == ANY_SUPERVISOR else "case.referred_to"
            raise CaseError(text(key, language, person=case.holder))


def _check_second_eyes(case: Standing, person: Person, language: Language) -> None:
    if not person.may("confirm"):
        raise AccessError(_refusal("confirm", person, language))
    if case.state != "to_confirm":
        raise CaseError(text("case.nothing_to_confirm", language))
    if case.decided_by == person.name:
        raise AccessError(text("access.not_ones_own", language))


def _refusal(action: Action, person: Person, language: Language) -> str:
    return text(f"access.refused.{action}", language, role=text(f"role.{person.role}", language))


def _recorded(entry: Entry, state: str) -> Recorded:
    return Recorded(entry.number, entry.hash, entry.at, state)


def _now() -> datetime:
    return datetime.now(UTC)


def record_score(desk: Desk, service: Service, person: Person, assessment: Assessment, score: CommentedScore) -> None:
    """Records what a program was answered.

    Raises:
        DatabaseError: it could not be recorded.
    """
    applicant_id = assessment.applicant.applicant_id
    on_file = find_applicant(service, applicant_id, assessment.language)
    desk.journal.record("score", person, evidence(service, on_file, assessment, score), applicant_id)
