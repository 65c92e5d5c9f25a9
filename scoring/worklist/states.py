"""The table of cases, and the one expression of how far a case is for the person who asks.

A case begins when somebody works on an application; without a row it is open. `scoring.cases` writes the table, and
triggers copy each change beside the applicant's scores (see `scoring.worklist.tables`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import BigInteger, Column, ColumnElement, Integer, Table, Text, and_, case, false, or_

from scoring.database.metadata import METADATA
from scoring.database.moment import Moment
from scoring.people import Person

# open: nobody has decided it, though somebody else may be working on it. mine: it is for the person who asks to go on
# with. waiting: a colleague is to go on with it. expired: it was approved, but the approval holds no longer.
State = Literal["open", "mine", "waiting", "decided", "expired"]
STATES: tuple[State, ...] = get_args(State)

CaseState = Literal["working", "referred", "to_confirm", "decided"]
WORKING, REFERRED, TO_CONFIRM, DECIDED = get_args(CaseState)
APPROVED = "approve"
# The holder of a case that any supervisor may go on with.
ANY_SUPERVISOR = "*supervisor"

CASES = Table(
    "cases",
    METADATA,
    Column("applicant_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    # Who works on it, or to whom it is referred: a person's name, or ANY_SUPERVISOR.
    Column("holder", Text),
    Column("outcome", Text),
    Column("decided_by", Text),
    Column("decided_at", Moment),
    # The journal's entry with the decision.
    Column("entry", BigInteger),
    # Until when an approval holds.
    Column("expires_at", Moment),
    Column("version", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
)


def state_for(columns: Any, person: Person, now: datetime) -> ColumnElement[str]:
    """The `State` of a case for a person at a moment, in SQL.

    What is referred to any supervisor, or waits for confirmation, is every supervisor's except that of whoever decided
    it: nobody confirms their own decision.

    Args:
        columns: of `CASES`, or of a table that holds the same ones; all of them NULL if there is no case.
    """
    named = columns.holder == person.name
    for_supervisors = columns.holder == ANY_SUPERVISOR if person.may("confirm") else false()
    another_decided = columns.decided_by.is_distinct_from(person.name)
    mine = or_(
        and_(columns.state == WORKING, named),
        and_(columns.state == REFERRED, named | (for_supervisors & another_decided)),
        and_(columns.state == TO_CONFIRM, named | for_supervisors, another_decided),
    )
    return case(
        (columns.state.is_(None), "open"),
        (mine, "mine"),
        (columns.state == WORKING, "open"),
        (columns.state.in_((REFERRED, TO_CONFIRM)), "waiting"),
        (expiring(columns) & (columns.expires_at <= now), "expired"),
        else_="decided",
    )


def expiring(columns: Any) -> ColumnElement[bool]:
    """Whether a case is an approval that holds only so long."""
    return and_(columns.state == DECIDED, columns.outcome == APPROVED, columns.expires_at.is_not(None))
