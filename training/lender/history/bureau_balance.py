"""Features of `bureau_balance`, monthly repayment at other lenders: how late, how often, how recently."""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.words.language import Words
from training.aggregates.compose import (
    WINDOWS,
    YEAR,
    Aggregate,
    Meaning,
    Rows,
    Window,
    meaning,
    measure,
    per_applicant,
    quotient,
)
from training.lender.history.bureau_rows import THEME

# Monthly statuses; digits are degrees of lateness (1: up to 30 days ... 5: over 120 days, sold or written off).
LATE_STATES = ("1", "2", "3", "4", "5")
# The table goes back 96 months (reference: home-credit-schema, 3); one more stands for "never".
NEVER = 97
LATE = "bureau_months_late"

MONTHS = Rows("bureau_months", Words("Credit bureau, month by month", "Bureau de crédit, mois par mois"), THEME)
ACTIVE = Rows(
    "bureau_months_active",
    Words("Credit bureau, month by month, active credits", "Bureau de crédit, mois par mois, crédits actifs"),
    THEME,
    _.is_active,
)


def _late(en: str, fr: str, unit: str) -> Meaning:
    return meaning(en, fr, unit, LATE, +1)


LATE_SHARE = _late("share of months late", "part des mois en retard", "share")


def _record() -> list[Aggregate]:
    length = meaning("months on record per credit", "mois connus par crédit", "count", "bureau_months")
    longest = meaning("most months on record of a credit", "plus grand nombre de mois connus", "count", "bureau_months")
    latest = meaning("time since the last record", "temps depuis le dernier relevé", "months", "bureau_latest")
    unknown = meaning("share of months of unknown state", "part des mois d'état inconnu", "share", "bureau_unknown")
    closed = meaning("share of months already closed", "part des mois déjà soldés", "share", "bureau_months_closed")
    return [
        measure(MONTHS, "count", _.months.sum(), meaning("months on record", "mois connus", "count", "bureau_months")),
        measure(MONTHS, "length", _.months.mean(), length),
        measure(MONTHS, "length_max", _.months.max(), longest),
        measure(MONTHS, "latest", _.months_ago.min(), latest),
        measure(MONTHS, "unknown_share", quotient(_.unknown.sum(), _.months.sum()), unknown),
        measure(MONTHS, "closed_share", quotient(_.closed.sum(), _.months.sum()), closed),
    ]


def _lateness() -> list[Aggregate]:
    worst = _late("worst arrears, 0 (none) to 5", "pire retard, de 0 (aucun) à 5", "")
    worst_mean = _late("worst arrears per credit, average", "pire retard par crédit, moyenne", "")
    most = _late("highest share of months late of a credit", "plus forte part de mois en retard d'un crédit", "share")
    over_month = _late("share of months over 30 days late", "part des mois à plus de 30 jours de retard", "share")
    since = meaning(
        "time since the last late month, 97 if never", "temps depuis le dernier mois de retard, 97 si jamais",
        "months", LATE, -1,
    )  # fmt: skip
    return [
        measure(MONTHS, "late_share", quotient(_.late.sum(), _.months.sum()), LATE_SHARE),
        measure(MONTHS, "late_share_max", quotient(_.late, _.months).max(), most),
        measure(MONTHS, "over_month_share", quotient(_.over_month.sum(), _.months.sum()), over_month),
        measure(MONTHS, "worst", _.worst.max(), worst),
        measure(MONTHS, "worst_mean", _.worst.mean(), worst_mean),
        measure(MONTHS, "since_late", _.late_months_ago.min().fill_null(NEVER), since),
    ]


def _late_within(window: Window) -> Aggregate:
    quantity = _late(f"share of months late, {window.words.en}", f"part des mois en retard, {window.words.fr}", "share")
    late, months = _[f"late_{window.key}"].sum(), _[f"months_{window.key}"].sum()
    return measure(MONTHS, f"late_share_{window.key}", quotient(late, months), quantity)


def _arrears_of_the_year() -> list[Aggregate]:
    late = _late("months late in the last year", "mois en retard depuis un an", "count")
    year = _late("worst arrears in the last year, 0 to 5", "pire retard depuis un an, de 0 à 5", "")
    return [
        measure(MONTHS, "late_year", _.late_year.sum(), late),
        measure(MONTHS, "worst_year", _.worst_year.max(), year),
    ]


def _of_active() -> list[Aggregate]:
    length = meaning("months on record per credit", "mois connus par crédit", "count", "bureau_months")
    late, months = _.late.sum(where=_.is_active), _.months.sum(where=_.is_active)
    return [
        measure(ACTIVE, "length", _.months.mean(where=_.is_active), length),
        measure(ACTIVE, "late_share", quotient(late, months), LATE_SHARE),
    ]


def _trend() -> Aggregate:
    """Has no direction: a late month long ago makes the last year look better."""
    quantity = meaning(
        "share of months late, last year less before", "part des mois en retard, depuis un an moins avant", "", LATE
    )
    year = quotient(_.late_year.sum(), _.months_year.sum())
    before = quotient(_.late.sum() - _.late_year.sum(), _.months.sum() - _.months_year.sum())
    return measure(MONTHS, "late_trend", year - before, quantity)


FEATURES: tuple[Aggregate, ...] = (
    *_record(),
    *_lateness(),
    *(_late_within(window) for window in WINDOWS),
    *_arrears_of_the_year(),
    *_of_active(),
    _trend(),
)


def bureau_balance(table: ir.Table, bureau: ir.Table) -> ir.Table:
    """Computes the features of monthly statuses, first per credit, then per applicant; orphans are dropped."""
    late = table.STATUS.isin(LATE_STATES)
    states = table.mutate(
        late=late.cast("int64"),
        severity=late.ifelse(table.STATUS, "0").cast("int64"),
        months_ago=-table.MONTHS_BALANCE,
    )
    credits = states.group_by("SK_ID_BUREAU").aggregate(
        months=_.count(),
        months_ago=_.months_ago.min(),
        late_months_ago=_.months_ago.min(where=_.late == 1),
        late=_.late.sum(),
        over_month=(_.severity > 1).cast("int64").sum(),
        worst=_.severity.max(),
        unknown=(_.STATUS == "X").cast("int64").sum(),
        closed=(_.STATUS == "C").cast("int64").sum(),
        worst_year=_.severity.max(where=_within(YEAR)),
        **{f"months_{window.key}": _within(window).cast("int64").sum() for window in WINDOWS},
        **{f"late_{window.key}": _.late.sum(where=_within(window)) for window in WINDOWS},
    )
    owners = bureau.select("SK_ID_BUREAU", APPLICANT_ID, is_active=bureau.CREDIT_ACTIVE == "Active")
    return per_applicant(owners.inner_join(credits, "SK_ID_BUREAU"), FEATURES)


def _within(window: Window) -> Deferred:
    return _.months_ago <= window.months
