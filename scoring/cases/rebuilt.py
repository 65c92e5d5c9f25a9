"""The table of cases, derived anew from the journal: what the worklist shows is what people did, or is named.

Everything in a row follows from the entries about its applicant. `decided_at` and `changed_at` are read from the clock
before an entry waits for its turn, so they may lie up to `MOST_WAIT` from its time; until when an approval holds is
compared to the second, where its entry says so (confirmations do since expires_at is in them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Text, cast, inspect, select

from scoring.cases.orders import Standing
from scoring.database.engine import SQLITE
from scoring.journal.entry import payload_of
from scoring.journal.locate import read_any_text
from scoring.journal.report import CaseFinding
from scoring.journal.tables import JOURNAL, PAYLOAD
from scoring.people import Person
from scoring.schema.definition import quoted
from scoring.worklist.states import ANY_SUPERVISOR, APPROVED, CASES, CLAIM, DECIDED, REFERRED, TO_CONFIRM, WORKING

STEPS = ("view", "decision", "confirmation", "sent_back", "reopening")
MOST_WAIT = timedelta(minutes=1)
# What no entry says: until when an approval holds that was confirmed before entries said so.
UNSAID = datetime.max.replace(tzinfo=UTC)
AT_ONCE = 1_000
COLUMNS = tuple(field.name for field in fields(Standing))
MOMENTS = ("decided_at", "expires_at", "changed_at")
Found = dict[str, Any]
# An applicant, with what their case may be by the journal, or with their row.
Side = tuple[int, tuple[Standing, ...], Found | None]


@dataclass(frozen=True)
class Step:
    """An entry about a case, as far as the case depends on it."""

    number: int
    at: datetime
    kind: str
    person: Person
    payload: dict[str, Any]


def case_findings(connection: Connection) -> list[CaseFinding]:
    """The cases that are not what the journal says, by applicant; the journal itself is proved before.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    if not inspect(connection).has_table(CASES.name):
        return []
    if connection.dialect.name == SQLITE:
        read_any_text(connection)
    by_applicant = itemgetter(0)
    found = []
    for applicant_id, group in groupby(merge(_said(connection), _shown(connection), key=by_applicant), by_applicant):
        cases: tuple[Standing, ...] = (Standing(),)
        row: Found | None = None
        for _, said, shown in group:
            cases, row = said or cases, shown or row
        finding = _finding(applicant_id, cases, row)
        if finding:
            found.append(finding)
    return found


def _said(connection: Connection) -> Iterator[Side]:
    """What each case may be by the journal, in the order of applicants."""
    query = (
        select(JOURNAL.c.number, JOURNAL.c.at, JOURNAL.c.kind, JOURNAL.c.person, JOURNAL.c.role)
        .add_columns(PAYLOAD.c.applicant_id, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.number == JOURNAL.c.number)
        .where(JOURNAL.c.kind.in_(STEPS), PAYLOAD.c.applicant_id.is_not(None))
        .order_by(PAYLOAD.c.applicant_id, JOURNAL.c.number)
    )
    rows = connection.execution_options(yield_per=AT_ONCE).execute(query)
    for applicant_id, entries in groupby(rows, key=lambda row: int(row.applicant_id)):
        yield applicant_id, standings(map(_step, entries)), None


def _step(row: Row[Any]) -> Step:
    # Nothing of a view matters but who looked, and when.
    payload = {} if row.kind == "view" else payload_of(row.text)
    return Step(row.number, datetime.fromisoformat(row.at), row.kind, Person(row.person, row.role), payload)


def standings(steps: Iterable[Step]) -> tuple[Standing, ...]:
    """How a case may stand after its steps, first to last; more than one way only where a claim had just run out."""
    cases: tuple[Standing, ...] = (Standing(),)
    for step in steps:
        cases = tuple(dict.fromkeys(after for case in cases for after in _after(case, step)))
    return cases


