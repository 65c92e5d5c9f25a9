"""Appends an entry in the caller's transaction: either both the entry and what it is about are recorded, or neither."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from operator import index
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from scoring.database.engine import POSTGRESQL, SQLITE, after_commit
from scoring.errors import JournalError
from scoring.journal.entry import (
    KINDS,
    NO_HASH,
    SALT_BYTES,
    Entry,
    Kind,
    digest_of,
    hash_of,
    payload_of,
    payload_text,
    time_text,
)
from scoring.journal.head import keep_head, signed_head
from scoring.journal.keys import Keys, checkpoint_message, entry_message, signatures_digest
from scoring.journal.tables import CHECKPOINT, HEAD, JOURNAL, PAYLOAD
from scoring.people import Person

# Of PostgreSQL's advisory locks, the one that whoever appends holds until the end of the transaction.
APPEND_LOCK = 0x5C1
# How many entries there are from one signed checkpoint to the next.
CHECKPOINT_EVERY = 1000
# The option of an engine under which the journal's keys are (None: it is not signed).
KEYS_OPTION = "scoring_journal_keys"
HEAD_ID = 1


def append(
    connection: Connection, kind: Kind, person: Person, payload: Mapping[str, Any], applicant_id: int | None = None
) -> Entry:
    """Appends an entry to the journal, at the present time.

    Args:
        connection: from `writing(journal.engine)`; the entry is recorded once that transaction ends without an error.
        kind: what happened.
        person: who did it.
        payload: the rest, as JSON: finite numbers, words, lists, dicts with words as keys.
        applicant_id: whom it is about; the payload is deleted when this applicant is erased.

    Raises:
        JournalError: the payload has no JSON, the journal's head is missing, or its key is not here.
        DatabaseError: it cannot be written (raised where the transaction ends, or by `writing`).
    """
    keys = _keys(connection)
    if kind not in KINDS:
        raise JournalError(f"kind={kind!r} is not allowed. Give one of: {', '.join(KINDS)}.")
    if not is_name(person.name):
        raise JournalError(f"The entry is not recorded: the name {person.name!r} has characters that no name has.")
    # An id out of an array of NumPy's is one, too.
    applicant_id = None if applicant_id is None else index(applicant_id)
    text = payload_text(payload, applicant_id)
    take_turn(connection)
    last, previous = _head(connection, keys)
    number, at, salt = last + 1, datetime.now(UTC), secrets.token_hex(SALT_BYTES)
    row: dict[str, Any] = {
        "number": number,
        "at": time_text(at),
        "kind": kind,
        "person": person.name,
        "role": person.role,
        "digest": digest_of(salt, text),
        "previous": previous,
    }
    row["hash"] = hash_of(**row)
    signature = keys.sign(entry_message(number, row["hash"])) if keys else None
    connection.execute(insert(JOURNAL).values(**row, signature=signature))
    connection.execute(insert(PAYLOAD).values(number=number, applicant_id=applicant_id, salt=salt, text=text))
    head = signed_head(keys, number, row["hash"])
    values = asdict(head)
    connection.execute(insert(HEAD).values(id=HEAD_ID, **values) if number == 1 else update(HEAD).values(**values))
    if keys and number % CHECKPOINT_EVERY == 0:
        _checkpoint(connection, keys, number, row["at"], row["hash"])
    if connection.dialect.name == SQLITE and keys:
        engine = connection.engine
        after_commit(connection, lambda: keep_head(engine, head))
    return Entry(number, at, kind, person.name, person.role, applicant_id, payload_of(text), row["hash"], previous)


def take_turn(connection: Connection) -> None:
    """Waits until nobody else appends, until the end of the transaction. On SQLite only one writes at a time anyway."""
    if connection.dialect.name == POSTGRESQL:
        connection.execute(select(func.pg_advisory_xact_lock(APPEND_LOCK)))


def _keys(connection: Connection) -> Keys | None:
    """The keys of the journal that this connection belongs to; None: it is not signed."""
    options = connection.get_execution_options()
    if KEYS_OPTION not in options:
        raise JournalError("The entry is not recorded: take the connection from writing(open_journal(…).engine).")
    keys: Keys | None = options[KEYS_OPTION]
    if keys and keys.signing is None:
        raise JournalError("The entry is not recorded: JOURNAL_KEY holds public keys only. Add the private one.")
    return keys


def is_name(text: str) -> bool:
    """Whether any database can hold that text: it has no zero character and no half of a pair."""
    return "\0" not in text and text == text.encode(errors="replace").decode()


def _head(connection: Connection, keys: Keys | None) -> tuple[int, str]:
    """Number and hash of the last entry."""
    head = connection.execute(select(HEAD)).one_or_none()
    if head is None:
        if connection.execute(select(JOURNAL.c.number).limit(1)).one_or_none():
            raise JournalError(
                "The entry is not recorded: the journal has entries, but its head is gone. Somebody changed the "
                "database: run `python -m scoring journal verify`, and restore a copy."
            )
        return 0, NO_HASH
    if head.key and not keys:
        raise JournalError(
            f"The entry is not recorded: this journal is signed (key {head.key[:16]}). Set JOURNAL_KEY to its key."
        )
    return head.number, head.hash


def _checkpoint(connection: Connection, keys: Keys, number: int, at: str, hash: str) -> None:
    since = select(JOURNAL.c.signature).where(JOURNAL.c.number > number - CHECKPOINT_EVERY).order_by(JOURNAL.c.number)
    signatures = signatures_digest(connection.execute(since).scalars())
    signature = keys.sign(checkpoint_message(number, at, hash, signatures))
    connection.execute(
        insert(CHECKPOINT).values(
            number=number, at=at, hash=hash, signatures=signatures, key=keys.fingerprint, signature=signature
        )
    )
