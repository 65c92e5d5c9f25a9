"""Sets of scores and cases for tests, put into the database directly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert

from scoring.database.engine import writing
from scoring.people import Person
from scoring.worklist.filter import RECOMMENDATIONS
from scoring.worklist.states import CASES
from scoring.worklist.tables import BATCHES, NO_DATE, SCORES, SETS

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ADA, BEN, EVE = Person("ada", "adviser"), Person("ben", "adviser"), Person("eve", "supervisor")


def scores_of(rows: Iterable[Mapping[str, Any]]) -> np.ndarray:
    """A batch's scores; what a row leaves out is not known."""
    return np.array(
        [
            (
                row["applicant_id"],
                *(np.nan if row.get(name) is None else row[name] for name in ("amount", "instalment", "probability")),
                (row["applied"] - date(1970, 1, 1)).days if row.get("applied") else NO_DATE,
                row.get("missing", 0),
                RECOMMENDATIONS.index(row.get("recommendation") or "unscored"),
            )
            for row in rows
        ],
        SCORES,
    )


def put_set(engine: Engine, key: str, rows: Iterable[Mapping[str, Any]], applicants: int | None = None) -> int:
    """A set of scores in one batch; its number."""
    scores = scores_of(sorted(rows, key=lambda row: row["applicant_id"]))
    with writing(engine) as connection:
        values = {
            "scoring_key": key,
            "applicants": len(scores) if applicants is None else applicants,
            "scored": 0,
            "dated": bool((scores["applied"] != NO_DATE).any()),
            "served_at": NOW,
        }
        set_id: int = connection.execute(insert(SETS).values(values).returning(SETS.c.id)).scalar_one()
    put_batch(engine, set_id, 0, scores)
    return set_id


def put_batch(engine: Engine, set_id: int, first: int, scores: np.ndarray) -> None:
    """One more batch."""
    if len(scores):
        with writing(engine) as connection:
            connection.execute(insert(BATCHES).values(set_id=set_id, first=first, scores=scores.tobytes()))


def put_case(engine: Engine, applicant_id: int, state: str, **columns: Any) -> None:
    """A case, whatever it was before."""
    columns = {"changed_at": NOW, "version": 1, **columns}
    with writing(engine) as connection:
        connection.execute(CASES.delete().where(CASES.c.applicant_id == applicant_id))
        connection.execute(insert(CASES).values(applicant_id=applicant_id, state=state, **columns))
