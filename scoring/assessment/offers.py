"""Counter-offers for the adviser: which loans would be approved at the application's own rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.answers.applicant import Offer, OfferKind
from scoring.applicants.applicant import edited
from scoring.applicants.inputs import checked_changes
from scoring.arrays import Columns, Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.assessment.assessment import Assessment, assessed
from scoring.decision.rule import OUTCOMES
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT, INSTALMENT, RATE, TERM
from scoring.lender.terms import prices
from scoring.schema.features import feature_matrix, plan_maxima
from scoring.schema.fields import leeways
from scoring.units import MONTHS_PER_YEAR

# Amounts that are tried, evenly from the amount asked for to the limit of the field table.
AMOUNTS = 20
# A loan is offered only if the model reads it as it is: its term to this many months, its rate to this much a year.
TERM_READ, RATE_READ = 1.0, 0.005


@dataclass(frozen=True)
class _Loans:
    """Loans to offer; arrays of shape (n,)."""

    amount: Floats
    instalment: Floats
    months: Floats

    def at(self, chosen: np.ndarray) -> _Loans:
        return _Loans(self.amount[chosen], self.instalment[chosen], self.months[chosen])

    def columns(self, own: Columns) -> Columns:
        unchanged = {name: np.broadcast_to(values, len(self.amount)) for name, values in own.items()}
        return {**unchanged, CREDIT: self.amount, INSTALMENT: self.instalment}


def counter_offers(artifact: Artifact, assessment: Assessment) -> list[Offer]:
    """The largest amount, the shortest term and the lowest instalment that are approved at today's rate.

    No instalment exceeds the one asked for. None if the application is approved already, or its rate is not known. Ties
    go to the larger amount; a loan that is the best in two ways is offered once, as the first of them.
    """
    own = assessment.applicant.columns()
    rate = float(FORMULAS[RATE](own)[0])
    if assessment.decision.outcome == "approve" or not rate > 0:
        return []
    loans = _sold(own, rate)
    columns = loans.columns(own)
    log_odds = artifact.model.log_odds(feature_matrix(columns, artifact.model.features))
    decisions = artifact.rule.terms(columns).decide(probability_of(log_odds))
    approved = loans.at(decisions == OUTCOMES.index("approve"))
    if not len(approved.amount):
        return []
    orders: dict[OfferKind, tuple[Floats, Floats]] = {
        "largest": (-approved.amount, approved.instalment),
        "shortest": (approved.months, -approved.amount),
        "lowest": (approved.instalment, -approved.amount),
    }
    best = {kind: int(np.lexsort((second, first))[0]) for kind, (first, second) in orders.items()}
    first = {place: kind for kind, place in reversed(best.items())}
    offers = [_verified(artifact, assessment, kind, approved, place, rate) for place, kind in first.items()]
    kept = [offer for offer in offers if offer is not None]
    return sorted(kept, key=lambda offer: list(orders).index(offer.kind))


def _sold(own: Columns, rate: float) -> _Loans:
    """Every affordable amount over every term that is sold, at a rate, as far as the model reads them as such."""
    credit, sold = leeways()[CREDIT], prices()[0]
    value = float(own[CREDIT][0])
    amounts = np.floor(np.linspace(1, credit.limit, AMOUNTS) * value / credit.step) * credit.step
    amounts = np.unique(np.append(amounts[amounts >= value * credit.limit], value))
    amount, months = (grid.ravel() for grid in np.meshgrid(amounts, sold))
    monthly, step = rate / MONTHS_PER_YEAR, leeways()[INSTALMENT].step
    # Rounded up, so that no rate falls by rounding.
    instalment = np.ceil(amount * monthly / (1 - (1 + monthly) ** -months) / step) * step
    loans = _Loans(amount, instalment, months)
    columns = loans.columns(own)
    within = [~(FORMULAS[name](columns) > maximum) for name, maximum in plan_maxima().items()]
    as_sold = [
        instalment <= own[INSTALMENT],
        np.abs(FORMULAS[TERM](columns) - months) <= TERM_READ,
        np.abs(FORMULAS[RATE](columns) - rate) <= RATE_READ,
    ]
    return loans.at(np.logical_and.reduce([*within, *as_sold]))


def _verified(
    artifact: Artifact, assessment: Assessment, kind: OfferKind, loans: _Loans, place: int, rate: float
) -> Offer | None:
    """One loan as `/score` would answer it; None if that is not an approval."""
    language, present = assessment.language, assessment.applicant.raw
    loan = {CREDIT: float(loans.amount[place]), INSTALMENT: float(loans.instalment[place])}
    changes = checked_changes({name: value for name, value in loan.items() if value != present[name]}, language)
    applicant = edited(assessment.applicant, changes, language)
    again = assessed(artifact, applicant, {**assessment.changes, **changes}, language)
    if again.decision.outcome != "approve":
        return None
    return Offer(kind, changes, again.probability, loan[CREDIT], loan[INSTALMENT], float(loans.months[place]), rate)
