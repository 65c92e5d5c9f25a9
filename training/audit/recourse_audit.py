"""Whom recourse reaches: by group, with intervals, and by move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.answers.applicant import Plan
from scoring.applicants.applicant import Applicant, columns_of
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.artifact.recourse_audit import GroupReached, MoveReached, Reached, RecourseAudit
from scoring.assessment.assessment import Assessment, assessed
from scoring.assessment.moves import Candidates, Moves, joined, levers, open_moves
from scoring.assessment.recourse import recourse
from scoring.decision.rule import OUTCOMES
from scoring.lender.roles import CREDIT
from scoring.schema.features import feature_matrix
from scoring.schema.fields import fields
from scoring.words.language import LANGUAGES, Words
from training.audit.age import ROUNDING
from training.audit.groups import FEWEST_IN_GROUP, NO_RATE, Group, groups_of, rate, ratio_draws
from training.lender.scenarios import SCENARIOS

MOST_SEARCHED = 400
"""Applicants whose recourse is searched, each in some 50 ms of processor time."""
# In the place of what differs by applicant in a scenario's words.
SOME = "…"


@dataclass(frozen=True)
class _Singles:
    """Moves by name, each by itself, as `MoveReached` counts them."""

    open: frozenset[str]
    lowers: frozenset[str]
    alone: frozenset[str]


@dataclass(frozen=True)
class _Searched:
    """One applicant who is not approved; `plan` is the least one."""

    applicant: Applicant
    plan: Plan | None
    fixed: bool
    singles: _Singles


def recourse_audit(artifact: Artifact, applicants: Iterable[Applicant], seed: int) -> RecourseAudit:
    """Searches recourse for those of the applicants who are not approved.

    Args:
        artifact: the model and its rule.
        applicants: held out, with what they can still change about their history.
        seed: of the bootstrap.
    """
    searched = list(_searched(artifact, applicants))
    if not searched:
        return RecourseAudit(0, 0, 0, 0, 0, None, [], [])
    parts = [(bool(each.plan.changes), bool(each.plan.history)) for each in searched if each.plan]
    groups = groups_of(columns_of([each.applicant for each in searched]))
    whole = Group("", "", np.ones(len(searched), dtype=bool))
    everybody, *reached = _reached(searched, [whole, *groups], seed)
    return RecourseAudit(
        applicants=len(searched),
        with_history=sum(bool(each.applicant.scenarios) for each in searched),
        by_loan=parts.count((True, False)),
        by_history=parts.count((False, True)),
        by_both=parts.count((True, True)),
        everybody=everybody,
        groups=[GroupReached(of.attribute, of.level, found) for of, found in zip(groups, reached, strict=True)],
        moves=_moves([each.singles for each in searched]),
    )


def _searched(artifact: Artifact, applicants: Iterable[Applicant]) -> Iterator[_Searched]:
    for applicant in applicants:
        assessment = assessed(artifact, applicant, {}, "en")
        if assessment.decision.outcome != "approve":
            answer = recourse(artifact, assessment)
            fixed = not answer.found and answer.referral is None
            yield _Searched(applicant, next(iter(answer.plans), None), fixed, _singles(artifact, assessment))


def _singles(artifact: Artifact, assessment: Assessment) -> _Singles:
    moves = open_moves(assessment.applicant, "price")
    candidates = joined([moves.loans(1), moves.nothing().across(moves.histories_of(1))])
    columns = moves.columns(candidates)
    log_odds = artifact.model.log_odds(feature_matrix(columns, artifact.model.features))
    approved = artifact.rule.terms(columns).decide(probability_of(log_odds)) == OUTCOMES.index("approve")
    lower = log_odds < assessment.log_odds - ROUNDING
    names = np.array([_name(moves, candidates, place) for place in range(len(candidates))], dtype=object)
    return _Singles(*(frozenset(names[mask]) for mask in (lower | True, lower, approved)))


def _name(moves: Moves, candidates: Candidates, place: int) -> str:
    """The one move of a candidate: a lever, or a scenario."""
    if candidates.history[place]:
        return moves.histories[candidates.history[place]][0].step.scenario
    moved = moves.usable[int(np.flatnonzero(candidates.steps[place])[0])]
    return next(lever for lever, names in levers().items() if names == moved)


def _reached(searched: Sequence[_Searched], groups: Sequence[Group], seed: int) -> list[Reached]:
    """What recourse comes to for each group."""
    planned = [each.plan is not None for each in searched]
    burdens = [_burden(each.plan, each.applicant) if each.plan else (0.0, 0.0) for each in searched]
    burden, amount = np.array(burdens).T
    everybody = np.ones(len(searched))
    over = np.column_stack([planned, [each.fixed for each in searched], burden])
    under = np.column_stack([everybody, everybody, amount])
    draws = ratio_draws(groups, over, under, seed)
    return [_of_group(group, over, under, draws[:, place]) for place, group in enumerate(groups)]


def _of_group(group: Group, over: Floats, under: Floats, draws: Floats) -> Reached:
    """The rates of one group; `over` and `under` have shape (n, 3), `draws` (resamples, 3)."""
    above, below = over[group.inside].sum(axis=0), under[group.inside].sum(axis=0)
    enough = (group.large, group.large, above[0] >= FEWEST_IN_GROUP)
    rates = [rate(above[at] / below[at], draws[:, at]) if known else NO_RATE for at, known in enumerate(enough)]
    return Reached(int(group.inside.sum()), *rates)


def _burden(plan: Plan, applicant: Applicant) -> tuple[float, float]:
    """What a plan costs in all, by which plans are ordered, and the amount applied for."""
    burden = plan.burden
    return burden.now + burden.less + max(burden.total or 0.0, 0.0), float(applicant.raw[CREDIT] or 0)


def _moves(singles: Sequence[_Singles]) -> list[MoveReached]:
    """The levers, then the scenarios, as the lender declares them."""
    words = {lever: _fields_in_words(names) for lever, names in levers().items()}
    words |= {scenario.key: _without_figures(scenario.words) for scenario in SCENARIOS}
    return [
        MoveReached(
            move,
            label,
            open=sum(move in each.open for each in singles),
            lowers=sum(move in each.lowers for each in singles),
            alone=sum(move in each.alone for each in singles),
        )
        for move, label in words.items()
    ]


def _fields_in_words(names: Iterable[str]) -> Words:
    """The fields that a lever moves together."""
    return Words(*(" + ".join(fields()[name].label[language] for name in names) for language in LANGUAGES))


def _without_figures(words: Words) -> Words:
    """A scenario's words without what differs by applicant and step."""
    return Words(*(words[language].format(cost=SOME, parameter=SOME) for language in LANGUAGES))
