"""Recourse: the least that an applicant can do to be approved, each plan verified by scoring the whole pipeline.

One move is tried, then two, then three: levers of the loan and changes of the credit history together (see
`scoring.assessment.moves`), each number as one batch. The first number that reaches approval is the answer, by rising
burden (see `scoring.assessment.burden`). Of the many combinations of the loan with the history, those are tried that
reach approval if the effects found before add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scoring.answers.applicant import Burden, Outcome, Plan, Recourse
from scoring.applicants.applicant import edited, with_history
from scoring.applicants.inputs import checked_changes
from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import log_odds_of, probability_of
from scoring.assessment.assessment import Assessment, assessed, history_moves
from scoring.assessment.burden import Burdens, burdens, known, lowers_rate
from scoring.assessment.confidence import outside_learnt
from scoring.assessment.moves import RATE_LOWER, Candidates, Moves, Rates, joined, open_moves
from scoring.decision.rule import OUTCOMES
from scoring.schema.features import feature_matrix

MOST_MOVES = 3
MOST_PLANS = 6
# Combinations of the loan with the history that are tried per number of moves, and how far beyond the limit (in
# log-odds) the sum of the effects may be: effects do not quite add up.
MOST_COMBINED = 160
SLACK = 0.15
# Besides, so many of those with the lowest sum, whatever they cost: how far all moves get, and whether to a referral.
DEEPEST = 40
# A change of log-odds below this is rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class _Tried:
    """A batch as the model sees it; arrays of shape (n,), the matrix (n, features)."""

    candidates: Candidates
    matrix: Floats
    log_odds: Floats
    decisions: NDArray[np.int8]
    burden: Burdens


@dataclass
class _Search:
    """The search for one applicant: what was tried, as far as later batches build on it."""

    artifact: Artifact
    assessment: Assessment
    moves: Moves
    loans: dict[int, tuple[Candidates, Floats]] = field(default_factory=dict)
    by_history: dict[int, float] = field(default_factory=dict)
    best: float = np.inf

    def tried(self, together: int) -> _Tried:
        """All candidates with that many moves; one batch."""
        moves, artifact = self.moves, self.artifact
        nothing = moves.nothing()
        parts = [moves.loans(together), nothing.across(self._histories(together)), self._combined(together)]
        candidates = joined(parts)
        columns = moves.columns(candidates)
        matrix = feature_matrix(columns, artifact.model.features)
        log_odds = artifact.model.log_odds_alike(matrix)
        decisions = artifact.rule.terms(columns).decide(probability_of(log_odds))
        self._learn(together, candidates, log_odds)
        return _Tried(
            candidates, matrix, log_odds, decisions, burdens(moves.own, columns, moves.costs[candidates.history])
        )

    def _histories(self, number: int) -> NDArray[np.int_]:
        """The places of the histories with that many changes, none of which raises the risk by itself."""
        histories, limit = self.moves.histories, self.assessment.log_odds + ROUNDING
        singles = self.moves.histories_of(1).tolist()
        raising = {histories[place][0].step for place in singles if self.by_history.get(place, -np.inf) > limit}
        places = self.moves.histories_of(number).tolist()
        kept = [place for place in places if not raising & {change.step for change in histories[place]}]
        return np.array(kept, dtype=int)

    def _learn(self, together: int, candidates: Candidates, log_odds: Floats) -> None:
        alone = candidates.history == 0
        self.loans[together] = (candidates.at(alone), log_odds[alone])
        unmoved = ~candidates.steps.any(axis=1)
        self.by_history |= dict(zip(candidates.history[unmoved].tolist(), log_odds[unmoved].tolist(), strict=True))
        self.best = min([self.best, *log_odds.tolist()])

    def _combined(self, together: int) -> Candidates:
        """The loan with the history, as many moves in all: the least that come near approval, and the deepest."""
        moves, nothing = self.moves, self.moves.nothing().at(np.empty(0, dtype=int))
        parts, forecasts = [nothing], [np.empty(0)]
        for of_loan in range(1, together):
            loans, log_odds = self.loans[of_loan]
            histories = self._histories(together - of_loan)
            effects = np.array([self.by_history[place] for place in histories.tolist()]) - self.assessment.log_odds
            parts.append(loans.across(histories))
            forecasts.append((log_odds[:, None] + effects).ravel())
        candidates, forecast = joined(parts), np.concatenate(forecasts)
        columns = moves.columns(candidates)
        margin = forecast - log_odds_of(self.artifact.rule.terms(columns).band_low)
        burden = burdens(moves.own, columns, moves.costs[candidates.history])
        payable = burden.now <= moves.most_now
        near = np.flatnonzero((margin < SLACK) & payable)
        least = near[np.argsort(burden.in_all[near], kind="stable")][:MOST_COMBINED]
        deepest = np.flatnonzero(payable)
        deepest = deepest[np.argsort(margin[deepest], kind="stable")][:DEEPEST]
        return candidates.at(np.union1d(least, deepest))


def recourse(artifact: Artifact, assessment: Assessment, rates: Rates = "price") -> Recourse:
    """The least burdensome allowed changes to an assessed application that reach approval.

    If the application is approved already, there is one plan without changes. Otherwise there is one plan for each
    combination of the fewest moves that suffice; its changes come on top of those of the assessment.

    Args:
        artifact: the model and its rule.
        assessment: of the application.
        rates: "price" lets a plan lower the rate to the lender's price for its term, "keep" never lowers it.
    """
    present = assessment.decision.outcome
    if present == "approve":
        return Recourse(True, [_unchanged(assessment)], None, None, [])
    search = _Search(artifact, assessment, open_moves(assessment.applicant, rates))
    referral: Plan | None = None
    helpful: list[str] = []
    for together in range(1, MOST_MOVES + 1):
        tried = search.tried(together)
        if together == 1:
            helpful = _helpful(artifact, assessment, tried)
        plans = _plans(search, tried, "approve")
        if plans:
            return Recourse(True, plans, None, None, helpful)
        if present == "refuse" and referral is None:
            referral = next(iter(_plans(search, tried, "refer")), None)
    best = float(probability_of(min(search.best, assessment.log_odds)))
    return Recourse(False, [], referral, best, helpful)


def _unchanged(assessment: Assessment) -> Plan:
    return Plan({}, [], assessment.probability, "approve", Burden(0.0, 0.0, 0.0, 0.0), None, None, False)


def _helpful(artifact: Artifact, assessment: Assessment, tried: _Tried) -> list[str]:
    """The features that some single move changes while it lowers the risk."""
    lower = tried.matrix[tried.log_odds < assessment.log_odds - ROUNDING]
    own = assessment.values
    moved = ~((lower == own) | (np.isnan(lower) & np.isnan(own))).all(axis=0)
    return [item.feature.name for item, moves in zip(artifact.model.features, moved, strict=True) if moves]


def _plans(search: _Search, tried: _Tried, outcome: Outcome) -> list[Plan]:
    """The least burdensome changes that reach an outcome for each combination of moves, by rising burden."""
    reached = np.flatnonzero(tried.decisions == OUTCOMES.index(outcome))
    order = reached[np.argsort(tried.burden.in_all[reached], kind="stable")]
    least: dict[tuple[object, ...], int] = {}
    for place in order.tolist():
        changes = search.moves.histories[tried.candidates.history[place]]
        which = (*(tried.candidates.steps[place] > 0).tolist(), *(change.step.table for change in changes))
        least.setdefault(which, place)
    plans = [_verified(search, tried, place) for place in list(least.values())[:MOST_PLANS]]
    return [plan for plan in plans if plan.decision == outcome]


def _verified(search: _Search, tried: _Tried, place: int) -> Plan:
    """One candidate as `/score` would answer it: checked, edited, recomputed and decided from the raw fields."""
    assessment, burden = search.assessment, tried.burden
    present, language = assessment.applicant.raw, assessment.language
    moved = {name: float(values[place]) for name, values in tried.candidates.moved.items()}
    changes = checked_changes({name: value for name, value in moved.items() if value != present[name]}, language)
    history = search.moves.histories[tried.candidates.history[place]]
    applicant = with_history(edited(assessment.applicant, changes, language), history)
    again = assessed(search.artifact, applicant, {**assessment.changes, **changes}, language)
    moved_to = np.where(again.values != assessment.values, again.values, np.nan)
    return Plan(
        changes=changes,
        history=history_moves(history, language),
        probability=again.probability,
        decision=again.decision.outcome,
        burden=Burden(
            float(burden.now[place]),
            float(burden.less[place]),
            known(burden.per_month, place),
            known(burden.total, place),
        ),
        months=known(burden.months, place),
        yearly_rate=known(burden.rate, place),
        lowers_rate=bool(lowers_rate(search.moves.own, burden.rate[place : place + 1], RATE_LOWER)[0]),
        outside=outside_learnt(search.artifact, moved_to, language),
    )
