"""previous_application -> what this lender decided on earlier applications: amounts, terms, refusals, kinds."""

from __future__ import annotations

import csv
from pathlib import Path

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

THEME = "previous_loans"
# The mark for "not yet" or "none" in the five days columns (reference: home-credit-schema, trap 7).
NO_DAY = 365_243
DAYS = ("DAYS_FIRST_DRAWING", "DAYS_FIRST_DUE", "DAYS_LAST_DUE_1ST_VERSION", "DAYS_LAST_DUE", "DAYS_TERMINATION")
YEAR = 365

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
LAST = Rows("previous_last", Words("Last previous application", "Dernière demande"), THEME, _.recency == 0)
LAST_THREE = Rows(
    "previous_last_three",
    Words("Last three previous applications", "Trois dernières demandes"),
    THEME,
    _.recency < 3,
)
LAST_APPROVED = Rows(
    "previous_last_approved",
    Words("Last approved application", "Dernière demande accordée"),
    THEME,
    _.is_approved & (_.recency_of_status == 0),
)

ASKED = meaning("amount asked for", "montant demandé", "amount", "previous_amount")
CREDIT = meaning("amount of the credit", "montant du crédit", "amount", "previous_amount")
ANNUITY = meaning("annuity", "annuité", "amount", "previous_annuity")
ASKED_OVER_CREDIT = meaning(
    "amount asked for over credit", "montant demandé rapporté au crédit", "ratio", "previous_asked"
)
INTEREST = meaning("total interest over credit", "intérêts rapportés au crédit", "ratio", "previous_interest")
TERM = meaning("term", "durée", "months", "previous_term")
AGE = meaning("time since the decision", "temps depuis la décision", "years", "previous_age")
REFUSED_SHARE = meaning("share refused", "part refusée", "share", "previous_refused", +1)


def _counts() -> list[Aggregate]:
    year = meaning("number in the last year", "nombre depuis un an", "count", "previous_recent")
    refused = meaning("number", "nombre", "count", "previous_refused", +1)
    refused_year = meaning("number in the last year", "nombre depuis un an", "count", "previous_refused", +1)
    last_refused = meaning("refused (1) or not (0)", "refusée (1) ou non (0)", "", "previous_refused", +1)
    of_last_year = _.DAYS_DECISION >= -YEAR
    return [
        measure(ALL, "count", _.count(), meaning("number", "nombre", "count", "previous_count")),
        count(APPROVED, "all", _.is_approved, meaning("number", "nombre", "count", "previous_count")),
        count(REFUSED, "all", _.is_refused, refused),
        count(ALL, "year", of_last_year, year),
        count(REFUSED, "year", _.is_refused & of_last_year, refused_year),
        share(ALL, "refused", _.is_refused, REFUSED_SHARE),
        share(LAST_THREE, "refused", _.is_refused, REFUSED_SHARE),
        share(LAST, "refused", _.is_refused, last_refused),
    ]


def _shares_of_levels() -> list[Aggregate]:
    """What share of the applications are of the levels listed in `shares.csv`."""
    with Path(__file__).with_name("shares.csv").open(encoding="utf-8", newline="") as lines:
        return [
            share(
                ALL,
                row["name"],
                _[row["column"]] == row["level"],
                meaning(row["label_en"], row["label_fr"], "share", row["factor"], int(row["direction"])),
            )
            for row in csv.DictReader(lines)
        ]


def _amounts() -> list[Aggregate]:
    down_share = meaning("down payment over price", "apport rapporté au prix", "share", "previous_down")
    return [
        *aggregates(ALL, "asked", _.AMT_APPLICATION, ASKED, "mean max"),
        *aggregates(ALL, "credit", _.AMT_CREDIT, CREDIT, "mean max"),
        *aggregates(ALL, "annuity", _.AMT_ANNUITY, ANNUITY, "mean max"),
        *aggregates(ALL, "asked_over_credit", _.asked_over_credit, ASKED_OVER_CREDIT, "min mean"),
        *aggregates(ALL, "down_share", _.RATE_DOWN_PAYMENT, down_share, "mean max"),
        *aggregates(APPROVED, "credit", _.AMT_CREDIT, CREDIT, "sum max"),
        *aggregates(APPROVED, "annuity", _.AMT_ANNUITY, ANNUITY, "mean"),
        *aggregates(APPROVED, "interest", _.interest, INTEREST, "min mean max"),
        *aggregates(APPROVED, "term", _.CNT_PAYMENT, TERM, "mean max"),
        *aggregates(REFUSED, "asked", _.AMT_APPLICATION, ASKED, "mean max"),
    ]


