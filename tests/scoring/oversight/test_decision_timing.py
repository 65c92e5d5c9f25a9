"""From first view to final decision, and the age of what is unfinished."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import insert, update

from scoring.__main__ import main
from scoring.cases.orders import Order
from scoring.cases.steps import decide, open_case, reopen
from scoring.database.engine import writing
from scoring.journal import append as appending
from scoring.journal.erase import erase
from scoring.oversight.timing import timing_report
from scoring.oversight.timing_shown import timing_html, timing_shown
from scoring.worklist.states import CASES
from tests.scoring.cases.conftest import ANNA, BEN, MAX, RITA, SUE, TEAM
from tests.scoring.oversight.conftest import decision

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
NOW = datetime.now(UTC)


@pytest.fixture
def at(local_desk, monkeypatch):
    """Records an entry so many hours after the start."""

    def record(hours, kind, person, payload, applicant_id=1):
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return START + timedelta(hours=hours)

        monkeypatch.setattr(appending, "datetime", Clock)
        return local_desk.journal.record(kind, person, payload, applicant_id).number

    return record


def durations(desk, **period):
    report = timing_report(desk.journal.engine, NOW, **period)
    return {each.name: (each.decisions, each.median, each.p90) for each in report.advisers}


def test_the_clock_runs_from_the_first_view_to_the_decision(local_desk, at):
    for applicant_id, hours in zip(count(1), (1, 2, 3, 4, 10)):
        at(0, "view", ANNA, {}, applicant_id)
        at(0.5, "view", BEN, {}, applicant_id)
        at(hours, "decision", ANNA, decision(), applicant_id)
    # By hand: of 1, 2, 3, 4, 10 the ninth tenth lies at 4 + 0.6 * 6.
    assert durations(local_desk) == {"anna": (5, 3.0, pytest.approx(7.6))}


def test_a_confirmed_decision_ends_with_its_confirmation_and_is_its_advisers(local_desk, at):
    at(0, "view", ANNA, {})
    number = at(1, "decision", ANNA, decision("refuse", "approve", state="to_confirm"))
    at(2, "sent_back", SUE, {"decision": number})
    number = at(3, "decision", ANNA, decision("refuse", "approve", state="to_confirm"))
    at(6, "confirmation", SUE, {"decision": number})
    assert durations(local_desk) == {"anna": (1, 6.0, 6.0)}


def test_a_referred_case_ends_with_whoever_decides_it(local_desk, at):
    at(0, "view", ANNA, {})
    at(1, "decision", ANNA, decision("refer", "refer"))
    at(9, "decision", SUE, decision("refer", "refuse"))
    assert durations(local_desk) == {"sue": (1, 9.0, 9.0)}


def test_after_a_decision_the_clock_starts_anew_with_a_reopening_and_not_with_a_look(local_desk, at):
    at(0, "view", ANNA, {})
    at(2, "decision", ANNA, decision())
    at(50, "view", BEN, {})
    at(100, "reopening", SUE, {"decision": 2})
    at(101, "view", SUE, {})
    at(104, "decision", SUE, decision())
    assert durations(local_desk) == {"anna": (1, 2.0, 2.0), "sue": (1, 4.0, 4.0)}


def test_after_an_expired_approval_the_clock_starts_with_the_next_look(local_desk, at):
    at(0, "view", ANNA, {})
    at(2, "decision", ANNA, decision(expires_at=(START + timedelta(hours=10)).isoformat()))
    at(9, "view", BEN, {})
    at(20, "view", BEN, {})
    at(21, "decision", BEN, decision())
    assert durations(local_desk)["ben"] == (1, 1.0, 1.0)


def test_a_reviewers_look_starts_no_clock_and_unseen_decisions_are_counted_apart(local_desk, at):
    at(0, "view", RITA, {})
    at(5, "decision", ANNA, decision())
    at(6, "decision", ANNA, decision(), None)
    report = timing_report(local_desk.journal.engine, NOW)
    assert (report.unseen, report.whole.decisions, report.whole.median) == (2, 0, None)


def test_by_month_and_within_a_period(local_desk, at):
    for applicant_id, hours in ((1, 10), (2, 24 * 40)):
        at(0, "view", ANNA, {}, applicant_id)
        at(hours, "decision", ANNA, decision(), applicant_id)
    report = timing_report(local_desk.journal.engine, NOW)
    assert [(month.name, month.decisions) for month in report.months] == [("2026-03", 1), ("2026-04", 1)]
    assert durations(local_desk, until=datetime(2026, 4, 1, tzinfo=UTC))["anna"][0] == 1
    assert durations(local_desk, since=datetime(2027, 1, 1, tzinfo=UTC)) == {}


def test_erased_applicants_are_counted_and_break_nothing(local_desk, at):
    at(0, "view", ANNA, {})
    at(1, "decision", ANNA, decision())
    at(2, "reopening", ANNA, {"decision": 2})
    erase(local_desk.journal, 1, "asked for", MAX)
    report = timing_report(local_desk.journal.engine, NOW)
    assert (report.erased, report.whole.decisions) == (1, 0)
    assert "applicants were erased: 1." in timing_shown(report, "en").plain()


def put_case(desk, applicant_id, state, changed, outcome=None, expires=None):
    values = {"state": state, "changed_at": NOW - timedelta(days=changed), "outcome": outcome, "version": 1}
    expires_at = None if expires is None else NOW + timedelta(days=expires)
    with writing(desk.journal.engine) as connection:
        connection.execute(insert(CASES).values(applicant_id=applicant_id, expires_at=expires_at, **values))


def test_unfinished_cases_are_counted_by_age_and_approvals_by_how_long_they_hold(desk):
    for applicant_id, (state, days) in enumerate(
        [("working", 0.5), ("working", 1), ("referred", 6.9), ("to_confirm", 7), ("referred", 31), ("working", 400)]
    ):
        put_case(desk, applicant_id, state, days)
    for applicant_id, days in enumerate((-3, 0, 0.1, 7, 8, 14.5, 30)):
        put_case(desk, 100 + applicant_id, "decided", 1, "approve", days)
    put_case(desk, 200, "decided", 50, "refuse")
    report = timing_report(desk.journal.engine, NOW)
    ages = {(band.least, band.most): (band.working, band.referred, band.to_confirm) for band in report.ages}
    assert ages == {
        (0, 1): (1, 0, 0),
        (1, 3): (1, 0, 0),
        (3, 7): (0, 1, 0),
        (7, 14): (0, 0, 1),
        (14, 30): (0, 0, 0),
        (30, None): (1, 1, 0),
    }
    assert [(due.within, due.approvals) for due in report.due] == [(0, 2), (7, 2), (14, 1), (None, 2)]


def test_a_case_is_as_old_as_its_first_view_not_as_its_last_change(desk, service, by_recommendation):
    applicant_id = by_recommendation["approve"][0]
    open_case(desk, service, ANNA, applicant_id, "en")
    later = datetime.now(UTC) + timedelta(days=5)
    with writing(desk.journal.engine) as connection:
        connection.execute(update(CASES).values(changed_at=later))
    bands = timing_report(desk.journal.engine, later).ages
    assert next(band.least for band in bands if band.working) == 3


def test_a_real_case_from_view_to_decision_and_its_reopening(desk, service, by_recommendation):
    applicant_id = by_recommendation["approve"][0]
    open_case(desk, service, ANNA, applicant_id, "en")
    decide(desk, service, ANNA, Order(applicant_id, None, "approve"), TEAM)
    now = datetime.now(UTC)
    report = timing_report(desk.journal.engine, now)
    assert report.whole.decisions == 1
    assert 0 < report.whole.median < 1 / 60
    assert [due.approvals for due in report.due] == [0, 0, 0, 1]
    reopen(desk, ANNA, applicant_id, "New payslip", "en")
    assert timing_report(desk.journal.engine, now).ages[0].working == 1


def test_durations_are_worded_in_their_own_unit(local_desk, at):
    for applicant_id, hours in ((1, 0.5), (2, 5.25), (3, 72)):
        at(0, "view", ANNA, {}, applicant_id)
        at(hours, "decision", (ANNA, BEN, SUE)[applicant_id - 1], decision(), applicant_id)
    shown = timing_shown(timing_report(local_desk.journal.engine, NOW), "en").plain()
    assert all(words in shown for words in ("30 min", "5.2 h", "3 d"))
    assert "3 j" in timing_html(timing_report(local_desk.journal.engine, NOW), "fr")


def test_the_command_ends_with_2_on_an_empty_journal_and_prints_json(local_desk, tmp_path, monkeypatch, capsys, at):
    monkeypatch.setenv("JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.db'}")
    assert main(["journal", "timing"]) == 2
    assert "No final decision" in capsys.readouterr().out
    at(0, "view", ANNA, {})
    at(1, "decision", ANNA, decision())
    assert main(["journal", "timing", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["whole"] == {"name": "", "decisions": 1, "median": 1.0, "p90": 1.0}
