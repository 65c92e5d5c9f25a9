"""The decisions of a journal as reports count them, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Engine

from scoring.answers.applicant import CostUnit, Outcome
from scoring.assessment.interval import wilson
from scoring.journal.entry import Entry
from scoring.oversight.reading import each_entry
from scoring.worklist.states import TO_CONFIRM

# stands: at once or confirmed. waits: for a second pair of eyes. referred: to a colleague. sent_back: never stood.
Status = Literal["stands", "waits", "referred", "sent_back"]


@dataclass(frozen=True, slots=True)
class Made:
    """A decision as it was made. `final_at` is when it began to stand; `costs` are expected, of either choice.

    `confirmed`, `sent_back` and `reopened` say what followed; an application without an id was typed in.
    """

    number: int
    at: datetime
    person: str
    applicant_id: int | None
    recommendation: Outcome
    outcome: Outcome
    reason_code: str
    probability: float
    cost_of_approval: float
    cost_of_refusal: float
    cost_unit: CostUnit
    status: Status
    final_at: datetime | None
    confirmed: bool
    reopened: bool

    @property
    def departs(self) -> bool:
        """Whether it is another than the model recommended."""
        return self.outcome != self.recommendation

    @property
    def month(self) -> str:
        """The month in which it was made, such as 2026-11 (UTC)."""
        return f"{self.at:%Y-%m}"


@dataclass(frozen=True)
class Decisions:
    """All decisions of a period in order, and how many more there are whose applicant is erased."""

    made: list[Made]
    erased: int


@dataclass(frozen=True)
class Steps:
    """What followed decisions, by the number of the decision's entry."""

    confirmed: dict[int, datetime] = field(default_factory=dict)
    sent_back: set[int] = field(default_factory=set)
    reopened: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class KnownOutcome:
    """What became of an applicant's loan: 1 for payment difficulties, else 0; `entry` says so, `known_on` if given."""

    target: int
    known_on: date | None
    entry: int


def read_decisions(
    engine: Engine, since: datetime | None = None, until: datetime | None = None, revision: str | None = None
) -> Decisions:
    """The decisions made since <= at < until, with what followed until now; those with one revision, if it is given.

    With which model an erased decision was made is not known: it counts as erased all the same.

    Raises:
        DatabaseError: the journal cannot be reached.
    """
    steps, made, erased = read_steps(engine), [], 0
    for entry in each_entry(engine, ("decision",), since, until):
        if entry.payload is None:
            erased += 1
        elif revision is None or entry.payload["model"]["revision"] == revision:
            made.append(_made(entry, entry.payload, steps))
    return Decisions(made, erased)


def read_steps(engine: Engine) -> Steps:
    """Confirmations, what was sent back, and reopenings; of an erased applicant there is nothing to say."""
    steps = Steps()
    for entry in each_entry(engine, ("confirmation", "sent_back", "reopening")):
        number = (entry.payload or {}).get("decision")
        if number is None:
            continue
        if entry.kind == "confirmation":
            steps.confirmed[number] = entry.at
        else:
            (steps.sent_back if entry.kind == "sent_back" else steps.reopened).add(number)
    return steps


def read_outcomes(engine: Engine) -> dict[int, KnownOutcome]:
    """The outcome of each applicant of whom one is recorded, corrections applied."""
    found: dict[int, KnownOutcome] = {}
    for entry in each_entry(engine, ("outcome",)):
        if entry.payload is not None and entry.applicant_id is not None:
            known_on = entry.payload["known_on"]
            day = date.fromisoformat(known_on) if known_on else None
            found[entry.applicant_id] = KnownOutcome(entry.payload["target"], day, entry.number)
    return found


def in_force(decisions: Decisions) -> dict[int, Made]:
    """Of each applicant, the last approval or refusal that stood: an outcome is about this one."""
    return {
        made.applicant_id: made
        for made in sorted(decisions.made, key=lambda made: made.number)
        if made.applicant_id is not None and made.status == "stands"
    }


def _made(entry: Entry, payload: dict[str, Any], steps: Steps) -> Made:
    number, costs = entry.number, payload["expected_cost"]
    status = _status(number, payload, steps)
    return Made(
        number=number,
        at=entry.at,
        person=entry.person,
        applicant_id=entry.applicant_id,
        recommendation=payload["recommendation"],
        outcome=payload["outcome"],
        reason_code=payload["reason_code"],
        probability=float(payload["probability"]),
        cost_of_approval=float(costs["approve"]),
        cost_of_refusal=float(costs["refuse"]),
        cost_unit=costs["unit"],
        status=status,
        final_at=steps.confirmed.get(number, entry.at) if status == "stands" else None,
        confirmed=number in steps.confirmed,
        reopened=number in steps.reopened,
    )


def _status(number: int, payload: dict[str, Any], steps: Steps) -> Status:
    if payload["outcome"] == "refer":
        return "referred"
    if payload["state"] != TO_CONFIRM or number in steps.confirmed:
        return "stands"
    return "sent_back" if number in steps.sent_back else "waits"


@dataclass(frozen=True)
class Rate:
    """How many of how many, with the share and its 95 % interval (Wilson, 1927); None of nothing."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


def rate(count: int, of: int) -> Rate:
    """A share with its interval."""
    if not of:
        return Rate(count, of, None, None, None)
    return Rate(count, of, count / of, *wilson(count / of, of))
