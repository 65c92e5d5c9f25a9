"""The table of cases, and the one definition of a case's state for the person who looks at the list.

A case begins when somebody works on an application; without a row it is open. `scoring.cases` writes the table, and
triggers number each change of it (see `scoring.worklist.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Column, Integer, Table, Text

from scoring.database.metadata import METADATA
from scoring.database.moment import Moment
from scoring.people import Person

# open: nobody has decided it, though somebody else may be working on it. mine: it is for this person to go on
# with. waiting: a colleague is to go on with it. expired: it was approved, but the approval holds no longer.
State = Literal["open", "mine", "waiting", "decided", "expired"]
STATES: tuple[State, ...] = get_args(State)

CaseState = Literal["working", "referred", "to_confirm", "decided"]
WORKING, REFERRED, TO_CONFIRM, DECIDED = get_args(CaseState)
APPROVED = "approve"
# The holder of a case that any supervisor may go on with.
ANY_SUPERVISOR = "*supervisor"

# How long a case that somebody has opened is theirs; not touched for longer, it is nobody's again.
CLAIM = timedelta(minutes=30)

# How arrays distinguish cases: none, the states above, and approvals, which hold only so long.
KINDS = ("none", WORKING, REFERRED, TO_CONFIRM, DECIDED, APPROVED)
NONE, WORKED, HANDED, CONFIRMED, ENDED, HOLDS = range(len(KINDS))
USUAL = np.array(
    [STATES.index(state) for state in ("open", "open", "waiting", "waiting", "decided", "decided")], np.uint8
)
"""Kind -> index in `STATES` of what it is for somebody whom it does not concern."""
NOBODY = -1
FOREVER = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

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


@dataclass(frozen=True)
class CaseColumns:
    """The cases of n applications beside each other, arrays of shape (n,).

    `kind` is an index in `KINDS`; `holder` and `decider` number the people (`NOBODY`: none); `until`, in microseconds
    since 1970, says how long an approval holds, or how long a case is left to who works on it.
    """

    kind: NDArray[np.uint8]
    holder: NDArray[np.int32]
    decider: NDArray[np.int32]
    until: NDArray[np.int64]


def seen_by(cases: CaseColumns, person: Person, numbers: Mapping[str, int], now: datetime) -> NDArray[np.uint8]:
    """The state of each application for a person at a moment, as an index in `STATES`, shape (n,).

    What is referred to any supervisor, or waits for confirmation, is every supervisor's except that of whoever decided
    it: nobody confirms their own decision. What a person opened, but has left for long, is open again.

    Args:
        numbers: the number of each person who holds or decided a case.
    """
    states = USUAL[cases.kind]
    at, me = microseconds(now), numbers.get(person.name, NOBODY - 1)
    any_supervisor = numbers.get(ANY_SUPERVISOR, NOBODY - 1) if person.may("confirm") else NOBODY - 1
    under_way = np.flatnonzero((cases.kind >= WORKED) & (cases.kind <= CONFIRMED))
    kind, holder, others = cases.kind[under_way], cases.holder[under_way], cases.decider[under_way] != me
    named = holder == me
    mine = (kind == WORKED) & named & (cases.until[under_way] > at)
    mine |= (kind == HANDED) & (named | (others & (holder == any_supervisor)))
    mine |= (kind == CONFIRMED) & others & (named | (holder == any_supervisor))
    states[under_way[mine]] = STATES.index("mine")
    approved = np.flatnonzero(cases.kind == HOLDS)
    states[approved[cases.until[approved] <= at]] = STATES.index("expired")
    return states


def claimed_by_others(
    cases: CaseColumns, person: Person, numbers: Mapping[str, int], now: datetime
) -> NDArray[np.bool_]:
    """Which applications somebody else is working on, shape (n,)."""
    claimed: NDArray[np.bool_] = (cases.kind == WORKED) & (cases.until > microseconds(now))
    return claimed & (cases.holder != numbers.get(person.name, NOBODY - 1))


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)
