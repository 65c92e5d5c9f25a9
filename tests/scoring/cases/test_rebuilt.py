"""The table of cases against the journal: equal after every step, and each edit of it is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy import text as sql

from scoring.__main__ import main
from scoring.cases.orders import Order
from scoring.cases.rebuilt import Step, case_findings, standings
from scoring.cases.steps import Desk, confirm, decide, open_case, reopen, send_back
from scoring.cases.store import forget
from scoring.database.engine import reading, writing
from scoring.journal.erase import erase
from scoring.worklist.states import CASES, CLAIM
from tests.scoring.cases.conftest import ANNA, BEN, RITA, SAM, SUE, TEAM

WHY = {"reason_code": "known_customer", "note": "Has repaid two loans with us"}
START = datetime(2026, 11, 29, 8, tzinfo=UTC)


def findings(desk: Desk) -> list[str]:
    with reading(desk.journal.engine) as connection:
        return list(map(str, case_findings(connection)))


def test_the_table_is_what_the_journal_says_after_every_step(desk, service, recommended):
    refused, referred, approved = map(recommended, ("refuse", "refer", "approve"))
    overridden = Order(refused, None, "approve", **WHY)
    for step in (
        lambda: open_case(desk, service, RITA, refused, "en"),
        lambda: open_case(desk, service, ANNA, refused, "en"),
        lambda: open_case(desk, service, BEN, refused, "en"),
        lambda: decide(desk, service, ANNA, overridden, TEAM),
        lambda: send_back(desk, SUE, refused, "Which loans?", "en"),
        lambda: decide(desk, service, ANNA, overridden, TEAM),
        lambda: confirm(desk, service, SAM, refused, "", None, "en"),
        lambda: open_case(desk, service, BEN, refused, "en"),
        lambda: reopen(desk, SUE, refused, "New payslip", "en"),
        lambda: decide(desk, service, ANNA, Order(referred, None, "refer", refer_to="ben"), TEAM),
        lambda: decide(desk, service, BEN, Order(referred, None, "refer"), TEAM),
        lambda: decide(desk, service, ANNA, Order(approved, None, "approve"), TEAM),
        lambda: erase(desk.journal, referred, "Asked for by letter", SUE, forget),
        lambda: open_case(desk, service, BEN, referred, "en"),
    ):
        step()
        assert findings(desk) == []


LATER = datetime(2030, 1, 1, tzinfo=UTC)
EDITS: dict[str, tuple[dict[str, Any], str]] = {
    "outcome": ({"outcome": "approve"}, "outcome is 'approve', not 'refuse'"),
    "state": ({"state": "working"}, "state is 'working', not 'decided'"),
    "holder": ({"holder": "ben"}, "holder is 'ben', not empty"),
    "decided_by": ({"decided_by": "ben"}, "decided_by is 'ben', not 'anna'"),
    "decided_at": ({"decided_at": LATER}, "decided_at is 2030-01-01 00:00:00, not 20"),
    "expires_at": ({"expires_at": LATER}, "expires_at is 2030-01-01 00:00:00, not empty"),
    "entry": ({"entry": None}, "entry is empty, not 1"),
    "version": ({"version": 7}, "version is 7, not 1"),
    "changed_at": ({"changed_at": LATER}, "changed_at is 2030-01-01 00:00:00, not 20"),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_case_is_named_with_its_fields(desk, service, recommended, edit):
    applicant_id = recommended("refuse")
    decide(desk, service, ANNA, Order(applicant_id, None, "refuse"), TEAM)
    columns, said = EDITS[edit]
    with writing(desk.journal.engine) as connection:
        connection.execute(update(CASES).values(**columns))
    (finding,) = findings(desk)
    assert finding.startswith(f"the case of applicant {applicant_id} (edited): {said}")


def test_an_approval_that_is_made_to_hold_longer_is_named(local_desk, service, recommended):
    decide(local_desk, service, SUE, Order(recommended("refuse"), None, "approve", **WHY), TEAM)
    confirm(local_desk, service, SAM, recommended("refuse"), "", None, "en")
    decide(local_desk, service, ANNA, Order(recommended("approve"), None, "approve"), TEAM)
    assert findings(local_desk) == []
    with writing(local_desk.journal.engine) as connection:
        connection.execute(update(CASES).values(expires_at=CASES.c.changed_at))
    assert [finding.count("expires_at is") for finding in findings(local_desk)] == [1, 1]


def test_missing_and_extra_cases_are_named(desk, service, recommended):
    applicant_id = recommended("refuse")
    decide(desk, service, ANNA, Order(applicant_id, None, "refuse"), TEAM)
    with writing(desk.journal.engine) as connection:
        connection.execute(delete(CASES))
        connection.execute(insert(CASES).values(applicant_id=7, state="decided", version=1, changed_at=START))
    assert findings(desk) == [
        "the case of applicant 7 (extra): it is decided in the list; the journal has no step of it.",
        f"the case of applicant {applicant_id} (missing): it is not in the list; by the journal it is decided.",
    ]


def test_whatever_is_written_into_the_file_is_a_finding(local_desk, service, recommended):
    decide(local_desk, service, ANNA, Order(recommended("refuse"), None, "refuse"), TEAM)
    with writing(local_desk.journal.engine) as connection:
        connection.execute(sql("UPDATE cases SET changed_at = 'noon', decided_by = CAST(x'FF61' AS TEXT)"))
    (finding,) = findings(local_desk)
    assert "decided_by is '\\udcffa', not 'anna', changed_at is 'noon', not 20" in finding


def test_a_claim_that_runs_out_as_somebody_looks_may_be_either_s():
    def holders(after: timedelta) -> set[str | None]:
        views = (Step(1, START, "view", ANNA, {}), Step(2, START + after, "view", BEN, {}))
        return {case.holder for case in standings(views)}

    assert holders(CLAIM / 2) == {"anna"}
    assert holders(CLAIM) == {"anna", "ben"}
    assert holders(2 * CLAIM) == {"ben"}


def test_the_command_names_the_case_with_status_1(local_desk, service, recommended, monkeypatch, capsys):
    decide(local_desk, service, ANNA, Order(recommended("refuse"), None, "refuse"), TEAM)
    url = local_desk.journal.engine.url.render_as_string()
    monkeypatch.setenv("JOURNAL_URL", url)
    assert main(["journal", "verify"]) == 0
    with writing(local_desk.journal.engine) as connection:
        connection.execute(update(CASES).values(outcome="approve"))
    capsys.readouterr()
    assert main(["journal", "verify"]) == 1
    said = capsys.readouterr().out
    assert "The journal holds: 1 entries" in said
    assert f"NOT AS RECORDED: the case of applicant {recommended('refuse')} (edited): outcome is 'approve'" in said
    assert main(["journal", "verify", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["holds"], answer["finding"]) == (False, None)
    assert answer["cases"][0]["applicant_id"] == recommended("refuse")
