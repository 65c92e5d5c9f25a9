"""Pages of the list, and the application that comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, false, func, or_, select

from scoring.answers import Outcome
from scoring.database.engine import reading
from scoring.people import Person
from scoring.worklist.filter import MOST_DIGITS, RECOMMENDATIONS, Filter
from scoring.worklist.states import (
    APPROVED,
    DECIDED,
    REFERRED,
    STATES,
    TO_CONFIRM,
    WORKING,
    State,
    conditions,
    due_at,
    state_for,
)
from scoring.worklist.tables import ROWS, SETS


@dataclass(frozen=True)
class Row:
    """An application in the list.

    `recommendation` and `probability` are None where a value on file is not allowed. `holder` is who works on it, to
    whom it is referred (`ANY_SUPERVISOR`: any of them), or who decided it; `due` until when an approval holds.
    """

    applicant_id: int
    applied: date | None
    amount: float | None
    instalment: float | None
    probability: float | None
    threshold: float | None
    recommendation: Outcome | None
    missing: int
    state: State
    holder: str | None
    due: datetime | None


@dataclass(frozen=True)
class Page:
    """A page of the list; `total` applications pass the filter.

    `counts` are of all applications scored, filtered or not, by state. `progress` is the share of the file that has
    been scored; applications are in the list from when they are. `dated`: whether any date is known.
    """

    rows: list[Row]
    total: int
    counts: dict[State, int]
    progress: float
    dated: bool


@dataclass(frozen=True)
class _Set:
    id: int
    scored: int
    applicants: int
    dated: bool
    lowest: int
    highest: int


def page_of(engine: Engine, key: str, person: Person, wanted: Filter, now: datetime) -> Page:
    """A page of the applications scored under a key (`scoring.worklist.key`), as that person sees them.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with reading(engine) as connection:
        found = _set(connection, key)
        if found is None:
            return Page([], 0, dict.fromkeys(STATES, 0), 0.0, False)
        states = conditions(ROWS.c, person, now)
        counts = _counts(connection, found, states, now)
        passing = _passing(found, wanted, states, now)
        total = _total(connection, wanted, counts, passing)
        offset = (wanted.page - 1) * wanted.page_size
        rows = _rows(connection, wanted, state_for(ROWS.c, person, now), passing, offset) if offset < total else []
        return Page(rows, total, counts, found.scored / found.applicants, found.dated)


