"""The signed head: where the journal ends. A chain alone does not show that its last entries were cut off.

It is a row of the database, and beside a SQLite file a file as well, `journal.db.head`: that one shows also that the
database was set back to an older state, be it by a copy or by a damaged write-ahead log.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from scoring.database.engine import SQLITE, reading
from scoring.errors import ScoringError
from scoring.journal.keys import Keys, head_message
from scoring.journal.tables import JOURNAL

LOG = logging.getLogger(__name__)
# A head is overwritten in place by one of the same length, within one sector.
HEAD_BYTES = 512


@dataclass(frozen=True)
class Head:
    """The last entry, the fingerprint of the key and the signature; both are None in a journal without a key."""

    number: int
    hash: str
    key: str | None
    signature: str | None

    def signed_by(self, keys: Keys) -> bool:
        """Whether a believed key signed that the journal ends here."""
        return keys.signed(head_message(self.number, self.hash), self.signature, self.key)


# What is in the file beside the journal is not a head.
DAMAGED = Head(-1, "", None, None)
# There is nothing in it yet.
NO_HEAD = Head(0, "", None, None)


def signed_head(keys: Keys | None, number: int, hash: str) -> Head:
    """The head at an entry, signed if there is a key."""
    if keys is None:
        return Head(number, hash, None, None)
    return Head(number, hash, keys.fingerprint, keys.sign(head_message(number, hash)))


def head_to_json(head: Head) -> str:
    """A head as one line of JSON."""
    return json.dumps(asdict(head), sort_keys=True) + "\n"


def head_from_json(text: str | bytes) -> Head | None:
    """A head out of its JSON; None if that is none."""
    try:
        read: Any = json.loads(text)
    except ValueError:
        return None
    wanted = {"number": int, "hash": str, "key": str, "signature": str}
    if not isinstance(read, Mapping) or {name: type(value) for name, value in read.items()} != wanted:
        return None
    return Head(**read)


def head_file(engine: Engine) -> Path:
    """The file beside a SQLite journal that holds its signed head."""
    return Path(f"{engine.url.database}.head")


def kept_head(engine: Engine) -> Head | None:
    """The head in the file beside a SQLite journal, if there is one; `DAMAGED` if it cannot be read."""
    path = head_file(engine)
    if engine.dialect.name != SQLITE or not path.is_file() or not path.stat().st_size:
        return None
    return head_from_json(path.read_bytes()) or DAMAGED


def keep_head(engine: Engine, head: Head) -> None:
    """Writes the head to its file, unless that names an entry that is not in this journal: that one is evidence.

    The entry is on disk by then, so a failure is only logged.
    """
    path = head_file(engine)
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            # Of two who append, the later one may come first.
            fcntl.flock(file, fcntl.LOCK_EX)
            written = os.read(file, HEAD_BYTES)
            if _may_replace(engine, head_from_json(written) if written else NO_HEAD, head):
                os.pwrite(file, head_to_json(head).encode().rjust(HEAD_BYTES), 0)
        finally:
            os.close(file)
    except (OSError, ScoringError) as error:
        LOG.error("The journal's head was not written to %s (%s). Its entry is recorded.", path, error)


def _may_replace(engine: Engine, written: Head | None, head: Head) -> bool:
    """Whether the head comes after the one in the file, in the same chain."""
    if written is None:
        LOG.error("%s is damaged, and left as it is. Run `python -m scoring journal verify`.", head_file(engine))
        return False
    if written.number >= head.number:
        return False
    with reading(engine) as connection:
        query = select(JOURNAL.c.number, JOURNAL.c.hash).where(JOURNAL.c.number.in_([written.number, head.number]))
        there = {row.number: row.hash for row in connection.execute(query)} | {NO_HEAD.number: NO_HEAD.hash}
    if there.get(written.number) != written.hash:
        LOG.error(
            "%s names entry %d, which this journal lacks: its last entries were lost or cut off. Run `python -m "
            "scoring journal verify`.",
            *(head_file(engine), written.number),
        )
        return False
    # What was appended within a transaction may have been undone within it.
    return there.get(head.number) == head.hash
