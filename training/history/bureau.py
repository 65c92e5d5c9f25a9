"""bureau and bureau_balance -> what other lenders report: debts, arrears, kinds and ages of credits."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from scoring.fields import APPLICANT_ID, Words
from training.history.compose import (
    DAYS_PER_MONTH,
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
    years_before,
)

THEME = "credit_bureau"
# Days beyond half a century either way are marks for "none", not dates (reference: home-credit-schema, trap 9).
HALF_CENTURY = 18_262
# Monthly states: the number says how late (1: up to 30 days ... 5: over 120 days, sold or written off).
LATE_STATES = ("1", "2", "3", "4", "5")
HOME_CURRENCY = "currency 1"
HALF_YEAR, YEAR = 183, 365

ALL = Rows("bureau", Words("Credit bureau", "Bureau de crédit"), THEME)
ACTIVE = Rows(
    "bureau_active", Words("Credit bureau, active credits", "Bureau de crédit, crédits actifs"), THEME, _.is_active
)
CLOSED = Rows(
    "bureau_closed", Words("Credit bureau, closed credits", "Bureau de crédit, crédits soldés"), THEME, _.is_closed
)
MONTHS = Rows("bureau_months", Words("Credit bureau, month by month", "Bureau de crédit, mois par mois"), THEME)

KINDS = {
    "consumer": ("Consumer credit", Words("consumer credits", "crédits à la consommation")),
    "card": ("Credit card", Words("credit cards", "cartes de crédit")),
    "car": ("Car loan", Words("car loans", "crédits auto")),
    "mortgage": ("Mortgage", Words("mortgages", "crédits immobiliers")),
    "microloan": ("Microloan", Words("microloans", "microcrédits")),
}

DEBT = meaning("current debt", "dette en cours", "amount", "bureau_debt", +1)
CREDIT = meaning("amount of the credits", "montant des crédits", "amount", "bureau_credit")
ANNUITY = meaning("annuity", "annuité", "amount", "bureau_annuity")
AGE = meaning("time since opening", "temps depuis l'ouverture", "years", "bureau_age")
TERM = meaning("planned term", "durée prévue", "months", "bureau_term")
UPDATED = meaning("time since the last report", "temps depuis la dernière mise à jour", "years", "bureau_update")


def _debts(rows: Rows, which: str) -> list[Aggregate]:
    debt, credit = _.AMT_CREDIT_SUM_DEBT, _.AMT_CREDIT_SUM
    known = debt.notnull() if rows.where is None else rows.where & debt.notnull()
    total = meaning("total debt over credit", "dette totale rapportée aux crédits", "ratio", "bureau_debt", +1)
    highest = meaning("highest debt over credit", "plus forte dette rapportée au crédit", "ratio", "bureau_debt", +1)
    return [
        *aggregates(rows, "debt", debt, DEBT, which),
        measure(rows, "debt_over_credit", quotient(debt.sum(where=known), credit.sum(where=known)), total),
        measure(rows, "debt_over_credit_max", quotient(debt, credit).max(where=rows.where), highest),
    ]


def _arrears() -> list[Aggregate]:
    now = meaning("amount overdue", "montant en retard", "amount", "bureau_overdue", +1)
    ever = meaning("largest amount ever overdue", "plus fort retard jamais atteint", "amount", "bureau_overdue", +1)
    days = meaning("days overdue", "jours de retard", "days", "bureau_overdue", +1)
    late = meaning("share of credits overdue", "part des crédits en retard", "share", "bureau_overdue", +1)
    return [
        *aggregates(ALL, "overdue", _.AMT_CREDIT_SUM_OVERDUE, now, "sum max"),
        *aggregates(ALL, "worst_overdue", _.AMT_CREDIT_MAX_OVERDUE, ever, "mean max"),
        *aggregates(ALL, "days_overdue", _.CREDIT_DAY_OVERDUE, days, "mean max"),
        share(ALL, "overdue", (_.CREDIT_DAY_OVERDUE > 0) | (_.AMT_CREDIT_SUM_OVERDUE > 0), late),
    ]


def _sizes_and_ages() -> list[Aggregate]:
    age = years_before(_.DAYS_CREDIT)
    return [
        *aggregates(ALL, "credit", _.AMT_CREDIT_SUM, CREDIT, "sum mean max"),
        *aggregates(ALL, "annuity", _.AMT_ANNUITY, ANNUITY, "sum max"),
        *aggregates(ALL, "age", age, AGE, "min mean max"),
        *aggregates(ALL, "term", _.term, TERM, "mean max"),
        *aggregates(ALL, "update", years_before(_.updated), UPDATED, "mean"),
        *aggregates(ACTIVE, "credit", _.AMT_CREDIT_SUM, CREDIT, "sum mean max"),
        *aggregates(ACTIVE, "annuity", _.AMT_ANNUITY, ANNUITY, "sum"),
        *aggregates(ACTIVE, "age", age, AGE, "min mean max"),
        *aggregates(CLOSED, "credit", _.AMT_CREDIT_SUM, CREDIT, "sum max"),
        *aggregates(CLOSED, "age", age, AGE, "min"),
    ]


def _closed() -> list[Aggregate]:
    end = meaning("time since it was paid off", "temps depuis le remboursement", "years", "bureau_end")
    early = meaning("days before the planned end", "jours d'avance sur la fin prévue", "days", "bureau_early")
    after = meaning("days after the planned end", "jours au-delà de la fin prévue", "days", "bureau_after")
    return [
        *aggregates(CLOSED, "end", years_before(_.paid_off), end, "min mean"),
        *aggregates(CLOSED, "early", not_below_zero(_.planned_end - _.paid_off), early, "mean"),
        *aggregates(CLOSED, "after", not_below_zero(_.paid_off - _.planned_end), after, "mean"),
    ]


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
        count(ALL, "half_year", _.DAYS_CREDIT >= -HALF_YEAR, opened_half_year),
        count(ALL, "year", _.DAYS_CREDIT >= -YEAR, opened_year),
    ]


def _of_kind(key: str, kind: str, words: Words) -> list[Aggregate]:
    of_kind = kind == _.CREDIT_TYPE
    label = Words(f"Credit bureau, active {words.en}", f"Bureau de crédit, {words.fr} en cours")
    rows = Rows(f"bureau_active_{key}", label, THEME, _.is_active & of_kind)
    told = meaning(f"share of {words.en}", f"part des {words.fr}", "share", f"bureau_{key}")
    return [share(ALL, key, of_kind, told), *aggregates(rows, "debt", _.AMT_CREDIT_SUM_DEBT, DEBT, "sum")]


def _time_left() -> list[Aggregate]:
    left = meaning("time left until the planned end", "temps restant avant la fin prévue", "months", "bureau_left")
    past = meaning("share past their planned end", "part au-delà de la fin prévue", "share", "bureau_past_end")
    months_left = not_below_zero(_.planned_end) / DAYS_PER_MONTH
    return [
        *aggregates(ACTIVE, "left", months_left, left, "mean max"),
        share(ACTIVE, "past_end", _.planned_end < 0, past),
    ]


def _limits() -> list[Aggregate]:
    limit = meaning("credit card limit", "plafond de carte de crédit", "amount", "bureau_limit")
    prolonged = meaning("times prolonged", "nombre de prolongations", "count", "bureau_prolonged")
    return [
        *aggregates(ALL, "limit", _.AMT_CREDIT_SUM_LIMIT, limit, "sum mean"),
        *aggregates(ALL, "prolonged", _.CNT_CREDIT_PROLONG, prolonged, "sum"),
    ]


def _months() -> list[Aggregate]:
    late, total = "bureau_months_late", _.months.sum()
    length = meaning("months on record per credit", "mois connus par crédit", "count", "bureau_months")
    latest = meaning("time since the last record", "temps depuis le dernier relevé", "months", "bureau_latest")
    late_share = meaning("share of months late", "part des mois en retard", "share", late, +1)
    late_year = meaning("months late in the last year", "mois en retard depuis un an", "count", late, +1)
    worst = meaning("worst arrears, 0 (none) to 5", "pire retard, de 0 (aucun) à 5", "", late, +1)
    mean = meaning("worst arrears per credit, average", "pire retard par crédit, moyenne", "", late, +1)
    year = meaning("worst arrears in the last year, 0 to 5", "pire retard depuis un an, de 0 à 5", "", late, +1)
    unknown = meaning("share of months of unknown state", "part des mois d'état inconnu", "share", "bureau_unknown")
    closed = meaning("share of months already closed", "part des mois déjà soldés", "share", "bureau_months_closed")
    return [
        measure(MONTHS, "count", total, meaning("months on record", "mois connus", "count", "bureau_months")),
        measure(MONTHS, "length", _.months.mean(), length),
        measure(MONTHS, "latest", _.months_ago.min(), latest),
        measure(MONTHS, "late_share", quotient(_.late.sum(), total), late_share),
        measure(MONTHS, "late_year", _.late_year.sum(), late_year),
        measure(MONTHS, "worst", _.worst.max(), worst),
        measure(MONTHS, "worst_mean", _.worst.mean(), mean),
        measure(MONTHS, "worst_year", _.worst_year.max(), year),
        measure(MONTHS, "unknown_share", quotient(_.unknown.sum(), total), unknown),
        measure(MONTHS, "closed_share", quotient(_.closed.sum(), total), closed),
    ]


FEATURES: tuple[Aggregate, ...] = (
    *_counts(),
    *_debts(ALL, "sum mean max"),
    *_debts(ACTIVE, "sum max"),
    *_arrears(),
    *_sizes_and_ages(),
    *_closed(),
    *_time_left(),
    *_limits(),
    *(feature for key, (kind, words) in KINDS.items() for feature in _of_kind(key, kind, words)),
)
BALANCE_FEATURES: tuple[Aggregate, ...] = tuple(_months())


def bureau(table: ir.Table) -> ir.Table:
    """The features of the credits that other lenders report."""
    planned_end = _plausible(table.DAYS_CREDIT_ENDDATE)
    rows = table.mutate(
        is_active=table.CREDIT_ACTIVE == "Active",
        is_closed=table.CREDIT_ACTIVE == "Closed",
        planned_end=planned_end,
        paid_off=_plausible(table.DAYS_ENDDATE_FACT),
        updated=_plausible(table.DAYS_CREDIT_UPDATE),
        term=not_below_zero(planned_end - table.DAYS_CREDIT) / DAYS_PER_MONTH,
    )
    return per_applicant(rows, FEATURES)


def _plausible(days: ir.NumericColumn) -> ir.NumericColumn:
    return (days.abs() <= HALF_CENTURY).ifelse(days, ibis.null("float64"))


def bureau_balance(table: ir.Table, bureau: ir.Table) -> ir.Table:
    """The features of those credits' monthly states: first per credit, then per applicant; orphans drop out."""
    late = table.STATUS.isin(LATE_STATES)
    states = table.mutate(
        late=late.cast("int64"),
        severity=late.ifelse(table.STATUS, "0").cast("int64"),
        recent=table.MONTHS_BALANCE >= -12,
    )
    credits = states.group_by("SK_ID_BUREAU").aggregate(
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
