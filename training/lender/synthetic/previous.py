"""Draws earlier applications to this lender (`previous_application`) and the loans that result from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from training.lender.synthetic.applicants import Applicants, profile
from training.lender.synthetic.columns import NOT_YET, to_amounts
from training.lender.synthetic.rare import car_loans, unnamed_products
from training.synthetic.sampling import (
    Columns,
    correlated_normal,
    draw_levels,
    draw_levels_by,
    from_uniform,
    happens,
    joined,
    positions,
    tilted_codes,
    values_by,
    where_null,
)

ANY_PAST = 0.957  # share of applicants with an application or a loan on record
OTHERS = 3.60  # mean number of applications beyond the first loan and the card
OTHERS_SHAPE = 1.0
CARD_TRAIN, CARD_TEST = 0.287, 0.356  # share of those with a past who got a card
HIDDEN_LOANS = 0.046  # approved loans absent from the table: their payments are orphans
HIDDEN_CARDS = 0.13
HIDDEN_CARD_DAYS = (-2922, -2500)  # cards absent from the table are the oldest
LONGER_IF_LARGER = 0.6  # correlation of term and amount
# Correlations with creditworthiness: good payers came earlier, borrow more and pay more down. Tuned so that the AUC of
# an applicant's mean is near that of real rows.
EARLIER_IF_WORTHY, MORE_IF_WORTHY, DOWN_IF_WORTHY = 0.2, 0.3, 0.25
NOT_STARTED = 0.025  # approved loans without dates and payments
FIRST_LOAN, CARD_APPROVED = "Consumer loans|Approved", "Revolving loans|Approved"
PORTFOLIOS = {"Cash loans": "Cash", "Consumer loans": "POS", "Revolving loans": "Cards"}
WITHOUT_AMOUNT = ("Cash loans|Canceled", "Cash loans|Refused, no amount", "Revolving loans|Canceled")
UNDECIDED = (*WITHOUT_AMOUNT, "Consumer loans|Unused offer")  # no term, annuity, portfolio or product type
# Log-odds that a unit of trouble adds to an outcome, and a constant that offsets their spread.
OUTCOME_TILTS = {"Approved": (-0.15, 0.27), "Refused": (0.28, -0.2), "Canceled": (0.05, 0.0)}


@dataclass(frozen=True)
class Loans:
    """Loans that began: a row per consumer loan, cash loan or card.

    `owner` indexes the applicants; `closing` is the number of the instalment that ends the loan.
    """

    ids: NDArray[np.int64]
    owner: NDArray[np.int64]
    decided: NDArray[np.int64]
    first_due: NDArray[np.float64]
    term: NDArray[np.int64]
    closing: NDArray[np.int64]
    annuity: NDArray[np.float64]


def make_previous(people: Applicants, first_id: int, rng: np.random.Generator) -> tuple[Columns, Loans, Loans, int]:
    """`previous_application`, the loans with instalments, the cards, and the next free SK_ID_PREV."""
    statistics = profile()["history"]["previous"]
    owner, days, outcome = _outcomes(people, statistics, rng)
    ids = first_id + rng.permutation(len(owner))
    kind, status = _split(outcome)
    table = _levels(statistics, outcome, kind, rng) | _amounts(people, statistics, owner, outcome, kind, rng)
    table |= car_loans(table, outcome, rng)
    table |= {
        "SK_ID_PREV": ids,
        "SK_ID_CURR": people.ids[owner],
        "NAME_CONTRACT_TYPE": kind,
        "NAME_CONTRACT_STATUS": status,
        "DAYS_DECISION": days,
        "outcome": outcome,
    }
    table |= _terms(people, statistics, owner, table, rng)
    started = (status == "Approved") & ((kind == "Revolving loans") | (rng.random(len(owner)) >= NOT_STARTED))
    schedule = _schedule(table, started, people.creditworthiness[owner], rng)
    table |= _dates(table, schedule, started, rng)
    table |= unnamed_products(table, rng)
    card = kind == "Revolving loans"
    hidden = started & (rng.random(len(owner)) < np.where(card, HIDDEN_CARDS, HIDDEN_LOANS))
    began = np.where(hidden & card, rng.integers(*HIDDEN_CARD_DAYS, len(owner)), days)
    loans, cards = (
        Loans(
            ids[rows],
            owner[rows],
            began[rows],
            schedule["first_due"][rows],
            schedule["term"][rows],
            schedule["closing"][rows],
            table["AMT_ANNUITY"][rows],
        )
        for rows in (started & ~card, started & card)
    )
    return {name: values[~hidden] for name, values in table.items()}, loans, cards, first_id + len(ids)


def _outcomes(
    people: Applicants, statistics: Mapping[str, Any], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.object_]]:
    """Owner, day of decision and "type|status" of each application, oldest first for each owner.

    An applicant's first application is an approved loan, which made them a client; at most one is a card.
    """
    n = len(people.ids)
    past = rng.random(n) < ANY_PAST
    card = past & happens(np.where(people.is_test, CARD_TEST, CARD_TRAIN), 0.1 * people.strain, rng)
    mean = OTHERS * np.exp(people.trouble(shown=0.1, hidden=0.05) - 0.1**2 / 2)
    others = rng.poisson(rng.gamma(OTHERS_SHAPE, mean / OTHERS_SHAPE))
    counts = np.where(past, 1 + card + others, 0)
    owner = np.repeat(np.arange(n), counts)
    early = ndtr(correlated_normal(-people.creditworthiness[owner], EARLIER_IF_WORTHY, rng))
    days = np.minimum(np.rint(from_uniform(statistics["days_decision"], early)), -1)
    days = days[np.lexsort((days, owner))].astype(np.int64)
    rank = positions(counts)
    outcome = _other_outcomes(people, statistics, owner, days, rng)
    first = np.where(rng.random(len(owner)) < 0.85, FIRST_LOAN, "Cash loans|Approved")
    outcome = np.where(rank == 0, first, outcome)
    card_rank = 1 + np.floor(rng.random(n) ** 2.5 * (others + 1)).astype(np.int64)
    return owner, days, np.where(card[owner] & (rank == card_rank[owner]), CARD_APPROVED, outcome)


def _other_outcomes(
    people: Applicants,
    statistics: Mapping[str, Any],
    owner: NDArray[np.int64],
    days: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    names = [name for name in statistics["outcomes"] if name != CARD_APPROVED]
    # The first loan is already there and not drawn again: 0.85 and 0.15 of 4.93 applications.
    supplied = {FIRST_LOAN: 0.85 / 4.93, "Cash loans|Approved": 0.15 / 4.93}
    shares = np.array([statistics["outcomes"][name] - supplied.get(name, 0.0) for name in names])
    usual = statistics["recency"]
    age = days / 779.0 + 1.0
    trouble = people.trouble(shown=1.0, hidden=0.4)[owner]
    tilts = np.empty((len(owner), len(names)))
    for column, name in enumerate(names):
        tilt, everyone = OUTCOME_TILTS.get(name.split("|")[1].split(",")[0], (0.0, 0.0))
        tilts[:, column] = tilt * trouble + everyone + np.clip(usual[name] + 1.1, -0.6, 0.6) * age
    return np.array(names, dtype=object)[tilted_codes(shares, tilts, rng.random(len(owner)))]


def _split(outcome: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Splits "type|status, remark" into contract type and status."""
    names, codes = np.unique(outcome.astype(str), return_inverse=True)
    kinds = np.array([name.split("|")[0] for name in names], dtype=object)
    statuses = np.array([name.split("|")[1].split(",")[0] for name in names], dtype=object)
    return kinds[codes], statuses[codes]


