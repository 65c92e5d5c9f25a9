"""Features of `credit_card_balance`: how the lender's credit cards were used and repaid."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.words.language import Words
from training.aggregates.compose import (
    HALF_YEAR,
    QUARTER,
    TWO_YEARS,
    YEAR,
    Aggregate,
    Meaning,
    aggregates,
    meaning,
    measure,
    per_applicant,
    quotient,
    share,
    trend,
)
from training.aggregates.windows import across, last_value, time_without
from training.lender.history.card_flows import FLOWS
from training.lender.history.card_rows import ALL, ALL_AND_YEAR, BALANCE, EVERY, LATEST, MINIMUM, PAYMENT, SINCE, USE

# Orders an applicant's rows by month, then by card: ids are below ten million.
MONTH_STEP = 10_000_000
NEARLY_ALL = 0.9
# Days past due from which a payment counts as missed rather than late.
MONTH = 30

LIMIT = meaning("limit", "plafond", "amount", "card_limit")


def _late(en: str, fr: str, unit: str) -> Meaning:
    return meaning(en, fr, unit, "card_late", +1)


DAYS_LATE = _late("days past due", "jours de retard", "days")


def _use() -> list[Aggregate]:
    used = meaning("share of months with a balance", "part des mois avec un solde dû", "share", "card_use", +1)
    over = meaning("share of months over the limit", "part des mois au-delà du plafond", "share", "card_use", +1)
    high = meaning(
        "share of months with over 90% of the limit used",
        "part des mois avec plus de 90 % du plafond utilisé",
        "share",
        "card_use",
        +1,
    )
    unused = meaning("time without a balance", "temps sans solde dû", "months", "card_use", -1)
    return [
        *across(EVERY, "use", _.use, USE, "mean max"),
        *across((*ALL_AND_YEAR, SINCE[HALF_YEAR], SINCE[QUARTER]), "balance", _.AMT_BALANCE, BALANCE, "mean"),
        *across(ALL_AND_YEAR, "balance", _.AMT_BALANCE, BALANCE, "max"),
        *(share(rows, "used", _.AMT_BALANCE > 0, used) for rows in ALL_AND_YEAR),
        *(share(rows, "over_limit", _.use > 1, over) for rows in ALL_AND_YEAR),
        *(share(rows, "high_use", _.use > NEARLY_ALL, high) for rows in (*ALL_AND_YEAR, SINCE[QUARTER])),
        measure(ALL, "unused", time_without(_.AMT_BALANCE > 0, _.months_ago), unused),
    ]


def _arrears() -> list[Aggregate]:
    late_share = _late("share of months past due", "part des mois en retard", "share")
    month_share = _late(
        "share of months over 30 days past due", "part des mois avec plus de 30 jours de retard", "share"
    )
    large = _late("days past due, small debts aside", "jours de retard, petites dettes exclues", "days")
    clean = meaning("time without days past due", "temps sans jour de retard", "months", "card_late", -1)
    return [
        *across((ALL, SINCE[TWO_YEARS], SINCE[YEAR], SINCE[QUARTER]), "days_late", _.SK_DPD, DAYS_LATE, "max"),
        *across(ALL_AND_YEAR, "days_late", _.SK_DPD, DAYS_LATE, "mean"),
        *aggregates(ALL, "large_days_late", _.SK_DPD_DEF, large, "max"),
        *(share(rows, "late", _.SK_DPD > 0, late_share) for rows in (ALL, SINCE[TWO_YEARS], SINCE[YEAR])),
        share(ALL, "month_late", _.SK_DPD > MONTH, month_share),
        measure(ALL, "clean", time_without(_.SK_DPD > 0, _.months_ago), clean),
    ]


def _limits() -> list[Aggregate]:
    limits = meaning("number of limits", "nombre de plafonds", "count", "card_limit_changes")
    kept = meaning(
        "limit over the highest limit", "plafond rapporté au plus fort plafond", "ratio", "card_limit_changes"
    )
    limit = _.AMT_CREDIT_LIMIT_ACTUAL
    return [
        *aggregates(ALL, "limit", limit, LIMIT, "min mean max"),
        *aggregates(SINCE[YEAR], "limit", limit, LIMIT, "mean"),
        measure(ALL, "limits", limit.nunique(), limits),
        _latest("limit", limit, LIMIT),
        measure(LATEST, "limit_over_highest", quotient(last_value(limit, _.order), limit.max()), kept),
    ]


def _months() -> list[Aggregate]:
    recency = meaning("time since the last record", "temps depuis le dernier relevé", "months", "card_recency")
    active = meaning("share of months active", "part des mois d'activité", "share", "card_active")
    completed = meaning("share of months completed", "part des mois après clôture", "share", "card_active")
    instalments = meaning("instalments paid", "échéances payées", "count", "card_instalments")
    return [
        measure(ALL, "months", _.count(), meaning("months on record", "mois connus", "count", "card_months")),
        measure(ALL, "count", _.SK_ID_PREV.nunique(), meaning("number", "nombre", "count", "card_count")),
        measure(ALL, "recency", _.months_ago.min(), recency),
        share(ALL, "active", _.NAME_CONTRACT_STATUS == "Active", active),
        share(ALL, "completed", _.NAME_CONTRACT_STATUS == "Completed", completed),
        *aggregates(ALL, "instalments", _.CNT_INSTALMENT_MATURE_CUM, instalments, "mean max"),
    ]


def _latest_month() -> list[Aggregate]:
    return [
        _latest("balance", _.AMT_BALANCE, BALANCE),
        _latest("use", _.use, USE),
        _latest("days_late", _.SK_DPD, DAYS_LATE),
        _latest("minimum", _.AMT_INST_MIN_REGULARITY, MINIMUM),
        _latest("payment", _.AMT_PAYMENT_TOTAL_CURRENT, PAYMENT),
    ]


def _latest(name: str, value: Deferred, quantity: Meaning) -> Aggregate:
    return measure(LATEST, name, last_value(value, _.order), quantity)


def _trends() -> list[Aggregate]:
    """Recent months compared with all of them; 1 if nothing has changed.

    None of the balance: what is repaid today would read as a new course, for which no direction could be declared.
    """
    quantities = {
        "drawn": (_.AMT_DRAWINGS_CURRENT, Words("average amount drawn", "montant utilisé moyen")),
        "payment": (_.AMT_PAYMENT_TOTAL_CURRENT, Words("average payment", "paiement moyen")),
    }
    return [
        trend(
            SINCE[window],
            name,
            value,
            ALL,
            meaning(f"{words.en}, over that of all time", f"{words.fr}, sur celui de toujours", "ratio", "card_trend"),
        )
        for name, (value, words) in quantities.items()
        for window in (YEAR, QUARTER)
    ]


FEATURES: tuple[Aggregate, ...] = (
    *_months(),
    *_use(),
    *FLOWS,
    *_arrears(),
    *_limits(),
    *_latest_month(),
    *_trends(),
)


def credit_card_balance(table: ir.Table) -> ir.Table:
    """Computes the features of the lender's credit cards from their monthly rows."""
    kind_known = table.AMT_DRAWINGS_ATM_CURRENT.notnull()
    rows = table.mutate(
        months_ago=-table.MONTHS_BALANCE,
        use=quotient(table.AMT_BALANCE, table.AMT_CREDIT_LIMIT_ACTUAL),
        paid_over_minimum=quotient(table.AMT_PAYMENT_TOTAL_CURRENT, table.AMT_INST_MIN_REGULARITY),
        # If the kind of drawing is unknown, its amount must not count in the share of cash either.
        drawn_known=kind_known.ifelse(table.AMT_DRAWINGS_CURRENT, ibis.null("float64")),
        order=table.MONTHS_BALANCE * MONTH_STEP + table.SK_ID_PREV,
    )
    return per_applicant(rows, FEATURES)
