"""Features of `POS_CASH_balance` by loan: terms, arrears, early repayment, the latest loans."""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.words.language import Words
from training.aggregates.compose import (
    HALF_YEAR,
    TWO_YEARS,
    YEAR,
    Aggregate,
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
)
from training.aggregates.windows import across, last_value, latest_first, spread
from training.lender.history.pos import (
    DAYS_LATE,
    LATE_SHARE,
    LEFT,
    LEFT_OVER_TERM,
    LOANS,
    MONTH,
    SINCE,
    THEME,
    WEEK,
    as_late,
    left_over_term,
)

OPEN = Rows("pos_open", Words("Instalment loans still open", "Prêts à échéances en cours"), THEME, _.is_open)
COMPLETED = Rows(
    "pos_completed", Words("Completed instalment loans", "Prêts à échéances terminés"), THEME, _.is_completed
)
LAST = Rows("pos_last", Words("Last instalment loan", "Dernier prêt à échéances"), THEME, _.rank < 1)
LAST_THREE = Rows(
    "pos_last_three", Words("Last three instalment loans", "Trois derniers prêts à échéances"), THEME, _.rank < 3
)
LAST_FIVE = Rows(
    "pos_last_five", Words("Last five instalment loans", "Cinq derniers prêts à échéances"), THEME, _.rank < 5
)
# The lender demanded the whole debt at once, or settled for less.
DEMANDED = ("Demand", "Amortized debt")
RETURNED = ("Returned to the store", "Canceled")
# Numbers of instalments and days are far smaller.
LARGE = 1_000_000

TERM = meaning("term", "durée", "months", "pos_term")
LENGTH = meaning("months on record per loan", "mois connus par prêt", "months", "pos_months")
EARLY_SHARE = meaning("share repaid early", "part remboursée par avance", "share", "pos_early")
COMPLETED_SHARE = meaning("share of loans completed", "part des prêts terminés", "share", "pos_completed")


def _loans() -> list[Aggregate]:
    started = meaning("number of new loans", "nombre de nouveaux prêts", "count", "pos_recent")
    demanded = meaning(
        "share of loans demanded back or settled", "part des prêts exigés ou transigés", "share", "pos_bad", +1
    )
    returned = meaning("share of purchases returned", "part des achats rendus", "share", "pos_returned")
    return [
        measure(LOANS, "loans", _.count(), meaning("number of loans", "nombre de prêts", "count", "pos_loans")),
        *(
            count(SINCE[window], "started", _.first_months_ago <= window.months, started)
            for window in (TWO_YEARS, YEAR, HALF_YEAR)
        ),
        share(LOANS, "completed", _.is_completed, COMPLETED_SHARE),
        share(LOANS, "demanded", _.demanded > 0, demanded),
        share(LOANS, "returned", _.returned > 0, returned),
        *aggregates(LOANS, "term", _.term, TERM, "min mean max"),
        spread(LOANS, "term", _.term, TERM),
        *aggregates(LOANS, "length", _.months, LENGTH, "mean max"),
    ]


def _arrears() -> list[Aggregate]:
    ever = as_late("share of loans ever past due", "part des prêts déjà en retard", "share")
    week = as_late(
        "share of loans ever over a week past due", "part des prêts déjà en retard de plus d'une semaine", "share"
    )
    month = as_late(
        "share of loans ever over 30 days past due", "part des prêts déjà en retard de plus de 30 jours", "share"
    )
    worst = as_late("share of months past due of the worst loan", "part des mois en retard du pire prêt", "share")
    return [
        share(LOANS, "late_loans", _.days_late_max > 0, ever),
        share(LOANS, "week_late_loans", _.days_late_max > WEEK, week),
        share(LOANS, "month_late_loans", _.days_late_max > MONTH, month),
        measure(LOANS, "worst_late_share", _.late_share.max(), worst),
    ]


