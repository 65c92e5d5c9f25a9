"""Overrides: which decisions count, on which side, by whom and why, and what became of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from scoring.__main__ import main
from scoring.charts.accuracy import wilson
from scoring.journal.erase import erase
from scoring.oversight.decisions import rate
from scoring.oversight.overrides import level_of, override_report
from scoring.oversight.overrides_shown import overrides_html, overrides_shown
from scoring.people import Person
from tests.scoring.cases.conftest import ANNA, BEN, MAX, SUE
from tests.scoring.oversight.conftest import record


def test_a_worked_list_is_counted_by_side_adviser_and_reason(worked):
    report = override_report(worked().journal.engine)
    # Two with the recommendation, one on the high side, one refusal, two on the low side (one more was sent back).
    assert (report.decisions, report.against_referral) == (7, 1)
    assert (report.overrides.count, report.overrides.of) == (3, 6)
    assert (report.low_side.count, report.low_side.of) == (2, 3)
    assert (report.high_side.count, report.high_side.of) == (1, 3)
    assert (report.waiting, report.confirmed, report.sent_back, report.referred, report.reopened) == (1, 1, 1, 1, 0)
    assert report.level == "examined"
    assert [(group.name, group.decisions, group.low_side, group.high_side) for group in report.advisers] == [
        ("anna", 5, 2, 0),
        ("ben", 1, 0, 1),
    ]
    assert [(reason.code, reason.low_side, reason.high_side) for reason in report.reasons] == [("other", 2, 1)]
    assert [group.name for group in report.months] == [f"{datetime.now(UTC):%Y-%m}"]
    cells = {(cell.recommendation, cell.outcome): cell.decisions for cell in report.cells}
    assert cells == {
        ("approve", "approve"): 2,
        ("approve", "refer"): 1,
        ("approve", "refuse"): 1,
        ("refer", "refuse"): 1,
        ("refuse", "approve"): 2,
        ("refuse", "refuse"): 1,
    }


def test_an_erased_decision_is_left_out_and_said(worked, by_recommendation):
    desk = worked()
    erase(desk.journal, by_recommendation["approve"][2], "asked for", MAX)
    erase(desk.journal, by_recommendation["refuse"][1], "asked for", MAX)
    report = override_report(desk.journal.engine)
    assert (report.erased, report.decisions, report.confirmed) == (2, 5, 0)
    assert "applicants were erased: 2." in overrides_shown(report, "en").plain()


def test_the_decisions_with_one_version_alone_can_be_counted(worked, service):
    engine, revision = worked().journal.engine, service.artifact.identity.revision
    assert override_report(engine, revision=revision).decisions == override_report(engine).decisions == 7
    assert override_report(engine, revision="another").decisions == 0


@pytest.mark.parametrize(
    ("count", "of", "level"),
    [(5, 100, "usual"), (6, 100, "look"), (10, 100, "look"), (11, 100, "examined"), (0, 0, "usual")],
)
def test_more_than_5_percent_is_looked_at_and_more_than_10_examined(count, of, level):
    assert level_of(rate(count, of)) == level


def test_a_share_has_wilsons_interval_and_of_nothing_there_is_none():
    found = rate(3, 40)
    assert (found.low, found.high) == wilson(3 / 40, 40)
    # By hand: Wilson's interval of 3 of 40.
    assert (round(found.low, 4), round(found.high, 4)) == (0.0258, 0.1986)
    assert rate(0, 0).share is None
    assert rate(4, 4).high == 1.0


def test_outcomes_of_overrides_are_beside_those_of_decisions_with_the_recommendation(local_desk):
    journal = local_desk.journal
    for applicant_id in range(1, 11):
        record(journal, applicant_id, recommendation="refuse", outcome="approve", probability=0.3)
        record(journal, 100 + applicant_id, probability=0.05)
    for applicant_id in range(1, 9):
        journal.record("outcome", MAX, {"target": applicant_id % 2, "known_on": None}, applicant_id)
        journal.record("outcome", MAX, {"target": 0, "known_on": None}, 100 + applicant_id)
    # A correction: the last one counts.
    journal.record("outcome", MAX, {"target": 1, "known_on": None}, 101)
    cells = {(cell.recommendation, cell.outcome): cell for cell in override_report(journal.engine).cells}
    low, usual = cells["refuse", "approve"], cells["approve", "approve"]
    assert (low.decisions, low.realised.count, low.realised.of) == (10, 4, 8)
    assert low.expected == pytest.approx(0.3)
    assert (usual.realised.count, usual.realised.of) == (1, 8)


def test_an_outcome_belongs_to_the_last_decision_that_stands(local_desk):
    journal = local_desk.journal
    record(journal, 1, recommendation="refuse", outcome="approve")
    record(journal, 1, recommendation="approve", outcome="approve")
    record(journal, 1, recommendation="refuse", outcome="approve", state="to_confirm")
    journal.record("outcome", MAX, {"target": 1, "known_on": None}, 1)
    cells = {(cell.recommendation, cell.outcome): cell.realised.of for cell in override_report(journal.engine).cells}
    assert cells == {("approve", "approve"): 1, ("refuse", "approve"): 0}


def test_a_period_leaves_out_what_was_decided_outside(local_desk):
    record(local_desk.journal, 1)
    (entry,) = local_desk.journal.entries()
    engine, moment = local_desk.journal.engine, timedelta(microseconds=1)
    assert override_report(engine, entry.at, entry.at + moment).decisions == 1
    assert override_report(engine, entry.at + moment).decisions == 0
    assert override_report(engine, until=entry.at).decisions == 0


def test_the_page_has_it_in_both_languages_and_escapes_names(local_desk):
    record(local_desk.journal, 1, Person("<b>anna</b>", "adviser"), recommendation="refuse", outcome="approve")
    report = override_report(local_desk.journal.engine)
    english, french = (overrides_html(report, language) for language in ("en", "fr"))
    assert "&lt;b&gt;anna&lt;/b&gt;" in english
    assert "<b>" not in english
    assert "Overrides by adviser" in english
    assert "Écarts par conseiller" in french
    assert "none given" in english


def test_more_pages_of_entries_than_one_are_read(local_desk, monkeypatch):
    monkeypatch.setattr("scoring.oversight.reading.PAGE", 3)
    for applicant_id in range(9):
        record(local_desk.journal, applicant_id, BEN if applicant_id % 2 else SUE)
    report = override_report(local_desk.journal.engine)
    assert [(group.name, group.decisions) for group in report.advisers] == [("ben", 4), ("sue", 5)]


@pytest.fixture
def at_command_line(local_desk, tmp_path, monkeypatch):
    monkeypatch.setenv("JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.db'}")
    return local_desk


def test_the_command_prints_a_table_or_json(at_command_line, capsys):
    record(at_command_line.journal, 1, recommendation="refuse", outcome="approve", reason_code="other")
    assert main(["journal", "overrides", "--language", "fr"]) == 0
    assert "Écarts\u00a0: 1 sur 1 décisions" in capsys.readouterr().out
    assert main(["journal", "overrides", "--json", "--since", "2026-01-01"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["overrides"]["share"] == 1.0
    assert answer["since"] == "2026-01-01T00:00:00+00:00"


def test_an_empty_journal_is_said_and_no_success(at_command_line, capsys):
    assert main(["journal", "overrides"]) == 2
    assert "The journal holds no decision of this period." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (("--since", "2026-02-01", "--until", "2026-02-01"), "is not before --until"),
        (("--since", "yesterday"), "'yesterday' is not a day"),
        (("--until", "0001-01-01T00:00:00+05:00"), "is not a day"),
    ],
)
def test_a_period_that_is_none_is_refused(period, told, at_command_line, capsys):
    try:
        status = main(["journal", "overrides", *period])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert told in capsys.readouterr().err


def test_decisions_of_anybody_are_grouped_by_name(local_desk):
    for person in (ANNA, ANNA, BEN):
        record(local_desk.journal, 5, person)
    assert [group.decisions for group in override_report(local_desk.journal.engine).advisers] == [2, 1]
