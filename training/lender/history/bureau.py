"""Features of `bureau`, credits reported by other lenders: debts, arrears, amounts, ages and types."""

from __future__ import annotations

from ibis import _
from ibis.expr import types as ir

from scoring.words.language import Words
from training.aggregates.compose import (
    HALF_YEAR,
    YEAR,
    Aggregate,
    Rows,
    count,
    grid,
    meaning,
    measure,
    per_applicant,
    quotient,
    share,
    within,
)
from training.lender.history.bureau_rows import (
    ACTIVE,
    ALL,
    CLOSED,
    COMMON,
    CREDIT,
    DEBT,
    HOME_CURRENCY,
    KINDS,
    QUANTITIES,
    THEME,
    Kind,
    debt_over_credit,
    prepared,
)


def _counts() -> list[Aggregate]:
    opened_half_year = meaning("opened in the last six months", "ouverts depuis six mois", "count", "bureau_recent")
    opened_year = meaning("opened in the last year", "ouverts depuis un an", "count", "bureau_recent")
    active = meaning("share still active", "part encore active", "share", "bureau_active")
    bad = meaning("share sold or written off", "part cédée ou passée en perte", "share", "bureau_bad", +1)
    foreign = meaning("share in other currencies", "part en autres devises", "share", "bureau_currency")
    kinds = meaning("number of kinds of credit", "nombre de types de crédit", "count", "bureau_kinds")
    return [
        measure(ALL, "count", _.count(), meaning("number of credits", "nombre de crédits", "count", "bureau_count")),
        count(ACTIVE, "credits", _.is_active, meaning("number", "nombre", "count", "bureau_active")),
        share(ALL, "active", _.is_active, active),
        share(ALL, "bad", _.CREDIT_ACTIVE.isin(["Sold", "Bad debt"]), bad),
        share(ALL, "foreign", _.CREDIT_CURRENCY != HOME_CURRENCY, foreign),
        measure(ALL, "kinds", _.CREDIT_TYPE.nunique(), kinds),
        count(ALL, "half_year", within(ALL, HALF_YEAR, _.DAYS_CREDIT).where, opened_half_year),
        count(ALL, "year", within(ALL, YEAR, _.DAYS_CREDIT).where, opened_year),
    ]


def _arrears() -> list[Aggregate]:
    late = meaning("share of credits overdue", "part des crédits en retard", "share", "bureau_overdue", +1)
    ever = meaning("share ever overdue", "part déjà en retard", "share", "bureau_overdue", +1)
    past = meaning("share past their planned end", "part au-delà de la fin prévue", "share", "bureau_past_end")
    return [
        share(ALL, "overdue", (_.CREDIT_DAY_OVERDUE > 0) | (_.AMT_CREDIT_SUM_OVERDUE > 0), late),
        *(share(rows, "ever_overdue", _.AMT_CREDIT_MAX_OVERDUE > 0, ever) for rows in (ALL, ACTIVE)),
        share(ACTIVE, "past_end", _.planned_end < 0, past),
    ]


def _burden() -> list[Aggregate]:
    """The burden of active credits: debt over annuity, and their share of everything ever borrowed."""
    paid_by_annuity = _.is_active & DEBT.notnull() & (_.AMT_ANNUITY > 0)
    annuities = quotient(DEBT.sum(where=paid_by_annuity), _.AMT_ANNUITY.sum(where=paid_by_annuity))
    over_annuity = meaning("debt over annuity", "dette rapportée à l'annuité", "ratio", "bureau_debt", +1)
    over_all = meaning(
        "amount over that of all credits", "montant rapporté à tous les crédits", "ratio", "bureau_active"
    )
    return [
        *(debt_over_credit(rows) for rows in (ALL, ACTIVE)),
        measure(ACTIVE, "debt_over_annuity", annuities, over_annuity),
        measure(ACTIVE, "credit_over_all", quotient(CREDIT.sum(where=_.is_active), CREDIT.sum()), over_all),
    ]


def _of_kind(kind: Kind) -> list[Aggregate]:
    quantity = meaning(f"share of {kind.words.en}", f"part des {kind.words.fr}", "share", f"bureau_{kind.key}")
    return [share(ALL, kind.key, kind.holds, quantity), *grid(QUANTITIES, _active(kind), {"debt": "sum"})]


def _of_common_kind(kind: Kind) -> list[Aggregate]:
    label = Words(f"Credit bureau, {kind.words.en}", f"Bureau de crédit, {kind.words.fr}")
    rows, active = Rows(f"bureau_{kind.key}", label, THEME, kind.holds), _active(kind)
    number = meaning("number", "nombre", "count", f"bureau_{kind.key}")
    return [
        count(active, "credits", _.is_active & kind.holds, number),
        debt_over_credit(active),
        *grid(QUANTITIES, active, {"credit": "sum"}),
        *grid(QUANTITIES, rows, {"age": "min"}),
    ]


def _active(kind: Kind) -> Rows:
    label = Words(f"Credit bureau, active {kind.words.en}", f"Bureau de crédit, {kind.words.fr} en cours")
    return Rows(f"bureau_active_{kind.key}", label, THEME, _.is_active & kind.holds)


FEATURES: tuple[Aggregate, ...] = (
    *_counts(),
    *_arrears(),
    *_burden(),
    *grid(QUANTITIES, ALL, {
        "debt": "sum mean max", "debt_over_credit": "mean max", "overdue": "sum max", "worst_overdue": "mean max",
        "worst_overdue_over_credit": "max", "days_overdue": "mean max", "credit": "sum mean max min",
        "annuity": "sum mean max", "age": "min mean max std", "term": "mean max min", "horizon": "mean max min",
        "update": "mean min max", "limit": "sum mean", "prolonged": "sum",
    }),
    *grid(QUANTITIES, ACTIVE, {
        "debt": "sum mean max", "debt_over_credit": "mean max min", "monthly_debt": "sum", "worst_overdue": "max",
        "days_overdue": "max", "credit": "sum mean max min std", "annuity": "sum", "age": "min mean max std",
        "left": "sum mean max", "update": "min",
    }),
    *grid(QUANTITIES, CLOSED, {
        "credit": "sum max min", "age": "min mean", "term": "max", "end": "min mean max",
        "early": "mean", "after": "mean", "lasted": "mean max", "lasted_over_term": "mean",
    }),
    *(feature for kind in KINDS for feature in _of_kind(kind)),
    *(feature for kind in COMMON for feature in _of_common_kind(kind)),
)  # fmt: skip


def bureau(table: ir.Table) -> ir.Table:
    """Computes the features of credits reported by other lenders."""
    return per_applicant(prepared(table), FEATURES)