def _open_and_completed() -> list[Aggregate]:
    now = as_late("days past due at the last record", "jours de retard au dernier relevé", "days")
    saved = meaning("months repaid early", "mois d'avance au remboursement", "months", "pos_early")
    ended = meaning("time since the end", "temps depuis la fin", "months", "pos_ended")
    return [
        count(OPEN, "loans", _.is_open, meaning("number", "nombre", "count", "pos_open")),
        *aggregates(OPEN, "left", _.left, LEFT, "sum mean max"),
        left_over_term(OPEN, _.left, _.term),
        *aggregates(OPEN, "days_late", _.days_late_now, now, "max"),
        share(COMPLETED, "early", _.is_early, EARLY_SHARE),
        *aggregates(COMPLETED, "saved", _.saved, saved, "mean max"),
        *aggregates(COMPLETED, "ended", _.months_ago, ended, "min mean"),
    ]


def _last_loan() -> list[Aggregate]:
    figures = {
        "term": (_.term, TERM),
        "length": (_.months, meaning("months on record", "mois connus", "months", "pos_months")),
        "left_over_term": (quotient(_.left, _.term), LEFT_OVER_TERM),
        "days_late": (_.days_late_max, as_late("most days past due", "plus fort retard en jours", "days")),
        "late_share": (_.late_share, LATE_SHARE),
        "completed": (
            as_number(_.is_completed),
            meaning("completed (1) or not (0)", "terminé (1) ou non (0)", "", "pos_completed"),
        ),
        "early": (
            as_number(_.is_early),
            meaning("repaid early (1) or not (0)", "remboursé par avance (1) ou non (0)", "", "pos_early"),
        ),
        "started": (
            _.first_months_ago,
            meaning("time since the first record", "temps depuis le premier relevé", "months", "pos_recent"),
        ),
    }
    return single(figures, LAST, " ".join(figures))


def _last_loans() -> list[Aggregate]:
    return [
        *across((LAST_THREE, LAST_FIVE), "days_late", _.days_late_max, DAYS_LATE, "max"),
        *across((LAST_THREE, LAST_FIVE), "late_share", _.late_share, LATE_SHARE, "mean"),
        *aggregates(LAST_THREE, "term", _.term, TERM, "mean"),
        *aggregates(LAST_THREE, "length", _.months, LENGTH, "mean"),
        share(LAST_THREE, "completed", _.is_completed, COMPLETED_SHARE),
        share(LAST_THREE, "early", _.is_early, EARLY_SHARE),
    ]


FEATURES: tuple[Aggregate, ...] = (*_loans(), *_arrears(), *_open_and_completed(), *_last_loan(), *_last_loans())


def pos_loans(table: ir.Table) -> ir.Table:
    """Computes these features, first per loan, then per applicant."""
    loans = table.group_by([APPLICANT_ID, "SK_ID_PREV"]).aggregate(
        months=_.count(),
        months_ago=(-_.MONTHS_BALANCE).min(),
        first_months_ago=(-_.MONTHS_BALANCE).max(),
        completed=as_number(_.NAME_CONTRACT_STATUS == "Completed").max(),
        demanded=as_number(_.NAME_CONTRACT_STATUS.isin(DEMANDED)).max(),
        returned=as_number(_.NAME_CONTRACT_STATUS.isin(RETURNED)).max(),
        left=_at_last(_.CNT_INSTALMENT_FUTURE),
        term=_at_last(_.CNT_INSTALMENT),
        longest_term=_.CNT_INSTALMENT.max(),
        days_late_now=_at_last(_.SK_DPD),
        days_late_max=_.SK_DPD.max(),
        late_share=as_number(_.SK_DPD > 0).mean(),
    )
    rows = loans.mutate(
        is_completed=loans.completed > 0,
        # The recorded term shrinks when a loan is repaid ahead of schedule.
        is_early=(loans.completed > 0) & (loans.term < loans.longest_term),
        is_open=((loans.completed == 0) & (loans.left > 0)).fill_null(False),
        saved=loans.longest_term - loans.term,
        rank=latest_first("first_months_ago", "SK_ID_PREV"),
    )
    return per_applicant(rows, FEATURES)


def _at_last(value: Deferred) -> Deferred:
    """The loan's latest value; of several in the same month, the largest."""
    return last_value(value, _.MONTHS_BALANCE + value / LARGE)
