"""Overrides: decisions against the model's recommendation, by direction, adviser, reason and month.

Low side: the model would refuse, and it was approved. High side: the model would approve, and it was refused. Both are
counted among the approvals and refusals on which the model had a recommendation: where it recommends a referral, it
leaves the decision to people. What was sent back never stood and was decided anew, so that it is not counted; what
waits for a second pair of eyes is.

Examiners look from 10 % of overrides, and a lender does well to look from 5 % ("Overrides", Compliance Action 1999,
bankersonline.com/articles/104597; OCC Bulletin 1997-24, "Credit Scoring Models", and the FDIC's Credit Card Activities
Manual, chapter VIII, want them tracked by side, officer and reason, with what became of them).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine

from scoring.answers.applicant import Outcome
from scoring.decision.rule import OUTCOMES
from scoring.oversight.decisions import Decisions, KnownOutcome, Made, Rate, in_force, rate, read_decisions
from scoring.oversight.decisions import read_outcomes as read_known_outcomes

Side = Literal["low", "high"]
Level = Literal["usual", "look", "examined"]
LOOK_FROM = 0.05
EXAMINED_FROM = 0.10


@dataclass(frozen=True)
class Group:
    """The approvals and refusals of an adviser or a month, and the overrides among them."""

    name: str
    decisions: int
    low_side: int
    high_side: int
    overrides: Rate
    level: Level


@dataclass(frozen=True)
class ReasonCount:
    """How often a reason was given for an override; the code is "" where none was."""

    code: str
    low_side: int
    high_side: int
    share: Rate


@dataclass(frozen=True)
class Cell:
    """What was decided where the model recommended something, and what became of those whose outcome is known.

    `expected` is the mean recorded probability of default of those, `realised` the share that met difficulties.
    """

    recommendation: Outcome
    outcome: Outcome
    decisions: int
    share: Rate
    expected: float | None
    realised: Rate


@dataclass(frozen=True)
class OverrideReport:
    """All of it. `low_side` is a share of what the model would refuse, `high_side` of what it would approve.

    `decisions` are approvals and refusals that stand or wait; `against_referral` of them decide what the model would
    refer; `referred` went to a colleague first.
    """

    since: datetime | None
    until: datetime | None
    decisions: int
    against_referral: int
    referred: int
    waiting: int
    confirmed: int
    sent_back: int
    reopened: int
    erased: int
    overrides: Rate
    low_side: Rate
    high_side: Rate
    level: Level
    advisers: tuple[Group, ...]
    months: tuple[Group, ...]
    reasons: tuple[ReasonCount, ...]
    cells: tuple[Cell, ...]


def override_report(
    engine: Engine, since: datetime | None = None, until: datetime | None = None, revision: str | None = None
) -> OverrideReport:
    """The report on decisions made since <= at < until, with one revision of the model, if it is given.

    Raises:
        DatabaseError: the journal cannot be reached.
    """
    return overrides_of(read_decisions(engine, since, until, revision), read_known_outcomes(engine), since, until)


def overrides_of(
    decisions: Decisions,
    outcomes: Mapping[int, KnownOutcome],
    since: datetime | None = None,
    until: datetime | None = None,
) -> OverrideReport:
    """The report on decisions that were read, with the outcomes by applicant."""
    counted = [made for made in decisions.made if made.status in ("stands", "waits")]
    recommended = [made for made in counted if made.recommendation != "refer"]
    sides = Counter(map(side_of, recommended))
    advised = Counter(made.recommendation for made in recommended)
    overrides = rate(sides["low"] + sides["high"], len(recommended))
    return OverrideReport(
        since=since,
        until=until,
        decisions=len(counted),
        against_referral=len(counted) - len(recommended),
        referred=sum(made.status == "referred" for made in decisions.made),
        waiting=sum(made.status == "waits" for made in decisions.made),
        confirmed=sum(made.confirmed for made in decisions.made),
        sent_back=sum(made.status == "sent_back" for made in decisions.made),
        reopened=sum(made.reopened for made in decisions.made),
        erased=decisions.erased,
        overrides=overrides,
        low_side=rate(sides["low"], advised["refuse"]),
        high_side=rate(sides["high"], advised["approve"]),
        level=level_of(overrides),
        advisers=_groups((made.person, made) for made in recommended),
        months=_groups((made.month, made) for made in recommended),
        reasons=_reasons(recommended),
        cells=_cells(decisions, outcomes),
    )


def side_of(made: Made) -> Side | None:
    """On which side a decision overrides the recommendation; None: it does not."""
    match made.recommendation, made.outcome:
        case "refuse", "approve":
            return "low"
        case "approve", "refuse":
            return "high"
    return None


def level_of(overrides: Rate) -> Level:
    """Whether so many overrides are usual, to be looked at, or what an examiner looks at."""
    share = overrides.share or 0.0
    if share > EXAMINED_FROM:
        return "examined"
    return "look" if share > LOOK_FROM else "usual"


def _groups(named: Iterable[tuple[str, Made]]) -> tuple[Group, ...]:
    found: dict[str, Counter[Side | None]] = defaultdict(Counter)
    for name, made in named:
        found[name][side_of(made)] += 1
    return tuple(_group(name, sides) for name, sides in sorted(found.items()))


def _group(name: str, sides: Counter[Side | None]) -> Group:
    decisions = sides.total()
    overrides = rate(sides["low"] + sides["high"], decisions)
    return Group(name, decisions, sides["low"], sides["high"], overrides, level_of(overrides))


def _reasons(recommended: list[Made]) -> tuple[ReasonCount, ...]:
    given = Counter((made.reason_code, side_of(made)) for made in recommended if side_of(made))
    codes = sorted({code for code, _ in given}, key=lambda code: (-given[code, "low"] - given[code, "high"], code))
    return tuple(
        ReasonCount(
            code, given[code, "low"], given[code, "high"], rate(given[code, "low"] + given[code, "high"], given.total())
        )
        for code in codes
    )


def _cells(decisions: Decisions, outcomes: Mapping[int, KnownOutcome]) -> tuple[Cell, ...]:
    """Every pair of recommendation and outcome that occurs; an applicant's outcome is that of the decision in force."""
    pairs = Counter((made.recommendation, made.outcome) for made in decisions.made if made.status != "sent_back")
    advised = Counter(made.recommendation for made in decisions.made if made.status != "sent_back")
    known: dict[tuple[Outcome, Outcome], list[tuple[float, int]]] = defaultdict(list)
    for applicant_id, made in in_force(decisions).items():
        if applicant_id in outcomes:
            target = outcomes[applicant_id].target
            known[made.recommendation, made.outcome].append((made.probability, target))
    found = []
    for pair in ((advice, outcome) for advice in OUTCOMES for outcome in OUTCOMES):
        if not pairs[pair]:
            continue
        some = known[pair]
        expected = sum(probability for probability, _ in some) / len(some) if some else None
        realised = rate(sum(target for _, target in some), len(some))
        found.append(Cell(*pair, pairs[pair], rate(pairs[pair], advised[pair[0]]), expected, realised))
    return tuple(found)
