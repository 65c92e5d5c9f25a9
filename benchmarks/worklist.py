"""Measures the list at a million applications: its first page by filter and order, its memory, and scoring for it.

`python -m benchmarks.worklist [postgresql://USER@HOST/EMPTY_DATABASE]` measures on SQLite or there. The scores and
cases of the million are made up and put into the tables directly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, insert, update

from benchmarks.batch import grown
from benchmarks.demo import demo_service
from scoring.applicants.store import open_applicants
from scoring.database.engine import open_database, writing
from scoring.people import Person
from scoring.serving.service import Service, assess
from scoring.worklist.filter import RECOMMENDATIONS, SORTS, Filter
from scoring.worklist.query import next_one, page_of
from scoring.worklist.scorer import keep_complete
from scoring.worklist.states import CASES
from scoring.worklist.tables import BATCHES, SCORES, SETS

APPLICANTS = 1_000_000
FEW = 10_000
DECIDED = 200_000
AT_ONCE = 5_000
# Copies of the demo's 3,000 applicants that are scored.
COPIES = 5
PAGES_DURING_SCORING = 100
ROUNDS = 3
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ADVISER = Person("adviser", "adviser")
FILTERS: dict[str, dict[str, Any]] = {
    "no filter": {},
    "open": {"states": frozenset({"open"})},
    "open or mine": {"states": frozenset({"open", "mine"})},
    "mine": {"states": frozenset({"mine"})},
    "waiting": {"states": frozenset({"waiting"})},
    "decided": {"states": frozenset({"decided"})},
    "expired": {"states": frozenset({"expired"})},
    "refer": {"recommendations": frozenset({"refer"})},
    "unscored": {"recommendations": frozenset({"unscored"})},
    "amounts, many": {"least_amount": 100_000.0, "most_amount": 900_000.0},
    "amounts, few": {"least_amount": 500_000.0, "most_amount": 500_100.0},
    "id prefix": {"id_prefix": "12"},
    "due in 5 days": {"due_within_days": 5},
    "open, refuse, amounts": {
        "states": frozenset({"open"}),
        "recommendations": frozenset({"refuse"}),
        "least_amount": 300_000.0,
    },
}


def _made_up(applicants: int) -> NDArray[np.void]:
    chance = np.random.default_rng(14)
    scores = np.zeros(applicants, SCORES)
    scores["applicant_id"] = 100_001 + np.arange(applicants)
    scores["applied"] = chance.integers(20_600, 20_720, applicants)
    scores["amount"] = np.round(chance.lognormal(13, 0.6, applicants))
    scores["instalment"] = np.round(chance.lognormal(10, 0.5, applicants))
    scores["probability"] = chance.beta(1, 10, applicants)
    scores["missing"] = chance.integers(0, 60, applicants)
    scores["recommendation"] = chance.integers(0, len(RECOMMENDATIONS), applicants)
    return scores


def build(engine: Engine, key: str, applicants: int) -> None:
    """A complete set of scores."""
    of_set = {"scoring_key": key, "applicants": applicants, "scored": applicants, "dated": True, "served_at": NOW}
    with writing(engine) as connection:
        set_id = connection.execute(insert(SETS).values(of_set).returning(SETS.c.id)).scalar_one()
    scores = _made_up(applicants)
    for first in range(0, applicants, AT_ONCE):
        with writing(engine) as connection:
            batch = scores[first : first + AT_ONCE].tobytes()
            connection.execute(insert(BATCHES).values(set_id=set_id, first=first, scores=batch))


def decide(engine: Engine, decided: int) -> None:
    """Cases of the first applicants: a few worked on or waiting, the others decided; the triggers number them."""
    for start in range(0, decided, AT_ONCE):
        with writing(engine) as connection:
            connection.execute(insert(CASES), [_case(rank) for rank in range(start, min(decided, start + AT_ONCE))])


def _case(rank: int) -> dict[str, Any]:
    state = {0: "working", 1: "referred", 2: "to_confirm"}.get(rank % 500, "decided")
    approved = state == "decided" and rank % 4 < 3
    return {
        "applicant_id": 100_001 + rank,
        "state": state,
        "holder": None if state == "decided" else "*supervisor" if rank % 3 == 2 else ("adviser", "other")[rank % 2],
        "outcome": "approve" if approved else "refuse" if state == "decided" else None,
        "decided_by": f"adviser{rank % 20}",
        "decided_at": NOW,
        "expires_at": NOW + timedelta(days=rank % 40 - 10, hours=rank % 7) if approved else None,
        "version": 1,
        "changed_at": NOW,
    }


def first_pages(engine: Engine, key: str) -> dict[str, float]:
    """Median milliseconds of the first page, by filter and order."""
    taken = {}
    for (name, given), sort, descending in product(FILTERS.items(), SORTS, (False, True)):
        wanted = Filter(**given, sort=sort, descending=descending)
        seconds = [_seconds(lambda wanted=wanted: page_of(engine, key, ADVISER, wanted, NOW)) for _ in range(ROUNDS)]
        taken[f"{name}, by {sort}{', descending' if descending else ''}"] = 1000 * median(seconds)
    return taken


def _seconds(run: Any) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def pages(kind: str, engine: Engine) -> Iterator[str]:
    """The first page at a million applications, with and without cases, beside that at ten thousand."""
    build(engine, "few", FEW)
    small = median(first_pages(engine, "few").values())
    begun = perf_counter()
    build(engine, "many", APPLICANTS)
    yield f"worklist on {kind}: {APPLICANTS / (perf_counter() - begun):,.0f} scores written a second"
    before = _resident()
    opened = _seconds(lambda: page_of(engine, "many", ADVISER, Filter(), NOW))
    yield f"worklist on {kind}: {APPLICANTS:,} applications read in {opened:.2f} s, once in each process"
    for decided in (0, DECIDED):
        read = _seconds(lambda decided=decided: decide(engine, decided))
        if decided:
            yield f"worklist on {kind}: {decided / read:,.0f} cases written a second, {AT_ONCE:,} at a time"
            read = _seconds(lambda: page_of(engine, "many", ADVISER, Filter(), NOW))
            yield f"worklist on {kind}: {decided / read:,.0f} changed cases taken in a second"
        taken = first_pages(engine, "many")
        middle, slowest = median(taken.values()), max(taken, key=taken.__getitem__)
        yield (
            f"worklist on {kind}, {APPLICANTS:,} applications, {decided:,} with a case: first page {middle:.1f} ms at "
            f"the median of {len(taken)} filters and orders ({middle / small:.1f} times that of {FEW:,}), "
            f"{taken[slowest]:.1f} ms for the slowest ({slowest})"
        )
    last = Filter(sort="probability", page=APPLICANTS // 50)
    yield f"worklist on {kind}: last page {1000 * _seconds(lambda: page_of(engine, 'many', ADVISER, last, NOW)):.1f} ms"
    following = Filter(sort="probability")
    seconds = [_seconds(lambda: next_one(engine, "many", ADVISER, following, 500_000, NOW)) for _ in range(9)]
    yield f"worklist on {kind}: next application {1000 * median(seconds):.1f} ms"
    grown_by = (_resident() - before) / APPLICANTS
    yield f"worklist on {kind}: memory {grown_by:.0f} bytes for each application, all pages included"


def _resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def scoring(engine: Engine, service: Service) -> Iterator[str]:
    """Applicants scored in the background a second, and what it costs a reader who scores one meanwhile."""
    assert service.applicants is not None
    ids = service.applicants.ids.tolist()

    def read() -> float:
        return median(_seconds(lambda rank=rank: assess(service, ids[rank], {}, "en")) for rank in READ)

    read()
    quiet = read()
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "applicants.parquet"
        rows = grown(COPIES, path)
        longer = Service(service.artifact, open_applicants(path, service.artifact.history_names))
        with _in_background(engine, longer) as ended:
            busy, writes = [], []
            while not ended.is_set():
                busy.append(read())
                writes.append(_seconds(lambda: _write_one(engine)))
        yield f"worklist: a reader waits {median(busy) / quiet:.1f} times as long for a score while others are scored"
        middle, longest = 1000 * median(writes), 1000 * max(writes)
        yield f"worklist: a case is written in {middle:.1f} ms meanwhile, in {longest:.1f} ms at most"
        build_seconds = _seconds(lambda: keep_complete(_fresh(scratch), longer, "alone", lambda: False))
        yield f"worklist: {rows / build_seconds:,.0f} applicants scored a second in the background"


def _write_one(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(CASES).where(CASES.c.applicant_id == 100_001).values(changed_at=datetime.now(UTC)))


READ = range(0, PAGES_DURING_SCORING, 5)


def _fresh(scratch: str) -> Engine:
    return open_database(f"sqlite:///{scratch}/fresh.db")


@contextmanager
def _in_background(engine: Engine, service: Service) -> Iterator[Event]:
    ended = Event()

    def work() -> None:
        keep_complete(engine, service, "background", lambda: False)
        ended.set()

    thread = Thread(target=work)
    thread.start()
    yield ended
    thread.join()


def worklist(service: Service, url: str | None = None) -> Iterator[str]:
    """All figures on SQLite, or on the empty PostgreSQL database at an address."""
    with TemporaryDirectory() as scratch:
        engine = open_database(url or f"sqlite:///{scratch}/journal.db")
        yield from pages("PostgreSQL" if url else "SQLite", engine)
        yield from scoring(engine, service)


def main() -> int:
    """Prints the figures as they come."""
    for line in worklist(demo_service(), sys.argv[1] if len(sys.argv) > 1 else None):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
