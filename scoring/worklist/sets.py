"""Sets of scores in the database: begun, leased to one process at a time, filled batch by batch, deleted at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, insert, or_, select, update
from sqlalchemy import text as sql

from scoring.database.engine import POSTGRESQL, reading, writing
from scoring.worklist.tables import BATCHES, CHANGES, SETS

# A process that says nothing for so long is taken for dead, and another scores on where it stopped.
LEASE = timedelta(seconds=60)
# A set that no process has said it serves for so long is deleted, once the one that replaces it is complete.
KEPT = timedelta(minutes=10)
DELETED_AT_ONCE = 10


@dataclass(frozen=True)
class ScoredSet:
    """A set of scores: how many applicants the file has, and how many of them have been scored."""

    id: int
    applicants: int
    scored: int

    @property
    def complete(self) -> bool:
        """Whether all are."""
        return self.scored >= self.applicants


def served_set(engine: Engine, key: str, applicants: int, dated: bool, now: datetime) -> ScoredSet:
    """The set of a key, begun if there is none; others learn that it is served.

    Raises:
        DatabaseError: nothing was written.
    """
    with writing(engine) as connection:
        _lock(connection)
        touched = connection.execute(update(SETS).where(SETS.c.scoring_key == key).values(served_at=now))
        if touched.rowcount == 0:
            begun = {"scoring_key": key, "applicants": applicants, "scored": 0, "dated": dated, "served_at": now}
            connection.execute(insert(SETS).values(begun))
        columns = (SETS.c.id, SETS.c.applicants, SETS.c.scored)
        return ScoredSet(*connection.execute(select(*columns).where(SETS.c.scoring_key == key)).one())


def _lock(connection: Connection) -> None:
    """Two processes would begin the same set at once; SQLite has one writer anyway."""
    if connection.dialect.name == POSTGRESQL:
        connection.execute(sql("LOCK TABLE worklist_sets IN SHARE ROW EXCLUSIVE MODE"))


def take_lease(engine: Engine, found: ScoredSet, scorer: str, now: datetime) -> int | None:
    """How many are scored, for the process that scores on from there; None while another one does.

    Raises:
        DatabaseError: nothing was written.
    """
    free = or_(SETS.c.scorer == scorer, SETS.c.scorer.is_(None), SETS.c.leased_until <= now)
    with writing(engine) as connection:
        leased = connection.execute(
            update(SETS)
            .where(SETS.c.id == found.id, free)
            .values(scorer=scorer, leased_until=now + LEASE)
            .returning(SETS.c.scored)
        )
        return leased.scalar_one_or_none()


def end_lease(engine: Engine, found: ScoredSet, scorer: str) -> None:
    """Lets others score on.

    Raises:
        DatabaseError: nothing was written; the lease ends by itself.
    """
    with writing(engine) as connection:
        mine = (SETS.c.id == found.id, SETS.c.scorer == scorer)
        connection.execute(update(SETS).where(*mine).values(scorer=None, leased_until=None))


def add_batch(
    engine: Engine, found: ScoredSet, scorer: str, first: int, scores: NDArray[np.void], now: datetime
) -> bool:
    """Adds the scores of the applicants from the place `first` on, and prolongs the lease.

    Returns:
        Whether they were added: not if another process has taken over.

    Raises:
        DatabaseError: nothing was written.
    """
    still_mine = (SETS.c.id == found.id, SETS.c.scorer == scorer, SETS.c.scored == first)
    ahead = {"scored": first + len(scores), "leased_until": now + LEASE, "served_at": now}
    with writing(engine) as connection:
        if connection.execute(update(SETS).where(*still_mine).values(ahead)).rowcount == 0:
            return False
        connection.execute(insert(BATCHES).values(set_id=found.id, first=first, scores=scores.tobytes()))
        return True


def delete_others(engine: Engine, kept: ScoredSet, now: datetime) -> None:
    """Deletes the sets that no process serves any more, a few batches at a time; one that is interrupted goes on later.

    Raises:
        DatabaseError: not all could be deleted.
    """
    with writing(engine) as connection:
        old = (SETS.c.id != kept.id, SETS.c.served_at < now - KEPT)
        # From here on nobody finds a part of it.
        going = update(SETS).where(*old).values(scoring_key="deleted " + SETS.c.id.cast(SETS.c.scoring_key.type))
        gone = connection.execute(going.returning(SETS.c.id)).scalars().all()
    for set_id in gone:
        while _delete_some(engine, set_id):
            pass
        with writing(engine) as connection:
            connection.execute(delete(SETS).where(SETS.c.id == set_id))


def _delete_some(engine: Engine, set_id: int) -> bool:
    of_set = BATCHES.c.set_id == set_id
    with writing(engine) as connection:
        some = select(BATCHES.c.first).where(of_set).limit(DELETED_AT_ONCE).scalar_subquery()
        return connection.execute(delete(BATCHES).where(of_set, BATCHES.c.first.in_(some))).rowcount > 0


def renumber_changes(engine: Engine) -> None:
    """Makes up for a database that was moved to another PostgreSQL server, which counts its transactions anew.

    Raises:
        DatabaseError: nothing was written.
    """
    if engine.dialect.name != POSTGRESQL:
        return
    ahead = CHANGES.c.number >= sql("pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    with reading(engine) as connection:
        if connection.execute(select(CHANGES.c.number).where(ahead).limit(1)).first() is None:
            return
    with writing(engine) as connection:
        # A change under way must not be taken for one of these.
        connection.execute(sql("LOCK TABLE worklist_changes IN SHARE ROW EXCLUSIVE MODE"))
        connection.execute(update(CHANGES).where(ahead).values(number=0))
