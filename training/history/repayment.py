"""POS_CASH_balance and installments_payments -> how earlier loans of this lender were repaid."""

from __future__ import annotations

from ibis import _
from ibis.expr import types as ir

from scoring.fields import APPLICANT_ID, Words
from training.history.compose import (
    DAYS_PER_MONTH,
    Aggregate,
    Meaning,
    Rows,
    aggregates,
    as_number,
    count,
    meaning,
    measure,
    not_below_zero,
    per_applicant,
    quotient,
    share,
)

THEME = "repayment"
POS = Rows("pos", Words("Instalment loans, month by month", "Prêts à échéances, mois par mois"), THEME)
OPEN = Rows("pos_open", Words("Instalment loans still open", "Prêts à échéances en cours"), THEME, _.is_open)
PAID = Rows("instalments", Words("Instalments", "Échéances"), THEME)
PAID_YEAR = Rows("instalments_year", Words("Instalments of the last year", "Échéances depuis un an"), THEME, _.in_year)
PAID_QUARTER = Rows(
    "instalments_quarter",
    Words("Instalments of the last three months", "Échéances depuis trois mois"),
    THEME,
    _.in_quarter,
)
# A payment a few days after the due date is common and says little; over a week says more.
WEEK = 7
# Parts of a payment may add up to a little less than what is due by rounding alone.
ROUNDING = 1.0
YEAR, QUARTER = 365, 91


def _late(en: str, fr: str, unit: str) -> Meaning:
    return meaning(en, fr, unit, "pos_late", +1)


def _loans() -> list[Aggregate]:
    latest = meaning("time since the last record", "temps depuis le dernier relevé", "months", "pos_latest")
    oldest = meaning("time since the first record", "temps depuis le premier relevé", "months", "pos_oldest")
    completed = meaning("share of loans completed", "part des prêts terminés", "share", "pos_completed")
    left = meaning("instalments left", "échéances restantes", "count", "pos_left")
    left_share = meaning("instalments left over term", "échéances restantes rapportées à la durée", "ratio", "pos_left")
    known = _.is_open & _.term.notnull()
    return [
        measure(POS, "months", _.months.sum(), meaning("months on record", "mois connus", "count", "pos_months")),
        measure(POS, "loans", _.count(), meaning("number of loans", "nombre de prêts", "count", "pos_loans")),
        measure(POS, "latest", _.months_ago.min(), latest),
        measure(POS, "oldest", _.first_months_ago.max(), oldest),
        measure(POS, "completed_share", _.completed.mean(), completed),
        *aggregates(POS, "term", _.term, meaning("term", "durée", "months", "pos_term"), "mean"),
        count(OPEN, "loans", _.is_open, meaning("number", "nombre", "count", "pos_open")),
        *aggregates(OPEN, "left", _.left, left, "sum max"),
        measure(OPEN, "left_over_term", quotient(_.left.sum(where=known), _.term.sum(where=known)), left_share),
    ]


def _days_past_due() -> list[Aggregate]:
    ever = _late("share of loans ever past due", "part des prêts déjà en retard", "share")
    large_max = _late(
        "days past due, small debts aside, maximum", "jours de retard, petites dettes exclues, maximum", "days"
    )
    large_share = _late(
        "share of months past due, small debts aside", "part des mois en retard, petites dettes exclues", "share"
    )
    year_max = _late("days past due in the last year, maximum", "jours de retard depuis un an, maximum", "days")
    year_months = _late("months past due in the last year", "mois en retard depuis un an", "count")
    days_mean = _late("days past due, average", "jours de retard, moyenne", "days")
    late_share = _late("share of months past due", "part des mois en retard", "share")
    return [
        *aggregates(POS, "days_late", _.days_late_max, _late("days past due", "jours de retard", "days"), "max"),
        measure(POS, "days_late_mean", quotient(_.days_late.sum(), _.months.sum()), days_mean),
        measure(POS, "late_share", quotient(_.months_late.sum(), _.months.sum()), late_share),
        share(POS, "late_loans", _.days_late_max > 0, ever),
        measure(POS, "large_days_late_max", _.large_days_late_max.max(), large_max),
        measure(POS, "large_late_share", quotient(_.large_months_late.sum(), _.months.sum()), large_share),
        measure(POS, "year_days_late_max", _.year_days_late_max.max(), year_max),
        measure(POS, "year_months_late", _.year_months_late.sum(), year_months),
    ]


LATE = meaning("days late", "jours de retard", "days", "instalments_late", +1)
EARLY = meaning("days early", "jours d'avance", "days", "instalments_late", -1)
UNPAID = meaning("amount left unpaid", "montant resté impayé", "amount", "instalments_unpaid", +1)
DUE = meaning("amount due", "montant dû", "amount", "instalments_due")
LATE_SHARE = meaning("share paid late", "part payée en retard", "share", "instalments_late", +1)
WEEK_LATE_SHARE = meaning(
    "share paid over a week late", "part payée avec plus d'une semaine de retard", "share", "instalments_late", +1
)
UNPAID_SHARE = meaning("share not paid in full", "part non payée en entier", "share", "instalments_unpaid", +1)
PAID_OVER_DUE = meaning("amount paid over due", "montant payé rapporté au dû", "ratio", "instalments_unpaid", -1)
LEAST_PAID = meaning(
    "least amount paid over due", "plus faible montant payé rapporté au dû", "ratio", "instalments_unpaid", -1
)


def _paid_over_due(rows: Rows) -> Aggregate:
    paid_over_due = quotient(_.paid.sum(where=rows.where), _.due.sum(where=rows.where))
    return measure(rows, "paid_over_due", paid_over_due, PAID_OVER_DUE)


