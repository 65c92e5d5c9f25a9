"""Features of `installments_payments` by loan or card: the worst, the latest, the share ever late."""

from __future__ import annotations

from ibis import _
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.units import DAYS_PER_MONTH
from scoring.words.language import Words
from training.aggregates.compose import (
    Aggregate,
    Rows,
    aggregates,
    meaning,
    measure,
    per_applicant,
    quotient,
    share,
    single,
)
from training.aggregates.windows import across, latest_first
from training.lender.history.instalment_rows import (
    EARLY,
    MONTH,
    PAID_OVER_DUE,
    ROUNDING,
    THEME,
    UNPAID,
    WEEK,
    as_late,
    as_unpaid,
    paid_over_due,
    per_instalment,
)

LOANS = Rows("instalment_loans", Words("Earlier loans and cards", "Prêts et cartes antérieurs"), THEME)
LAST = Rows("instalment_loans_last", Words("Last loan or card", "Dernier prêt ou dernière carte"), THEME, _.rank < 1)
LAST_THREE = Rows(
    "instalment_loans_last_three",
    Words("Last three loans and cards", "Trois derniers prêts et cartes"),
    THEME,
    _.rank < 3,
)
LAST_FIVE = Rows(
    "instalment_loans_last_five", Words("Last five loans and cards", "Cinq derniers prêts et cartes"), THEME, _.rank < 5
)

AVERAGE_DUE = meaning("average amount due", "montant dû moyen", "amount", "instalments_due")
PEAK = meaning(
    "largest instalment over the average one", "plus forte échéance rapportée à la moyenne", "ratio", "instalments_peak"
)
PLANS = meaning("plan changes", "changements d'échéancier", "count", "instalments_plans")
NUMBER = meaning("instalments per loan", "échéances par prêt", "count", "instalments_longest")
SHARE_LATE = as_late("share of instalments paid late", "part des échéances payées en retard", "share")
DAYS_LATE = as_late("average days late", "jours de retard en moyenne", "days")
MOST_DAYS_LATE = as_late("most days late", "plus fort retard en jours", "days")


def _worst() -> list[Aggregate]:
    ever = as_late("share ever paid late", "part déjà payée en retard", "share")
    week = as_late("share ever paid over a week late", "part déjà payée avec plus d'une semaine de retard", "share")
    month = as_late("share ever paid over 30 days late", "part déjà payée avec plus de 30 jours de retard", "share")
    short = as_unpaid("share not paid in full", "part non payée en entier", "share")
    return [
        *aggregates(LOANS, "late_share", _.late_share, SHARE_LATE, "mean max"),
        *aggregates(LOANS, "late_mean", _.late_mean, DAYS_LATE, "mean max"),
        *aggregates(LOANS, "late_max", _.late_max, MOST_DAYS_LATE, "mean"),
        share(LOANS, "late", _.late_max > 0, ever),
        share(LOANS, "week_late", _.late_max > WEEK, week),
        share(LOANS, "month_late", _.late_max > MONTH, month),
        share(LOANS, "unpaid", _.unpaid > ROUNDING, short),
        *aggregates(LOANS, "unpaid", _.unpaid, UNPAID, "max"),
        *aggregates(LOANS, "paid_over_due", _.paid_over_due, PAID_OVER_DUE, "min"),
    ]


def _sizes() -> list[Aggregate]:
    total = meaning("total amount due", "montant total dû", "amount", "instalments_due")
    count = meaning("number", "nombre", "count", "instalments_loans")
    return [
        measure(LOANS, "count", _.count(), count),
        *aggregates(LOANS, "number", _.number, NUMBER, "min mean"),
        *aggregates(LOANS, "due_mean", _.due_mean, AVERAGE_DUE, "min mean max"),
        *aggregates(LOANS, "due", _.due, total, "mean max"),
        *aggregates(LOANS, "peak", _.peak, PEAK, "mean max"),
        *aggregates(LOANS, "plans", _.plans, PLANS, "mean"),
    ]


def _last() -> list[Aggregate]:
    first = as_late("days late at the first instalment", "jours de retard à la première échéance", "days")
    started = meaning(
        "time since the first due date", "temps depuis la première échéance", "months", "instalments_recent"
    )
    number = meaning("number of instalments", "nombre d'échéances", "count", "instalments_longest")
    figures = {
        "late_share": (_.late_share, SHARE_LATE),
        "late_mean": (_.late_mean, DAYS_LATE),
        "late_max": (_.late_max, MOST_DAYS_LATE),
        "first_late": (_.first_late, first),
        "early_mean": (_.early_mean, EARLY),
        "paid_over_due": (_.paid_over_due, PAID_OVER_DUE),
        "due_mean": (_.due_mean, AVERAGE_DUE),
        "peak": (_.peak, PEAK),
        "plans": (_.plans, PLANS),
        "number": (_.number, number),
        "started": (_.first_ago / DAYS_PER_MONTH, started),
    }
    return single(figures, LAST, " ".join(figures))


def _last_several() -> list[Aggregate]:
    several = (LAST_THREE, LAST_FIVE)
    return [
        *across(several, "late_share", _.late_share, SHARE_LATE, "mean"),
        *across(several, "late_max", _.late_max, MOST_DAYS_LATE, "max"),
        *aggregates(LAST_THREE, "late_mean", _.late_mean, DAYS_LATE, "mean"),
        *aggregates(LAST_THREE, "early_mean", _.early_mean, EARLY, "mean"),
        *aggregates(LAST_THREE, "unpaid", _.unpaid, UNPAID, "sum"),
        *aggregates(LAST_THREE, "due_mean", _.due_mean, AVERAGE_DUE, "mean"),
        *(paid_over_due(rows) for rows in several),
    ]


FEATURES: tuple[Aggregate, ...] = (
    *_worst(),
    *_sizes(),
    *_last(),
    *_last_several(),
)


def instalment_loans(table: ir.Table) -> ir.Table:
    """Computes these features, first per instalment, then per loan or card, then per applicant."""
    loans = (
        per_instalment(table)
        .group_by([APPLICANT_ID, "SK_ID_PREV"])
        .aggregate(
            number=_.count(),
            late_share=(_.late > 0).cast("float64").mean(),
            late_mean=_.late.mean(),
            late_max=_.late.max(),
            first_late=_.late.max(where=_.is_first),
            early_mean=_.early.mean(),
            unpaid=_.unpaid.sum(),
            due=_.due.sum(),
            paid=_.paid.sum(),
            due_mean=_.due.mean(),
            due_max=_.due.max(),
            plans=_.NUM_INSTALMENT_VERSION.max() - _.NUM_INSTALMENT_VERSION.min(),
            first_ago=_.days_ago.max(),
        )
    )
    rows = loans.mutate(
        paid_over_due=quotient(loans.paid, loans.due),
        peak=quotient(loans.due_max, loans.due_mean),
        rank=latest_first("first_ago", "SK_ID_PREV"),
    )
    return per_applicant(rows, FEATURES)
