"""Recourse: the smallest allowed changes that reach approval, each verified by scoring through the whole pipeline.

A *lever* scales the fields that `fields.csv` assigns to it by one factor: the amount with its instalment, so that the
term stays; the goods price with both; the amount alone, so that the loan ends sooner; the instalment alone, so that it
lasts longer. Combinations of one lever are tried, then of two, then of three: the first to reach approval are the
answer. Only fields marked in the table change, within its limits, and derived features follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from scoring.answers.applicant import Outcome, Plan, Recourse
from scoring.applicants.applicant import edited
from scoring.applicants.inputs import checked_changes
from scoring.arrays import Columns, Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.assessment.assessment import Assessment, assessed
from scoring.assessment.confidence import outside_learnt
from scoring.decision.rule import OUTCOMES
from scoring.lender.formulas import FORMULAS
from scoring.schema.features import feature_matrix, plan_maxima
from scoring.schema.fields import fields, leeways

# Number of factors tried per lever, by the number of levers that change together; each number of levers is one batch.
TRIED = {1: 25, 2: 8, 3: 4}


@dataclass(frozen=True)
class _Candidates:
    """Changes to try: the factor of each lever, shape (n, levers), and the new values of each field, shape (n,)."""

    factors: Floats
    moved: dict[str, Floats]

    @property
    def effort(self) -> Floats:
        """The sum of the shares by which the levers change; shape (n,)."""
        return np.abs(self.factors - 1).sum(axis=1)

    @property
    def which(self) -> NDArray[np.int_]:
        """An identifier of the combination of levers that change; shape (n,)."""
        return (self.factors != 1) @ (1 << np.arange(self.factors.shape[1]))

    def where(self, mask: NDArray[np.bool_]) -> _Candidates:
        """A selection of the candidates."""
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

    If the application is approved already, there is one plan without changes. Otherwise there is one plan for each
    combination of the fewest levers that suffice; its changes come on top of those of the assessment.
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
    """All allowed candidates with that many levers, and the index in `OUTCOMES` of each decision; one batch."""
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
    """The smallest changes that reach an outcome for each combination of levers, by ascending effort."""
    reached = candidates.where(decisions == OUTCOMES.index(outcome))
    order = np.argsort(reached.effort, kind="stable")
    # In this order, the first of each combination is its smallest.
    least = order[np.sort(np.unique(reached.which[order], return_index=True)[1])]
    plans = [_verified(artifact, assessment, reached, index) for index in least.tolist()]
    return [plan for plan in plans if plan.decision == outcome]


def _candidates(own: Columns, together: int) -> _Candidates:
    """Every combination of that many levers, at evenly spaced factors within the limits of the table.

    A lever is not used if one of its fields is not on file.
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
    """The factor of each usable lever in each candidate, shape (n, levers); 1 where unchanged."""
    # The tightest limit among its fields bounds a lever.
    limits = [min((leeways()[name].limit for name in names), key=lambda limit: abs(limit - 1)) for names in usable]
    evenly = [np.linspace(1, limit, TRIED[together] + 1)[1:] for limit in limits]
    rows = [
        [dict(zip(which, chosen, strict=True)).get(index, 1.0) for index in range(len(usable))]
        for which in combinations(range(len(usable)), together)
        for chosen in product(*(evenly[index] for index in which))
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, len(usable))


def _moved(name: str, value: float, factors: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """A field's value times each factor, rounded to steps towards the present value, and which results are allowed."""
    field, leeway = fields()[name], leeways()[name]
    sign = 1 if leeway.limit > 1 else -1
    # A small tolerance for products just short of a whole step.
    steps = np.floor(sign * value * factors / leeway.step + 1e-9)
    moved = np.where(factors == 1, value, np.clip(sign * leeway.step * steps, field.minimum, field.maximum))
    reached = (sign * moved > sign * value) & (sign * moved <= sign * value * leeway.limit)
    return moved, (factors == 1) | reached


def _columns(own: Columns, candidates: _Candidates) -> Columns:
    """The raw fields and history of each candidate, arrays of length n."""
    return {name: np.repeat(values, len(candidates.factors)) for name, values in own.items()} | candidates.moved


def _within_maxima(own: Columns, columns: Columns) -> NDArray[np.bool_]:
    """Which candidates keep every derived feature within its maximum, or its present value if that is higher."""
    within = [
        ~(FORMULAS[name](columns) > np.fmax(maximum, FORMULAS[name](own))) for name, maximum in plan_maxima().items()
    ]
    return np.logical_and.reduce(within)


def _verified(artifact: Artifact, assessment: Assessment, approved: _Candidates, index: int) -> Plan:
    """One candidate as `/score` would answer it: checked, edited, recomputed and decided from the raw fields."""
    present, language = assessment.applicant.raw, assessment.language
    moved = {name: float(values[index]) for name, values in approved.moved.items()}
    changes = checked_changes({name: value for name, value in moved.items() if value != present[name]}, language)
    applicant = edited(assessment.applicant, changes, language)
    again = assessed(artifact, applicant, {**assessment.changes, **changes}, language)
    moved_to = np.where(again.values != assessment.values, again.values, np.nan)
    outside = outside_learnt(artifact, moved_to, language)
    return Plan(changes, again.probability, again.decision.outcome, float(approved.effort[index]), outside)
