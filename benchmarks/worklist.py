"""The list of applications at a million of them: the first page by filter and order, on SQLite and PostgreSQL.

`python -m benchmarks.worklist [postgresql://…]` measures; without an address, SQLite alone. Scores and cases are made up
and put into the tables directly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert, text

from scoring.database.engine import open_database, writing
from scoring.decision.rule import OUTCOMES
from scoring.people import Person
from scoring.worklist.filter import SORTS, Filter
from scoring.worklist.query import page_of
from scoring.worklist.states import CASES
from scoring.worklist.tables import ROWS, SETS

APPLICANTS = 1_000_000
FEW = 10_000
DECIDED = 200_000
AT_ONCE = 10_000
ROUNDS = 3
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ADVISER, SUPERVISOR = Person("adviser", "adviser"), Person("supervisor", "supervisor")
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


def _made_up(applicants: int) -> Iterator[list[dict[str, Any]]]:
    chance = np.random.default_rng(14)
    days = [date(2026, 8, 1) + timedelta(days=number) for number in range(120)]
    for start in range(0, applicants, AT_ONCE):
        size = min(AT_ONCE, applicants - start)
        columns = {
            "applicant_id": (100_001 + start + np.arange(size)).tolist(),
            "applied": [days[place] for place in chance.integers(0, len(days), size)],
            "amount": np.round(chance.lognormal(13, 0.6, size), 0).tolist(),
            "instalment": np.round(chance.lognormal(10, 0.5, size), 0).tolist(),
            "probability": chance.beta(1, 10, size).tolist(),
            "threshold": [0.1] * size,
            "recommendation": [OUTCOMES[place] for place in chance.integers(0, 3, size)],
            "missing": chance.integers(0, 60, size).tolist(),
        }
        yield [{"set_id": 1, **dict(zip(columns, row, strict=True))} for row in zip(*columns.values(), strict=True)]


def build(engine: Engine, applicants: int) -> None:
    """A complete set of scores."""
    with writing(engine) as connection:
        connection.execute(
            insert(SETS).values(
                id=1, scoring_key="key", applicants=applicants, scored=applicants, dated=True, served_at=NOW
            )
        )
    for rows in _made_up(applicants):
        with writing(engine) as connection:
            connection.execute(insert(ROWS), rows)
    _analysed(engine)


def _analysed(engine: Engine) -> None:
    """PostgreSQL does so by itself within a minute."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def decide(engine: Engine, decided: int) -> None:
    """Cases of the first applicants: a few worked on or waiting, the others decided; the triggers copy them."""
    for start in range(0, decided, AT_ONCE):
        with writing(engine) as connection:
            connection.execute(insert(CASES), [_case(place) for place in range(start, min(decided, start + AT_ONCE))])
    _analysed(engine)


def _case(place: int) -> dict[str, Any]:
    state = {0: "working", 1: "referred", 2: "to_confirm"}.get(place % 500, "decided")
    approved = state == "decided" and place % 4 < 3
    return {
        "applicant_id": 100_001 + place,
        "state": state,
        "holder": None if state == "decided" else "*supervisor" if place % 3 == 2 else ("adviser", "other")[place % 2],
        "outcome": "approve" if approved else "refuse" if state == "decided" else None,
        "decided_by": f"adviser{place % 20}",
        "decided_at": NOW,
        "expires_at": NOW + timedelta(days=place % 40 - 10, hours=place % 7) if approved else None,
        "version": 1,
        "changed_at": NOW,
    }


def first_pages(engine: Engine) -> dict[tuple[str, str, bool], float]:
    """Median milliseconds of the first page, by filter, order and direction."""
    taken = {}
    for (name, given), sort, descending in product(FILTERS.items(), SORTS, (False, True)):
        seconds = []
        for _ in range(ROUNDS):
            start = perf_counter()
            page_of(engine, "key", ADVISER, Filter(**given, sort=sort, descending=descending), NOW)
            seconds.append(perf_counter() - start)
        taken[name, sort, descending] = 1000 * median(seconds)
    return taken


def told(kind: str, applicants: int, decided: int, taken: dict[tuple[str, str, bool], float]) -> str:
    """One line on all of them."""
    slowest = max(taken, key=taken.__getitem__)
    return (
        f"worklist, {kind}, {applicants:,} applications, {decided:,} with a case: first page {median(taken.values()):.0f} "
        f"ms at the median of {len(taken)} filters and orders, {taken[slowest]:.0f} ms for the slowest ({slowest[0]}, by "
        f"{slowest[1]}{', descending' if slowest[2] else ''})"
    )


def measure(kind: str, few: Engine, many: Engine) -> Iterator[str]:
    """The figures of one kind of database, at few applications and many."""
    build(few, FEW)
    small = median(first_pages(few).values())
    start = perf_counter()
    build(many, APPLICANTS)
    yield f"{kind}: {APPLICANTS / (perf_counter() - start):,.0f} rows written a second"
    for decided in (0, DECIDED):
        start = perf_counter()
        decide(many, decided)
        if decided:
            yield f"{kind}: {decided / (perf_counter() - start):,.0f} cases written a second in bulk"
        taken = first_pages(many)
        yield told(kind, APPLICANTS, decided, taken)
        if "-v" in sys.argv:
            for (name, sort, descending), spent in sorted(taken.items(), key=lambda item: -item[1]):
                print(f"    {spent:5.0f} ms  {name}, {sort} {descending}")
        yield f"{kind}: {median(taken.values()) / small:.1f} times the {FEW:,} applications' ({small:.1f} ms)"


def main() -> int:
    """Prints the figures as they come."""
    with TemporaryDirectory() as scratch:
        for line in measure(
            "SQLite",
            *(open_database(f"sqlite:///{Path(scratch) / name}.db") for name in ("few", "many")),
        ):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