def _levels(
    statistics: Mapping[str, Any], outcome: NDArray[np.object_], kind: NDArray[np.object_], rng: np.random.Generator
) -> Columns:
    """Draws levels given the outcome, and given the product combination."""
    n = len(outcome)
    table: Columns = {
        name: draw_levels_by(shares, outcome, rng.random(n)) for name, shares in statistics["by_outcome"].items()
    }
    product = table["PRODUCT_COMBINATION"]
    table |= {name: draw_levels_by(by, product, rng.random(n)) for name, by in statistics["by_product"].items()}
    text = product.astype(str)
    sold = np.where(
        np.char.find(text, "X-Sell") >= 0, "x-sell", np.where(np.char.find(text, "Street") >= 0, "walk-in", "XNA")
    )
    kinds, codes = np.unique(kind.astype(str), return_inverse=True)
    portfolio = np.array([PORTFOLIOS[name] for name in kinds], dtype=object)[codes]
    empty = np.isin(outcome.astype(str), UNDECIDED)
    return table | {
        "NAME_PRODUCT_TYPE": np.where(empty, "XNA", sold).astype(object),
        "NAME_PORTFOLIO": np.where(empty, "XNA", portfolio).astype(object),
        "SELLERPLACE_AREA": np.rint(values_by(statistics["seller_area"], product, rng.random(n))).astype(np.int64),
        "WEEKDAY_APPR_PROCESS_START": draw_levels(statistics["weekday"], rng.random(n)),
        "HOUR_APPR_PROCESS_START": np.rint(from_uniform(statistics["hour"], rng.random(n))).astype(np.int64),
        "FLAG_LAST_APPL_PER_CONTRACT": np.where(rng.random(n) < 0.00507, "N", "Y").astype(object),
        "NFLAG_LAST_APPL_IN_DAY": (rng.random(n) >= 0.00353).astype(np.int64),
        "empty": empty,
    }


