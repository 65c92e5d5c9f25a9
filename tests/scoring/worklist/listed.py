"""Sets of scores and cases for tests, put into the database directly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert

from scoring.database.engine import writing
from scoring.people import Person
from scoring.worklist.states import CASES
from scoring.worklist.tables import ROWS, SETS

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ADA, BEN, EVE = Person("ada", "adviser"), Person("ben", "adviser"), Person("eve", "supervisor")


def put_set(engine: Engine, key: str, rows: Iterable[Mapping[str, Any]], applicants: int | None = None) -> None:
    """A set of scores; what a row leaves out is not known."""
    blank = dict.fromkeys(("applied", "amount", "instalment", "probability", "threshold", "recommendation"))
    values = [{**blank, "missing": 0, **row} for row in rows]
    with writing(engine) as connection:
        set_id = connection.execute(
            insert(SETS)
            .values(
                scoring_key=key,
                applicants=len(values) if applicants is None else applicants,
                scored=len(values),
                dated=any(row["applied"] for row in values),
                served_at=NOW,
            )
            .returning(SETS.c.id)
        ).scalar_one()
        if values:
            connection.execute(insert(ROWS), [{**row, "set_id": set_id} for row in values])


def put_case(engine: Engine, applicant_id: int, state: str, **columns: Any) -> None:
    """A case; triggers copy it beside the scores that are there."""
    with writing(engine) as connection:
        connection.execute(
            insert(CASES).values(applicant_id=applicant_id, state=state, version=1, changed_at=NOW, **columns)
        )
