"""An open journal, in which entries are recorded and found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, select

from scoring.database.engine import SQLITE, open_database, reading, writing
from scoring.errors import JournalError
from scoring.journal.append import KEYS_OPTION, append, is_name
from scoring.journal.entry import Entry, Kind, payload_of, time_text
from scoring.journal.keys import Keys, make_key, read_keys
from scoring.journal.tables import HEAD, INTEGERS, JOURNAL, PAYLOAD
from scoring.people import Person

PAGE = 100


@dataclass(frozen=True)
class EntryFilter:
    """Which entries of the journal: of a person, kind, applicant (None: any), since <= at < until, a page at a time.

    `after` is the number of the last entry that was seen, `limit` the most that are wanted.
    """

    person: str | None = None
    kind: Kind | None = None
    applicant_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0
    limit: int = PAGE


FIRST_PAGE = EntryFilter()


@dataclass(frozen=True)
class Journal:
    """The journal in its database. Other rooms append in their own transactions: `writing(journal.engine)`."""

    engine: Engine
    keys: Keys | None = field(repr=False)

    def record(self, kind: Kind, person: Person, payload: Mapping[str, Any], applicant_id: int | None = None) -> Entry:
        """Appends an entry in a transaction of its own; it is on disk when this returns.

        Raises:
            DatabaseError: it is not recorded: the database is gone, locked or full.
            JournalError: it is not recorded: see `scoring.journal.append.append`.
        """
        with writing(self.engine) as connection:
            return append(connection, kind, person, payload, applicant_id)

    def entries(self, wanted: EntryFilter = FIRST_PAGE) -> list[Entry]:
        """The first entries that the filter lets through, in order.

        Raises:
            DatabaseError: the database cannot be reached.
        """
        names = [value for value in (wanted.person, wanted.kind) if value is not None]
        if not all(map(is_name, names)) or (wanted.applicant_id or 0) not in INTEGERS or wanted.after not in INTEGERS:
            # Nothing in a database can be so.
            return []
        conditions = [
            JOURNAL.c.number > wanted.after,
            *([JOURNAL.c.person == wanted.person] if wanted.person is not None else []),
            *([JOURNAL.c.kind == wanted.kind] if wanted.kind is not None else []),
            *([PAYLOAD.c.applicant_id == wanted.applicant_id] if wanted.applicant_id is not None else []),
            *([JOURNAL.c.at >= time_text(wanted.since)] if wanted.since is not None else []),
            *([JOURNAL.c.at < time_text(wanted.until)] if wanted.until is not None else []),
        ]
        query = (
            select(JOURNAL, PAYLOAD.c.applicant_id, PAYLOAD.c.text)
            .join(PAYLOAD, PAYLOAD.c.number == JOURNAL.c.number, isouter=True)
            .where(*conditions)
            .order_by(JOURNAL.c.number)
            .limit(min(wanted.limit, INTEGERS[-1]))
        )
        with reading(self.engine) as connection:
            return [entry_of(row) for row in connection.execute(query)]


def entry_of(row: Row[Any]) -> Entry:
    """An entry out of its row of both tables."""
    payload = None if row.text is None else payload_of(row.text)
    at = datetime.fromisoformat(row.at)
    return Entry(row.number, at, row.kind, row.person, row.role, row.applicant_id, payload, row.hash, row.previous)


def open_journal(url: str, key: Path | None = None) -> Journal:
    """The journal at an address, made if it is absent.

    Args:
        url: `sqlite:///PATH` or `postgresql://…`.
        key: PEM file of the key that signs it; None: one beside a SQLite file, made when that is new, and none
            on PostgreSQL.

    Raises:
        DatabaseError: the database cannot be reached.
        InvalidInputError: the address is not allowed.
        JournalError: the key is missing, damaged, or another than the one that the journal is signed with.
        OutputError: a new key cannot be written.
    """
    engine = open_database(url)
    with reading(engine) as connection:
        signed_with = connection.execute(select(HEAD.c.key)).scalar()
    if key is None and engine.dialect.name == SQLITE:
        key = beside(engine, "key")
        if not signed_with:
            make_key(key)
    keys = read_keys(key) if key else None
    if signed_with and (keys is None or signed_with not in keys.believed):
        raise JournalError(
            f"The journal {engine.url.render_as_string()} is signed with another key than {key or 'none'} "
            f"(fingerprint {signed_with[:16]}). Set JOURNAL_KEY to that one, or add it there as a public key."
        )
    return Journal(engine.execution_options(**{KEYS_OPTION: keys}), keys)


def keys_of(engine: Engine, key: Path | None) -> Keys | None:
    """The keys of a journal that is there: of a PEM file, or of the one beside a SQLite file.

    Raises:
        JournalError: the file is not there, or damaged.
    """
    if key is None and engine.dialect.name == SQLITE:
        key = beside(engine, "key")
    return read_keys(key) if key else None


def beside(engine: Engine, what: str) -> Path:
    """A file beside a SQLite journal, such as `journal.db.key`."""
    return Path(f"{engine.url.database}.{what}")
