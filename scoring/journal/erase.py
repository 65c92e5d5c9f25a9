"""Erases what the journal holds about an applicant. The chain covers digests, so that it holds without the payloads.

What stays: that there were entries, of which kind, when and by whom; and the erasure, with the applicant's id.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from scoring.database.engine import POSTGRESQL, writing
from scoring.errors import JournalError
from scoring.journal.append import append, take_turn
from scoring.journal.entry import Entry
from scoring.journal.journal import Journal
from scoring.journal.tables import INTEGERS, JOURNAL, PAYLOAD
from scoring.people import Person

NOTHING = "Nothing was erased: the journal holds nothing (any more) about applicant {}."


@dataclass(frozen=True)
class Erasure:
    """An erasure: its entry, and whether the database gave up what it had kept of the payloads for others to read."""

    entry: Entry
    purged: bool


def erase(
    journal: Journal,
    applicant_id: int,
    reason: str,
    by: Person,
    forget: Callable[[Connection, int], None] | None = None,
) -> Erasure:
    """Deletes all payloads about an applicant, and records that; `forget` deletes what other rooms hold.

    Raises:
        DatabaseError: nothing was erased: the database is gone, locked or full.
        JournalError: there is no reason, or nothing (any more) about that applicant.
    """
    try:
        with writing(journal.engine) as connection:
            entry = erase_payloads(connection, applicant_id, reason, by)
            if forget:
                forget(connection, applicant_id)
    except JournalError:
        # Of an erasure before, something may still be there.
        purge(journal.engine)
        raise
    return Erasure(entry, purge(journal.engine))


def erase_payloads(connection: Connection, applicant_id: int, reason: str, by: Person) -> Entry:
    """The same in the caller's transaction, which deletes what other rooms hold; `purge` follows once that has ended.

    Raises:
        JournalError: there is no reason, or nothing (any more) about that applicant.
    """
    if not reason.strip():
        raise JournalError("Nothing was erased: give the reason, for instance --reason 'request of 3 May'.")
    if applicant_id not in INTEGERS:
        raise JournalError(NOTHING.format(applicant_id))
    take_turn(connection)
    others = select(JOURNAL.c.number).where(JOURNAL.c.kind != "erasure")
    wanted = (PAYLOAD.c.applicant_id == applicant_id) & PAYLOAD.c.number.in_(others)
    numbers = list(connection.execute(select(PAYLOAD.c.number).where(wanted).order_by(PAYLOAD.c.number)).scalars())
    if not numbers:
        raise JournalError(NOTHING.format(applicant_id))
    entry = append(connection, "erasure", by, {"entries": numbers, "reason": reason}, applicant_id)
    connection.execute(delete(PAYLOAD).where(wanted))
    return entry


def purge(engine: Engine) -> bool:
    """Has the database give up deleted payloads, which it keeps for whoever still reads; False: somebody does.

    SQLite copies its write-ahead log into the file, where secure_delete has overwritten them, and empties it.
    PostgreSQL frees the rows; the space is overwritten as it is used again.
    """
    try:
        if engine.dialect.name == POSTGRESQL:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sql(f"VACUUM {PAYLOAD.name}"))
            return True
        with closing(engine.raw_connection()) as raw:
            busy, *_ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    except (DBAPIError, sqlite3.Error):
        return False
