"""credit_card_balance -> how the lender's credit cards were used and repaid."""

from __future__ import annotations

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
YEAR = Rows("card_year", Words("Credit cards in the last year", "Cartes de crédit depuis un an"), THEME, _.in_year)
QUARTER = Rows(
    "card_quarter",
    Words("Credit cards in the last three months", "Cartes de crédit depuis trois mois"),
    THEME,
    _.in_quarter,
)
LATEST = Rows("card_latest", Words("Credit cards, latest month", "Cartes de crédit, dernier mois"), THEME)

BALANCE = meaning("balance", "solde dû", "amount", "card_use", +1)
USE = meaning("balance over limit", "solde dû rapporté au plafond", "ratio", "card_use", +1)
LIMIT = meaning("limit", "plafond", "amount", "card_limit")
DRAWN = meaning("amount drawn in a month", "montant utilisé par mois", "amount", "card_drawings")
DRAWINGS = meaning("drawings in a month", "utilisations par mois", "count", "card_drawings")
ATM_SHARE = meaning("share of the amount drawn in cash", "part des retraits d'espèces", "share", "card_cash")
PAYMENT = meaning("payment in a month", "paiement mensuel", "amount", "card_payments")
MINIMUM = meaning("minimum payment asked", "paiement minimal demandé", "amount", "card_minimum")
DAYS_LATE = meaning("days past due", "jours de retard", "days", "card_late", +1)
LARGE_DAYS_LATE = meaning(
    "days past due, small amounts aside", "jours de retard, petits montants exclus", "days", "card_late", +1
)
LATE_SHARE = meaning("share of months past due", "part des mois en retard", "share", "card_late", +1)


def _use(rows: Rows) -> list[Aggregate]:
    atm = quotient(_.AMT_DRAWINGS_ATM_CURRENT.sum(where=rows.where), _.drawn_known.sum(where=rows.where))
    cash_months = meaning(
        "share of months with cash drawn", "part des mois avec retrait d'espèces", "share", "card_cash"
    )
    return [
        *aggregates(rows, "balance", _.AMT_BALANCE, BALANCE, "mean max"),
        *aggregates(rows, "use", _.use, USE, "mean max"),
        *aggregates(rows, "limit", _.AMT_CREDIT_LIMIT_ACTUAL, LIMIT, "mean max"),
        *aggregates(rows, "drawn", _.AMT_DRAWINGS_CURRENT, DRAWN, "mean max"),
        *aggregates(rows, "drawings", _.CNT_DRAWINGS_CURRENT, DRAWINGS, "mean max"),
        measure(rows, "cash_share", atm, ATM_SHARE),
        share(rows, "cash_months", _.CNT_DRAWINGS_ATM_CURRENT > 0, cash_months),
        *aggregates(rows, "payment", _.AMT_PAYMENT_TOTAL_CURRENT, PAYMENT, "mean"),
        *aggregates(rows, "days_late", _.SK_DPD, DAYS_LATE, "mean max"),
        *aggregates(rows, "large_days_late", _.SK_DPD_DEF, LARGE_DAYS_LATE, "mean max"),
        share(rows, "late", _.SK_DPD > 0, LATE_SHARE),
    ]


def _latest(name: str, value: Deferred, told: Meaning) -> Aggregate:
    return measure(LATEST, name, value.argmax(_.order, where=value.notnull()), told)


FEATURES: tuple[Aggregate, ...] = (
    measure(ALL, "months", _.count(), meaning("months on record", "mois connus", "count", "card_months")),
    measure(ALL, "count", _.SK_ID_PREV.nunique(), meaning("number of cards", "nombre de cartes", "count", "card_months")),
    measure(
        ALL,
        "latest",
        (-_.MONTHS_BALANCE).min(),
        meaning("months since the last record", "mois depuis le dernier relevé", "months", "card_recency"),
    ),
    *_use(ALL),
    *_use(YEAR),
    *aggregates(QUARTER, "balance", _.AMT_BALANCE, BALANCE, "mean"),
    *aggregates(QUARTER, "use", _.use, USE, "mean"),
    *aggregates(QUARTER, "drawn", _.AMT_DRAWINGS_CURRENT, DRAWN, "mean"),
    *aggregates(QUARTER, "days_late", _.SK_DPD, DAYS_LATE, "max"),
    *aggregates(ALL, "minimum", _.AMT_INST_MIN_REGULARITY, MINIMUM, "mean max"),
    measure(
        ALL,
        "instalments",
        _.CNT_INSTALMENT_MATURE_CUM.max(),
        meaning("instalments paid, maximum", "échéances payées, maximum", "count", "card_instalments"),
    ),
    share(
        ALL,
        "active",
        _.NAME_CONTRACT_STATUS == "Active",
        meaning("share of months active", "part des mois d'activité", "share", "card_active"),
    ),
    share(
        ALL,
        "used_months",
        _.AMT_BALANCE > 0,
        meaning("share of months with a balance", "part des mois avec un solde dû", "share", "card_use", +1),
    ),
    share(
        ALL,
        "over_limit",
        _.use > 1,
        meaning("share of months over the limit", "part des mois au-delà du plafond", "share", "card_use", +1),
    ),
    _latest("balance", _.AMT_BALANCE, BALANCE),
    _latest("use", _.use, USE),
    _latest("limit", _.AMT_CREDIT_LIMIT_ACTUAL, LIMIT),
)  # fmt: skip


def credit_card_balance(table: ir.Table) -> ir.Table:
    """The features of the monthly states of the lender's credit cards."""
    rows = table.mutate(
        in_year=table.MONTHS_BALANCE >= -12,
        in_quarter=table.MONTHS_BALANCE >= -3,
        use=quotient(table.AMT_BALANCE, table.AMT_CREDIT_LIMIT_ACTUAL),
        # Where the kind of drawing is unknown, the amount drawn must not count in the share of cash either.
        drawn_known=table.AMT_DRAWINGS_ATM_CURRENT.notnull().ifelse(table.AMT_DRAWINGS_CURRENT, None),
        # Month first; among the cards of one month the newest: ids are below ten millions.
        order=table.MONTHS_BALANCE * 10_000_000 + table.SK_ID_PREV,
    )
    return per_applicant(rows, FEATURES)
