"""The row of one case: read, locked for one step, and written. Who may do what is in `scoring.cases.steps`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy import text as sql

from scoring.cases.orders import Standing
from scoring.worklist.states import APPROVED, CASES, DECIDED

POSTGRESQL = "postgresql"


def hold(connection: Connection, applicant_id: int) -> None:
    """Keeps every other step on this case waiting until this transaction ends (SQLite has one writer anyway)."""
    if connection.dialect.name == POSTGRESQL:
        connection.execute(sql("SELECT pg_advisory_xact_lock(:applicant_id)"), {"applicant_id": applicant_id})


def standing(connection: Connection, applicant_id: int, now: datetime) -> Standing:
    """How a case stands now."""
    row = connection.execute(select(CASES).where(CASES.c.applicant_id == applicant_id)).mappings().one_or_none()
    if row is None:
        return Standing()
    found = Standing(**{name: value for name, value in row.items() if name != "applicant_id"})
    approved = found.state == DECIDED and found.outcome == APPROVED
    ended = approved and found.expires_at is not None and found.expires_at <= now
    return replace(found, state="expired") if ended else found


def forget(connection: Connection, applicant_id: int) -> None:
    """Deletes the case of an applicant who is erased."""
    connection.execute(delete(CASES).where(CASES.c.applicant_id == applicant_id))


def write(connection: Connection, applicant_id: int, **columns: Any) -> None:
    """Replaces the row of a case; columns that are not given are empty."""
    whole = {column.name: columns.get(column.name) for column in CASES.c if column.name != "applicant_id"}
    if connection.execute(update(CASES).where(CASES.c.applicant_id == applicant_id).values(whole)).rowcount == 0:
        connection.execute(insert(CASES).values(applicant_id=applicant_id, **whole))
