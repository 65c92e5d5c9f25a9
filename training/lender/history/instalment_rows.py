"""Prepares `installments_payments`: a row per instalment, and the quantities that features aggregate."""

from __future__ import annotations

from ibis import _
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from training.aggregates.compose import Aggregate, Meaning, Rows, meaning, measure, not_below_zero, quotient

THEME = "repayment"
# A payment some days late is common and says little; over a week says more, over a month a lot.
WEEK, MONTH = 7, 30
# By rounding alone, partial payments may add up to slightly less than what is due.
ROUNDING = 1.0
# Version 0 of an instalment calendar is a credit card (reference: home-credit-schema).
CARD = 0


def as_late(en: str, fr: str, unit: str) -> Meaning:
    """The meaning of a quantity about lateness."""
    return meaning(en, fr, unit, "instalments_late", +1)


def as_unpaid(en: str, fr: str, unit: str, direction: int = +1) -> Meaning:
    """The meaning of a quantity about shortfalls."""
    return meaning(en, fr, unit, "instalments_unpaid", direction)


LATE = as_late("days late", "jours de retard", "days")
LATE_SHARE = as_late("share paid late", "part payée en retard", "share")
WEEK_LATE_SHARE = as_late("share paid over a week late", "part payée avec plus d'une semaine de retard", "share")
MONTH_LATE_SHARE = as_late("share paid over 30 days late", "part payée avec plus de 30 jours de retard", "share")
LATE_AMOUNT = as_late("share of the amount paid late", "part du montant payée en retard", "share")
EARLY = meaning("days early", "jours d'avance", "days", "instalments_late", -1)
UNPAID = as_unpaid("amount left unpaid", "montant resté impayé", "amount")
UNPAID_SHARE = as_unpaid("share not paid in full", "part non payée en entier", "share")
PAID_OVER_DUE = as_unpaid("amount paid over due", "montant payé rapporté au dû", "ratio", -1)
LEAST_PAID = as_unpaid("least amount paid over due", "plus faible montant payé rapporté au dû", "ratio", -1)
DUE = meaning("amount due", "montant dû", "amount", "instalments_due")
NUMBER = meaning("number", "nombre", "count", "instalments_count")


def paid_over_due(rows: Rows) -> Aggregate:
    """Total `paid` over total `due`."""
    value = quotient(_.paid.sum(where=rows.where), _.due.sum(where=rows.where))
    return measure(rows, "paid_over_due", value, PAID_OVER_DUE)


def per_instalment(table: ir.Table) -> ir.Table:
    """One row per instalment, which may be paid in parts: when and how much was due and paid.

    An instalment is as late as its last partial payment; without any payment on record, it is unpaid.
    """
    keys = [APPLICANT_ID, "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT"]
    instalments = table.group_by(keys).aggregate(
        due=_.AMT_INSTALMENT.max(),
        paid=_.AMT_PAYMENT.sum().fill_null(0.0),
        paid_day=_.DAYS_ENTRY_PAYMENT.max(),
        parts=_.count(),
    )
    return instalments.mutate(
        days_ago=-instalments.DAYS_INSTALMENT,
        is_first=instalments.NUM_INSTALMENT_NUMBER <= 1,
        late=not_below_zero(instalments.paid_day - instalments.DAYS_INSTALMENT),
        early=not_below_zero(instalments.DAYS_INSTALMENT - instalments.paid_day),
        unpaid=not_below_zero(instalments.due - instalments.paid),
    )
