"""POS_CASH_balance and installments_payments -> how earlier loans of this lender were repaid."""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.fields import APPLICANT_ID, Words
from training.history.compose import (
    Aggregate,
    Meaning,
    Rows,
    aggregates,
    meaning,
    measure,
    not_below_zero,
    per_applicant,
    quotient,
)

THEME = "repayment"
POS = Rows("pos", Words("Instalment loans, month by month", "Prêts à échéances, mois par mois"), THEME)
PAID = Rows("instalments", Words("Instalments", "Échéances"), THEME)
PAID_YEAR = Rows(
    "instalments_year", Words("Instalments of the last year", "Échéances des douze derniers mois"), THEME, _.in_year
)
PAID_QUARTER = Rows(
    "instalments_quarter",
    Words("Instalments of the last three months", "Échéances des trois derniers mois"),
    THEME,
    _.in_quarter,
)
# A payment a day or two after the due date is common and says little: this many days late count as seriously late.
SERIOUS_DAYS = 7


def _pos(name: str, value: Deferred, told: Meaning) -> Aggregate:
    return measure(POS, name, value, told)


def _late(en: str, fr: str, unit: str) -> Meaning:
    return meaning(en, fr, unit, "pos_late", +1)


POS_FEATURES: tuple[Aggregate, ...] = (
    _pos("months", _.months.sum(), meaning("months on record", "mois connus", "count", "pos_months")),
    _pos("loans", _.count(), meaning("number of loans", "nombre de prêts", "count", "pos_months")),
    _pos("latest", _.months_ago.min(), meaning("months since the last record", "mois depuis le dernier relevé", "months", "pos_latest")),
    _pos("oldest", _.first_months_ago.max(), meaning("months since the first record", "mois depuis le premier relevé", "months", "pos_oldest")),
    _pos("completed_share", _.completed.mean(), meaning("share of loans completed", "part des prêts terminés", "share", "pos_completed")),
    _pos("open_loans", _.is_open.sum(), meaning("number of loans still open", "nombre de prêts encore ouverts", "count", "pos_open")),
    _pos("term_mean", _.term.mean(), meaning("term in months, average", "durée en mois, moyenne", "months", "pos_term")),
    _pos("term_max", _.term.max(), meaning("term in months, maximum", "durée en mois, maximum", "months", "pos_term")),
    _pos("left_sum", _.left.sum(where=_.is_open == 1), meaning("instalments left on open loans, total", "échéances restantes des prêts ouverts, total", "count", "pos_left")),
    _pos("left_max", _.left.max(where=_.is_open == 1), meaning("instalments left on open loans, maximum", "échéances restantes des prêts ouverts, maximum", "count", "pos_left")),
    _pos("left_over_term", quotient(_.left.sum(where=_.is_open == 1), _.term.sum(where=(_.is_open == 1) & _.left.notnull())), meaning("instalments left over term, open loans", "échéances restantes rapportées à la durée, prêts ouverts", "ratio", "pos_left")),
    _pos("days_late_max", _.days_late_max.max(), _late("days past due, maximum", "jours de retard, maximum", "days")),
    _pos("days_late_mean", quotient(_.days_late.sum(), _.months.sum()), _late("days past due, average", "jours de retard, moyenne", "days")),
    _pos("late_share", quotient(_.months_late.sum(), _.months.sum()), _late("share of months past due", "part des mois en retard", "share")),
    _pos("late_loans_share", (_.days_late_max > 0).cast("float64").mean(), _late("share of loans ever past due", "part des prêts déjà en retard", "share")),
    _pos("large_days_late_max", _.large_days_late_max.max(), _late("days past due, small amounts aside, maximum", "jours de retard, petits montants exclus, maximum", "days")),
    _pos("large_days_late_mean", quotient(_.large_days_late.sum(), _.months.sum()), _late("days past due, small amounts aside, average", "jours de retard, petits montants exclus, moyenne", "days")),
    _pos("large_late_share", quotient(_.large_months_late.sum(), _.months.sum()), _late("share of months past due, small amounts aside", "part des mois en retard, petits montants exclus", "share")),
    _pos("year_days_late_max", _.year_days_late_max.max(), _late("days past due in the last year, maximum", "jours de retard depuis un an, maximum", "days")),
    _pos("year_months_late", _.year_months_late.sum(), _late("months past due in the last year", "mois en retard depuis un an", "count")),
)  # fmt: skip

LATE = meaning("days late", "jours de retard", "days", "instalments_late", +1)
EARLY = meaning("days early", "jours d'avance", "days", "instalments_late", -1)
SHORTFALL = meaning("amount left unpaid", "montant resté impayé", "amount", "instalments_unpaid", +1)
DUE = meaning("amount due", "montant dû", "amount", "instalments_due")