def next_one(
    engine: Engine, key: str, person: Person, wanted: Filter, after_id: int | None, now: datetime
) -> int | None:
    """The first application after another in the filter's order that this person can work on; None at the end.

    What is decided, or somebody else is working on, is passed over. After None, or an id that is not in the list, comes
    the first of all.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with reading(engine) as connection:
        found = _set(connection, key)
        if found is None:
            return None
        states = conditions(ROWS.c, person, now)
        free = or_(
            ROWS.c.state.is_(None),
            and_(ROWS.c.state != DECIDED, or_(ROWS.c.state != WORKING, ROWS.c.holder == person.name)),
        )
        following = [*_passing(found, wanted, states, now), free]
        if after_id is not None:
            following += _after(connection, found.id, wanted, after_id)
        chosen = select(ROWS.c.applicant_id).where(*following).order_by(*_order(wanted)).limit(1)
        return cast("int | None", connection.execute(chosen).scalar())


def _set(connection: Connection, key: str) -> _Set | None:
    columns = (SETS.c.id, SETS.c.scored, SETS.c.applicants, SETS.c.dated)
    found = connection.execute(select(*columns).where(SETS.c.scoring_key == key)).one_or_none()
    if found is None:
        return None
    # One of them at a time: for both at once SQLite reads every row.
    ends = (func.min(ROWS.c.applicant_id), func.max(ROWS.c.applicant_id))
    low, high = (connection.execute(select(end).where(ROWS.c.set_id == found.id)).scalar() or 0 for end in ends)
    return _Set(*found, low, high)


def _counts(
    connection: Connection, found: _Set, states: dict[State, ColumnElement[bool]], now: datetime
) -> dict[State, int]:
    """Counts by state; without a case, applications are open.

    Decided ones may be very many: they are counted as ranges of the index. Others are few, and are looked at.
    """

    def count(*rules: ColumnElement[bool]) -> int:
        with_case = (ROWS.c.set_id == found.id, ROWS.c.state.is_not(None))
        return connection.execute(select(func.count()).select_from(ROWS).where(*with_case, *rules)).scalar_one()

    under_way = ROWS.c.state.in_((WORKING, REFERRED, TO_CONFIRM))
    mine, waiting = count(under_way, states["mine"]), count(under_way, states["waiting"])
    decided = count(ROWS.c.state == DECIDED)
    expired = count(ROWS.c.state == DECIDED, ROWS.c.outcome == APPROVED, ROWS.c.expires_at <= now)
    return {
        "open": found.scored - mine - waiting - decided,
        "mine": mine,
        "waiting": waiting,
        "decided": decided - expired,
        "expired": expired,
    }


def _total(connection: Connection, wanted: Filter, counts: dict[State, int], passing: list[ColumnElement[bool]]) -> int:
    if Filter(states=wanted.states) == _only_filter(wanted):
        return sum(counts[state] for state in wanted.states or STATES)
    return connection.execute(select(func.count()).select_from(ROWS).where(*passing)).scalar_one()


def _only_filter(wanted: Filter) -> Filter:
    """The same filter without order and page."""
    return Filter(
        wanted.states,
        wanted.recommendations,
        wanted.least_amount,
        wanted.most_amount,
        wanted.id_prefix,
        wanted.due_within_days,
    )


def _passing(
    found: _Set, wanted: Filter, states: dict[State, ColumnElement[bool]], now: datetime
) -> list[ColumnElement[bool]]:
    """What rows that pass the filter fulfil."""
    rules: list[ColumnElement[bool]] = [ROWS.c.set_id == found.id]
    if wanted.states and wanted.states != set(STATES):
        if "open" not in wanted.states:
            # Makes use of the index of those with a case.
            rules.append(ROWS.c.state.is_not(None))
        rules.append(or_(*(states[state] for state in STATES if state in wanted.states)))
    if wanted.recommendations and wanted.recommendations != set(RECOMMENDATIONS):
        named = sorted(wanted.recommendations - {"unscored"})
        unscored = ROWS.c.recommendation.is_(None) if "unscored" in wanted.recommendations else false()
        rules.append(or_(ROWS.c.recommendation.in_(named), unscored))
    if wanted.least_amount is not None:
        rules.append(ROWS.c.amount >= wanted.least_amount)
    if wanted.most_amount is not None:
        rules.append(ROWS.c.amount <= wanted.most_amount)
    if wanted.id_prefix:
        ranges = _ranges(wanted.id_prefix, found.lowest, found.highest)
        rules.append(or_(false(), *(ROWS.c.applicant_id.between(*ends) for ends in ranges)))
    if wanted.due_within_days is not None:
        last = now + timedelta(days=wanted.due_within_days)
        rules += [ROWS.c.state == DECIDED, ROWS.c.outcome == APPROVED]
        rules += [ROWS.c.expires_at > now, ROWS.c.expires_at <= last]
    return rules


def _ranges(prefix: str, lowest: int, highest: int) -> list[tuple[int, int]]:
    """The ids that begin with these digits, from and to: a range for each length of those that there are."""
    first = int(prefix)
    if prefix[0] == "0":
        return [(0, 0)] if prefix == "0" else []
    scales = (10**digits for digits in range(MOST_DIGITS - len(prefix) + 1))
    ranges = ((first * scale, (first + 1) * scale - 1) for scale in scales)
    return [(max(low, lowest), min(high, highest)) for low, high in ranges if low <= highest and high >= lowest]


def _order(wanted: Filter, backwards: bool = False) -> list[ColumnElement[Any]]:
    """NULLs last, then by the column, then by id; or all of it the other way round."""
    identity = ROWS.c.applicant_id
    falling = wanted.descending != backwards
    if wanted.sort == "id":
        return [identity.desc() if falling else identity.asc()]
    column = ROWS.c[COLUMNS[wanted.sort]]
    unknown = column.is_(None)
    return [
        unknown.desc() if backwards else unknown.asc(),
        column.desc() if falling else column.asc(),
        identity.desc() if backwards else identity.asc(),
    ]


COLUMNS = {
    "date": "applied",
    "amount": "amount",
    "instalment": "instalment",
    "probability": "probability",
    "missing": "missing",
}


def _after(connection: Connection, set_id: int, wanted: Filter, after_id: int) -> list[ColumnElement[bool]]:
    """What the rows after a certain one in the filter's order fulfil."""
    identity = ROWS.c.applicant_id
    if wanted.sort == "id":
        return [identity < after_id if wanted.descending else identity > after_id]
    column = ROWS.c[COLUMNS[wanted.sort]]
    at = connection.execute(select(column).where(ROWS.c.set_id == set_id, identity == after_id)).one_or_none()
    if at is None:
        return []
    if at[0] is None:
        return [and_(column.is_(None), identity > after_id)]
    beyond = column < at[0] if wanted.descending else column > at[0]
    return [or_(beyond, and_(column == at[0], identity > after_id), column.is_(None))]


def _rows(
    connection: Connection,
    wanted: Filter,
    state: ColumnElement[str],
    passing: list[ColumnElement[bool]],
    offset: int,
) -> list[Row]:
    """The page's rows: their ids are found first, so that only these are carried through the sorting."""
    ids = (
        select(ROWS.c.set_id, ROWS.c.applicant_id)
        .where(*passing)
        .order_by(*_order(wanted))
        .offset(offset)
        .limit(wanted.page_size)
        .subquery()
    )
    of_page = and_(ROWS.c.set_id == ids.c.set_id, ROWS.c.applicant_id == ids.c.applicant_id)
    shown = select(
        ROWS.c.applicant_id,
        ROWS.c.applied,
        ROWS.c.amount,
        ROWS.c.instalment,
        ROWS.c.probability,
        ROWS.c.threshold,
        ROWS.c.recommendation,
        ROWS.c.missing,
        state.label("state"),
        case((ROWS.c.state == DECIDED, ROWS.c.decided_by), else_=ROWS.c.holder).label("holder"),
        due_at(ROWS.c).label("due"),
    )
    found = connection.execute(shown.join(ids, of_page).order_by(*_order(wanted)))
    return [Row(**row) for row in found.mappings()]
