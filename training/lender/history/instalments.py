"""Features of `installments_payments`: how punctually and fully instalments were paid, over all loans and cards."""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.units import DAYS_PER_MONTH, DAYS_PER_YEAR
from scoring.words.language import Words
from training.aggregates.compose import (
    HALF_YEAR,
    QUARTER,
    TWO_YEARS,
    WINDOWS,
    YEAR,
    Aggregate,
    Meaning,
    Rows,
    aggregates,
    as_number,
    count,
    meaning,
    measure,
    per_applicant,
    quotient,
    share,
    single,
    trend,
)
from training.aggregates.windows import across, among, change, latest_first, since, spread, time_without
from training.lender.history.instalment_rows import (
    CARD,
    DUE,
    EARLY,
    LATE,
    LATE_AMOUNT,
    LATE_SHARE,
    LEAST_PAID,
    MONTH,
    MONTH_LATE_SHARE,
    NUMBER,
    ROUNDING,
    THEME,
    UNPAID,
    UNPAID_SHARE,
    WEEK,
    WEEK_LATE_SHARE,
    paid_over_due,
    per_instalment,
)

PAID = Rows("instalments", Words("Instalments", "Échéances"), THEME)
SINCE = {window: since(PAID, window, _.days_ago <= window.days) for window in WINDOWS}
FIRST = Rows(
    "instalments_first", Words("First instalments of loans", "Premières échéances des prêts"), THEME, _.is_first
)
LAST = Rows("instalments_last", Words("Last instalment", "Dernière échéance"), THEME, _.rank < 1)
LAST_THREE = Rows(
    "instalments_last_three", Words("Last three instalments", "Trois dernières échéances"), THEME, _.rank < 3
)
LAST_FIVE = Rows("instalments_last_five", Words("Last five instalments", "Cinq dernières échéances"), THEME, _.rank < 5)
LAST_TEN = Rows("instalments_last_ten", Words("Last ten instalments", "Dix dernières échéances"), THEME, _.rank < 10)
BY_TIME = (PAID, *SINCE.values())
LONG = (PAID, SINCE[TWO_YEARS], SINCE[YEAR])
BY_COUNT = (LAST_TEN, LAST_FIVE, LAST_THREE)


def _numbers() -> list[Aggregate]:
    plans = meaning("plan changes, maximum", "changements d'échéancier, maximum", "count", "instalments_plans")
    longest = meaning("most instalments of a loan", "plus grand nombre par prêt", "count", "instalments_longest")
    latest = meaning("time since the last due date", "temps depuis la dernière", "months", "instalments_latest")
    oldest = meaning("time since the first due date", "temps depuis la première", "months", "instalments_oldest")
    parts = meaning("share paid in parts", "part payée en plusieurs fois", "share", "instalments_parts")
    cards = meaning("share of credit cards", "part des cartes de crédit", "share", "instalments_cards")
    months_ago = _.days_ago / DAYS_PER_MONTH
    return [
        measure(PAID, "count", _.count(), NUMBER),
        *(count(SINCE[window], "all", SINCE[window].where, NUMBER) for window in (TWO_YEARS, YEAR, QUARTER)),
        measure(PAID, "plans", _.NUM_INSTALMENT_VERSION.max(), plans),
        measure(PAID, "longest", _.NUM_INSTALMENT_NUMBER.max(), longest),
        measure(PAID, "latest", months_ago.min(), latest),
        measure(PAID, "oldest", months_ago.max(), oldest),
        *(share(rows, "parts", _.parts > 1, parts) for rows in (PAID, SINCE[YEAR])),
        share(PAID, "cards", _.NUM_INSTALMENT_VERSION == CARD, cards),
    ]


def _amounts() -> list[Aggregate]:
    last_year = SINCE[YEAR].where
    monthly = meaning("amount due per month", "montant dû par mois", "amount", "instalments_due")
    against = meaning(
        "average amount due over the average of all time",
        "montant dû moyen rapporté à la moyenne de toujours",
        "ratio",
        "instalments_due_trend",
    )
    # Starts at the first due date in the year for applicants without an earlier one; less than a month counts as one.
    months = (_.days_ago.max(where=last_year) / DAYS_PER_MONTH).clip(lower=1.0)
    return [
        *aggregates(PAID, "due", _.due, DUE, "min mean max sum"),
        spread(PAID, "due", _.due, DUE),
        *aggregates(SINCE[TWO_YEARS], "due", _.due, DUE, "mean"),
        *aggregates(SINCE[YEAR], "due", _.due, DUE, "mean max sum"),
        *aggregates(SINCE[QUARTER], "due", _.due, DUE, "sum"),
        measure(SINCE[YEAR], "monthly_due", _.due.sum(where=last_year) / months, monthly),
        trend(SINCE[YEAR], "due", _.due, PAID, against),
        *aggregates(LAST_FIVE, "due", _.due, DUE, "mean"),
    ]


