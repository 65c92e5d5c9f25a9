from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import text

from scoring.database.engine import open_database, writing
from scoring.errors import DatabaseError, JournalError
from scoring.journal import append as append_module
from scoring.journal.append import append
from scoring.journal.entry import NO_HASH
from scoring.journal.head import kept_head
from scoring.journal.journal import EntryFilter, Journal, open_journal
from scoring.journal.verify import verify
from scoring.people import ANYBODY, Person

ANNE = Person("anne", "adviser")


@pytest.fixture
def journal(database_url: str) -> Journal:
    return open_journal(database_url)


def test_entries_are_numbered_from_one_and_each_gives_the_hash_before_it(journal: Journal):
    entries = [journal.record("view", ANNE, {"seen": number}, 100_001) for number in range(3)]
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert [entry.previous for entry in entries] == [NO_HASH, entries[0].hash, entries[1].hash]
    assert journal.entries() == entries


def test_an_entry_is_recorded_with_what_it_is_about_or_not_at_all(journal: Journal):
    def decide_and_fail() -> None:
        with writing(journal.engine) as connection:
            append(connection, "decision", ANNE, {}, 100_001)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide_and_fail()
    assert journal.record("view", ANNE, {}).number == 1


def test_several_entries_may_share_a_transaction(journal: Journal):
    with writing(journal.engine) as connection:
        first, second = (append(connection, kind, ANNE, {}) for kind in ("decision", "confirmation"))
    assert journal.entries() == [first, second]
    assert second.previous == first.hash


def test_those_who_append_at_once_take_turns(journal: Journal):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: journal.record("view", ANYBODY, {}).number, range(80)))
    assert sorted(numbers) == list(range(1, 81))
    entries = journal.entries()
    assert all(later.previous == entry.hash for entry, later in pairwise(entries))


def test_the_time_is_the_present_one_in_utc(journal: Journal):
    before = datetime.now(UTC)
    entry = journal.record("view", ANNE, {})
    assert before <= entry.at <= datetime.now(UTC)
    assert journal.entries()[0].at == entry.at
    assert entry.at.utcoffset() == timedelta(0)


def test_a_clock_that_is_set_back_changes_neither_order_nor_chain(journal: Journal, monkeypatch: pytest.MonkeyPatch):
    first = journal.record("view", ANNE, {})
    earlier = SimpleNamespace(now=lambda zone: datetime.now(zone) - timedelta(days=1))
    monkeypatch.setattr(append_module, "datetime", earlier)
    second = journal.record("decision", ANNE, {}, 100_001)
    assert second.at < first.at
    assert journal.entries() == [first, second]
    assert journal.entries(EntryFilter(after=first.number)) == [second]
    assert verify(journal.engine, journal.keys).holds


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, Decimal(1), b"bytes", {1: "a"}, {"\ud800": 1}, ["\ud800"]]
)
def test_a_payload_without_json_is_not_recorded(journal: Journal, value: object):
    with pytest.raises(JournalError, match="not recorded"):
        journal.record("view", ANNE, {"value": value})
    assert journal.entries() == []


def test_any_text_comes_back_as_it_was(journal: Journal):
    payload = {
        "note": 'a "b"\\ \x00\x1f\x7f\u2028 é 😀 <script>',
        "very": {"deep": [None, True, 1.5, -0.25, 1e300, ""]},
    }
    journal.record("decision", ANNE, payload, 100_001)
    assert journal.entries()[0].payload == payload


def test_a_payload_without_an_end_is_not_recorded(journal: Journal):
    payload: dict[str, object] = {}
    payload["self"] = payload
    with pytest.raises(JournalError, match="not recorded"):
        journal.record("view", ANNE, payload)


def test_an_id_of_numpys_is_an_id(journal: Journal):
    assert journal.record("view", ANNE, {}, np.int64(100_001)).applicant_id == 100_001  # type: ignore[arg-type]
    assert len(journal.entries(EntryFilter(applicant_id=100_001))) == 1


def test_an_entry_that_is_undone_within_its_transaction_leaves_no_head(tmp_path: Path):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    with writing(journal.engine) as connection:
        append(connection, "view", ANNE, {})
        with connection.begin_nested() as inner:
            append(connection, "decision", ANNE, {})
            inner.rollback()
    kept = kept_head(journal.engine)
    assert kept
    assert kept.number == 1
    assert verify(journal.engine, journal.keys).finding is None


