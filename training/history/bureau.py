"""bureau and bureau_balance -> what other lenders report: debts, arrears, kinds and ages of credits."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from scoring.fields import APPLICANT_ID, Words
from training.history.compose import (
    Aggregate,
    Rows,
    aggregates,
    count,
    meaning,
    measure,
    not_below_zero,
    per_applicant,
    quotient,
    share,
    years_after,
    years_before,
)

THEME = "credit_bureau"
# Days beyond half a century either way are marks for "none", not dates (reference: home-credit-schema, trap 9).
HALF_CENTURY = 18_262
# Monthly states: the number says how late (1: up to 30 days ... 5: over 120 days, sold or written off).
LATE_STATES = ("1", "2", "3", "4", "5")
YEAR = 365

ALL = Rows("bureau", Words("Credit bureau", "Bureau de crédit"), THEME)
ACTIVE = Rows(
    "bureau_active", Words("Credit bureau, active credits", "Bureau de crédit, crédits actifs"), THEME, _.is_active
)
CLOSED = Rows(
    "bureau_closed", Words("Credit bureau, closed credits", "Bureau de crédit, crédits soldés"), THEME, _.is_closed
)
MONTHS = Rows("bureau_months", Words("Credit bureau, month by month", "Bureau de crédit, mois par mois"), THEME)

DEBT = meaning("current debt", "dette en cours", "amount", "bureau_debt", +1)
OVERDUE = meaning("amount overdue", "montant en retard", "amount", "bureau_overdue", +1)
WORST_OVERDUE = meaning(
    "largest amount ever overdue", "plus fort montant jamais en retard", "amount", "bureau_overdue", +1
)
DAYS_OVERDUE = meaning("days overdue", "jours de retard", "days", "bureau_overdue", +1)
CREDIT = meaning("amount of the credits", "montant des crédits", "amount", "bureau_credit")
LIMIT = meaning("credit card limit", "plafond de carte de crédit", "amount", "bureau_limit")
ANNUITY = meaning("annuity", "annuité", "amount", "bureau_annuity")
AGE = meaning("time since opening", "temps depuis l'ouverture", "years", "bureau_age")
UPDATED = meaning("time since the last report", "temps depuis la dernière mise à jour", "years", "bureau_update")
LEFT = meaning("months left until the planned end", "mois restants avant la fin prévue", "months", "bureau_months_left")
TERM = meaning("planned term in months", "durée prévue en mois", "months", "bureau_term")
PROLONGED = meaning("times prolonged", "nombre de prolongations", "count", "bureau_prolonged")
"""Words, unit, factor and direction of each quantity; more debt or more days overdue may never lower the risk."""

KINDS = {
    "consumer": ("Consumer credit", Words("consumer credits", "crédits à la consommation")),
    "card": ("Credit card", Words("credit cards", "cartes de crédit")),
    "car": ("Car loan", Words("car loans", "crédits auto")),
    "mortgage": ("Mortgage", Words("mortgages", "crédits immobiliers")),
    "microloan": ("Microloan", Words("microloans", "microcrédits")),
}


def _of_kind(key: str, kind: str, words: Words) -> list[Aggregate]:
    of_kind = kind == _.CREDIT_TYPE
    open_of_kind = Rows(
        f"bureau_active_{key}",
        Words(f"Credit bureau, active {words.en}", f"Bureau de crédit, {words.fr} en cours"),
        THEME,
        _.is_active & of_kind,
    )
    told = meaning(f"share of {words.en}", f"part : {words.fr}", "share", f"bureau_{key}")
    return [
        share(ALL, key, of_kind, told),
        count(open_of_kind, "credits", _.is_active & of_kind, meaning("number", "nombre", "count", f"bureau_{key}")),
        *aggregates(open_of_kind, "debt", _.AMT_CREDIT_SUM_DEBT, DEBT, "sum"),
    ]


def _debts_and_arrears(rows: Rows) -> list[Aggregate]:
    debt, credit = _.AMT_CREDIT_SUM_DEBT, _.AMT_CREDIT_SUM
    owed = debt.notnull() & (credit > 0) if rows.where is None else rows.where & debt.notnull() & (credit > 0)
    debt_share = meaning("debt over credit", "dette rapportée au crédit", "ratio", "bureau_debt", +1)
    debt_share_max = meaning(
        "debt over credit, maximum", "dette rapportée au crédit, maximum", "ratio", "bureau_debt", +1
    )
    late = meaning("share of credits overdue", "part des crédits en retard", "share", "bureau_overdue", +1)
    overdue_share = meaning("amount overdue over credit", "retard rapporté au crédit", "ratio", "bureau_overdue", +1)
    return [
        *aggregates(rows, "debt", debt, DEBT, "sum mean max"),
        measure(rows, "debt_over_credit", quotient(debt.sum(where=owed), credit.sum(where=owed)), debt_share),
        measure(rows, "debt_over_credit_max", quotient(debt, credit).max(where=rows.where), debt_share_max),
        *aggregates(rows, "overdue", _.AMT_CREDIT_SUM_OVERDUE, OVERDUE, "sum max"),
        measure(
            rows,
            "overdue_over_credit",
            quotient(_.AMT_CREDIT_SUM_OVERDUE.sum(where=rows.where), credit.sum(where=rows.where)),
            overdue_share,
        ),
        *aggregates(rows, "worst_overdue", _.AMT_CREDIT_MAX_OVERDUE, WORST_OVERDUE, "mean max"),
        *aggregates(rows, "days_overdue", _.CREDIT_DAY_OVERDUE, DAYS_OVERDUE, "mean max"),
        share(rows, "overdue", (_.CREDIT_DAY_OVERDUE > 0) | (_.AMT_CREDIT_SUM_OVERDUE > 0), late),
    ]


def _sizes_and_ages(rows: Rows) -> list[Aggregate]:
    return [
        *aggregates(rows, "credit", _.AMT_CREDIT_SUM, CREDIT, "sum mean max"),
        *aggregates(rows, "annuity", _.AMT_ANNUITY, ANNUITY, "sum mean max"),
        *aggregates(rows, "age", years_before(_.DAYS_CREDIT), AGE, "min mean max"),
        *aggregates(rows, "term", _.term_months, TERM, "mean max"),
        *aggregates(rows, "update", years_before(_.updated), UPDATED, "min mean"),
    ]


FEATURES: tuple[Aggregate, ...] = (
    measure(ALL, "count", _.count(), meaning("number of credits", "nombre de crédits", "count", "bureau_count")),
    count(ACTIVE, "credits", _.is_active, meaning("number", "nombre", "count", "bureau_active")),
    share(
        ALL,
        "active",
        _.is_active,
        meaning("share of active credits", "part des crédits actifs", "share", "bureau_active"),
    ),
    share(
        ALL,
        "bad",
        _.CREDIT_ACTIVE.isin(["Sold", "Bad debt"]),
        meaning(
            "share of credits sold or written off",
            "part des crédits cédés ou irrécouvrables",
            "share",
            "bureau_bad",
            +1,
        ),
    ),
    share(
        ALL,
        "foreign_currency",
        _.CREDIT_CURRENCY != "currency 1",
        meaning(
            "share of credits in other currencies", "part des crédits en autres devises", "share", "bureau_currency"
        ),
    ),
    measure(
        ALL,
        "kinds",
        _.CREDIT_TYPE.nunique(),
        meaning("number of kinds of credit", "nombre de types de crédit", "count", "bureau_kinds"),
    ),
    count(
        ALL,
        "last_half_year",
        _.DAYS_CREDIT >= -YEAR // 2,
        meaning(
            "credits opened in the last six months", "crédits ouverts ces six derniers mois", "count", "bureau_recent"
        ),
    ),
    count(
        ALL,
        "last_year",
        _.DAYS_CREDIT >= -YEAR,
        meaning("credits opened in the last year", "crédits ouverts depuis un an", "count", "bureau_recent"),
    ),
    count(
        ALL,
        "last_two_years",
        _.DAYS_CREDIT >= -2 * YEAR,
        meaning("credits opened in the last two years", "crédits ouverts depuis deux ans", "count", "bureau_recent"),
    ),
    *_debts_and_arrears(ALL),
    *_debts_and_arrears(ACTIVE),
    *_sizes_and_ages(ALL),
    *_sizes_and_ages(ACTIVE),
    *aggregates(CLOSED, "credit", _.AMT_CREDIT_SUM, CREDIT, "sum mean max"),
    *aggregates(CLOSED, "age", years_before(_.DAYS_CREDIT), AGE, "min mean"),
    *aggregates(
        CLOSED,
        "end",
        years_before(_.paid_off),
        meaning("time since it was paid off", "temps depuis le remboursement", "years", "bureau_closed_end"),
        "min mean max",
    ),
    *aggregates(
        CLOSED,
        "early",
        not_below_zero(_.planned_end - _.paid_off),
        meaning(
            "days paid off before the planned end", "jours d'avance sur la fin prévue", "days", "bureau_closed_early"
        ),
        "mean",
    ),
    *aggregates(
        CLOSED,
        "after_plan",
        not_below_zero(_.paid_off - _.planned_end),
        meaning("days paid off after the planned end", "jours au-delà de la fin prévue", "days", "bureau_closed_after"),
        "mean",
    ),
    *aggregates(ACTIVE, "left", _.months_left, LEFT, "min mean max"),
    share(
        ACTIVE,
        "past_end",
        _.planned_end < 0,
        meaning("share past their planned end", "part au-delà de la fin prévue", "share", "bureau_past_end"),
    ),
    *aggregates(ALL, "limit", _.AMT_CREDIT_SUM_LIMIT, LIMIT, "sum mean"),
    *aggregates(ALL, "prolonged", _.CNT_CREDIT_PROLONG, PROLONGED, "sum max"),
    *(feature for key, (kind, words) in KINDS.items() for feature in _of_kind(key, kind, words)),
)

_LATE = meaning("share of months late", "part des mois en retard", "share", "bureau_months_late", +1)
_LATE_YEAR = meaning("months late in the last year", "mois en retard depuis un an", "count", "bureau_months_late", +1)
_WORST = meaning(
    "worst arrears, from 0 (none) to 5 (over 120 days)",
    "pire retard, de 0 (aucun) à 5 (plus de 120 jours)",
    "",
    "bureau_months_late",
    +1,
)
_WORST_MEAN = meaning(
    "worst arrears of each credit, from 0 to 5, average",
    "pire retard de chaque crédit, de 0 à 5, moyenne",
    "",
    "bureau_months_late",
    +1,
)
_WORST_YEAR = meaning(
    "worst arrears in the last year, from 0 (none) to 5 (over 120 days)",
    "pire retard depuis un an, de 0 (aucun) à 5 (plus de 120 jours)", "", "bureau_months_late", +1,
)  # fmt: skip

BALANCE_FEATURES: tuple[Aggregate, ...] = (
    measure(MONTHS, "count", _.months.sum(), meaning("months on record", "mois connus", "count", "bureau_months")),
    measure(
        MONTHS,
        "credits",
        _.count(),
        meaning("number of credits followed", "nombre de crédits suivis", "count", "bureau_months"),
    ),
    measure(
        MONTHS,
        "length_mean",
        _.months.mean(),
        meaning("months on record per credit, average", "mois connus par crédit, moyenne", "months", "bureau_months"),
    ),
    measure(
        MONTHS,
        "length_max",
        _.months.max(),
        meaning("months on record per credit, maximum", "mois connus par crédit, maximum", "months", "bureau_months"),
    ),
    measure(
        MONTHS,
        "latest",
        _.months_ago.min(),
        meaning("months since the last record", "mois depuis le dernier relevé", "months", "bureau_months_latest"),
    ),
    measure(MONTHS, "late_share", quotient(_.late.sum(), _.months.sum()), _LATE),
    measure(MONTHS, "late_year", _.late_year.sum(), _LATE_YEAR),
    measure(MONTHS, "worst", _.worst.max(), _WORST),
    measure(MONTHS, "worst_mean", _.worst.mean(), _WORST_MEAN),
    measure(MONTHS, "worst_year", _.worst_year.max(), _WORST_YEAR),
    measure(
        MONTHS,
        "unknown_share",
        quotient(_.unknown.sum(), _.months.sum()),
        meaning("share of months of unknown state", "part des mois d'état inconnu", "share", "bureau_months_unknown"),
    ),
    measure(
        MONTHS,
        "closed_share",
        quotient(_.closed.sum(), _.months.sum()),
        meaning("share of months already closed", "part des mois déjà soldés", "share", "bureau_months_closed"),
    ),
)


def bureau(table: ir.Table) -> ir.Table:
    """The features of the credits that other lenders report."""
    planned_end = _plausible(table.DAYS_CREDIT_ENDDATE)
    rows = table.mutate(
        is_active=table.CREDIT_ACTIVE == "Active",
        is_closed=table.CREDIT_ACTIVE == "Closed",
        planned_end=planned_end,
        paid_off=_plausible(table.DAYS_ENDDATE_FACT),
        updated=_plausible(table.DAYS_CREDIT_UPDATE),
        term_months=not_below_zero((planned_end - table.DAYS_CREDIT) * 12 / 365.25),
        months_left=years_after(planned_end) * 12,
    )
    return per_applicant(rows, FEATURES)


def _plausible(days: ir.NumericColumn) -> ir.NumericColumn:
    return (days.abs() <= HALF_CENTURY).ifelse(days, ibis.null("float64"))


def bureau_balance(table: ir.Table, bureau: ir.Table) -> ir.Table:
    """The features of those credits' monthly states: first per credit, then per applicant; orphans drop out."""
    late = table.STATUS.isin(LATE_STATES)
    state = table.mutate(
        late=late.cast("int64"),
        severity=late.ifelse(table.STATUS, "0").cast("int64"),
        recent=table.MONTHS_BALANCE >= -12,
    )
    credits = state.group_by("SK_ID_BUREAU").aggregate(
        months=_.count(),
        months_ago=(-_.MONTHS_BALANCE).min(),
        late=_.late.sum(),
        late_year=_.late.sum(where=_.recent),
        worst=_.severity.max(),
        worst_year=_.severity.max(where=_.recent),
        unknown=(_.STATUS == "X").cast("int64").sum(),
        closed=(_.STATUS == "C").cast("int64").sum(),
    )
    owners = bureau.select("SK_ID_BUREAU", APPLICANT_ID)
    return per_applicant(owners.inner_join(credits, "SK_ID_BUREAU"), BALANCE_FEATURES)
