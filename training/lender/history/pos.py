"""Features of `POS_CASH_balance`: the monthly course of earlier instalment loans, over all loans."""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.words.language import Words
from training.aggregates.compose import (
    QUARTER,
    TWO_YEARS,
    WINDOWS,
    YEAR,
    Aggregate,
    Meaning,
    Rows,
    as_number,
    count,
    meaning,
    measure,
    per_applicant,
    quotient,
    share,
)
from training.aggregates.windows import across, among, change, since, time_without

THEME = "repayment"
LOANS = Rows("pos", Words("Instalment loans", "Prêts à échéances"), THEME)
MONTHS = Rows("pos", Words("Instalment loans, month by month", "Prêts à échéances, mois par mois"), THEME)
SINCE = {window: since(LOANS, window, _.months_ago <= window.months) for window in WINDOWS}
EVERY = (MONTHS, *SINCE.values())
LONG = (MONTHS, SINCE[TWO_YEARS], SINCE[YEAR])
# Some days past due are common and say little; over a week says more, over a month a lot.
WEEK, MONTH = 7, 30


def as_late(en: str, fr: str, unit: str) -> Meaning:
    """The meaning of a quantity about lateness."""
    return meaning(en, fr, unit, "pos_late", +1)


DAYS_LATE = as_late("days past due", "jours de retard", "days")
LATE_SHARE = as_late("share of months past due", "part des mois en retard", "share")
LEFT = meaning("instalments left", "échéances restantes", "count", "pos_left")
LEFT_OVER_TERM = meaning("instalments left over term", "échéances restantes rapportées à la durée", "ratio", "pos_left")


def _months() -> list[Aggregate]:
    latest = meaning("time since the last record", "temps depuis le dernier relevé", "months", "pos_latest")
    oldest = meaning("time since the first record", "temps depuis le premier relevé", "months", "pos_oldest")
    months = meaning("months on record", "mois connus", "count", "pos_months")
    active = meaning("share of months active", "part des mois d'activité", "share", "pos_active")
    signed = meaning("share of months signed only", "part des mois au stade de la signature", "share", "pos_signed")
    return [
        measure(MONTHS, "months", _.count(), months),
        *(count(SINCE[window], "months", SINCE[window].where, months) for window in (TWO_YEARS, YEAR, QUARTER)),
        measure(MONTHS, "latest", _.months_ago.min(), latest),
        measure(MONTHS, "oldest", _.months_ago.max(), oldest),
        share(MONTHS, "active", _.NAME_CONTRACT_STATUS == "Active", active),
        share(MONTHS, "signed", _.NAME_CONTRACT_STATUS == "Signed", signed),
        *across(EVERY, "left", _.CNT_INSTALMENT_FUTURE, LEFT, "mean"),
        *(left_over_term(rows, _.CNT_INSTALMENT_FUTURE, _.CNT_INSTALMENT) for rows in EVERY),
    ]


def left_over_term(rows: Rows, left: Deferred, term: Deferred) -> Aggregate:
    """Total instalments left over total terms, where both are known."""
    known = among(rows, left.notnull() & term.notnull())
    return measure(rows, "left_over_term", quotient(left.sum(where=known), term.sum(where=known)), LEFT_OVER_TERM)


def _arrears() -> list[Aggregate]:
    week = as_late("share of months over a week past due", "part des mois avec plus d'une semaine de retard", "share")
    month = as_late("share of months over 30 days past due", "part des mois avec plus de 30 jours de retard", "share")
    large = as_late("days past due, small debts aside", "jours de retard, petites dettes exclues", "days")
    large_share = as_late(
        "share of months past due, small debts aside", "part des mois en retard, petites dettes exclues", "share"
    )
    months_late = as_late("months past due", "mois en retard", "count")
    return [
        *across(EVERY, "days_late", _.SK_DPD, DAYS_LATE, "max"),
        *across(LONG, "days_late", _.SK_DPD, DAYS_LATE, "mean"),
        *across(LONG, "large_days_late", _.SK_DPD_DEF, large, "max"),
        *(share(rows, "late", _.SK_DPD > 0, LATE_SHARE) for rows in EVERY),
        *(share(rows, "large_late", _.SK_DPD_DEF > 0, large_share) for rows in (MONTHS, SINCE[TWO_YEARS])),
        *(share(rows, "week_late", _.SK_DPD > WEEK, week) for rows in LONG),
        share(MONTHS, "month_late", _.SK_DPD > MONTH, month),
        measure(SINCE[YEAR], "months_late", _.late.sum(where=SINCE[YEAR].where), months_late),
    ]


def _change_of_arrears() -> list[Aggregate]:
    days = meaning("days past due, against earlier", "jours de retard, par rapport à avant", "days", "pos_trend")
    months = meaning(
        "share of months past due, against earlier", "part des mois en retard, par rapport à avant", "", "pos_trend"
    )
    clean = meaning("time without days past due", "temps sans jour de retard", "months", "pos_late", -1)
    clean_large = meaning(
        "time without days past due, small debts aside",
        "temps sans jour de retard, petites dettes exclues",
        "months",
        "pos_late",
        -1,
    )
    last_year = SINCE[YEAR].where
    return [
        measure(SINCE[YEAR], "days_late_change", change(_.SK_DPD, last_year), days),
        measure(SINCE[YEAR], "late_change", change(_.late, last_year), months),
        measure(MONTHS, "clean", time_without(_.SK_DPD > 0, _.months_ago), clean),
        measure(MONTHS, "large_clean", time_without(_.SK_DPD_DEF > 0, _.months_ago), clean_large),
    ]


FEATURES: tuple[Aggregate, ...] = (*_months(), *_arrears(), *_change_of_arrears())


def pos_cash_balance(table: ir.Table) -> ir.Table:
    """Computes the features of instalment loans from their monthly rows."""
    rows = table.mutate(months_ago=-table.MONTHS_BALANCE, late=as_number(table.SK_DPD > 0))
    return per_applicant(rows, FEATURES)
