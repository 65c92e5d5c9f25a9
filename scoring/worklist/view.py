"""A set of scores with its cases, as columns in this process's memory: 57 bytes for each applicant.

Scores never change once they are there, and cases are numbered as they change. So a view is brought up to date, before
each use, with what has changed since; any query is then a pass over columns, which takes about a hundredth of a
second for a million applications.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, case, func, select
from sqlalchemy import text as sql

from scoring.database.engine import POSTGRESQL, reading
from scoring.worklist.states import (
    APPROVED,
    CASES,
    CLAIM,
    DECIDED,
    EPOCH,
    FOREVER,
    HOLDS,
    KINDS,
    NOBODY,
    NONE,
    WORKED,
    WORKING,
    CaseColumns,
    microseconds,
)
from scoring.worklist.tables import BATCHES, CHANGES, SCORES, SETS

# The served set and, while a version changes, the one before.
MOST_VIEWS = 2
CASES_AT_ONCE = 5_000
BATCHES_AT_ONCE = 10
_HOLDING = and_(CASES.c.state == DECIDED, CASES.c.outcome == APPROVED, CASES.c.expires_at.is_not(None))
# Application, kind (see `KINDS`), holder, decider, and until when it holds or since when somebody works on it.
OF_CASE = (
    CHANGES.c.applicant_id,
    case((_HOLDING, HOLDS), *((CASES.c.state == state, KINDS.index(state)) for state in KINDS[1:-1]), else_=NONE),
    CASES.c.holder,
    CASES.c.decided_by,
    case((CASES.c.state == WORKING, CASES.c.changed_at), (_HOLDING, CASES.c.expires_at)),
)


class View:
    """The scored applications of one set, in the order of their ids."""

    def __init__(self, set_id: int, applicants: int, dated: bool) -> None:
        self.set_id, self.applicants, self.dated = set_id, applicants, dated
        # How many are scored.
        self.size = 0
        self._scores = {name: np.empty(applicants, SCORES[name]) for name in SCORES.names or ()}
        self._cases = CaseColumns(
            np.full(applicants, NONE, np.uint8),
            np.full(applicants, NOBODY, np.int32),
            np.full(applicants, NOBODY, np.int32),
            np.full(applicants, FOREVER, np.int64),
        )
        # Everybody who holds or has decided a case, by number, and the other way round.
        self.people: list[str] = []
        self.numbers: dict[str, int] = {}
        self._seen = 0

    def __getitem__(self, name: str) -> np.ndarray:
        """A column of `SCORES`, of the applications scored so far."""
        return self._scores[name][: self.size]

    @property
    def cases(self) -> CaseColumns:
        """The cases of the applications scored so far."""
        return CaseColumns(*(column[: self.size] for column in vars(self._cases).values()))

    def catch_up(self, connection: Connection) -> None:
        """Takes in what has been scored, and which cases have changed, since the last time."""
        mark = _mark(connection)
        first = self.size
        batches = select(BATCHES.c.scores).where(BATCHES.c.set_id == self.set_id, BATCHES.c.first >= first)
        for (stored,) in connection.execute(
            batches.order_by(BATCHES.c.first).execution_options(yield_per=BATCHES_AT_ONCE)
        ):
            scores = np.frombuffer(stored, SCORES)
            for name, column in self._scores.items():
                column[self.size : self.size + len(scores)] = scores[name]
            self.size += len(scores)
        if self.size > first:
            ids = self._scores["applicant_id"]
            self._take_cases(connection, CHANGES.c.applicant_id.between(int(ids[first]), int(ids[self.size - 1])))
        if first:
            self._take_cases(connection, CHANGES.c.number >= self._seen)
        self._seen = mark

    def _take_cases(self, connection: Connection, changed: ColumnElement[bool]) -> None:
        found = select(*OF_CASE).join_from(CHANGES, CASES, CHANGES.c.applicant_id == CASES.c.applicant_id, isouter=True)
        query = found.where(changed).execution_options(yield_per=CASES_AT_ONCE)
        for rows in connection.execute(query).partitions():
            self._take(rows)

    def _take(self, rows: Sequence[Row]) -> None:
        ids = np.array([row[0] for row in rows], np.int64)
        indices = np.searchsorted(self["applicant_id"], ids)
        there = indices < self.size
        there[there] = self["applicant_id"][indices[there]] == ids[there]
        taken = [row for row, listed in zip(rows, there.tolist(), strict=True) if listed]
        if not taken:
            return
        indices = indices[there]
        kinds = np.array([row[1] for row in taken], np.uint8)
        moments = np.array([FOREVER if row[4] is None else microseconds(row[4]) for row in taken], np.int64)
        moments[kinds == WORKED] += microseconds(EPOCH + CLAIM)
        self._cases.kind[indices] = kinds
        self._cases.holder[indices] = [self._number(row[2]) for row in taken]
        self._cases.decider[indices] = [self._number(row[3]) for row in taken]
        self._cases.until[indices] = moments

    def _number(self, name: str | None) -> int:
        if name is None:
            return NOBODY
        if name not in self.numbers:
            self.numbers[name] = len(self.people)
            self.people.append(name)
        return self.numbers[name]


def _mark(connection: Connection) -> int:
    """The number from which on changes may not be visible yet."""
    if connection.dialect.name == POSTGRESQL:
        oldest = sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(connection.execute(oldest).scalar_one())
    return int(connection.execute(select(func.coalesce(func.max(CHANGES.c.number), 0) + 1)).scalar_one())


class _Views:
    """The views that this process has of a database, by key."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.views: OrderedDict[str, View] = OrderedDict()

    def find(self, connection: Connection, key: str) -> View | None:
        columns = (SETS.c.id, SETS.c.applicants, SETS.c.dated)
        found = connection.execute(select(*columns).where(SETS.c.scoring_key == key)).one_or_none()
        if found is None:
            self.views.pop(key, None)
            return None
        if key not in self.views or self.views[key].set_id != found.id:
            self.views[key] = View(*found)
        self.views.move_to_end(key)
        while len(self.views) > MOST_VIEWS:
            self.views.popitem(last=False)
        return self.views[key]


_OF_ENGINES: WeakKeyDictionary[Engine, _Views] = WeakKeyDictionary()
_MAKING = Lock()


@contextmanager
def view_of(engine: Engine, key: str) -> Iterator[View | None]:
    """The set of a key, up to date and at rest while it is looked at; None if nothing has been scored under it.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with _MAKING:
        views = _OF_ENGINES.setdefault(engine, _Views())
    with views.lock:
        with reading(engine) as connection:
            view = views.find(connection, key)
            if view is not None:
                try:
                    view.catch_up(connection)
                except BaseException:
                    # It holds one half of what came, and is made anew.
                    del views.views[key]
                    raise
        yield view
