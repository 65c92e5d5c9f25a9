"""Recourse: the smallest allowed changes that reach approval, each scored through the whole pipeline before it is told.

A *lever* moves the fields that `fields.csv` puts under it, all by one factor: the amount with its instalment, so that
the term stays; the price of the goods with both; the amount alone, so that the loan ends sooner; the instalment alone,
so that it lasts longer. One lever is tried, then two, then three: the first that reach approval are the answer. Nothing
moves but what the table marks, nor further than it allows, and derived features follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from scoring.answers import Outcome, Plan, Recourse
from scoring.applicants.applicant import edited
from scoring.applicants.inputs import checked_changes
from scoring.arrays import Columns, Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.assessment.assessment import Assessment, assessed
from scoring.decision.rule import OUTCOMES
from scoring.lender.features import feature_matrix, plan_maxima
from scoring.lender.fields import fields, leeways
from scoring.lender.formulas import FORMULAS

# How many factors of each lever are tried, by the number of levers that move together: a level is one batch.
TRIED = {1: 25, 2: 8, 3: 4}


@dataclass(frozen=True)
class _Candidates:
    """Changes to try: the factor of each lever, shape (n, levers), and the new values of each field, shape (n,)."""

    factors: Floats
    moved: dict[str, Floats]

    @property
    def effort(self) -> Floats:
        """The shares by which the levers move, added up; shape (n,)."""
        return np.abs(self.factors - 1).sum(axis=1)

    @property
    def which(self) -> NDArray[np.int_]:
        """Which levers move, one number for each combination of them; shape (n,)."""
        return (self.factors != 1) @ (1 << np.arange(self.factors.shape[1]))

    def where(self, mask: NDArray[np.bool_]) -> _Candidates:
        """Some of them."""
        return _Candidates(self.factors[mask], {name: values[mask] for name, values in self.moved.items()})


@cache
def levers() -> dict[str, tuple[str, ...]]:
    """The fields under each lever, levers and fields in the order of the field table."""
    found: dict[str, tuple[str, ...]] = {}
    for name, leeway in leeways().items():
        for lever in leeway.levers:
            found[lever] = (*found.get(lever, ()), name)
    return found


def recourse(artifact: Artifact, assessment: Assessment) -> Recourse:
    """The smallest allowed changes to an assessed application that reach approval, by rising effort.

    What is approved already needs none: one plan without changes. Otherwise there is a plan for each combination of as
    few levers as will do; its changes come on top of those that the assessment has.
    """
    present = assessment.decision.outcome
    if present == "approve":
        return Recourse(True, [Plan({}, assessment.probability, "approve", 0.0)], None)
    referral: Plan | None = None
    for together in TRIED:
        candidates, decisions = _decided(artifact, assessment, together)
        plans = _plans(artifact, assessment, candidates, decisions, "approve")
        if plans:
            return Recourse(True, plans, None)
        if present == "refuse" and referral is None:
            referral = next(iter(_plans(artifact, assessment, candidates, decisions, "refer")), None)
    return Recourse(False, [], referral)


def _decided(artifact: Artifact, assessment: Assessment, together: int) -> tuple[_Candidates, NDArray[np.int8]]:
    """All that is allowed with that many levers, and the place in `OUTCOMES` of the decision on each: one batch."""
    own = assessment.applicant.columns()
    proposed = _candidates(own, together)
    candidates = proposed.where(_within_maxima(own, _columns(own, proposed)))
    columns = _columns(own, candidates)
    if not len(candidates.factors):
        return candidates, np.empty(0, dtype=np.int8)
    log_odds = artifact.model.log_odds(feature_matrix(columns, artifact.model.features))
    return candidates, artifact.rule.terms(columns).decide(probability_of(log_odds))


def _plans(
    artifact: Artifact, assessment: Assessment, candidates: _Candidates, decisions: NDArray[np.int8], outcome: Outcome
) -> list[Plan]:
    """For each combination of levers the least changes that reach an outcome, by rising effort."""
    reached = candidates.where(decisions == OUTCOMES.index(outcome))
    order = np.argsort(reached.effort, kind="stable")
    # The first of each combination in this order is its least.
    least = order[np.sort(np.unique(reached.which[order], return_index=True)[1])]
    plans = [_verified(artifact, assessment, reached, place) for place in least.tolist()]
    return [plan for plan in plans if plan.decision == outcome]


def _candidates(own: Columns, together: int) -> _Candidates:
    """Every combination of that many levers, at evenly spaced factors up to their limits, as far as the table allows.

    A lever does not move where one of its fields is not on file.
    """
    usable = tuple(names for names in levers().values() if not any(np.isnan(own[name][0]) for name in names))
    factors = _factors(usable, together)
    moved, allowed = {}, np.ones(len(factors), dtype=bool)
    for name in dict.fromkeys(name for names in usable for name in names):
        product_of = factors[:, [name in names for names in usable]].prod(axis=1)
        moved[name], fine = _moved(name, float(own[name][0]), product_of)
        allowed &= fine
    return _Candidates(factors, moved).where(allowed)


@cache
def _factors(usable: tuple[tuple[str, ...], ...], together: int) -> Floats:
    """The factor of each usable lever in each candidate, shape (n, levers); 1 where it does not move."""
    # A lever goes no further than the nearest limit among its fields.
    limits = [min((leeways()[name].limit for name in names), key=lambda limit: abs(limit - 1)) for names in usable]
    evenly = [np.linspace(1, limit, TRIED[together] + 1)[1:] for limit in limits]
    rows = [
        [dict(zip(which, chosen, strict=True)).get(place, 1.0) for place in range(len(usable))]
        for which in combinations(range(len(usable)), together)
        for chosen in product(*(evenly[place] for place in which))
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, len(usable))


def _moved(name: str, value: float, factors: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """A field's value times each factor, in whole steps towards the present one, and which of these are allowed."""
    field, leeway = fields()[name], leeways()[name]
    sign = 1 if leeway.limit > 1 else -1
    # A hair more than exact, for products that fall just short of a whole step.
    steps = np.floor(sign * value * factors / leeway.step + 1e-9)
    moved = np.where(factors == 1, value, np.clip(sign * leeway.step * steps, field.minimum, field.maximum))
    reached = (sign * moved > sign * value) & (sign * moved <= sign * value * leeway.limit)
    return moved, (factors == 1) | reached


def _columns(own: Columns, candidates: _Candidates) -> Columns:
    """The raw fields and history of each candidate, arrays of length n."""
    return {name: np.repeat(values, len(candidates.factors)) for name, values in own.items()} | candidates.moved


def _within_maxima(own: Columns, columns: Columns) -> NDArray[np.bool_]:
    """Which candidates push no derived feature beyond its maximum, or beyond its present value if that is higher."""
    within = [
        ~(FORMULAS[name](columns) > np.fmax(maximum, FORMULAS[name](own))) for name, maximum in plan_maxima().items()
    ]
    return np.logical_and.reduce(within)


def _verified(artifact: Artifact, assessment: Assessment, approved: _Candidates, place: int) -> Plan:
    """One candidate as `/score` would answer it: checked, edited, recomputed and decided from the raw fields."""
    present, language = assessment.applicant.raw, assessment.language
    moved = {name: float(values[place]) for name, values in approved.moved.items()}
    changes = checked_changes({name: value for name, value in moved.items() if value != present[name]}, language)
    applicant = edited(assessment.applicant, changes, language)
    again = assessed(artifact, applicant, {**assessment.changes, **changes}, language)
    return Plan(changes, again.probability, again.decision.outcome, float(approved.effort[place]))
