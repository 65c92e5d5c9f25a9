"""The journal entries that a caller may read: their own, or for a reviewer everybody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scoring.applicants.inputs import checked_id
from scoring.errors import InvalidInputError
from scoring.journal.entry import KINDS, Entry, Kind
from scoring.journal.journal import EntryFilter, Journal
from scoring.people import Person
from scoring.schema.definition import quoted

MOST_ENTRIES = 1000


def checked_filter(
    applicant_id: object, kind: object, by: object, since: object, until: object, after: object, limit: object
) -> EntryFilter:
    """The filter that a caller asks for; times are ISO 8601, UTC if unsaid, `limit` is 1 to `MOST_ENTRIES`.

    Raises:
        InvalidInputError: a filter is not allowed.
    """
    return EntryFilter(
        person=_text("by", by),
        kind=_kind(kind),
        applicant_id=checked_id(applicant_id, "en"),
        since=_moment("since", since),
        until=_moment("until", until),
        after=_whole("after", after, 0, 2**62),
        limit=_whole("limit", limit, 1, MOST_ENTRIES),
    )


def read_entries(journal: Journal, person: Person, wanted: EntryFilter) -> list[dict[str, Any]]:
    """The entries that this person may read, in order.

    Raises:
        DatabaseError: the journal cannot be reached.
    """
    readable = wanted if person.may("journal") else replace(wanted, person=person.name)
    return [_answer(entry) for entry in journal.entries(readable)]


def _answer(entry: Entry) -> dict[str, Any]:
    """An entry as an answer; `payload` is None once its applicant is erased."""
    return {**vars(entry), "at": entry.at.isoformat(timespec="microseconds")}


def _text(name: str, value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InvalidInputError(f"{name}={quoted(value)} is not allowed. Give text, or nothing.")
    return value


def _kind(value: object) -> Kind | None:
    written = _text("kind", value)
    found = next((kind for kind in KINDS if kind == written), None)
    if written is not None and found is None:
        raise InvalidInputError(f"kind={quoted(written)} is not allowed. Give one of: {', '.join(KINDS)}.")
    return found


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
        raise InvalidInputError(
            f"{name}={quoted(written)} is not a time. Give one like 2026-11-29T08:00:00Z."
        ) from None
