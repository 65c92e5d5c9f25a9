"""Finds out what was done to a journal whose chain is broken, and where; called only once something is wrong.

An entry that was moved still has the hash that it had at its own number, so trying numbers finds where it came from;
an entry whose hash was computed anew lacks the signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, Select, literal_column, select
from sqlalchemy.exc import DBAPIError

from scoring.database.engine import POSTGRESQL
from scoring.journal.entry import hash_of
from scoring.journal.keys import Keys, entry_message
from scoring.journal.report import Finding, edited, truncated
from scoring.journal.tables import JOURNAL

ROWS = 10_000
# What is raised where there is another value than a text, or none that is UTF-8.
NOT_TEXT = (TypeError, AttributeError, UnicodeEncodeError)


class Link(NamedTuple):
    """A row of the journal as it stands there."""

    number: int
    at: str
    kind: str
    person: str
    role: str
    digest: str
    previous: str
    hash: str
    signature: str | None

    def is_entry(self, number: int) -> bool:
        """Whether this is what was recorded as the entry of that number, by its own hash."""
        try:
            return hash_of(number, *self[1:7]) == self.hash
        except NOT_TEXT:
            return False

    def holds(self) -> bool:
        """Whether it is what its hash says."""
        return self.is_entry(self.number)

    def signed_by(self, keys: Keys) -> bool:
        """Whether a believed key signed it at its number."""
        return keys.signed(entry_message(self.number, self.hash), self.signature)


def stream(connection: Connection, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query without parameters, one by one, by the driver itself: in two thirds of SQLAlchemy's time."""
    error: Any = connection.dialect.loaded_dbapi.Error
    try:
        with closing(_cursor(connection)) as cursor:
            cursor.execute(str(query.compile(connection)))
            yield from cursor
    except error as raised:
        raise DBAPIError(str(query), None, raised) from raised


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != POSTGRESQL:
        return driver.cursor()
    # One without a name would fetch all rows at once.
    cursor = driver.cursor(name=f"rows_{uuid4().hex}")
    cursor.itersize = ROWS
    return cursor


def read_any_text(connection: Connection) -> None:
    """Has SQLite's driver read what is no UTF-8, too, as text that none can be."""
    driver: Any = connection.connection.driver_connection
    driver.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")


def links(connection: Connection, after: int | None = None) -> Iterator[Link]:
    """The rows of the journal in order, as a stream."""
    query = select(JOURNAL) if after is None else select(JOURNAL).where(JOURNAL.c.number > literal_column(f"{after:d}"))
    return map(Link._make, stream(connection, query.order_by(JOURNAL.c.number)))


def unsigned(rows: Iterable[Link], keys: Keys | None) -> Link | None:
    """The first of these rows that no believed key signed."""
    return next((row for row in rows if keys and not row.signed_by(keys)), None)


def broken_chain(connection: Connection, keys: Keys | None, number: int, since: Iterable[Link]) -> Finding:
    """What was done where the chain breaks.

    Args:
        connection: to a journal.
        keys: those that are believed; None in a journal without.
        number: of the entry that should come next, but is not there or does not link to the one before it.
        since: the rows before it whose signatures were not verified yet; their chain holds.
    """
    forged = unsigned(since, keys)
    if forged:
        if _elsewhere(connection, forged.number):
            return Finding("inserted", "entry", forged.number, "the entry of this number was moved on to make room.")
        return edited("entry", forged.number, "its hash was computed anew, but it is not signed.")
    row = next(links(connection, number - 1), None)
    if row is None:
        return truncated(number, "the journal goes on after it, but not here.")
    early = next(links(connection))
    if early.number < 1:
        return _misplaced(connection, early)
    if row.number != number:
        if _elsewhere(connection, number):
            return Finding("reordered", "entry", number, "it stands at another number.")
        return Finding("deleted", "entry", number, f"the next one that is there is {row.number}.")
    return _wrong_entry(connection, keys, row, number > 1)


def _wrong_entry(connection: Connection, keys: Keys | None, row: Link, has_previous: bool) -> Finding:
    """What was done where another entry than the right one stands at a number."""
    number = row.number
    if row.is_entry(number):
        follower = next(links(connection, number), None)
        if not keys and has_previous and follower and follower.previous == row.hash:
            return edited("entry", number - 1, "its hash was computed anew, but the next entry gives another one.")
        return edited("entry", number, "its hash was computed anew, but the one before it is another.")
    moved = _elsewhere(connection, number)
    origin = _origin(connection, row)
    if origin is None:
        if moved:
            return Finding("inserted", "entry", number, "the entry of this number was moved on to make room.")
        return edited("entry", number, "it is not what its hash says.")
    if not moved:
        return Finding("deleted", "entry", number, f"entry {origin} was moved up into its place.")
    if _elsewhere(connection, origin, but=number):
        return Finding("inserted", "entry", number, f"a copy of entry {origin} was put before it.")
    return Finding("reordered", "entry", number, f"entry {origin} stands in its place.")


def _misplaced(connection: Connection, row: Link) -> Finding:
    origin = _origin(connection, row)
    if origin and not _elsewhere(connection, origin, but=row.number):
        return Finding("reordered", "entry", origin, f"it stands at {row.number}, before the first one.")
    return Finding("inserted", "entry", row.number, "the journal begins at 1.")


def _elsewhere(connection: Connection, number: int, but: int | None = None) -> bool:
    """Whether what was recorded as the entry of a number stands at another one (than this number, or than `but`)."""
    here = number if but is None else but
    return any(row.number != here and row.is_entry(number) for row in links(connection))


def _origin(connection: Connection, row: Link) -> int | None:
    """The number that a row's own hash was computed for: one that the journal has, or once had at its end."""
    last = max(link.number for link in links(connection))
    return next((number for number in range(1, last + ROWS) if row.is_entry(number)), None)
