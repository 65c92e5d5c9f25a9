"""Features of `previous_application`, earlier applications to this lender: amounts, terms, rates, dates, refusals."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from scoring.lender.roles import APPLICANT_ID
from scoring.units import DAYS_PER_MONTH
from scoring.words.language import Words
from training.aggregates.compose import (
    YEAR,
    Aggregate,
    Quantities,
    Rows,
    count,
    grid,
    in_floats,
    meaning,
    measure,
    not_below_zero,
    per_applicant,
    quotient,
    share,
    within,
    years_before,
)
from training.aggregates.interest import with_interest
from training.aggregates.levels import flags
from training.lender import FOLDER

THEME = "previous_loans"
# The levels of previous_application that become features.
LEVELS = FOLDER / "history" / "levels.csv"
# The sentinel for "not yet" or "none" in the five columns of days (reference: home-credit-schema, trap 7).
NO_DAY = 365_243
DAYS = ("DAYS_FIRST_DRAWING", "DAYS_FIRST_DUE", "DAYS_LAST_DUE_1ST_VERSION", "DAYS_LAST_DUE", "DAYS_TERMINATION")

ALL = Rows("previous", Words("Previous applications", "Demandes précédentes"), THEME)
APPROVED = Rows(
    "previous_approved",
    Words("Previous applications, approved", "Demandes précédentes accordées"),
    THEME,
    _.is_approved,
)
REFUSED = Rows(
    "previous_refused", Words("Previous applications, refused", "Demandes précédentes refusées"), THEME, _.is_refused
)

MONTHS_LEFT = not_below_zero(_.DAYS_LAST_DUE_1ST_VERSION) / DAYS_PER_MONTH
REFUSED_SHARE = meaning("share refused", "part refusée", "share", "previous_refused", +1)

QUANTITIES: Quantities = {
    "asked": (_.AMT_APPLICATION, meaning("amount asked for", "montant demandé", "amount", "previous_amount")),
    "credit": (_.AMT_CREDIT, meaning("amount of the credit", "montant du crédit", "amount", "previous_amount")),
    "annuity": (_.AMT_ANNUITY, meaning("annuity", "annuité", "amount", "previous_annuity")),
    "asked_over_credit": (
        _.asked_over_credit,
        meaning("amount asked for over credit", "montant demandé rapporté au crédit", "ratio", "previous_asked"),
    ),
    "down": (_.AMT_DOWN_PAYMENT, meaning("down payment", "apport", "amount", "previous_down")),
    "down_share": (
        _.RATE_DOWN_PAYMENT,
        meaning("down payment over price", "apport rapporté au prix", "share", "previous_down"),
    ),
    "interest": (
        _.paid_over_credit - 1,
        meaning("total interest over credit", "intérêts rapportés au crédit", "ratio", "previous_interest"),
    ),
    "rate": (
        _.rate,
        meaning("implied yearly interest rate", "taux d'intérêt annuel implicite", "ratio", "previous_interest"),
    ),
    "term": (_.CNT_PAYMENT, meaning("term", "durée", "months", "previous_term")),
    "credit_over_annuity": (
        quotient(_.AMT_CREDIT, _.AMT_ANNUITY),
        meaning("credit over annuity", "crédit rapporté à l'annuité", "ratio", "previous_term"),
    ),
    "age": (
        years_before(_.DAYS_DECISION),
        meaning("time since the decision", "temps depuis la décision", "years", "previous_age"),
    ),
    "first_due": (
        years_before(_.DAYS_FIRST_DUE),
        meaning("time since the first due date", "temps depuis la première échéance", "years", "previous_age"),
    ),
    "first_drawing": (
        years_before(_.DAYS_FIRST_DRAWING),
        meaning("time since the first drawing", "temps depuis le premier tirage", "years", "previous_age"),
    ),
    "ended": (
        years_before(_.DAYS_TERMINATION),
        meaning("time since the end", "temps depuis la fin", "years", "previous_ended"),
    ),
    "left": (
        MONTHS_LEFT,
        meaning("time left until the planned end", "temps restant avant la fin prévue", "months", "previous_left"),
    ),
    "due": (
        _.AMT_ANNUITY * MONTHS_LEFT,
        meaning("instalments still to come", "échéances encore à venir", "amount", "previous_left"),
    ),
    "early": (
        not_below_zero(_.DAYS_LAST_DUE_1ST_VERSION - _.DAYS_LAST_DUE),
        meaning("days repaid before plan", "jours d'avance sur l'échéancier", "days", "previous_early"),
    ),
    "after": (
        not_below_zero(_.DAYS_LAST_DUE - _.DAYS_LAST_DUE_1ST_VERSION),
        meaning("days repaid after plan", "jours de retard sur l'échéancier", "days", "previous_after"),
    ),
    "grace": (
        not_below_zero(_.DAYS_FIRST_DUE - _.DAYS_DECISION),
        meaning("days until the first due date", "jours avant la première échéance", "days", "previous_grace"),
    ),
    "hour": (
        _.HOUR_APPR_PROCESS_START,
        meaning("hour of the day", "heure de la journée", "", "previous_hour"),
    ),
    "seller": (
        not_below_zero(_.SELLERPLACE_AREA),
        meaning("size of the seller", "taille du vendeur", "", "previous_seller"),
    ),
}


def _counts() -> list[Aggregate]:
    year = meaning("number in the last year", "nombre depuis un an", "count", "previous_recent")
    refused = meaning("number", "nombre", "count", "previous_refused", +1)
    refused_year = meaning("number in the last year", "nombre depuis un an", "count", "previous_refused", +1)
    in_year, refused_in_year = (within(rows, YEAR, _.DAYS_DECISION).where for rows in (ALL, REFUSED))
    return [
        measure(ALL, "count", _.count(), meaning("number", "nombre", "count", "previous_count")),
        count(APPROVED, "all", _.is_approved, meaning("number", "nombre", "count", "previous_count")),
        count(REFUSED, "all", _.is_refused, refused),
        count(ALL, "year", in_year, year),
        count(REFUSED, "year", refused_in_year, refused_year),
        share(ALL, "refused", _.is_refused, REFUSED_SHARE),
    ]


def _running() -> list[Aggregate]:
    insured = meaning("share with insurance", "part avec assurance", "share", "previous_insured")
    running = meaning("number still running", "nombre encore en cours", "count", "previous_running")
    annuities = meaning("annuities still running", "annuités encore en cours", "amount", "previous_running")
    credits = meaning("credits still running", "crédits encore en cours", "amount", "previous_running")
    return [
        share(APPROVED, "insured", _.NFLAG_INSURED_ON_APPROVAL == 1, insured),
        count(APPROVED, "running", _.is_running, running),
        measure(APPROVED, "running_annuity", _.AMT_ANNUITY.sum(where=_.is_running), annuities),
        measure(APPROVED, "running_credit", _.AMT_CREDIT.sum(where=_.is_running), credits),
    ]


FEATURES: tuple[Aggregate, ...] = (
    *_counts(),
    *flags(LEVELS, "all", ALL),
    *_running(),
    *grid(QUANTITIES, ALL, {
        "asked": "mean max min", "credit": "mean max", "annuity": "mean max", "asked_over_credit": "min mean max",
        "down": "mean max", "down_share": "mean max min", "term": "mean max", "rate": "min mean max",
        "age": "min mean max std", "hour": "mean", "seller": "mean",
    }),
    *grid(QUANTITIES, APPROVED, {
        "credit": "sum mean max", "annuity": "sum mean max", "asked_over_credit": "mean max", "down": "max sum",
        "down_share": "mean max", "interest": "min mean max", "rate": "min mean max", "term": "mean max sum",
        "credit_over_annuity": "mean max", "age": "min mean", "first_due": "max", "first_drawing": "max",
        "ended": "min mean", "left": "max", "due": "sum", "early": "mean max", "after": "max", "grace": "mean",
    }),
    *grid(QUANTITIES, REFUSED, {
        "asked": "mean max min", "annuity": "mean", "term": "mean", "rate": "mean", "age": "min max",
    }),
)  # fmt: skip


def prepared(table: ir.Table) -> ir.Table:
    """Adds decisions as flags and the implied interest, and removes sentinels from days."""
    approved = table.NAME_CONTRACT_STATUS == "Approved"
    rows = table.mutate(
        **{day: table[day].nullif(NO_DAY) for day in DAYS},
        is_approved=approved,
        is_refused=table.NAME_CONTRACT_STATUS == "Refused",
        is_running=approved & (table.DAYS_TERMINATION == NO_DAY),
        asked_over_credit=quotient(table.AMT_APPLICATION, table.AMT_CREDIT),
    )
    return with_interest(rows, credit="AMT_CREDIT", annuity="AMT_ANNUITY", term="CNT_PAYMENT")


def ordered(table: ir.Table) -> ir.Table:
    """Adds to `prepared` each application's rank among all, and among those with its status, 0 being the latest.

    Of two decided on the same day, the one with the higher id is later.
    """
    latest_first = [ibis.desc("DAYS_DECISION"), ibis.desc("SK_ID_PREV")]
    of_all = ibis.window(group_by=APPLICANT_ID, order_by=latest_first)
    of_status = ibis.window(group_by=[APPLICANT_ID, "NAME_CONTRACT_STATUS"], order_by=latest_first)
    return prepared(table).mutate(
        recency=ibis.row_number().over(of_all),
        recency_of_status=ibis.row_number().over(of_status),
        gap=in_floats(_.DAYS_DECISION - _.DAYS_DECISION.lead().over(of_all)) / DAYS_PER_MONTH,
    )


def previous_application(table: ir.Table) -> ir.Table:
    """Computes the features of earlier applications to this lender."""
    return per_applicant(prepared(table), FEATURES)