def _punctuality() -> list[Aggregate]:
    return [
        *aggregates(PAID, "late", _.late, LATE, "mean max sum"),
        *aggregates(PAID_YEAR, "late", _.late, LATE, "mean max"),
        *aggregates(PAID_QUARTER, "late", _.late, LATE, "max"),
        *aggregates(PAID, "early", _.early, EARLY, "mean max"),
        *aggregates(PAID_YEAR, "early", _.early, EARLY, "mean"),
        *(share(rows, "late", _.late > 0, LATE_SHARE) for rows in (PAID, PAID_YEAR, PAID_QUARTER)),
        *(share(rows, "week_late", _.late > WEEK, WEEK_LATE_SHARE) for rows in (PAID, PAID_YEAR)),
    ]


def _completeness() -> list[Aggregate]:
    return [
        *aggregates(PAID, "unpaid", _.unpaid, UNPAID, "mean max sum"),
        *aggregates(PAID_YEAR, "unpaid", _.unpaid, UNPAID, "mean sum"),
        *(share(rows, "unpaid", _.unpaid > ROUNDING, UNPAID_SHARE) for rows in (PAID, PAID_YEAR)),
        *(_paid_over_due(rows) for rows in (PAID, PAID_YEAR, PAID_QUARTER)),
        measure(PAID, "least_paid", quotient(_.paid, _.due).min(), LEAST_PAID),
    ]


def _plans() -> list[Aggregate]:
    plans = meaning("plan changes, maximum", "changements d'échéancier, maximum", "count", "instalments_plans")
    longest = meaning("most instalments of a loan", "plus grand nombre par prêt", "count", "instalments_longest")
    latest = meaning("time since the last due date", "temps depuis la dernière", "months", "instalments_latest")
    oldest = meaning("time since the first due date", "temps depuis la première", "months", "instalments_oldest")
    months_ago = -_.DAYS_INSTALMENT / DAYS_PER_MONTH
    return [
        measure(PAID, "count", _.count(), meaning("number", "nombre", "count", "instalments_count")),
        count(PAID_YEAR, "all", _.in_year, meaning("number", "nombre", "count", "instalments_count")),
        *aggregates(PAID, "due", _.due, DUE, "mean max"),
        *aggregates(PAID_YEAR, "due", _.due, DUE, "sum"),
        measure(PAID, "plans", _.NUM_INSTALMENT_VERSION.max(), plans),
        measure(PAID, "longest", _.NUM_INSTALMENT_NUMBER.max(), longest),
        measure(PAID, "latest", months_ago.min(), latest),
        measure(PAID, "oldest", months_ago.max(), oldest),
    ]


POS_FEATURES: tuple[Aggregate, ...] = (*_loans(), *_days_past_due())
INSTALMENT_FEATURES: tuple[Aggregate, ...] = (*_plans(), *_punctuality(), *_completeness())


def pos_cash_balance(table: ir.Table) -> ir.Table:
    """The features of the monthly balances of instalment loans: first per loan, then per applicant."""
    rows = table.mutate(
        recent=table.MONTHS_BALANCE >= -12,
        late=as_number(table.SK_DPD > 0),
        large_late=as_number(table.SK_DPD_DEF > 0),
    )
    loans = rows.group_by([APPLICANT_ID, "SK_ID_PREV"]).aggregate(
        months=_.count(),
        months_ago=(-_.MONTHS_BALANCE).min(),
        first_months_ago=(-_.MONTHS_BALANCE).max(),
        completed=as_number(_.NAME_CONTRACT_STATUS == "Completed").max(),
        left=_.CNT_INSTALMENT_FUTURE.argmax(_.MONTHS_BALANCE, where=_.CNT_INSTALMENT_FUTURE.notnull()),
        term=_.CNT_INSTALMENT.argmax(_.MONTHS_BALANCE, where=_.CNT_INSTALMENT.notnull()),
        days_late=_.SK_DPD.sum(),
        days_late_max=_.SK_DPD.max(),
        months_late=_.late.sum(),
        large_days_late_max=_.SK_DPD_DEF.max(),
        large_months_late=_.large_late.sum(),
        year_days_late_max=_.SK_DPD.max(where=_.recent),
        year_months_late=_.late.sum(where=_.recent),
    )
    is_open = ((loans.completed == 0) & (loans.left > 0)).fill_null(False)
    return per_applicant(loans.mutate(is_open=is_open), POS_FEATURES)


def installments_payments(table: ir.Table) -> ir.Table:
    """The features of instalments: first per instalment, which may be paid in parts, then per applicant.

    An instalment is as late as its last part; one without any payment on record is unpaid.
    """
    keys = [APPLICANT_ID, "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT"]
    instalments = table.group_by(keys).aggregate(
        due=_.AMT_INSTALMENT.max(), paid=_.AMT_PAYMENT.sum().fill_null(0.0), paid_day=_.DAYS_ENTRY_PAYMENT.max()
    )
    rows = instalments.mutate(
        in_year=instalments.DAYS_INSTALMENT >= -YEAR,
        in_quarter=instalments.DAYS_INSTALMENT >= -QUARTER,
        late=not_below_zero(instalments.paid_day - instalments.DAYS_INSTALMENT),
        early=not_below_zero(instalments.DAYS_INSTALMENT - instalments.paid_day),
        unpaid=not_below_zero(instalments.due - instalments.paid),
    )
    return per_applicant(rows, INSTALMENT_FEATURES)