def _timing(rows: Rows) -> list[Aggregate]:
    late = meaning("share paid late", "part payée en retard", "share", "instalments_late", +1)
    serious = meaning(
        "share paid over a week late", "part payée avec plus d'une semaine de retard", "share", "instalments_late", +1
    )
    unpaid = meaning("share not paid in full", "part non payée en entier", "share", "instalments_unpaid", +1)
    ratio = meaning("paid over due", "payé rapporté au dû", "ratio", "instalments_unpaid", -1)
    lowest = meaning("paid over due, minimum", "payé rapporté au dû, minimum", "ratio", "instalments_unpaid", -1)
    return [
        measure(rows, "count", _.in_all.sum(where=rows.where), meaning("number", "nombre", "count", "instalments_count")),
        *aggregates(rows, "late", _.late, LATE, "mean max sum"),
        *aggregates(rows, "early", _.early, EARLY, "mean max"),
        measure(rows, "late_share", (_.late > 0).cast("float64").mean(where=rows.where), late),
        measure(rows, "very_late_share", (_.late > SERIOUS_DAYS).cast("float64").mean(where=rows.where), serious),
        *aggregates(rows, "unpaid", _.shortfall, SHORTFALL, "mean max sum"),
        measure(rows, "unpaid_share", (_.shortfall > 0).cast("float64").mean(where=rows.where), unpaid),
        measure(rows, "paid_over_due", quotient(_.paid.sum(where=rows.where), _.due.sum(where=rows.where)), ratio),
        measure(rows, "paid_over_due_min", quotient(_.paid, _.due).min(where=rows.where), lowest),
    ]  # fmt: skip


INSTALMENT_FEATURES: tuple[Aggregate, ...] = (
    *_timing(PAID),
    *_timing(PAID_YEAR),
    *_timing(PAID_QUARTER),
    *aggregates(PAID, "due", _.due, DUE, "mean max sum"),
    *aggregates(PAID_YEAR, "due", _.due, DUE, "mean max sum"),
    measure(
        PAID,
        "loans",
        _.SK_ID_PREV.nunique(),
        meaning("number of loans", "nombre de prêts", "count", "instalments_count"),
    ),
    measure(
        PAID,
        "plans",
        _.NUM_INSTALMENT_VERSION.max(),
        meaning(
            "highest version of a repayment plan", "version la plus haute d'un échéancier", "count", "instalments_plans"
        ),
    ),
    measure(
        PAID,
        "longest",
        _.NUM_INSTALMENT_NUMBER.max(),
        meaning(
            "most instalments of one loan", "plus grand nombre d'échéances d'un prêt", "count", "instalments_longest"
        ),
    ),
    measure(
        PAID,
        "latest",
        (-_.DAYS_INSTALMENT).min() * 12 / 365.25,
        meaning("months since the last due date", "mois depuis la dernière échéance", "months", "instalments_latest"),
    ),
    measure(
        PAID,
        "oldest",
        (-_.DAYS_INSTALMENT).max() * 12 / 365.25,
        meaning("months since the first due date", "mois depuis la première échéance", "months", "instalments_oldest"),
    ),
)


def pos_cash_balance(table: ir.Table) -> ir.Table:
    """The features of the monthly balances of instalment loans: first per loan, then per applicant."""
    rows = table.mutate(recent=table.MONTHS_BALANCE >= -12)
    loans = rows.group_by([APPLICANT_ID, "SK_ID_PREV"]).aggregate(
        months=_.count(),
        months_ago=(-_.MONTHS_BALANCE).min(),
        first_months_ago=(-_.MONTHS_BALANCE).max(),
        completed=(_.NAME_CONTRACT_STATUS == "Completed").cast("int64").max(),
        # A loan is open if its last month is among the latest and says that instalments are left.
        left=_.CNT_INSTALMENT_FUTURE.argmax(_.MONTHS_BALANCE, where=_.CNT_INSTALMENT_FUTURE.notnull()),
        term=_.CNT_INSTALMENT.argmax(_.MONTHS_BALANCE, where=_.CNT_INSTALMENT.notnull()),
        days_late=_.SK_DPD.sum(),
        days_late_max=_.SK_DPD.max(),
        months_late=(_.SK_DPD > 0).cast("int64").sum(),
        large_days_late=_.SK_DPD_DEF.sum(),
        large_days_late_max=_.SK_DPD_DEF.max(),
        large_months_late=(_.SK_DPD_DEF > 0).cast("int64").sum(),
        year_days_late_max=_.SK_DPD.max(where=_.recent),
        year_months_late=(_.SK_DPD > 0).cast("int64").sum(where=_.recent),
    )
    loans = loans.mutate(is_open=((loans.completed == 0) & (loans.left > 0)).fill_null(False).cast("int64"))
    return per_applicant(loans, POS_FEATURES)


def installments_payments(table: ir.Table) -> ir.Table:
    """The features of instalments due and paid: first per instalment, which may be paid in parts, then per applicant."""
    keys = [APPLICANT_ID, "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT"]
    instalments = table.group_by(keys).aggregate(
        due=_.AMT_INSTALMENT.max(), paid=_.AMT_PAYMENT.sum().fill_null(0.0), paid_day=_.DAYS_ENTRY_PAYMENT.max()
    )
    rows = instalments.mutate(
        in_all=1,
        in_year=instalments.DAYS_INSTALMENT >= -365,
        in_quarter=instalments.DAYS_INSTALMENT >= -91,
        late=not_below_zero(instalments.paid_day - instalments.DAYS_INSTALMENT),
        early=not_below_zero(instalments.DAYS_INSTALMENT - instalments.paid_day),
        shortfall=not_below_zero(instalments.due - instalments.paid),
    )
    return per_applicant(rows, INSTALMENT_FEATURES)