def _times() -> list[Aggregate]:
    first_due = meaning("time since the first due date", "temps depuis la première échéance", "years", "previous_age")
    ended = meaning("time since the end", "temps depuis la fin", "years", "previous_ended")
    left = meaning("time left until the planned end", "temps restant avant la fin prévue", "months", "previous_left")
    early = meaning("days repaid before plan", "jours d'avance sur l'échéancier", "days", "previous_early")
    months_left = not_below_zero(_.DAYS_LAST_DUE_1ST_VERSION) / DAYS_PER_MONTH
    days_early = not_below_zero(_.DAYS_LAST_DUE_1ST_VERSION - _.DAYS_LAST_DUE)
    return [
        *aggregates(ALL, "age", years_before(_.DAYS_DECISION), AGE, "min mean max"),
        *aggregates(APPROVED, "age", years_before(_.DAYS_DECISION), AGE, "min"),
        *aggregates(REFUSED, "age", years_before(_.DAYS_DECISION), AGE, "min"),
        *aggregates(APPROVED, "first_due", years_before(_.DAYS_FIRST_DUE), first_due, "max"),
        *aggregates(APPROVED, "ended", years_before(_.DAYS_TERMINATION), ended, "min mean"),
        *aggregates(APPROVED, "left", months_left, left, "max"),
        *aggregates(APPROVED, "early", days_early, early, "mean"),
    ]


def _circumstances() -> list[Aggregate]:
    hour = meaning("hour of the day", "heure de la journée", "", "previous_hour")
    seller = meaning("size of the seller", "taille du vendeur", "", "previous_seller")
    insured = meaning("share with insurance", "part avec assurance", "share", "previous_insured")
    running = meaning("number still running", "nombre encore en cours", "count", "previous_running")
    annuities = meaning("annuities still running", "annuités encore en cours", "amount", "previous_running")
    return [
        *aggregates(ALL, "hour", _.HOUR_APPR_PROCESS_START, hour, "mean"),
        *aggregates(ALL, "seller", not_below_zero(_.SELLERPLACE_AREA), seller, "mean"),
        share(APPROVED, "insured", _.NFLAG_INSURED_ON_APPROVAL == 1, insured),
        count(APPROVED, "running", _.is_running, running),
        measure(APPROVED, "running_annuity", _.AMT_ANNUITY.sum(where=_.is_running), annuities),
    ]


def _single(rows: Rows) -> list[Aggregate]:
    """The figures of one application: the maximum over a single row, without that word."""
    figures = {
        "credit": (_.AMT_CREDIT, CREDIT),
        "annuity": (_.AMT_ANNUITY, ANNUITY),
        "asked_over_credit": (_.asked_over_credit, ASKED_OVER_CREDIT),
        "interest": (_.interest, INTEREST),
        "term": (_.CNT_PAYMENT, TERM),
    }
    return [measure(rows, name, value.max(where=rows.where), told) for name, (value, told) in figures.items()]


FEATURES: tuple[Aggregate, ...] = (
    *_counts(),
    *_shares_of_levels(),
    *_amounts(),
    *_times(),
    *_circumstances(),
    *_single(LAST),
    *_single(LAST_APPROVED),
)


def previous_application(table: ir.Table) -> ir.Table:
    """The features of earlier applications to this lender."""
    approved = table.NAME_CONTRACT_STATUS == "Approved"
    latest_first = [ibis.desc("DAYS_DECISION"), ibis.desc("SK_ID_PREV")]
    by_status = [APPLICANT_ID, "NAME_CONTRACT_STATUS"]
    rows = table.mutate(
        **{day: table[day].nullif(NO_DAY) for day in DAYS},
        is_approved=approved,
        is_refused=table.NAME_CONTRACT_STATUS == "Refused",
        is_running=approved & (table.DAYS_TERMINATION == NO_DAY),
        asked_over_credit=quotient(table.AMT_APPLICATION, table.AMT_CREDIT),
        interest=_interest(table),
        recency=ibis.row_number().over(group_by=APPLICANT_ID, order_by=latest_first),
        recency_of_status=ibis.row_number().over(group_by=by_status, order_by=latest_first),
    )
    return per_applicant(rows, FEATURES)


def _interest(table: ir.Table) -> ir.NumericColumn:
    """All that is paid beyond the credit, over the credit; missing for revolving credit, which has no term."""
    term = table.CNT_PAYMENT.nullif(0)
    return quotient(table.AMT_ANNUITY * term, table.AMT_CREDIT) - 1
