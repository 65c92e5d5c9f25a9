"""Pages of the list, and the next application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from scoring.answers.applicant import Outcome
from scoring.arrays import Floats, or_none
from scoring.people import Person
from scoring.worklist.filter import MOST_DIGITS, RECOMMENDATIONS, Filter
from scoring.worklist.states import (
    ENDED,
    EPOCH,
    HOLDS,
    NOBODY,
    STATES,
    WORKED,
    State,
    claimed_by_others,
    microseconds,
    seen_by,
)
from scoring.worklist.tables import NO_DATE
from scoring.worklist.view import View, view_of

# What Next leads to unless the filter names other states.
TO_DO: frozenset[State] = frozenset({"open", "mine"})


@dataclass(frozen=True)
class Row:
    """An application in the list.

    `recommendation` and `probability` are None where a value on file is not allowed. `holder` is who works on it, to
    whom it is referred (`ANY_SUPERVISOR`: any of them), or who decided it; `due` until when an approval holds.
    """

    applicant_id: int
    applied: date | None
    amount: float | None
    instalment: float | None
    probability: float | None
    recommendation: Outcome | None
    missing: int
    state: State
    holder: str | None
    due: datetime | None


@dataclass(frozen=True)
class Page:
    """A page of the list; `total` applications pass the filter.

    `counts` are of all applications scored, filtered or not, by state. `progress` is the share of the file that has
    been scored; applications are in the list from when they are. `dated`: whether the file has dates.
    """

    rows: list[Row]
    total: int
    counts: dict[State, int]
    progress: float
    dated: bool


def page_of(engine: Engine, key: str, person: Person, wanted: Filter, now: datetime) -> Page:
    """A page of the applications scored under a key (`scoring.worklist.key`), as that person sees them.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with view_of(engine, key) as view:
        if view is None:
            return Page([], 0, dict.fromkeys(STATES, 0), 0.0, False)
        states = seen_by(view.cases, person, view.numbers, now)
        counted = np.bincount(states, minlength=len(STATES)).tolist()
        indices = np.flatnonzero(_passing(view, wanted, _among(states, wanted.states or frozenset(STATES)), now))
        first = (wanted.page - 1) * wanted.page_size
        chosen = _ordered(_keys(view, indices, wanted), first, wanted.page_size)
        return Page(
            rows=[_row(view, int(index), STATES[states[index]], now) for index in indices[chosen]],
            total=len(indices),
            counts=dict(zip(STATES, counted, strict=True)),
            progress=view.size / view.applicants,
            dated=view.dated,
        )


