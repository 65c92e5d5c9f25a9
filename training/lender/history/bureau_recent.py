"""Features of the latest credits in `bureau`: within a window, the last few, and compared with earlier ones."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.units import DAYS_PER_MONTH
from scoring.words.language import Words
from training.aggregates.compose import (
    QUARTER,
    TWO_YEARS,
    WINDOWS,
    YEAR,
    Aggregate,
    Rows,
    aggregates,
    count,
    grid,
    in_floats,
    meaning,
    measure,
    per_applicant,
    share,
    single,
    trend,
    within,
)
from training.lender.history.bureau_rows import (
    ALL,
    CLOSED,
    CREDIT,
    MICROLOAN,
    QUANTITIES,
    THEME,
    debt_over_credit,
    prepared,
)

LAST = Rows(
    "bureau_last", Words("Credit bureau, last credit", "Bureau de crédit, dernier crédit"), THEME, _.recency < 1
)
LAST_THREE = Rows(
    "bureau_last_three",
    Words("Credit bureau, last three credits", "Bureau de crédit, trois derniers crédits"),
    THEME,
    _.recency < 3,
)
LAST_FIVE = Rows(
    "bureau_last_five",
    Words("Credit bureau, last five credits", "Bureau de crédit, cinq derniers crédits"),
    THEME,
    _.recency < 5,
)

ACTIVE_SHARE = meaning("share still active", "part encore active", "share", "bureau_active")
MICROLOAN_SHARE = meaning("share of microloans", "part des microcrédits", "share", "bureau_microloan")


def _of_windows() -> list[Aggregate]:
    opened = meaning("number opened", "nombre ouvert", "count", "bureau_recent")
    paid_off = meaning("number paid off", "nombre soldé", "count", "bureau_end")
    features: list[Aggregate] = []
    for window in WINDOWS:
        rows, repaid = within(ALL, window, _.DAYS_CREDIT), within(CLOSED, window, _.paid_off)
        if window in (QUARTER, TWO_YEARS):
            # Six months and a year are in `bureau`.
            features.append(count(rows, "opened", rows.where, opened))
        features += grid(QUANTITIES, rows, {"credit": "sum", "debt": "sum"})
        features.append(count(repaid, "credits", repaid.where, paid_off))
    for window in (YEAR, TWO_YEARS):
        rows, repaid = within(ALL, window, _.DAYS_CREDIT), within(CLOSED, window, _.paid_off)
        features += [
            debt_over_credit(rows),
            *grid(QUANTITIES, rows, {"term": "mean", "worst_overdue": "max"}),
            *grid(QUANTITIES, repaid, {"credit": "sum"}),
        ]
    return features


def _last_one() -> list[Aggregate]:
    active = meaning("active (1) or not (0)", "actif (1) ou non (0)", "", "bureau_active")
    microloan = meaning("a microloan (1) or not (0)", "microcrédit (1) ou non (0)", "", "bureau_microloan")
    return [
        *single(QUANTITIES, LAST, "credit debt debt_over_credit term horizon"),
        share(LAST, "active", _.is_active, active),
        share(LAST, "microloan", MICROLOAN.holds, microloan),
    ]


def _last_several(rows: Rows) -> list[Aggregate]:
    return [
        debt_over_credit(rows),
        share(rows, "active", _.is_active, ACTIVE_SHARE),
        *grid(QUANTITIES, rows, {"debt": "sum", "credit": "mean", "age": "mean max", "term": "mean"}),
    ]


def _gaps() -> list[Aggregate]:
    gap = meaning("time between credits", "temps entre les crédits", "months", "bureau_gap")
    last = meaning("time before the last credit", "temps avant le dernier crédit", "months", "bureau_gap")
    shorter = meaning(
        "time between credits over that of all", "temps entre crédits rapporté à l'ensemble", "ratio", "bureau_gap"
    )
    return [
        *aggregates(ALL, "gap", _.gap, gap, "mean max std"),
        measure(ALL, "gap_last", _.gap.max(where=_.recency == 0), last),
        trend(LAST_THREE, "gap", _.gap, ALL, shorter),
    ]


def _amounts_against_all() -> list[Aggregate]:
    amount = meaning("average amount over that of all", "montant moyen rapporté à l'ensemble", "ratio", "bureau_credit")
    return [trend(rows, "credit", CREDIT, ALL, amount) for rows in (LAST, LAST_THREE)]


FEATURES: tuple[Aggregate, ...] = (
    *_of_windows(),
    *_last_one(),
    *_last_several(LAST_THREE),
    share(LAST_THREE, "microloan", MICROLOAN.holds, MICROLOAN_SHARE),
    *_last_several(LAST_FIVE),
    *_gaps(),
    *_amounts_against_all(),
)


def bureau_recent(table: ir.Table) -> ir.Table:
    """Computes the features of the latest credits; of two opened on one day, the one with the higher id is later."""
    latest_first = ibis.window(group_by=APPLICANT_ID, order_by=[ibis.desc("DAYS_CREDIT"), ibis.desc("SK_ID_BUREAU")])
    rows = prepared(table).mutate(
        recency=ibis.row_number().over(latest_first),
        gap=in_floats(table.DAYS_CREDIT - table.DAYS_CREDIT.lead().over(latest_first)) / DAYS_PER_MONTH,
    )
    return per_applicant(rows, FEATURES)
