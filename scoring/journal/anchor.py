"""The anchor: the journal's head, written from time to time where nobody with access to the database can write."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from sqlalchemy import select

from scoring.database.engine import reading
from scoring.errors import JournalError, ScoringError
from scoring.journal.head import Head
from scoring.journal.journal import Journal
from scoring.journal.tables import HEAD, JOURNAL

LOG = logging.getLogger(__name__)
ANCHOR_SECONDS = 600.0
# How long stopping waits for a head that is being written.
STOP_SECONDS = 15.0


class Anchor(Protocol):
    """A place for one head."""

    def read(self) -> Head | None:
        """The head there; None if there is none yet."""

    def write(self, head: Head) -> None:
        """Puts a head there."""


def anchor_head(journal: Journal, anchor: Anchor) -> Head | None:
    """Writes the journal's head to the anchor, unless it is there already; None if the journal is empty.

    Raises:
        JournalError: the anchor names an entry that this journal lacks, or the journal is not signed.
        ScoringError: the anchor cannot be reached, or the database.
    """
    there = anchor.read()
    with reading(journal.engine) as connection:
        row = connection.execute(select(HEAD.c.number, HEAD.c.hash, HEAD.c.key, HEAD.c.signature)).one_or_none()
        if there:
            hash = connection.execute(select(JOURNAL.c.hash).where(JOURNAL.c.number == there.number)).scalar()
            if hash != there.hash:
                raise JournalError(
                    f"The anchor names entry {there.number}, which this journal lacks: it is another journal's, or "
                    "entries were lost or changed. Run `python -m scoring journal verify`."
                )
    if row is None:
        return None
    if row.key is None:
        raise JournalError("The journal has no key, so its head cannot be anchored. Set JOURNAL_KEY.")
    head = Head(*row)
    if head != there:
        anchor.write(head)
    return head


class Anchoring:
    """Anchors the head in the background, at once and then every so often. No entry waits for it."""

    def __init__(self, journal: Journal, anchor: Anchor, seconds: float = ANCHOR_SECONDS) -> None:
        self._journal, self._anchor, self._seconds = journal, anchor, seconds
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal anchor", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            last_time = self._ending.is_set()
            try:
                anchor_head(self._journal, self._anchor)
            except ScoringError as error:
                LOG.error("The journal's head was not anchored: %s", error)
            if last_time:
                return
            self._ending.wait(self._seconds)

    def stop(self) -> None:
        """Anchors the head a last time, and ends."""
        self._ending.set()
        self._thread.join(STOP_SECONDS)
