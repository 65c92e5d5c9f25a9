"""The files of applications that were scored: who had which file scored when, by which model, with which decisions."""

from __future__ import annotations

from collections import deque

from sqlalchemy import Engine

from scoring.decision.rule import OUTCOMES
from scoring.journal.entry import Entry
from scoring.markup import Table
from scoring.oversight.reading import each_entry
from scoring.oversight.shown import Shown, counted
from scoring.words.language import Language
from scoring.words.wording import text

MOST_SHOWN = 20
# What tells two files apart at a glance.
DIGITS_SHOWN = 12
HEADERS = ("at", "sender", "file", "rows", "refused")


def files_scored(engine: Engine, language: Language) -> Shown:
    """How many files were scored, and the last of them, the latest first; nothing where there is none.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    count, last = 0, deque[Entry](maxlen=MOST_SHOWN)
    for entry in each_entry(engine, ("batch",)):
        count += 1
        last.append(entry)
    if not count:
        return Shown((), ())
    headers = [
        *(text(f"files_scored.{name}", language) for name in HEADERS),
        *(text(f"decision.{outcome}", language) for outcome in OUTCOMES),
        text("files_scored.model", language),
    ]
    rows = [_cells(entry, language) for entry in reversed(last)]
    return Shown(
        (text("files_scored.summary", language, count=counted(count, language)),),
        (Table(text("files_scored.last", language), tuple(headers), rows),),
    )


def _cells(entry: Entry, language: Language) -> tuple[str, ...]:
    found = entry.payload
    assert found is not None
    return (
        f"{entry.at:%Y-%m-%d %H:%M}",
        entry.person,
        found["file"][:DIGITS_SHOWN],
        *(counted(found[name], language) for name in ("rows", "refused")),
        *(counted(found["decisions"].get(outcome, 0), language) for outcome in OUTCOMES),
        found["model"]["version"],
    )
