"""Acknowledged entries survive killed processes, a torn log, a full disk and a lost database."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import TextIO

import pytest

from scoring.database import engine as engine_module
from scoring.database.engine import WAIT_SECONDS, open_existing
from scoring.errors import DatabaseError
from scoring.journal.append import APPEND_LOCK
from scoring.journal.entry import Entry
from scoring.journal.journal import EntryFilter, Journal, keys_of, open_journal
from scoring.journal.verify import verify
from scoring.people import Person
from tests.databases import new_database, postgres_server
from tests.full_disk import files_below

APPENDS = 1000
APPENDERS = 4
BOB = Person("bob", "adviser")
Acknowledged = dict[int, str]


def append_forever(url: str, acknowledge: int, most: int) -> None:
    """Appends entry after entry, at most so many, and says of each, once it is recorded, number and hash."""
    journal = open_journal(url)
    for _ in range(most):
        entry = journal.record("decision", BOB, {"note": "x" * 500}, 100_001)
        os.write(acknowledge, f"{entry.number} {entry.hash}\n".encode())
    os.close(acknowledge)
    signal.pause()


def numbered(lines: Iterable[str]) -> Acknowledged:
    """What a process says of its entries, until it says no more."""
    return {int(number): hash for number, hash in (line.split() for line in lines)}


@contextmanager
def appender(url: str, acknowledged: Acknowledged, most: int = 100 * APPENDS) -> Iterator[TextIO]:
    """A process that appends until it is killed at the end; what it said is then in `acknowledged`."""
    said, write = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=append_forever, args=(url, write, most))
    process.start()
    os.close(write)
    with os.fdopen(said) as lines:
        try:
            yield lines
        finally:
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()
            acknowledged.update(numbered(lines))


def all_entries(journal: Journal) -> list[Entry]:
    return journal.entries(EntryFilter(limit=100 * APPENDS))


def test_each_acknowledged_entry_is_there_though_its_appenders_are_killed_at_random(database_url: str):
    random = Random(14)
    acknowledged: Acknowledged = {}
    kills = 0
    while len(acknowledged) < APPENDS:
        contexts = [appender(database_url, acknowledged) for _ in range(APPENDERS)]
        for context in contexts:
            context.__enter__()
        # One after the other is killed while the rest goes on.
        for context in contexts:
            time.sleep(random.uniform(0, 0.7))
            context.__exit__(None, None, None)
            kills += 1
    recorded = {entry.number: entry.hash for entry in all_entries(open_journal(database_url))}
    assert acknowledged.items() <= recorded.items()
    assert len(recorded) <= len(acknowledged) + kills
    engine = open_existing(database_url)
    assert verify(engine, keys_of(engine, None)).finding is None


def test_a_torn_log_loses_entries_at_its_end_only_and_verify_says_so(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/written/journal.db"
    acknowledged: Acknowledged = {}
    # So few that SQLite does not yet copy the log into the file: all of it is in use.
    with appender(url, acknowledged, most=60) as lines:
        acknowledged.update(numbered(lines))
    written = tmp_path / "written"
    log = (written / "journal.db-wal").read_bytes()
    last = max(acknowledged)
    losses = 0
    for seed in range(40):
        random = Random(seed)
        torn = tmp_path / f"torn-{seed}"
        shutil.copytree(written, torn)
        place = random.randrange(len(log) // 2, len(log))
        damage = random.choice([b"", b"\0" * 100, random.randbytes(4096)])
        (torn / "journal.db-shm").unlink()
        (torn / "journal.db-wal").write_bytes(log[:place] + damage + (log[place + len(damage) :] if damage else b""))
        engine = open_existing(f"sqlite:///{torn}/journal.db")
        found = verify(engine, keys_of(engine, None))
        engine.dispose()
        left = all_entries(open_journal(f"sqlite:///{torn}/journal.db"))
        assert [entry.number for entry in left] == list(range(1, len(left) + 1))
        assert all(acknowledged.get(entry.number, entry.hash) == entry.hash for entry in left)
        if len(left) < last:
            losses += 1
            assert found.finding is not None
            assert (found.finding.kind, found.finding.part) == ("truncated", "head file")
            assert found.finding.number == len(left) + 1
        else:
            assert found.finding is None
    assert losses > 10


def test_after_a_loss_new_entries_do_not_hide_it(tmp_path: Path):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    for _ in range(3):
        journal.record("view", BOB, {})
    journal.engine.dispose()
    shutil.copy(tmp_path / "journal.db", tmp_path / "older.db")
    for _ in range(3):
        journal.record("decision", BOB, {})
    journal.engine.dispose()
    shutil.copy(tmp_path / "older.db", tmp_path / "journal.db")
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    for _ in range(5):
        journal.record("view", BOB, {})
    found = verify(journal.engine, journal.keys).finding
    assert found
    assert (found.kind, found.part, found.number) == ("truncated", "head file", 6)


def test_with_a_full_disk_nothing_is_recorded_and_later_it_goes_on(tmp_path: Path):
    path = tmp_path / "journal.db"
    journal = open_journal(f"sqlite:///{path}")
    recorded = [journal.record("view", BOB, {"note": "x" * 1000})]

    def record_many() -> None:
        for _ in range(100):
            recorded.append(journal.record("view", BOB, {"note": "x" * 1000}))

    size = max(path.stat().st_size, path.with_name("journal.db-wal").stat().st_size)
    with files_below(size + 50_000):
        for _ in range(2):
            with pytest.raises(DatabaseError, match="nothing was recorded"):
                record_many()
    assert journal.entries() == recorded
    recorded.append(journal.record("view", BOB, {"note": "x" * 1000}))
    assert journal.entries() == recorded
    assert verify(journal.engine, journal.keys).finding is None


def test_a_head_file_that_cannot_be_written_takes_nothing_back(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    (tmp_path / "journal.db.head").mkdir()
    entry = journal.record("view", BOB, {})
    assert journal.entries() == [entry]
    assert "Its entry is recorded" in caplog.text


def test_while_the_database_is_locked_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hurried = [item.replace(f"{1000 * WAIT_SECONDS}", "50") for item in engine_module.PRAGMAS]
    monkeypatch.setattr(engine_module, "PRAGMAS", hurried)
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="nothing was recorded"):
            journal.record("decision", BOB, {})
        assert journal.entries() == []
        other.execute("ROLLBACK")
    assert journal.record("decision", BOB, {}).number == 1


def test_while_somebody_holds_the_turn_nothing_is_recorded(postgres: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine_module, "WAIT_SECONDS", 1)
    journal = open_journal(new_database(postgres))
    with journal.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({APPEND_LOCK})")
        with pytest.raises(DatabaseError, match="nothing was recorded"):
            journal.record("decision", BOB, {})
    assert journal.record("decision", BOB, {}).number == 1


def test_a_server_that_crashes_keeps_what_was_recorded_and_is_found_again():
    with postgres_server() as server:
        journal = open_journal(new_database(server.address))
        recorded = [journal.record("decision", BOB, {}) for _ in range(3)]
        server.stop()
        for _ in range(2):
            with pytest.raises(DatabaseError, match="nothing was recorded"):
                journal.record("decision", BOB, {})
        server.start()
        assert journal.entries() == recorded
        assert journal.record("decision", BOB, {}).number == 4
        assert verify(journal.engine, None).entries == 4
