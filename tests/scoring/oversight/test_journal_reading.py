"""Entries for reports: in order, of some kinds, page by page, with or without the application."""

from __future__ import annotations

import pytest

from scoring.journal.erase import erase
from scoring.oversight.reading import each_entry
from tests.scoring.cases.conftest import ANNA, MAX

PAYLOAD = {"application": {"raw": {"NAME": "é\u2028'\"\\"}}, "note": "é \\u0000 {}", "probability": 0.1234567890123456}


@pytest.mark.parametrize("application", [True, False])
def test_payloads_are_as_the_journal_gives_them(application, desk):
    desk.journal.record("decision", ANNA, PAYLOAD, 1)
    desk.journal.record("view", ANNA, {}, 1)
    found = list(each_entry(desk.journal.engine, ("decision", "view"), application=application))
    for entry, recorded in zip(found, desk.journal.entries(), strict=True):
        assert {**vars(entry), "payload": None} == {**vars(recorded), "payload": None}
    assert found[0].payload["probability"] == PAYLOAD["probability"]
    assert found[0].payload["note"] == PAYLOAD["note"]
    assert found[0].payload.get("application", PAYLOAD["application"]) == PAYLOAD["application"]
    if application:
        assert found[0].payload == PAYLOAD
    assert found[1].payload == {}


@pytest.mark.parametrize("entries", [0, 2, 3, 4, 7])
def test_each_entry_comes_once_whatever_the_pages(entries, local_desk, monkeypatch):
    monkeypatch.setattr("scoring.oversight.reading.PAGE", 3)
    for number in range(entries):
        local_desk.journal.record("view", ANNA, {}, number)
        local_desk.journal.record("sign_out", ANNA, {})
    found = [entry.applicant_id for entry in each_entry(local_desk.journal.engine, ("view",))]
    assert found == list(range(entries))


def test_an_erased_entry_has_no_payload(desk):
    desk.journal.record("decision", ANNA, PAYLOAD, 1)
    erase(desk.journal, 1, "asked for", MAX)
    (entry,) = each_entry(desk.journal.engine, ("decision",))
    assert (entry.payload, entry.applicant_id) == (None, None)