def test_a_kind_of_its_own_is_refused(journal: Journal):
    with pytest.raises(JournalError, match="kind='gossip' is not allowed"):
        journal.record("gossip", ANNE, {})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_name_that_no_database_can_hold_is_refused(journal: Journal, name: str):
    with pytest.raises(JournalError, match="characters that no name has"):
        journal.record("sign_in_failed", Person(name, "adviser"), {})


@pytest.mark.parametrize("name", ["", "x" * 10_000, "a\nb", "'; DROP TABLE journal; --", "😀", "\u202eann"])
def test_any_other_name_is_recorded_as_it_is(journal: Journal, name: str):
    journal.record("sign_in_failed", Person(name, "adviser"), {})
    assert journal.entries()[0].person == name


def test_a_connection_of_another_engine_is_refused(database_url: str):
    with writing(open_database(database_url)) as connection, pytest.raises(JournalError, match="open_journal"):
        append(connection, "view", ANNE, {})


def test_without_its_head_a_journal_takes_no_entry(journal: Journal):
    journal.record("view", ANNE, {})
    with writing(journal.engine) as connection:
        off = "ALTER TABLE journal_head DISABLE TRIGGER journal_head_no_delete"
        sqlite = connection.dialect.name == "sqlite"
        connection.execute(text("DROP TRIGGER journal_head_no_delete" if sqlite else off))
        connection.execute(text("DELETE FROM journal_head"))
    with pytest.raises(JournalError, match="its head is gone"):
        journal.record("view", ANNE, {})


def test_checkpoints_are_signed_at_equal_distances(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(append_module, "CHECKPOINT_EVERY", 4)
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    hashes = [journal.record("view", ANNE, {}).hash for _ in range(9)]
    with writing(journal.engine) as connection:
        kept = connection.execute(text("SELECT number, hash FROM journal_checkpoint ORDER BY number")).all()
    assert [tuple(row) for row in kept] == [(4, hashes[3]), (8, hashes[7])]


CHANGES = [
    "UPDATE journal SET person = 'mallory'",
    "UPDATE journal_payload SET text = ''",
    "UPDATE journal_checkpoint SET at = ''",
    "UPDATE journal_head SET number = number - 1",
    "UPDATE journal_head SET number = number + 2",
    "UPDATE journal_head SET hash = ''",
    "DELETE FROM journal",
    "DELETE FROM journal_payload",
    "DELETE FROM journal_checkpoint",
    "DELETE FROM journal_head",
    "INSERT INTO journal_head VALUES (2, 1, '', '', '')",
]
SQLITE_CHANGES = [
    "INSERT OR REPLACE INTO journal SELECT 1, at, kind, 'mallory', role, digest, previous, hash, '' FROM journal",
    "REPLACE INTO journal_payload SELECT number, 1, salt, '' FROM journal_payload",
    "REPLACE INTO journal_checkpoint SELECT number, '', hash, '', '', '' FROM journal_checkpoint",
    "REPLACE INTO journal_head VALUES (1, 1, '', '', '')",
    "INSERT INTO journal SELECT * FROM journal WHERE true ON CONFLICT DO UPDATE SET person = 'mallory'",
    "UPDATE OR REPLACE journal SET number = 2 WHERE number = 1",
]
POSTGRESQL_CHANGES = [
    "TRUNCATE journal CASCADE",
    "TRUNCATE journal_payload",
    "TRUNCATE journal_checkpoint",
    "TRUNCATE journal_head",
    "INSERT INTO journal SELECT * FROM journal ON CONFLICT (number) DO UPDATE SET person = 'mallory'",
    "SET session_replication_role = replica; DELETE FROM journal_payload",
    "SET session_replication_role = replica; UPDATE journal SET person = 'mallory'",
]


def test_the_database_itself_refuses_every_change(journal: Journal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(append_module, "CHECKPOINT_EVERY", 1)
    entries = [journal.record("view", ANNE, {}) for _ in range(2)]
    if journal.keys is None:
        with writing(journal.engine) as connection:
            connection.execute(text("INSERT INTO journal_checkpoint VALUES (1, '', '', '', '', '')"))
    more = SQLITE_CHANGES if journal.engine.dialect.name == "sqlite" else POSTGRESQL_CHANGES
    for change in [*CHANGES, *more]:
        with pytest.raises(DatabaseError) as refused, writing(journal.engine) as connection:
            connection.exec_driver_sql(change)
        assert re.search("the journal is append-only|one_journal_head", str(refused.value.__cause__)), change
    assert journal.entries() == entries