def _amounts(
    people: Applicants,
    statistics: Mapping[str, Any],
    owner: NDArray[np.int64],
    outcome: NDArray[np.object_],
    kind: NDArray[np.object_],
    rng: np.random.Generator,
) -> Columns:
    """Amounts requested and granted, goods price and down payment."""
    n = len(owner)
    empty = np.isin(outcome.astype(str), WITHOUT_AMOUNT)
    consumer, card = kind == "Consumer loans", kind == "Revolving loans"
    larger = correlated_normal(people.income_score[owner], 0.35, rng)
    larger += MORE_IF_WORTHY * people.worth(shown=0.75, hidden=1.5)[owner]
    size = ndtr(larger / np.sqrt(1 + MORE_IF_WORTHY**2))
    requested = np.where(empty, 0.0, to_amounts(values_by(statistics["amount"], outcome, size)))
    granted = to_amounts(requested * values_by(statistics["credit_to_amount"], outcome, rng.random(n)))
    unnamed = card & ~empty & (rng.random(n) < 0.38)
    requested = np.where(unnamed, 0.0, requested)
    has_down = ~empty & (consumer | (rng.random(n) < 0.1))
    careful = people.worth(shown=0.4, hidden=1.5)[owner]
    rate = from_uniform(statistics["down_payment_rate"], ndtr(correlated_normal(careful, DOWN_IF_WORTHY, rng)))
    priced = has_down & consumer & (rng.random(n) < 0.008)
    return {
        "size": size,
        "AMT_APPLICATION": requested,
        "AMT_CREDIT": where_null(granted, rng.random(n) < 1 / 1_670_214),
        "AMT_GOODS_PRICE": where_null(requested, empty | unnamed),
        "AMT_DOWN_PAYMENT": where_null(to_amounts(rate * requested), ~has_down),
        "RATE_DOWN_PAYMENT": where_null(rate, ~has_down),
        "RATE_INTEREST_PRIMARY": where_null(from_uniform(statistics["rate_primary"], rng.random(n)), ~priced),
        "RATE_INTEREST_PRIVILEGED": where_null(from_uniform(statistics["rate_privileged"], rng.random(n)), ~priced),
    }