def _punctuality() -> list[Aggregate]:
    return [
        *across((*BY_TIME, *BY_COUNT, FIRST), "late", _.late, LATE, "mean max"),
        *aggregates(PAID, "late", _.late, LATE, "sum"),
        *across((*BY_TIME, LAST_TEN, LAST_THREE, FIRST), "early", _.early, EARLY, "mean"),
        *aggregates(PAID, "early", _.early, EARLY, "max"),
        *single({"late": (_.late, LATE), "early": (_.early, EARLY), "due": (_.due, DUE)}, LAST, "late early due"),
        *(share(rows, "late", _.late > 0, LATE_SHARE) for rows in (*BY_TIME, *BY_COUNT, FIRST)),
        *(share(rows, "week_late", _.late > WEEK, WEEK_LATE_SHARE) for rows in (*LONG, LAST_TEN, FIRST)),
        *(share(rows, "month_late", _.late > MONTH, MONTH_LATE_SHARE) for rows in (PAID, SINCE[TWO_YEARS])),
        *(_late_amount(rows) for rows in (PAID, SINCE[YEAR])),
    ]


def _late_amount(rows: Rows) -> Aggregate:
    late_due = (_.due * as_number(_.late > 0)).sum(where=rows.where)
    known_due = _.due.sum(where=among(rows, _.late.notnull()))
    return measure(rows, "late_amount_share", quotient(late_due, known_due), LATE_AMOUNT)


def _change_of_punctuality() -> list[Aggregate]:
    def trend_of(en: str, fr: str, unit: str) -> Meaning:
        return meaning(en, fr, unit, "instalments_trend")

    days = trend_of("days late, against earlier", "jours de retard, par rapport à avant", "days")
    part = trend_of("share paid late, against earlier", "part payée en retard, par rapport à avant", "")
    early = trend_of("days early, against earlier", "jours d'avance, par rapport à avant", "days")
    slope = trend_of("days later from year to year", "jours de retard de plus d'année en année", "days")
    clean = meaning("time without a late payment", "temps sans paiement en retard", "months", "instalments_late", -1)
    week = meaning(
        "time without a payment over a week late",
        "temps sans paiement avec plus d'une semaine de retard",
        "months",
        "instalments_late",
        -1,
    )
    last_year, months_ago = SINCE[YEAR].where, _.days_ago / DAYS_PER_MONTH
    return [
        measure(SINCE[YEAR], "late_change", change(_.late, last_year), days),
        measure(SINCE[YEAR], "late_share_change", change(as_number(_.late > 0), last_year), part),
        measure(SINCE[YEAR], "early_change", change(_.early, last_year), early),
        measure(PAID, "late_slope", _slope(_.late, -_.days_ago) * DAYS_PER_YEAR, slope),
        measure(PAID, "clean", time_without(_.late > 0, months_ago), clean),
        measure(PAID, "week_clean", time_without(_.late > WEEK, months_ago), week),
    ]


def _slope(value: Deferred, time: Deferred) -> Deferred:
    """The least-squares slope over time; sums of whole days are exact in any order."""
    known = value.notnull()
    number, times, values = as_number(known).sum(), time.sum(where=known), value.sum()
    return quotient(
        number * (value * time).sum() - times * values, number * (time * time).sum(where=known) - times * times
    )


def _completeness() -> list[Aggregate]:
    return [
        *aggregates(PAID, "unpaid", _.unpaid, UNPAID, "mean max sum"),
        *aggregates(SINCE[TWO_YEARS], "unpaid", _.unpaid, UNPAID, "sum"),
        *aggregates(SINCE[YEAR], "unpaid", _.unpaid, UNPAID, "mean max sum"),
        *across((SINCE[HALF_YEAR], SINCE[QUARTER], LAST_TEN, LAST_THREE), "unpaid", _.unpaid, UNPAID, "sum"),
        *aggregates(FIRST, "unpaid", _.unpaid, UNPAID, "max"),
        *(
            share(rows, "unpaid", _.unpaid > ROUNDING, UNPAID_SHARE)
            for rows in (*LONG, SINCE[QUARTER], LAST_TEN, FIRST)
        ),
        *(paid_over_due(rows) for rows in (*BY_TIME, LAST_TEN, LAST_THREE, LAST, FIRST)),
        *(
            measure(rows, "least_paid", quotient(_.paid, _.due).min(where=rows.where), LEAST_PAID)
            for rows in (PAID, SINCE[YEAR])
        ),
    ]


FEATURES: tuple[Aggregate, ...] = (
    *_numbers(),
    *_amounts(),
    *_punctuality(),
    *_change_of_punctuality(),
    *_completeness(),
)


def installments_payments(table: ir.Table) -> ir.Table:
    """Computes the features of instalments over all loans, first per instalment, then per applicant."""
    instalments = per_instalment(table)
    keys = ("SK_ID_PREV", "NUM_INSTALMENT_NUMBER", "NUM_INSTALMENT_VERSION")
    return per_applicant(instalments.mutate(rank=latest_first("days_ago", *keys)), FEATURES)