def _after(case: Standing, step: Step) -> tuple[Standing, ...]:
    moved = replace(case, version=case.version + 1, changed_at=step.at)
    working = Standing(state=WORKING, version=case.version + 1, changed_at=step.at)
    match step.kind:
        case "view":
            return _viewed(case, step)
        case "decision":
            return (_decided(case, step),)
        case "confirmation":
            expires = _expiry(step.payload)
            return (replace(moved, state=DECIDED, holder=None, decided_at=step.at, expires_at=expires),)
        case "sent_back":
            return (replace(working, holder=case.decided_by),)
        case _:
            return (replace(working, holder=step.person.name),)


def _viewed(case: Standing, step: Step) -> tuple[Standing, ...]:
    """Whoever may decide takes a case that is nobody's, or whose claim has run out."""
    if not step.person.may("decide") or case.state not in ("open", WORKING):
        return (case,)
    taken = Standing(state=WORKING, holder=step.person.name, version=case.version, changed_at=step.at)
    if case.holder in (None, step.person.name) or case.changed_at is None:
        return (taken,)
    over = step.at - case.changed_at - CLAIM
    if abs(over) <= MOST_WAIT:
        return (taken, case)
    return (taken,) if over > timedelta(0) else (case,)


def _decided(case: Standing, step: Step) -> Standing:
    payload = step.payload
    holders = {REFERRED: payload.get("refer_to") or ANY_SUPERVISOR, TO_CONFIRM: ANY_SUPERVISOR}
    return Standing(
        state=payload["state"],
        holder=holders.get(payload["state"]),
        outcome=payload["outcome"],
        decided_by=step.person.name,
        decided_at=step.at,
        expires_at=_expiry(payload) if payload["outcome"] == APPROVED else None,
        entry=step.number,
        version=case.version + 1,
        changed_at=step.at,
    )


def _expiry(payload: dict[str, Any]) -> datetime:
    said = payload.get("expires_at")
    return datetime.fromisoformat(said) if said else UNSAID


def _shown(connection: Connection) -> Iterator[Side]:
    """The rows of the table, in the order of applicants; their times as whatever text is there."""
    columns = [cast(column, Text).label(column.name) if column.name in MOMENTS else column for column in CASES.c]
    query = select(*columns).order_by(cast(CASES.c.applicant_id, BigInteger))
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query).mappings():
        found: Found = {name: _moment(value) if name in MOMENTS else value for name, value in row.items()}
        yield found["applicant_id"], (), found


def _moment(written: str | None) -> datetime | str | None:
    """A time in the table, as it is if that is none: somebody has put it there."""
    try:
        moment = None if written is None else datetime.fromisoformat(written)
    except ValueError:
        return written
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _finding(applicant_id: int, cases: tuple[Standing, ...], found: Found | None) -> CaseFinding | None:
    said = cases[0]
    if found is None:
        if any(case == Standing() for case in cases):
            return None
        return CaseFinding(applicant_id, "missing", f"it is not in the list; by the journal it is {said.state}.")
    differing = min((_differing(case, found) for case in cases), key=len)
    if not differing:
        return None
    if said == Standing():
        return CaseFinding(applicant_id, "extra", f"it is {found['state']} in the list; the journal has no step of it.")
    told = ", ".join(f"{name} is {_written(found[name])}, not {_written(value)}" for name, value in differing.items())
    return CaseFinding(applicant_id, "edited", f"{told}.")


def _differing(case: Standing, found: Found) -> dict[str, Any]:
    """What the journal says in the columns where the table says something else."""
    return {name: getattr(case, name) for name in COLUMNS if not _agree(name, getattr(case, name), found[name])}


def _agree(name: str, said: Any, found: Any) -> bool:
    if said is UNSAID:
        return True
    if not (isinstance(said, datetime) and isinstance(found, datetime)):
        return bool(said == found)
    return found.replace(microsecond=0) == said if name == "expires_at" else abs(found - said) <= MOST_WAIT


def _written(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else "empty" if value is None else quoted(value)