def _terms(
    people: Applicants,
    statistics: Mapping[str, Any],
    owner: NDArray[np.int64],
    table: Columns,
    rng: np.random.Generator,
) -> Columns:
    """Term and annuity; for a card, 0 and a twentieth of its limit."""
    card = table["NAME_CONTRACT_TYPE"] == "Revolving loans"
    longer = ndtr(correlated_normal(ndtri(table["size"]), LONGER_IF_LARGER, rng))
    term = draw_levels_by(statistics["term"], table["outcome"], longer).astype(float)
    term = np.where(card, 0.0, term)
    term = np.where(~card & ~(term > 0) & (table["NAME_CONTRACT_STATUS"] == "Approved"), 12.0, term)
    term = where_null(term, table["empty"])
    keys = joined(table["NAME_CONTRACT_TYPE"], table["NAME_YIELD_GROUP"])
    dearer = ndtr(rng.standard_normal(len(owner)) - 0.15 * people.creditworthiness[owner])
    price = values_by(statistics["price_of_credit"], keys, dearer)
    instalments = np.maximum(np.nan_to_num(term, nan=1.0), 1)
    annuity = table["AMT_CREDIT"] * np.where(card, 0.05, price / instalments)
    return {"CNT_PAYMENT": term, "AMT_ANNUITY": where_null(np.round(annuity, 2), np.isnan(term))}


def _schedule(
    table: Columns, started: NDArray[np.bool_], worth: NDArray[np.float64], rng: np.random.Generator
) -> Columns:
    """First due day, term, and number of the last instalment, which is below the term if repaid early."""
    n = len(started)
    term = np.where(started, np.nan_to_num(table["CNT_PAYMENT"]), 0).astype(np.int64)
    cash = table["NAME_CONTRACT_TYPE"] == "Cash loans"
    early = happens(0.48, 0.25 * worth + np.where(cash, 0.8, 0.0), rng)
    closing = np.where(early, np.ceil(term * rng.uniform(0.15, 0.95, n)), term).astype(np.int64)
    first_due = table["DAYS_DECISION"] + np.where(cash, 30.0, 31.0 + np.floor(rng.exponential(3.0, n)))
    return {"first_due": first_due, "term": term, "closing": np.maximum(closing, np.minimum(term, 1))}


def _dates(table: Columns, schedule: Columns, started: NDArray[np.bool_], rng: np.random.Generator) -> Columns:
    """First drawing, due days and termination; 365243 for "not yet" or "none"."""
    n = len(started)
    card = table["NAME_CONTRACT_TYPE"] == "Revolving loans"
    drawn = card & (rng.random(n) < 0.63)
    drawing = np.minimum(table["DAYS_DECISION"] + np.floor(rng.exponential(60, n)), -2)
    first_due = np.where(
        card, np.where(drawn & (rng.random(n) < 0.96), np.minimum(drawing + 40, -2), NOT_YET), schedule["first_due"]
    )
    planned = np.where(card, NOT_YET, schedule["first_due"] + 30 * (schedule["term"] - 1))
    last_due = schedule["first_due"] + 30 * (schedule["closing"] - 1)
    ended_card = card & (rng.random(n) < 0.16)
    last_due = np.where(
        card, np.where(ended_card, np.minimum(table["DAYS_DECISION"] * rng.random(n) // 1, -2), NOT_YET), last_due
    )
    last_due = np.where(last_due > -1, NOT_YET, last_due)
    ends = last_due + 2 + np.floor(rng.gamma(2.0, 2.5, n))
    insured = profile()["history"]["previous"]["insured"]
    share = np.array([insured.get(kind, 0.0) for kind in sorted(insured)])[
        np.searchsorted(sorted(insured), table["NAME_CONTRACT_TYPE"].astype(str))
    ]
    dates = {
        "DAYS_FIRST_DRAWING": np.where(drawn, drawing, NOT_YET),
        "DAYS_FIRST_DUE": np.where(first_due > -1, NOT_YET, first_due),
        "DAYS_LAST_DUE_1ST_VERSION": planned,
        "DAYS_LAST_DUE": last_due,
        "DAYS_TERMINATION": np.where(ends > -1, NOT_YET, ends),
        "NFLAG_INSURED_ON_APPROVAL": (rng.random(n) < share).astype(float),
    }
    return {name: where_null(values, ~started) for name, values in dates.items()}
