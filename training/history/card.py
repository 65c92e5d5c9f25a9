"""credit_card_balance -> how the lender's credit cards were used and repaid."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.fields import Words
from training.history.compose import (
    Aggregate,
    Meaning,
    Rows,
    aggregates,
    meaning,
    measure,
    per_applicant,
    quotient,
    share,
)

THEME = "credit_card"
ALL = Rows("card", Words("Credit cards", "Cartes de crédit"), THEME)
YEAR = Rows("card_year", Words("Credit cards, last year", "Cartes de crédit depuis un an"), THEME, _.in_year)
QUARTER = Rows(
    "card_quarter", Words("Credit cards, last three months", "Cartes de crédit depuis trois mois"), THEME, _.in_quarter
)
LATEST = Rows("card_latest", Words("Credit cards, latest month", "Cartes de crédit, dernier mois"), THEME)
# Orders the rows of an applicant by month, then by card: ids are below ten millions.
MONTH_STEP = 10_000_000

BALANCE = meaning("balance", "solde dû", "amount", "card_use", +1)
USE = meaning("balance over limit", "solde dû rapporté au plafond", "ratio", "card_use", +1)
LIMIT = meaning("limit", "plafond", "amount", "card_limit")
DRAWN = meaning("amount drawn in a month", "montant utilisé par mois", "amount", "card_drawn")
CASH = meaning("share drawn in cash", "part retirée en espèces", "share", "card_cash")
PAYMENT = meaning("payment in a month", "paiement par mois", "amount", "card_payment")
DAYS_LATE = meaning("days past due", "jours de retard", "days", "card_late", +1)
LATE_SHARE = meaning("share of months past due", "part des mois en retard", "share", "card_late", +1)


def _use() -> list[Aggregate]:
    return [
        *aggregates(ALL, "balance", _.AMT_BALANCE, BALANCE, "mean max"),
        *aggregates(ALL, "use", _.use, USE, "mean max"),
        *aggregates(ALL, "drawn", _.AMT_DRAWINGS_CURRENT, DRAWN, "mean max"),
        *aggregates(ALL, "limit", _.AMT_CREDIT_LIMIT_ACTUAL, LIMIT, "mean max"),
        *aggregates(YEAR, "balance", _.AMT_BALANCE, BALANCE, "mean"),
        *aggregates(YEAR, "use", _.use, USE, "mean max"),
        *aggregates(YEAR, "drawn", _.AMT_DRAWINGS_CURRENT, DRAWN, "mean"),
        *aggregates(QUARTER, "use", _.use, USE, "mean"),
        _latest("balance", _.AMT_BALANCE, BALANCE),
        _latest("use", _.use, USE),
        _cash_share(ALL),
        _cash_share(YEAR),
    ]


def _cash_share(rows: Rows) -> Aggregate:
    cash = quotient(_.AMT_DRAWINGS_ATM_CURRENT.sum(where=rows.where), _.drawn_known.sum(where=rows.where))
    return measure(rows, "cash_share", cash, CASH)


def _repayment() -> list[Aggregate]:
    minimum = meaning("least payment asked", "paiement minimal demandé", "amount", "card_minimum")
    large = meaning(
        "days past due, small debts aside", "jours de retard, petites dettes exclues", "days", "card_late", 1
    )
    return [
        *aggregates(ALL, "payment", _.AMT_PAYMENT_TOTAL_CURRENT, PAYMENT, "mean"),
        *aggregates(YEAR, "payment", _.AMT_PAYMENT_TOTAL_CURRENT, PAYMENT, "mean"),
        *aggregates(ALL, "minimum", _.AMT_INST_MIN_REGULARITY, minimum, "mean"),
        *aggregates(ALL, "days_late", _.SK_DPD, DAYS_LATE, "mean max"),
        *aggregates(YEAR, "days_late", _.SK_DPD, DAYS_LATE, "max"),
        *aggregates(ALL, "large_days_late", _.SK_DPD_DEF, large, "max"),
        share(ALL, "late", _.SK_DPD > 0, LATE_SHARE),
        share(YEAR, "late", _.SK_DPD > 0, LATE_SHARE),
    ]


def _months() -> list[Aggregate]:
    recency = meaning("time since the last record", "temps depuis le dernier relevé", "months", "card_recency")
    active = meaning("share of months active", "part des mois d'activité", "share", "card_active")
    used = meaning("share of months with a balance", "part des mois avec un solde dû", "share", "card_use", +1)
    over = meaning("share of months over the limit", "part des mois au-delà du plafond", "share", "card_use", +1)
    drawings = meaning("drawings in a month", "utilisations par mois", "count", "card_drawn")
    instalments = meaning("instalments paid", "échéances payées", "count", "card_instalments")
    return [
        measure(ALL, "months", _.count(), meaning("months on record", "mois connus", "count", "card_months")),
        measure(ALL, "count", _.SK_ID_PREV.nunique(), meaning("number", "nombre", "count", "card_count")),
        measure(ALL, "recency", (-_.MONTHS_BALANCE).min(), recency),
        share(ALL, "active", _.NAME_CONTRACT_STATUS == "Active", active),
        share(ALL, "used", _.AMT_BALANCE > 0, used),
        share(ALL, "over_limit", _.use > 1, over),
        *aggregates(ALL, "instalments", _.CNT_INSTALMENT_MATURE_CUM, instalments, "max"),
        *aggregates(ALL, "drawings", _.CNT_DRAWINGS_CURRENT, drawings, "mean max"),
    ]


def _latest(name: str, value: Deferred, told: Meaning) -> Aggregate:
    return measure(LATEST, name, value.argmax(_.order, where=value.notnull()), told)


FEATURES: tuple[Aggregate, ...] = (*_months(), *_use(), *_repayment())


def credit_card_balance(table: ir.Table) -> ir.Table:
    """The features of the monthly states of the lender's credit cards."""
    kind_known = table.AMT_DRAWINGS_ATM_CURRENT.notnull()
    rows = table.mutate(
        in_year=table.MONTHS_BALANCE >= -12,
        in_quarter=table.MONTHS_BALANCE >= -3,
        use=quotient(table.AMT_BALANCE, table.AMT_CREDIT_LIMIT_ACTUAL),
        # Where the kind of drawing is unknown, the amount drawn must not weigh in the share of cash either.
        drawn_known=kind_known.ifelse(table.AMT_DRAWINGS_CURRENT, ibis.null("float64")),
        order=table.MONTHS_BALANCE * MONTH_STEP + table.SK_ID_PREV,
    )
    return per_applicant(rows, FEATURES)