def next_one(
    engine: Engine, key: str, person: Person, wanted: Filter, after_id: int | None, now: datetime
) -> int | None:
    """The first application after another, in the filter's order, for this person to work on; None at the end.

    What is decided, or somebody else is working on, is passed over; so is what waits for a colleague or has expired,
    unless the filter names these states. After None, or an id that is not in the list, comes the first of all.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with view_of(engine, key) as view:
        if view is None:
            return None
        states = seen_by(view.cases, person, view.numbers, now)
        passing = _passing(view, wanted, _among(states, (wanted.states or TO_DO) - {"decided"}), now)
        passing &= ~claimed_by_others(view.cases, person, view.numbers, now)
        ids, indices = view["applicant_id"], np.flatnonzero(passing)
        keys = _keys(view, indices, wanted)
        at = np.flatnonzero(ids == after_id) if after_id is not None else np.empty(0, np.intp)
        if len(at):
            passed = _keys(view, at, wanted)
            later = (keys > passed) | ((keys == passed) & (indices > at))
            indices, keys = indices[later], keys[later]
        chosen = _ordered(keys, 0, 1)
        return int(ids[indices[chosen[0]]]) if len(chosen) else None


def _among(states: NDArray[np.uint8], wanted: frozenset[State]) -> NDArray[np.bool_]:
    return np.array([state in wanted for state in STATES])[states]


def _passing(view: View, wanted: Filter, passing: NDArray[np.bool_], now: datetime) -> NDArray[np.bool_]:
    """Which applications pass the filter, besides that of states."""
    if wanted.recommendations:
        passing &= np.array([name in wanted.recommendations for name in RECOMMENDATIONS])[view["recommendation"]]
    if wanted.least_amount is not None:
        passing &= view["amount"] >= wanted.least_amount
    if wanted.most_amount is not None:
        passing &= view["amount"] <= wanted.most_amount
    if wanted.id_prefix:
        begins = np.zeros_like(passing)
        for low, high in _ranges(wanted.id_prefix, view["applicant_id"]):
            begins[low:high] = True
        passing &= begins
    if wanted.due_within_days is not None:
        last = microseconds(now + timedelta(days=wanted.due_within_days))
        until = view.cases.until
        passing &= (view.cases.kind == HOLDS) & (until > microseconds(now)) & (until <= last)
    return passing


def _ranges(prefix: str, ids: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The places of the ids that begin with these digits, from and up to: a range for each length of an id."""
    if not len(ids) or (prefix[0] == "0" and prefix != "0"):
        return []
    first, scales = int(prefix), (10**digits for digits in range(MOST_DIGITS - len(prefix) + 1))
    ends = ((first * scale, (first + 1) * scale - 1) for scale in scales if first or scale == 1)
    # A number beyond all ids would make numpy convert them to objects.
    near = [(low, min(high, int(ids[-1]))) for low, high in ends if low <= ids[-1]]
    return [
        (int(np.searchsorted(ids, low)), int(np.searchsorted(ids, high, side="right")))
        for low, high in near
        if high >= ids[0]
    ]


def _keys(view: View, indices: NDArray[np.intp], wanted: Filter) -> Floats:
    """What these applications are sorted by, ascending and then by place; infinite where it is not known."""
    if wanted.sort == "id":
        # Ids ascend with their places.
        return np.negative(indices, dtype=np.float64) if wanted.descending else indices.astype(np.float64)
    if wanted.sort == "date":
        days = view["applied"][indices]
        keys = np.where(days == NO_DATE, np.nan, days)
    else:
        keys = view[wanted.sort][indices].astype(np.float64)
    if wanted.descending:
        np.negative(keys, out=keys)
    keys[np.isnan(keys)] = np.inf
    return keys


def _ordered(keys: Floats, first: int, count: int) -> NDArray[np.intp]:
    """The indices of `count` keys from the place `first` of their order on; of equal ones, the earlier comes first.

    Only those near the page are sorted.
    """
    end = min(first + count, len(keys))
    if first >= end:
        return np.empty(0, np.intp)
    low, high = np.partition(keys, (first, end - 1))[[first, end - 1]]
    near = np.flatnonzero((keys >= low) & (keys <= high))
    start = first - np.count_nonzero(keys < low)
    return near[np.argsort(keys[near], kind="stable")][start : start + end - first]


def _row(view: View, index: int, state: State, now: datetime) -> Row:
    cases = view.cases
    kind, until = cases.kind[index], int(cases.until[index])
    named = cases.decider[index] if kind in (ENDED, HOLDS) else cases.holder[index]
    left = kind == WORKED and until <= microseconds(now)
    recommended = RECOMMENDATIONS[view["recommendation"][index]]
    days = int(view["applied"][index])
    return Row(
        applicant_id=int(view["applicant_id"][index]),
        applied=None if days == NO_DATE else (EPOCH + timedelta(days=days)).date(),
        amount=or_none(view["amount"][index]),
        instalment=or_none(view["instalment"][index]),
        probability=or_none(view["probability"][index]),
        recommendation=None if recommended == "unscored" else recommended,
        missing=int(view["missing"][index]),
        state=state,
        holder=None if named == NOBODY or left else view.people[named],
        due=EPOCH + timedelta(microseconds=until) if kind == HOLDS else None,
    )
