from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from scoring.database.engine import writing
from scoring.errors import JournalError
from scoring.journal.journal import EntryFilter, Journal, open_journal
from scoring.people import Person

ANNE, BOB = Person("anne", "adviser"), Person("bob", "supervisor")


@pytest.fixture
def journal(database_url: str) -> Journal:
    opened = open_journal(database_url)
    for number in range(1, 13):
        opened.record("view" if number % 2 else "decision", ANNE if number % 3 else BOB, {}, 100_000 + number % 4)
    return opened


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, list(range(1, 13))),
        ({"person": "bob"}, [3, 6, 9, 12]),
        ({"kind": "decision"}, [2, 4, 6, 8, 10, 12]),
        ({"applicant_id": 100_001}, [1, 5, 9]),
        ({"person": "bob", "kind": "view"}, [3, 9]),
        ({"person": "nobody"}, []),
        ({"person": "'; DROP TABLE journal; --"}, []),
        ({"after": 10}, [11, 12]),
        ({"limit": 3}, [1, 2, 3]),
        ({"limit": 10**30}, list(range(1, 13))),
        ({"person": "a\0"}, []),
        ({"person": "\ud800"}, []),
        ({"applicant_id": 10**30}, []),
        ({"after": 10**30}, []),
        ({"after": 3, "limit": 2, "person": "anne"}, [4, 5]),
    ],
)
def test_entries_are_found_by_what_they_are(journal: Journal, wanted: dict[str, object], numbers: list[int]):
    assert [entry.number for entry in journal.entries(EntryFilter(**wanted))] == numbers  # type: ignore[arg-type]


def test_entries_are_found_by_their_time(journal: Journal):
    times = {entry.number: entry.at for entry in journal.entries()}
    between = journal.entries(EntryFilter(since=times[4], until=times[7]))
    assert {4, 5, 6} == {entry.number for entry in between}
    assert journal.entries(EntryFilter(since=datetime.now(UTC) + timedelta(hours=1))) == []
    with pytest.raises(JournalError, match="no time zone"):
        journal.entries(EntryFilter(since=datetime(2026, 1, 1)))


def test_a_payload_that_was_changed_is_not_shown_as_recorded(tmp_path: Path):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    journal.record("view", ANNE, {})
    with writing(journal.engine) as connection:
        connection.execute(text("DROP TRIGGER journal_payload_no_update"))
        connection.execute(text("UPDATE journal_payload SET text = 'nothing'"))
    with pytest.raises(JournalError, match="not what was recorded"):
        journal.entries()
