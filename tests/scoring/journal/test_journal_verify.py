from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from scoring.database.engine import open_database, open_existing, writing
from scoring.errors import DatabaseError, JournalError
from scoring.journal import append as append_module
from scoring.journal.erase import erase
from scoring.journal.head import Head, head_from_json, head_to_json, kept_head
from scoring.journal.journal import Journal, open_journal
from scoring.journal.report import Verification
from scoring.journal.verify import verify
from scoring.people import Person
from tests.databases import new_database

ANNE, DORA = Person("anne", "adviser"), Person("dora", "maintainer")
COUNT = 10


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Ten entries, of which the last erases the second; checkpoints at 4 and 8."""
    monkeypatch.setattr(append_module, "CHECKPOINT_EVERY", 4)
    opened = open_journal(f"sqlite:///{tmp_path}/journal.db")
    for number in range(1, COUNT):
        opened.record("view", ANNE, {"seen": number}, 100_000 + number)
    erase(opened, 100_002, "request", DORA)
    opened.engine.dispose()
    return opened


def changed(journal: Journal, *statements: str) -> Verification:
    """What is found after something was done in the file, with the triggers off."""
    with closing(sqlite3.connect(str(journal.engine.url.database))) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        database.commit()
    return verified(journal)


def verified(journal: Journal, anchor: Head | None = None) -> Verification:
    return verify(existing(journal), journal.keys, anchor)


def existing(journal: Journal) -> Engine:
    return open_existing(journal.engine.url.render_as_string())


def test_what_holds_is_reported_with_its_level(journal: Journal):
    found = verified(journal)
    assert (found.holds, found.level, found.entries, found.erased, found.notes) == (True, "signed", COUNT, 1, ())
    assert found.head == journal.entries()[-1].hash


@pytest.mark.parametrize(
    ("statement", "kind", "part", "number"),
    [
        ("DELETE FROM journal_payload WHERE number = 3", "deleted", "payload", 3),
        ("INSERT INTO journal_payload VALUES (2, 100002, '', '{}')", "edited", "payload", 2),
        ("INSERT INTO journal_payload VALUES (99, 1, '', '')", "inserted", "payload", 99),
        ("INSERT INTO journal_payload VALUES (0, 1, '', '')", "inserted", "payload", 0),
        ("DELETE FROM journal_checkpoint WHERE number = 8", "deleted", "checkpoint", 8),
        ("UPDATE journal_checkpoint SET at = '' WHERE number = 4", "edited", "checkpoint", 4),
        ("UPDATE journal_checkpoint SET signature = '' WHERE number = 4", "edited", "checkpoint", 4),
        ("UPDATE journal_checkpoint SET key = 'ff' WHERE number = 8", "edited", "checkpoint", 8),
        ("INSERT INTO journal_checkpoint VALUES (5, '', '', '', '', '')", "inserted", "checkpoint", 5),
        ("UPDATE journal SET signature = upper(signature) WHERE number = 6", "edited", "checkpoint", 8),
        ("UPDATE journal SET signature = NULL WHERE number = 10", "edited", "signature", 10),
        ("UPDATE journal SET signature = NULL", "re-chained", "signature", 1),
        ("DELETE FROM journal_head", "truncated", "head", 11),
        ("UPDATE journal_head SET signature = ''", "truncated", "head", 11),
        ("UPDATE journal_head SET number = 'ten'", "truncated", "head", 11),
        ("DELETE FROM journal", "truncated", "entry", 1),
        ("UPDATE journal SET person = X'ff' WHERE number = 5", "edited", "entry", 5),
        ("UPDATE journal SET person = CAST(X'ff41' AS TEXT) WHERE number = 5", "edited", "entry", 5),
        ("UPDATE journal SET role = 'a' || char(0) WHERE number = 5", "edited", "entry", 5),
        ("UPDATE journal SET signature = X'00' WHERE number = 9", "edited", "signature", 9),
        ("UPDATE journal_payload SET text = CAST(X'fe' AS TEXT) WHERE number = 5", "edited", "payload", 5),
        ("UPDATE journal_payload SET salt = X'00' WHERE number = 5", "edited", "payload", 5),
        ("UPDATE journal_payload SET text = X'00' WHERE number = 10", "edited", "payload", 10),
        ("UPDATE journal_payload SET applicant_id = 'x' WHERE number = 5", "edited", "payload", 5),
    ],
)
def test_whatever_is_changed_is_found(journal: Journal, statement: str, kind: str, part: str, number: int):
    finding = changed(journal, statement).finding
    assert finding
    assert (finding.kind, finding.part, finding.number) == (kind, part, number)


def test_an_erased_payload_that_is_put_back_is_found(journal: Journal):
    other = open_journal(str(journal.engine.url))
    entry = other.record("view", ANNE, {"seen": 1}, 5)
    with closing(sqlite3.connect(str(journal.engine.url.database))) as database:
        salt, text = database.execute("SELECT salt, text FROM journal_payload WHERE number = 11").fetchone()
    erase(other, 5, "request", DORA)
    other.engine.dispose()
    finding = changed(journal, f"INSERT INTO journal_payload VALUES (11, 5, '{salt}', '{text}')").finding
    assert finding
    assert (finding.kind, finding.part, finding.number) == ("inserted", "payload", entry.number)


def test_a_table_that_is_gone_is_no_journal(journal: Journal):
    with pytest.raises(JournalError, match="There is no journal in"):
        changed(journal, "PRAGMA foreign_keys = OFF", "DROP TABLE journal")


def test_a_file_that_is_no_database_is_not_fine(tmp_path: Path):
    (tmp_path / "journal.db").write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseError):
        verify(open_existing(f"sqlite:///{tmp_path}/journal.db"), None)


def test_a_missing_journal_is_not_fine_and_not_made(tmp_path: Path):
    with pytest.raises(DatabaseError, match="There is no database"):
        open_existing(f"sqlite:///{tmp_path}/journal.db")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_journal_is_not_fine(database_url: str):
    journal = open_journal(database_url)
    with pytest.raises(JournalError, match="is empty"):
        verify(open_existing(database_url), journal.keys)


def test_a_database_without_a_journal_is_not_fine(postgres: str):
    with pytest.raises(JournalError, match="There is no journal in"):
        verify(open_existing(new_database(postgres)), None)


def test_verifying_changes_nothing(journal: Journal, tmp_path: Path):
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    verified(journal)
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    with pytest.raises(DatabaseError), writing(existing(journal)) as connection:
        connection.exec_driver_sql("INSERT INTO journal_payload VALUES (99, 1, '', '')")


def test_entries_that_come_while_it_is_verified_are_no_finding(database_url: str):
    journal = open_journal(database_url)
    for _ in range(5):
        journal.record("view", ANNE, {})
    engine = open_existing(database_url)
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM journal").scalar()
        journal.record("view", ANNE, {})
        found = verify(engine, journal.keys)
    assert (found.finding, found.entries) == (None, 6)


def test_a_signed_journal_is_not_verified_without_its_key(journal: Journal):
    with pytest.raises(JournalError, match="Set JOURNAL_KEY"):
        verify(existing(journal), None)


def test_a_head_file_that_is_damaged_or_forged_is_found(journal: Journal, tmp_path: Path):
    file = tmp_path / "journal.db.head"
    kept = head_from_json(file.read_bytes())
    assert kept
    for content in ["{}", "[1]", "\x00", '{"number": 1}', head_to_json(replace(kept, number=99))]:
        file.write_text(content)
        finding = verified(journal).finding
        assert finding, content
        assert (finding.kind, finding.part) == ("edited", "head file")


def test_without_its_head_file_a_note_says_what_does_not_show(journal: Journal, tmp_path: Path):
    (tmp_path / "journal.db.head").unlink()
    found = verified(journal)
    assert found.holds
    assert "older copy" in found.notes[0]


def test_an_older_copy_of_the_database_is_found(journal: Journal, tmp_path: Path):
    older = (tmp_path / "journal.db").read_bytes()
    other = open_journal(str(journal.engine.url))
    other.record("decision", ANNE, {})
    other.engine.dispose()
    for path in tmp_path.glob("journal.db-*"):
        path.unlink()
    (tmp_path / "journal.db").write_bytes(older)
    finding = verified(journal).finding
    assert finding
    assert (finding.kind, finding.part, finding.number) == ("truncated", "head file", COUNT + 1)


def test_the_anchor_raises_the_level(journal: Journal):
    anchor = kept_head(journal.engine)
    journal.record("view", ANNE, {})
    found = verified(journal, anchor)
    assert (found.level, found.notes) == ("anchored", ("Anchored up to entry 10; 1 came since.",))


def test_an_anchor_beyond_the_end_shows_that_all_else_was_cut(journal: Journal, tmp_path: Path):
    anchor = kept_head(journal.engine)
    (tmp_path / "journal.db.head").unlink()
    cut = ["DELETE FROM journal WHERE number > 7", "DELETE FROM journal_payload WHERE number > 7"]
    changed(journal, *cut, "DELETE FROM journal_checkpoint WHERE number > 7")
    # With the key, the head is signed anew.
    keys = journal.keys
    assert keys
    hash = journal.entries()[-1].hash
    signature = keys.sign(f'{{"hash":"{hash}","number":7,"signed":"head"}}')
    changed(journal, f"UPDATE journal_head SET number = 7, hash = '{hash}', signature = '{signature}'")
    changed(journal, "DELETE FROM journal_payload WHERE number = 0")
    assert verified(journal).finding is None or verified(journal).finding.part == "payload"  # type: ignore[union-attr]
    finding = verified(journal, anchor).finding
    assert finding
    assert (finding.kind, finding.part, finding.number) == ("truncated", "anchor", 8)


def test_another_journal_than_was_anchored_is_found(journal: Journal, tmp_path: Path):
    other = open_journal(f"sqlite:///{tmp_path}/other.db", tmp_path / "journal.db.key")
    for _ in range(4):
        other.record("view", ANNE, {})
    finding = verified(journal, kept_head(other.engine)).finding
    assert finding
    assert (finding.kind, finding.part, finding.number) == ("re-chained", "anchor", 4)


def test_an_anchor_that_another_key_signed_is_found(journal: Journal, tmp_path: Path):
    other = open_journal(f"sqlite:///{tmp_path}/other.db")
    other.record("view", ANNE, {})
    finding = verified(journal, kept_head(other.engine)).finding
    assert finding
    assert (finding.kind, finding.part) == ("edited", "anchor")


def test_a_journal_without_a_key_is_verified_as_a_chain(postgres: str):
    url = new_database(postgres)
    journal = open_journal(url)
    for number in range(5):
        journal.record("view", ANNE, {"seen": number})
    engine = open_existing(url)
    assert verify(engine, None).level == "chained"
    open_database(url)
    for statement, kind, number in [
        ("UPDATE journal SET person = 'bob' WHERE number = 3", "edited", 3),
        ("DELETE FROM journal WHERE number = 5", "truncated", 5),
    ]:
        with writing(journal.engine) as connection:
            connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
            connection.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER ALL")
            connection.exec_driver_sql("ALTER TABLE journal_payload DISABLE TRIGGER ALL")
            connection.exec_driver_sql(statement)
        finding = verify(engine, None).finding
        assert finding
        assert (finding.kind, finding.number) == (kind, number)
        with writing(journal.engine) as connection:
            connection.exec_driver_sql("UPDATE journal SET person = 'anne'")
