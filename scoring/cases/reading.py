"""Entries of the journal as a caller may read them: their own, or everybody's for whoever reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scoring.applicants.inputs import checked_id
from scoring.errors import InvalidInputError
from scoring.journal.entry import KINDS, Entry
from scoring.journal.journal import Journal
from scoring.people import Person
from scoring.schema.definition import quoted

MOST_ENTRIES = 1000


@dataclass(frozen=True)
class Wanted:
    """Which entries: of an applicant, a kind, a person; from `since` until before `until` (ISO 8601, UTC if unsaid).

    `after` is the number of the last entry that was seen, `limit` from 1 to `MOST_ENTRIES`.
    """

    applicant_id: object
    kind: object
    by: object
    since: object
    until: object
    after: object
    limit: object


def read_entries(journal: Journal, person: Person, wanted: Wanted) -> list[dict[str, Any]]:
    """The entries, in order.

    Raises:
        DatabaseError: the journal cannot be reached.
        InvalidInputError: a filter is not allowed.
    """
    by = person.name if not person.may("journal") else _text("by", wanted.by)
    kind = _text("kind", wanted.kind)
    if kind is not None and kind not in KINDS:
        raise InvalidInputError(f"kind={quoted(kind)} is not allowed. Give one of: {', '.join(KINDS)}.")
    entries = journal.entries(
        person=by,
        kind=kind,
        applicant_id=checked_id(wanted.applicant_id, "en"),
        since=_moment("since", wanted.since),
        until=_moment("until", wanted.until),
        after=_whole("after", wanted.after, 0, 2**62),
        limit=_whole("limit", wanted.limit, 1, MOST_ENTRIES),
    )
    return [_answer(entry) for entry in entries]


def _answer(entry: Entry) -> dict[str, Any]:
    """An entry as an answer; `payload` is None once its applicant is erased."""
    return {**vars(entry), "at": entry.at.isoformat(timespec="microseconds")}


def _text(name: str, value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InvalidInputError(f"{name}={quoted(value)} is not allowed. Give text, or nothing.")
    return value


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidInputError(f"{name}={quoted(value)} is not allowed. Give a whole number from {low} to {high}.")
    return value


def _moment(name: str, value: object) -> datetime | None:
    written = _text(name, value)
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InvalidInputError(f"{name}={quoted(written)} is no time. Give one like 2026-11-29T08:00:00Z.") from None
