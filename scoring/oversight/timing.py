"""Time from the first view of a case to its final decision, and the age of unfinished cases.

A decision is final when it stands: at once, or once it is confirmed. The clock starts when somebody who may decide
first looks at the case; after a final decision it starts anew with a reopening, or with the first look after an
approval has expired.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Engine, select

from scoring.database.engine import reading
from scoring.journal.entry import Entry
from scoring.oversight.reading import each_entry
from scoring.people import MAY
from scoring.worklist.states import APPROVED, CASES, DECIDED, REFERRED, TO_CONFIRM, WORKING

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# An applicant is to be notified of a refusal within 30 days of the application (Regulation B, 12 CFR 1002.9(a)(1)).
AGES = (1, 3, 7, 14, 30)
DUE_WITHIN = (7, 14)
NEVER = datetime.max.replace(tzinfo=UTC)
DECIDERS = frozenset(role for role, actions in MAY.items() if "decide" in actions)


@dataclass(frozen=True)
class Duration:
    """Hours from first view to final decision: the median, and what 90 % stay below; None without a decision."""

    name: str
    decisions: int
    median: float | None
    p90: float | None


@dataclass(frozen=True)
class AgeBand:
    """Unfinished cases from `least` days on, to below `most` (None: without end), by state."""

    least: int
    most: int | None
    working: int
    referred: int
    to_confirm: int


@dataclass(frozen=True)
class Due:
    """Approvals that hold still: until when at most, in days from now (None: longer); `expired` ones are 0."""

    within: int | None
    approvals: int


@dataclass(frozen=True)
class TimingReport:
    """Of final decisions since <= at < until, and of the cases as they are `now`.

    `unseen`: decided without a view before, such as by a program. `erased`: decisions whose applicant is erased.
    """

    since: datetime | None
    until: datetime | None
    now: datetime
    unseen: int
    erased: int
    whole: Duration
    advisers: tuple[Duration, ...]
    months: tuple[Duration, ...]
    ages: tuple[AgeBand, ...]
    due: tuple[Due, ...]

    @property
    def something(self) -> bool:
        """Whether there is any decision or case to report on."""
        unfinished = sum(band.working + band.referred + band.to_confirm for band in self.ages)
        approvals = sum(due.approvals for due in self.due)
        return bool(self.whole.decisions or self.unseen or self.erased or unfinished or approvals)


@dataclass
class _Clocks:
    """What is read entry by entry, with what is pending by applicant."""

    started: dict[int, datetime] = field(default_factory=dict)
    closed_until: dict[int, datetime] = field(default_factory=dict)
    waiting: dict[int, Entry] = field(default_factory=dict)
    took: list[tuple[str, datetime, float]] = field(default_factory=list)
    unseen: list[datetime] = field(default_factory=list)
    erased: list[datetime] = field(default_factory=list)


def timing_report(
    engine: Engine, now: datetime, since: datetime | None = None, until: datetime | None = None
) -> TimingReport:
    """The report.

    Raises:
        DatabaseError: the journal cannot be reached.
    """
    clocks = _Clocks()
    for entry in each_entry(engine, ("view", "decision", "confirmation", "sent_back", "reopening")):
        _count(clocks, entry)

    def within(at: datetime) -> bool:
        return (since is None or since <= at) and (until is None or at < until)

    took = [(person, f"{at:%Y-%m}", hours) for person, at, hours in clocks.took if within(at)]
    cases = _cases(engine)
    return TimingReport(
        since=since,
        until=until,
        now=now,
        unseen=sum(map(within, clocks.unseen)),
        erased=sum(map(within, clocks.erased)),
        whole=_duration("", [hours for *_, hours in took]),
        advisers=_grouped((person, hours) for person, _, hours in took),
        months=_grouped((month, hours) for _, month, hours in took),
        ages=_ages(cases, clocks.started, now),
        due=_due(cases, now),
    )


def _count(clocks: _Clocks, entry: Entry) -> None:
    if entry.payload is None:
        if entry.kind == "decision":
            clocks.erased.append(entry.at)
        return
    applicant_id = entry.applicant_id
    if applicant_id is None:
        if entry.kind == "decision" and entry.payload["outcome"] != "refer":
            clocks.unseen.append(entry.at)
        return
    match entry.kind:
        case "view" if entry.role in DECIDERS and entry.at >= clocks.closed_until.get(applicant_id, entry.at):
            clocks.started.setdefault(applicant_id, entry.at)
        case "reopening":
            clocks.closed_until.pop(applicant_id, None)
            clocks.started[applicant_id] = entry.at
        case "decision" if entry.payload["state"] == TO_CONFIRM:
            clocks.waiting[applicant_id] = entry
        case "decision" if entry.payload["state"] == DECIDED:
            _finish(clocks, entry, entry)
        case "confirmation" if applicant_id in clocks.waiting:
            _finish(clocks, clocks.waiting.pop(applicant_id), entry)
        case "sent_back":
            clocks.waiting.pop(applicant_id, None)


def _finish(clocks: _Clocks, decision: Entry, last: Entry) -> None:
    assert decision.applicant_id is not None
    assert decision.payload is not None
    started = clocks.started.pop(decision.applicant_id, None)
    if started is None:
        clocks.unseen.append(last.at)
    else:
        clocks.took.append((decision.person, last.at, (last.at - started) / HOUR))
    expires = decision.payload.get("expires_at")
    # A confirmed approval holds from its confirmation on.
    holds_until = datetime.fromisoformat(expires) + (last.at - decision.at) if expires else NEVER
    clocks.closed_until[decision.applicant_id] = holds_until


def _grouped(named: Iterable[tuple[str, float]]) -> tuple[Duration, ...]:
    found: dict[str, list[float]] = defaultdict(list)
    for name, hours in named:
        found[name].append(hours)
    return tuple(_duration(name, hours) for name, hours in sorted(found.items()))


def _duration(name: str, hours: list[float]) -> Duration:
    if not hours:
        return Duration(name, 0, None, None)
    median, p90 = np.quantile(hours, (0.5, 0.9))
    return Duration(name, len(hours), float(median), float(p90))


def _cases(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(CASES)).all())


def _ages(cases: list[Any], started: dict[int, datetime], now: datetime) -> tuple[AgeBand, ...]:
    """Unfinished cases by age since their first view, or since they last changed where none is known."""
    found: Counter[tuple[int, str]] = Counter()
    for case in cases:
        if case.state in (WORKING, REFERRED, TO_CONFIRM):
            days = (now - started.get(case.applicant_id, case.changed_at)) / DAY
            found[sum(days >= least for least in AGES), case.state] += 1
    edges = (0, *AGES, None)
    return tuple(
        AgeBand(least or 0, most, found[index, WORKING], found[index, REFERRED], found[index, TO_CONFIRM])
        for index, (least, most) in enumerate(pairwise(edges))
    )


def _due(cases: list[Any], now: datetime) -> tuple[Due, ...]:
    ends = [
        (case.expires_at - now) / DAY
        for case in cases
        if case.state == DECIDED and case.outcome == APPROVED and case.expires_at is not None
    ]
    found = Counter(next((limit for limit in (0, *DUE_WITHIN) if days <= limit), None) for days in ends)
    return tuple(Due(limit, found[limit]) for limit in (0, *DUE_WITHIN, None))
