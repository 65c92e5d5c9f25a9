"""Features of the latest applications: within a window, the last few, and compared with earlier ones."""

from __future__ import annotations

from ibis import _
from ibis.expr import types as ir

from scoring.words.language import Words
from training.aggregates.compose import (
    HALF_YEAR,
    QUARTER,
    TWO_YEARS,
    WINDOWS,
    YEAR,
    Aggregate,
    Rows,
    aggregates,
    count,
    grid,
    meaning,
    measure,
    per_applicant,
    share,
    trend,
    within,
)
from training.lender.history.previous import ALL, APPROVED, QUANTITIES, REFUSED, REFUSED_SHARE, THEME, ordered
from training.lender.history.previous_last import LAST_APPROVED

LAST_THREE = Rows(
    "previous_last_three", Words("Last three previous applications", "Trois dernières demandes"), THEME, _.recency < 3
)
LAST_FIVE = Rows(
    "previous_last_five", Words("Last five previous applications", "Cinq dernières demandes"), THEME, _.recency < 5
)
LAST_THREE_APPROVED = Rows(
    "previous_last_three_approved",
    Words("Last three approved applications", "Trois dernières demandes accordées"),
    THEME,
    _.is_approved & (_.recency_of_status < 3),
)
LAST_FIVE_APPROVED = Rows(
    "previous_last_five_approved",
    Words("Last five approved applications", "Cinq dernières demandes accordées"),
    THEME,
    _.is_approved & (_.recency_of_status < 5),
)


def _counts_of_windows() -> list[Aggregate]:
    number = meaning("number", "nombre", "count", "previous_recent")
    number_refused = meaning("number", "nombre", "count", "previous_refused", +1)
    features: list[Aggregate] = []
    for window in WINDOWS:
        rows, refused = (within(of, window, _.DAYS_DECISION) for of in (ALL, REFUSED))
        if window != YEAR:
            # A year is in `previous`.
            features += [count(rows, "all", rows.where, number), count(refused, "all", refused.where, number_refused)]
        if window != QUARTER:
            # Few applied so recently: a share would say the same as the number.
            features.append(share(rows, "refused", _.is_refused, REFUSED_SHARE))
    return features


def _approved_in_windows() -> list[Aggregate]:
    number = meaning("number", "nombre", "count", "previous_recent")
    features: list[Aggregate] = []
    for window in (HALF_YEAR, YEAR, TWO_YEARS):
        rows, approved = (within(of, window, _.DAYS_DECISION) for of in (ALL, APPROVED))
        features += [count(approved, "all", approved.where, number), *grid(QUANTITIES, rows, {"asked": "mean"})]
        features += grid(QUANTITIES, approved, {"credit": "sum", "rate": "mean"})
    return features


def _last_several() -> list[Aggregate]:
    return [
        *(share(rows, "refused", _.is_refused, REFUSED_SHARE) for rows in (LAST_THREE, LAST_FIVE)),
        *grid(QUANTITIES, LAST_THREE, {
            "asked": "mean", "annuity": "mean", "asked_over_credit": "mean", "rate": "mean max", "term": "mean",
            "age": "mean", "down_share": "mean",
        }),
        *grid(QUANTITIES, LAST_FIVE, {"asked": "mean", "rate": "mean", "age": "mean"}),
        *grid(QUANTITIES, LAST_THREE_APPROVED, {
            "credit": "mean", "annuity": "mean max", "rate": "mean", "age": "mean", "down_share": "mean",
        }),
        *grid(QUANTITIES, LAST_FIVE_APPROVED, {"rate": "max", "age": "mean"}),
    ]  # fmt: skip


def _gaps() -> list[Aggregate]:
    gap = meaning("time between applications", "temps entre les demandes", "months", "previous_gap")
    last = meaning("time before the last one", "temps avant la dernière", "months", "previous_gap")
    return [
        *aggregates(ALL, "gap", _.gap, gap, "mean max std"),
        measure(ALL, "gap_last", _.gap.max(where=_.recency == 0), last),
    ]


def _against_all() -> list[Aggregate]:
    amount = meaning(
        "average amount over that of all", "montant moyen rapporté à l'ensemble", "ratio", "previous_amount"
    )
    annuity = meaning("annuity over that of all", "annuité rapportée à l'ensemble", "ratio", "previous_annuity")
    rate = meaning("interest rate over that of all", "taux rapporté à l'ensemble", "ratio", "previous_interest")
    return [
        trend(LAST_THREE, "asked", _.AMT_APPLICATION, ALL, amount),
        *(trend(rows, "credit", _.AMT_CREDIT, APPROVED, amount) for rows in (LAST_APPROVED, LAST_THREE_APPROVED)),
        trend(LAST_APPROVED, "annuity", _.AMT_ANNUITY, APPROVED, annuity),
        trend(LAST_APPROVED, "rate", _.rate, APPROVED, rate),
    ]


FEATURES: tuple[Aggregate, ...] = (
    *_counts_of_windows(),
    *_approved_in_windows(),
    *_last_several(),
    *_gaps(),
    *_against_all(),
)


def previous_recent(table: ir.Table) -> ir.Table:
    """Computes the features of the latest applications."""
    return per_applicant(ordered(table), FEATURES)
