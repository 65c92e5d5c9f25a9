"""The end of the journal, compared with its signed head, the heads kept elsewhere, and rows that remain after it."""

from __future__ import annotations

from sqlalchemy import func, or_, select

from scoring.journal.examined import Examined
from scoring.journal.head import DAMAGED, Head
from scoring.journal.report import Finding, Part, edited, truncated
from scoring.journal.tables import PAYLOAD


def ends(journal: Examined, kept: Head | None, anchor: Head | None) -> Finding | None:
    """What is wrong with the end of a journal whose entries were read and hold.

    Args:
        journal: as it was read.
        kept: the head in the file beside it, if there is one.
        anchor: the head on the hub, if there is one.
    """
    return (
        _head(journal)
        or _elsewhere(journal, "head file", kept)
        or _elsewhere(journal, "anchor", anchor)
        or _left_over(journal)
    )


def _head(journal: Examined) -> Finding | None:
    """The head in the database."""
    head, number = journal.head, journal.number
    if head is None:
        return truncated(number + 1, "the head that says where the journal ends is gone.", "head") if number else None
    if head.number > number:
        return truncated(number + 1, f"the journal went on to entry {head.number}.")
    if journal.keys is None:
        if head.number < number:
            return Finding("inserted", "entry", head.number + 1, "it comes after the end of the journal.")
    elif not head.signed_by(journal.keys):
        return truncated(
            number + 1, "that the journal ends here is not signed: its end was cut off or altered.", "head"
        )
    if (head.number, head.hash) != (number, journal.hash):
        return edited("head", head.number, "it is not the last entry.")
    return None


def _elsewhere(journal: Examined, part: Part, head: Head | None) -> Finding | None:
    """A head that is kept outside the database; entries may have come since."""
    if head is None:
        return None
    if head == DAMAGED or (journal.keys and not head.signed_by(journal.keys)):
        return edited(part, journal.number, "it is not what was signed.")
    if head.number > journal.number:
        return truncated(journal.number + 1, f"the journal went on to entry {head.number}.", part)
    if journal.marked[head.number] == head.hash:
        return None
    if part == "anchor":
        return Finding("re-chained", part, head.number, "this entry, or one before it, is another than was anchored.")
    return truncated(head.number, "this entry was lost, and others were recorded in its place.", part)


def _left_over(journal: Examined) -> Finding | None:
    """Checkpoints and payloads without an entry."""
    checkpoint = min(journal.checkpoints, default=None)
    if checkpoint is not None and journal.keys:
        return Finding("inserted", "checkpoint", checkpoint, "there is none after this entry.")
    query = select(func.min(PAYLOAD.c.number)).where(or_(PAYLOAD.c.number < 1, PAYLOAD.c.number > journal.number))
    payload = journal.connection.execute(query).scalar()
    return None if payload is None else Finding("inserted", "payload", payload, "there is no entry that it belongs to.")
