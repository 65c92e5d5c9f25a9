from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from scoring.database.engine import writing
from scoring.errors import DatabaseError, JournalError
from scoring.journal import erase as erase_module
from scoring.journal.erase import erase
from scoring.journal.journal import EntryFilter, Journal, open_journal
from scoring.journal.verify import verify
from scoring.people import Person

ANNE, DORA = Person("anne", "adviser"), Person("dora", "maintainer")
SECRET = "Wq7-birthday-1970-03-02"
GONE, OTHER = 100_001, 100_002


@pytest.fixture
def journal(database_url: str) -> Journal:
    opened = open_journal(database_url)
    for number in range(6):
        opened.record("view", ANNE, {"file": SECRET, "number": number}, GONE if number % 2 else OTHER)
    opened.record("sign_in", ANNE, {})
    return opened


def test_payloads_of_an_applicant_are_gone_and_the_chain_still_holds(journal: Journal):
    before = journal.entries()
    done = erase(journal, GONE, "request of 3 May", DORA)
    assert done.purged
    entries = journal.entries()
    assert [entry.hash for entry in entries[:7]] == [entry.hash for entry in before]
    assert [entry.payload is None for entry in entries[:7]] == [False, True, False, True, False, True, False]
    assert [entry.applicant_id for entry in entries[:7]] == [OTHER, None, OTHER, None, OTHER, None, None]
    found = verify(journal.engine, journal.keys)
    assert (found.finding, found.erased) == (None, 3)


def test_an_erasure_is_an_entry_that_names_what_it_erased(journal: Journal):
    entry = erase(journal, GONE, "request of 3 May", DORA).entry
    assert journal.entries(EntryFilter(applicant_id=GONE)) == [entry]
    assert (entry.kind, entry.person, entry.payload) == (
        "erasure",
        "dora",
        {"entries": [2, 4, 6], "reason": "request of 3 May"},
    )


def test_who_comes_back_is_erased_again(journal: Journal):
    erase(journal, GONE, "first", DORA)
    journal.record("view", ANNE, {"file": SECRET}, GONE)
    assert (erase(journal, GONE, "second", DORA).entry.payload or {})["entries"] == [9]
    found = verify(journal.engine, journal.keys)
    assert (found.finding, found.erased) == (None, 4)


@pytest.mark.parametrize(
    ("applicant", "reason"), [(GONE, ""), (GONE, " \n"), (999, "request"), (0, "request"), (10**30, "request")]
)
def test_without_a_reason_or_anything_to_erase_nothing_is_done(journal: Journal, applicant: int, reason: str):
    before = journal.entries()
    with pytest.raises(JournalError, match="Nothing was erased"):
        erase(journal, applicant, reason, DORA)
    assert journal.entries() == before


def test_what_is_erased_cannot_be_erased_twice(journal: Journal):
    erase(journal, GONE, "request", DORA)
    with pytest.raises(JournalError, match=r"nothing \(any more\)"):
        erase(journal, GONE, "request", DORA)


def test_the_database_gives_up_a_payload_only_after_an_erasure_of_its_applicant(journal: Journal):
    erase(journal, GONE, "request", DORA)
    journal.record("view", ANNE, {}, GONE)
    for number in (1, 3, 7, 8, 9):
        with pytest.raises(DatabaseError), writing(journal.engine) as connection:
            connection.execute(text(f"DELETE FROM journal_payload WHERE number = {number}"))
    assert verify(journal.engine, journal.keys).finding is None


def test_nothing_of_it_is_left_in_the_files_of_sqlite(tmp_path: Path):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    other = open_journal(f"sqlite:///{tmp_path}/journal.db")
    for number in range(300):
        # Short ones share a page, long ones take pages of their own.
        file = f"{SECRET}-{number}" * (1 + number % 7 * 60)
        (journal if number % 2 else other).record("view", ANNE, {"file": file}, GONE if number % 3 else OTHER)
    salts = [row[0] for row in rows(tmp_path, f"SELECT salt FROM journal_payload WHERE applicant_id = {GONE}")]
    kept = rows(tmp_path, f"SELECT text FROM journal_payload WHERE applicant_id = {OTHER}")
    assert erase(journal, GONE, "request", DORA).purged
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    left = [number for number in range(300) if f"{SECRET}-{number}{SECRET}".encode() in raw]
    assert {number for number in left if number % 3} == set()
    assert not [number for number in range(300) if number % 3 and f'"{SECRET}-{number}"'.encode() in raw]
    assert not [salt for salt in salts if salt.encode() in raw]
    # What is looked for would be found.
    assert len(left) > 80
    assert rows(tmp_path, f"SELECT text FROM journal_payload WHERE applicant_id = {OTHER}") == kept


def rows(folder: Path, query: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(folder / "journal.db")) as connection:
        return connection.execute(query).fetchall()


def test_while_somebody_reads_the_log_keeps_a_copy_and_erase_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    journal.record("view", ANNE, {"file": SECRET}, GONE)
    with writing(journal.engine) as connection:
        connection.connection.driver_connection.execute("PRAGMA busy_timeout=50")  # type: ignore[union-attr]
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal").fetchall()
        assert not erase(journal, GONE, "request", DORA).purged
    assert erase_module.purge(journal.engine)
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
