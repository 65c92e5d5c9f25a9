"""What one applicant can change, as candidates: the loan along its levers, and the credit history by its scenarios.

A *lever* scales the fields that `fields.csv` assigns to it by one factor: the amount with its instalment, so that the
term stays (a down payment, where the loan buys goods); the goods price with both; the amount alone, so that the loan
ends sooner; the instalment alone, so that it lasts longer. A scenario is a step of `scoring.applicants.scenarios`. No
plan sells a loan below the lender's price for its term, or below the application's own rate where that is lower, and
none asks an applicant to find more than `MOST_TO_FIND`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.applicants.applicant import Applicant
from scoring.applicants.scenarios import HistoryChange
from scoring.arrays import Columns, Floats
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT, INSTALMENT, RATE, TERM
from scoring.lender.terms import MOST_TO_FIND, lowest_rate
from scoring.schema.features import plan_maxima
from scoring.schema.fields import fields, leeways

Rates = Literal["price", "keep"]
RATES: tuple[Rates, ...] = ("price", "keep")

# Steps from the present value to a lever's limit; with two or three levers at once, every third or sixth is tried.
STEPS = 24
EVERY = {1: 1, 2: 3, 3: 6}
# A rate is lower if it is by this much: the likely term is a table of steps, which alone moves the rate by less.
RATE_LOWER = 0.005
# Rates are solved to this.
RATE_ROUNDING = 1e-4

Allowed = NDArray[np.bool_]


@dataclass(frozen=True)
class Candidates:
    """Changes to try.

    Args:
        steps: the step of each lever, 0 where it rests, shape (n, levers).
        moved: the new values of each field that levers change, shape (n,).
        history: the place in `Moves.histories` of the changes of the history, 0 for none, shape (n,).
    """

    steps: NDArray[np.int_]
    moved: dict[str, Floats]
    history: NDArray[np.int_]

    def __len__(self) -> int:
        return len(self.history)

    def at(self, chosen: NDArray[np.int_] | Allowed) -> Candidates:
        """A selection of the candidates."""
        moved = {name: values[chosen] for name, values in self.moved.items()}
        return Candidates(self.steps[chosen], moved, self.history[chosen])

    def across(self, histories: NDArray[np.int_]) -> Candidates:
        """Each candidate with each of these changes of the history, the candidates slowest."""
        repeated = self.at(np.repeat(np.arange(len(self)), len(histories)))
        return Candidates(repeated.steps, repeated.moved, np.tile(histories, len(self)))


def joined(parts: list[Candidates]) -> Candidates:
    """All candidates of one applicant in one batch."""
    return Candidates(
        np.concatenate([part.steps for part in parts]),
        {name: np.concatenate([part.moved[name] for part in parts]) for name in parts[0].moved},
        np.concatenate([part.history for part in parts]),
    )


@cache
def levers() -> dict[str, tuple[str, ...]]:
    """The fields under each lever, levers and fields in the order of the field table."""
    found: dict[str, tuple[str, ...]] = {}
    for name, leeway in leeways().items():
        for lever in leeway.levers:
            found[lever] = (*found.get(lever, ()), name)
    return found


@dataclass(frozen=True)
class Moves:
    """All that one applicant can change.

    Args:
        own: the raw fields and the history, arrays of length 1.
        usable: the fields of each lever all of whose fields are on file.
        histories: the changes of the history that can be made together; the first is none, then come single ones.
        costs: what each of them costs in currency, shape (histories,).
        most_now: the most that a plan may ask the applicant to find, in currency.
        touched: the values of each history feature that some of them change, shape (histories,).
        rates: whether a plan may lower the rate to the lender's price, or keeps it.
    """

    own: Columns
    usable: tuple[tuple[str, ...], ...]
    histories: tuple[tuple[HistoryChange, ...], ...]
    costs: Floats
    most_now: float
    touched: dict[str, Floats]
    rates: Rates

    def histories_of(self, number: int) -> NDArray[np.int_]:
        """The places of the histories with that many changes."""
        return np.array([place for place, changes in enumerate(self.histories) if len(changes) == number], dtype=int)

    def nothing(self) -> Candidates:
        """The application as it is."""
        names = dict.fromkeys(name for fields_of in self.usable for name in fields_of)
        moved = {name: np.array([float(self.own[name][0])]) for name in names}
        return Candidates(np.zeros((1, len(self.usable)), dtype=int), moved, np.zeros(1, dtype=int))

    def columns(self, candidates: Candidates) -> Columns:
        """The raw fields and history of each candidate, arrays of length n."""
        unchanged = {name: np.broadcast_to(values, len(candidates)) for name, values in self.own.items()}
        history = {name: values[candidates.history] for name, values in self.touched.items()}
        return {**unchanged, **history, **candidates.moved}

    def loans(self, together: int) -> Candidates:
        """Every combination of that many levers at evenly spaced steps, within the limits of the tables."""
        limits = self._limits()
        steps = _steps(self.usable, together)
        factors = 1 - (1 - limits) * steps / STEPS
        moved, allowed = {}, np.ones(len(steps), dtype=bool)
        rounded = np.ones(len(steps))
        for name in dict.fromkeys(name for names in self.usable for name in names):
            scaled = factors[:, [name in names for names in self.usable]].prod(axis=1)
            value = float(self.own[name][0])
            # The instalment follows the amount as rounded: the rate must not fall by rounding.
            exact = scaled * rounded if name == INSTALMENT else scaled
            moved[name], fine = moved_to(name, value, np.minimum(exact, 1) if leeways()[name].limit < 1 else exact)
            if name == CREDIT:
                rounded = moved[name] / (value * scaled)
            allowed &= fine | (scaled == 1)
            moved[name] = np.where(scaled == 1, value, moved[name])
        candidates = Candidates(steps, moved, np.zeros(len(steps), dtype=int)).at(allowed)
        return candidates.at(self._sold(self.columns(candidates)))

    def _limits(self) -> Floats:
        """The tightest limit among the fields of each lever bounds it; shape (levers,)."""
        return np.array(
            [min((leeways()[name].limit for name in names), key=lambda limit: abs(limit - 1)) for names in self.usable]
        )

    def _sold(self, columns: Columns) -> Allowed:
        """Which loans the lender sells: each derived feature within its maximum, no rate below the price."""
        within = [
            ~(FORMULAS[name](columns) > np.fmax(maximum, FORMULAS[name](self.own)))
            for name, maximum in plan_maxima().items()
        ]
        own = FORMULAS[RATE](self.own)
        least = np.fmin(own, lowest_rate(FORMULAS[TERM](columns))) - RATE_ROUNDING
        if self.rates == "keep":
            least = np.fmax(least, own - RATE_LOWER)
        return np.logical_and.reduce([*within, ~(FORMULAS[RATE](columns) < least)])


def open_moves(applicant: Applicant, rates: Rates) -> Moves:
    """The moves that are open to an applicant.

    A lever is not used if one of its fields is not on file, nor a change of the history that costs too much.
    """
    own = applicant.columns()
    usable = tuple(names for names in levers().values() if not any(np.isnan(own[name][0]) for name in names))
    most_now = MOST_TO_FIND * float(own[CREDIT][0])
    single = [(change,) for change in applicant.scenarios]
    pairs = [
        (first, second)
        for first, second in combinations(applicant.scenarios, 2)
        if first.step.table != second.step.table
    ]
    every: tuple[tuple[HistoryChange, ...], ...] = ((), *single, *pairs)
    histories = tuple(changes for changes in every if _cost(changes) <= most_now)
    names = dict.fromkeys(name for change in applicant.scenarios for name in change.features)
    touched = {name: np.full(len(histories), own[name][0]) for name in names}
    for place, changes in enumerate(histories):
        for change in changes:
            for name, value in change.features.items():
                touched[name][place] = value
    costs = np.array([_cost(changes) for changes in histories])
    return Moves(own, usable, histories, costs, most_now, touched, rates)


def _cost(changes: Iterable[HistoryChange]) -> float:
    return sum((change.cost for change in changes), 0.0)


@cache
def _steps(usable: tuple[tuple[str, ...], ...], together: int) -> NDArray[np.int_]:
    """The step of each usable lever in each candidate, shape (n, levers).

    Two levers without a field in common that have those of a third between them are not combined: the third and one of
    them do the same.
    """
    tried = range(EVERY[together], STEPS + 1, EVERY[together])
    known = {frozenset(names) for names in usable}
    rows = [
        [dict(zip(which, chosen, strict=True)).get(lever, 0) for lever in range(len(usable))]
        for which in combinations(range(len(usable)), together)
        if not any(
            not set(usable[one]) & set(usable[other]) and frozenset(usable[one] + usable[other]) in known
            for one, other in combinations(which, 2)
        )
        for chosen in product(tried, repeat=together)
    ]
    return np.array(rows, dtype=int).reshape(len(rows), len(usable))


def moved_to(name: str, value: float, factors: Floats) -> tuple[Floats, Allowed]:
    """A field's value times each factor, rounded to steps towards the present value, and which results are allowed."""
    field, leeway = fields()[name], leeways()[name]
    sign = 1 if leeway.limit > 1 else -1
    # A small tolerance for products just short of a whole step.
    steps = np.floor(sign * value * factors / leeway.step + 1e-9)
    moved = np.clip(sign * leeway.step * steps, field.minimum, field.maximum)
    return moved, (sign * moved > sign * value) & (sign * moved <= sign * value * leeway.limit)
