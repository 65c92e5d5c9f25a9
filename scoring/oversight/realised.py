"""Estimated and realised performance of decisions, from recorded probabilities and recorded outcomes.

Expected: the mean recorded probability of default, on which no outcome was known. Realised: the share that met payment
difficulties, with Wilson's interval (1927). Costs are those under which it was decided: a wrong approval costs C_FA, a
wrong refusal C_FR, a right decision nothing; recorded are the expected costs p * C_FA and (1 - p) * C_FR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import get_args

from sqlalchemy import Engine

from scoring.answers.applicant import CostUnit, Outcome
from scoring.decision.rule import OUTCOMES
from scoring.oversight.decisions import KnownOutcome, Made, Rate, in_force, rate, read_decisions, read_outcomes

# Ends of the bands of recorded probability, by which calibration is looked at.
BANDS: tuple[float, ...] = (0.0, 0.02, 0.05, 0.10, 0.20, 0.50, 1.0)


@dataclass(frozen=True)
class Cell:
    """Applicants with a recommendation and a decision that stands; None: of all recommendations, or decisions.

    `expected_of_all` is over `applicants`, `expected` over the `realised.of` whose outcome is known.
    """

    recommendation: Outcome | None
    outcome: Outcome | None
    applicants: int
    expected_of_all: float
    expected: float | None
    realised: Rate


@dataclass(frozen=True)
class Band:
    """Applicants of known outcome whose recorded probability is from `low` to below `high`.

    `holds`: whether the expected default rate is within the realised one's interval.
    """

    low: float
    high: float
    expected: float
    realised: Rate
    holds: bool


@dataclass(frozen=True)
class Cost:
    """The mean cost of a decision of known outcome, in one unit: as expected when it was made, and realised."""

    unit: CostUnit
    applicants: int
    expected: float
    realised: float


@dataclass(frozen=True)
class PerformanceReport:
    """All of it: on applicants, each by the last decision that stands; `erased` decisions are left out."""

    since: datetime | None
    until: datetime | None
    applicants: int
    known: int
    erased: int
    cells: tuple[Cell, ...]
    bands: tuple[Band, ...]
    costs: tuple[Cost, ...]


Known = tuple[Made, int]


def performance_report(
    engine: Engine, since: datetime | None = None, until: datetime | None = None
) -> PerformanceReport:
    """The report on decisions made since <= at < until.

    Raises:
        DatabaseError: the journal cannot be reached.
    """
    decisions = read_decisions(engine, since, until)
    return performance_of(in_force(decisions), read_outcomes(engine), decisions.erased, since, until)


def performance_of(
    standing: Mapping[int, Made],
    outcomes: Mapping[int, KnownOutcome],
    erased: int = 0,
    since: datetime | None = None,
    until: datetime | None = None,
) -> PerformanceReport:
    """The report on the decision in force and the outcome of each applicant."""
    known = [(made, outcomes[number].target) for number, made in standing.items() if number in outcomes]
    made = list(standing.values())
    pairs: list[tuple[Outcome | None, Outcome | None]] = [(advice, each) for advice in OUTCOMES for each in OUTCOMES]
    pairs += [(None, each) for each in OUTCOMES] + [(None, None)]
    cells = [_cell(pair, made, known) for pair in pairs]
    return PerformanceReport(
        since=since,
        until=until,
        applicants=len(standing),
        known=len(known),
        erased=erased,
        cells=tuple(cell for cell in cells if cell),
        bands=tuple(band for low, high in pairwise(BANDS) if (band := _band(low, high, known))),
        costs=tuple(cost for unit in get_args(CostUnit) if (cost := _cost(unit, known))),
    )


def _cell(pair: tuple[Outcome | None, Outcome | None], made: Sequence[Made], known: Sequence[Known]) -> Cell | None:
    def belongs(each: Made) -> bool:
        return pair[0] in (None, each.recommendation) and pair[1] in (None, each.outcome)

    some = [each for each in made if belongs(each)]
    if not some:
        return None
    found = [(each, target) for each, target in known if belongs(each)]
    expected = _mean([each.probability for each, _ in found]) if found else None
    realised = rate(sum(target for _, target in found), len(found))
    return Cell(*pair, len(some), _mean([each.probability for each in some]), expected, realised)


def _band(low: float, high: float, known: Sequence[Known]) -> Band | None:
    # The last band includes 1.
    some = [(each, target) for each, target in known if low <= each.probability < high or each.probability == high == 1]
    if not some:
        return None
    expected = _mean([each.probability for each, _ in some])
    realised = rate(sum(target for _, target in some), len(some))
    assert realised.low is not None
    assert realised.high is not None
    return Band(low, high, expected, realised, realised.low <= expected <= realised.high)


def _cost(unit: CostUnit, known: Sequence[Known]) -> Cost | None:
    some = [(each, target) for each, target in known if each.cost_unit == unit]
    if not some:
        return None
    expected = _mean([_expected_cost(each) for each, _ in some])
    return Cost(unit, len(some), expected, _mean([_realised_cost(each, target) for each, target in some]))


def _expected_cost(made: Made) -> float:
    return made.cost_of_approval if made.outcome == "approve" else made.cost_of_refusal


def _realised_cost(made: Made, target: int) -> float:
    """The cost of a wrong decision, out of its expected cost; a probability of 0 or 1 has lost it: 0."""
    if made.outcome == "approve" and target == 1:
        return made.cost_of_approval / made.probability if made.probability else 0.0
    if made.outcome == "refuse" and target == 0:
        return made.cost_of_refusal / (1 - made.probability) if made.probability < 1 else 0.0
    return 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
