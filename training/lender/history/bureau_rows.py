"""Prepares `bureau`: the subsets of credits, and the quantities that features aggregate."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.units import DAYS_PER_MONTH
from scoring.words.language import Words
from training.aggregates.compose import (
    Aggregate,
    Quantities,
    Rows,
    meaning,
    measure,
    not_below_zero,
    quotient,
    years_before,
)

THEME = "credit_bureau"
# Days more than half a century away are sentinels, not dates (reference: home-credit-schema, trap 9).
HALF_CENTURY = 18_262
HOME_CURRENCY = "currency 1"

ALL = Rows("bureau", Words("Credit bureau", "Bureau de crédit"), THEME)
ACTIVE = Rows(
    "bureau_active", Words("Credit bureau, active credits", "Bureau de crédit, crédits actifs"), THEME, _.is_active
)
CLOSED = Rows(
    "bureau_closed", Words("Credit bureau, closed credits", "Bureau de crédit, crédits soldés"), THEME, _.is_closed
)


@dataclass(frozen=True)
class Kind:
    """A type of credit: its name in features and labels, and its level of CREDIT_TYPE."""

    key: str
    level: str
    words: Words

    @property
    def holds(self) -> Deferred:
        """Whether a credit is of this type."""
        return self.level == _.CREDIT_TYPE


CONSUMER = Kind("consumer", "Consumer credit", Words("consumer credits", "crédits à la consommation"))
CARD = Kind("card", "Credit card", Words("credit cards", "cartes de crédit"))
CAR = Kind("car", "Car loan", Words("car loans", "crédits auto"))
MORTGAGE = Kind("mortgage", "Mortgage", Words("mortgages", "crédits immobiliers"))
MICROLOAN = Kind("microloan", "Microloan", Words("microloans", "microcrédits"))
KINDS = (CONSUMER, CARD, CAR, MORTGAGE, MICROLOAN)
# Each of the others is at most one credit in fifty: too rare for more features.
COMMON = (CONSUMER, CARD)

DEBT, CREDIT = _.AMT_CREDIT_SUM_DEBT, _.AMT_CREDIT_SUM
MONTHS_LEFT = not_below_zero(_.planned_end) / DAYS_PER_MONTH
AT_LEAST_A_MONTH_LEFT = (MONTHS_LEFT < 1).ifelse(1.0, MONTHS_LEFT)
DEBT_OVER_CREDIT = meaning("total debt over credit", "dette totale rapportée aux crédits", "ratio", "bureau_debt", +1)

QUANTITIES: Quantities = {
    "debt": (DEBT, meaning("current debt", "dette en cours", "amount", "bureau_debt", +1)),
    "debt_over_credit": (
        quotient(DEBT, CREDIT),
        meaning("debt over credit", "dette rapportée au crédit", "ratio", "bureau_debt", +1),
    ),
    "monthly_debt": (
        DEBT / AT_LEAST_A_MONTH_LEFT,
        meaning("debt over months left", "dette rapportée aux mois restants", "amount", "bureau_debt", +1),
    ),
    "overdue": (
        _.AMT_CREDIT_SUM_OVERDUE,
        meaning("amount overdue", "montant en retard", "amount", "bureau_overdue", +1),
    ),
    "worst_overdue": (
        _.AMT_CREDIT_MAX_OVERDUE,
        meaning("largest amount ever overdue", "plus fort retard jamais atteint", "amount", "bureau_overdue", +1),
    ),
    "worst_overdue_over_credit": (
        quotient(_.AMT_CREDIT_MAX_OVERDUE, CREDIT),
        meaning("largest overdue over credit", "plus fort retard rapporté au crédit", "ratio", "bureau_overdue", +1),
    ),
    "days_overdue": (
        _.CREDIT_DAY_OVERDUE,
        meaning("days overdue", "jours de retard", "days", "bureau_overdue", +1),
    ),
    "credit": (CREDIT, meaning("amount of the credits", "montant des crédits", "amount", "bureau_credit")),
    "annuity": (_.AMT_ANNUITY, meaning("annuity", "annuité", "amount", "bureau_annuity")),
    "age": (
        years_before(_.DAYS_CREDIT),
        meaning("time since opening", "temps depuis l'ouverture", "years", "bureau_age"),
    ),
    "term": (_.term, meaning("planned term", "durée prévue", "months", "bureau_term")),
    "horizon": (
        _.planned_end / DAYS_PER_MONTH,
        meaning(
            "time until the planned end, negative once past",
            "temps jusqu'à la fin prévue, négatif si passée",
            "months",
            "bureau_left",
        ),
    ),
    "left": (
        MONTHS_LEFT,
        meaning("time left until the planned end", "temps restant avant la fin prévue", "months", "bureau_left"),
    ),
    "update": (
        years_before(_.updated),
        meaning("time since the last report", "temps depuis la dernière mise à jour", "years", "bureau_update"),
    ),
    "end": (
        years_before(_.paid_off),
        meaning("time since it was paid off", "temps depuis le remboursement", "years", "bureau_end"),
    ),
    "early": (
        not_below_zero(_.planned_end - _.paid_off),
        meaning("days before the planned end", "jours d'avance sur la fin prévue", "days", "bureau_early"),
    ),
    "after": (
        not_below_zero(_.paid_off - _.planned_end),
        meaning("days after the planned end", "jours au-delà de la fin prévue", "days", "bureau_after"),
    ),
    "lasted": (
        not_below_zero(_.paid_off - _.DAYS_CREDIT) / DAYS_PER_MONTH,
        meaning("time from opening to payoff", "temps entre ouverture et remboursement", "months", "bureau_lasted"),
    ),
    "lasted_over_term": (
        quotient(not_below_zero(_.paid_off - _.DAYS_CREDIT) / DAYS_PER_MONTH, _.term),
        meaning("actual over planned term", "durée réelle rapportée à la prévue", "ratio", "bureau_lasted"),
    ),
    "limit": (
        _.AMT_CREDIT_SUM_LIMIT,
        meaning("credit card limit", "plafond de carte de crédit", "amount", "bureau_limit"),
    ),
    "prolonged": (
        _.CNT_CREDIT_PROLONG,
        meaning("times prolonged", "nombre de prolongations", "count", "bureau_prolonged"),
    ),
}


def debt_over_credit(rows: Rows) -> Aggregate:
    """Total debt over total credit, for credits whose debt is known."""
    known = DEBT.notnull() if rows.where is None else rows.where & DEBT.notnull()
    ratio = quotient(DEBT.sum(where=known), CREDIT.sum(where=known))
    return measure(rows, "debt_over_credit", ratio, DEBT_OVER_CREDIT)


def prepared(table: ir.Table) -> ir.Table:
    """Adds statuses as flags, and removes sentinels from days."""
    planned_end = _plausible(table.DAYS_CREDIT_ENDDATE)
    return table.mutate(
        is_active=table.CREDIT_ACTIVE == "Active",
        is_closed=table.CREDIT_ACTIVE == "Closed",
        planned_end=planned_end,
        paid_off=_plausible(table.DAYS_ENDDATE_FACT),
        updated=_plausible(table.DAYS_CREDIT_UPDATE),
        term=not_below_zero(planned_end - table.DAYS_CREDIT) / DAYS_PER_MONTH,
    )


def _plausible(days: ir.NumericColumn) -> ir.NumericColumn:
    return (days.abs() <= HALF_CENTURY).ifelse(days, ibis.null("float64"))
