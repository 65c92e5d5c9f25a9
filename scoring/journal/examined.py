"""The state of a verification: what the journal says about itself, and how far its entries were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from scoring.errors import JournalError
from scoring.journal.entry import NO_HASH
from scoring.journal.head import DAMAGED, Head
from scoring.journal.keys import Keys
from scoring.journal.tables import CHECKPOINT, HEAD


@dataclass
class Examined:
    """A journal under examination. `checkpoints` are those not come by yet.

    `marked` are the numbers that the heads outside the database name, with the hashes that stand there; `since` the
    rows since the last checkpoint.
    """

    connection: Connection
    keys: Keys | None
    head: Head | None
    checkpoints: dict[int, Row[Any]]
    marked: dict[int, str]
    number: int = 0
    hash: str = NO_HASH
    since: list[Any] = field(default_factory=list)
    first_signed: int | None = None
    without_payload: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)


def examine(connection: Connection, keys: Keys | None, outside: Sequence[Head | None]) -> Examined:
    """A journal before the first entry is read.

    Args:
        connection: to its database.
        keys: the public keys that are believed; None for a journal that is not signed.
        outside: the heads that are kept elsewhere than in the database.

    Raises:
        JournalError: it is signed, but no key is given.
    """
    found = connection.execute(select(HEAD)).one_or_none()
    head = Head(*found[1:]) if found else None
    if head and not isinstance(head.number, int):
        head = DAMAGED
    if head and head.key and not keys:
        raise JournalError(
            f"The journal is signed (key {head.key[:16]}). Set JOURNAL_KEY to a PEM file with its key or public key."
        )
    checkpoints = {row.number: row for row in connection.execute(select(CHECKPOINT))}
    return Examined(connection, keys, head, checkpoints, {head.number: "" for head in outside if head})
