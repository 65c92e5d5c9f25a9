"""Adds values that only a handful of the millions of real rows have: too few for the profile."""

import numpy as np
from numpy.typing import NDArray

from training.lender.synthetic.columns import REQUESTS
from training.synthetic.sampling import Columns, none_where

TRAIN_ROWS, BUREAU_ROWS, PREVIOUS_ROWS, POS_ROWS, CARD_ROWS = 307_511, 1_716_428, 1_670_214, 10_001_358, 3_840_312
# Rows of the real train table that have the oddity; none of the test table do.
ODDITIES = {"gender": 4, "maternity leave": 5, "family": 2, "income": 1, "requests": 1, "social circle": 1}
TOP_INCOME = 117_000_000.0
TOP_REQUESTS = 261.0  # AMT_REQ_CREDIT_BUREAU_QRT
TOP_CIRCLE = {"OBS_30": 348.0, "DEF_30": 34.0, "OBS_60": 344.0, "DEF_60": 24.0}
# Days of credits whose date was never filled in: the lowest, and the number of bureau rows with such a day.
UNFILLED_DAYS = {
    "DAYS_CREDIT_ENDDATE": (-42_060, 40),
    "DAYS_ENDDATE_FACT": (-42_023, 8),
    "DAYS_CREDIT_UPDATE": (-41_947, 40),
}
LAST_END_DAY = 31_199.0
TOP_BUREAU_ANNUITY, TOP_ANNUITIES = 118_453_400.0, 8
OVERPAID_BUREAU_CARDS = 0.02  # share of the active cards whose debt is known
LOWEST_BUREAU_DEBT, LOWEST_BUREAU_LIMIT = -4_705_600.3, -586_406.1
NEGATIVE_LIMITS = 351
UNNAMED_PRODUCTS = 346  # NAME_CONTRACT_TYPE XNA
CAR_DEALER_LOANS = 452
CAR_AMOUNTS = (650_000, 1_800_000)
POS_STATUSES = {"Canceled": 15, "XNA": 4}
CARD_STATUSES = {"Refused": 17, "Approved": 6}
OVERPAID_CARDS, OVERPAID_RECEIVABLES = 0.0006, 0.027  # share of all months
LOWEST_CARD_BALANCE, LOWEST_DRAWING = -420_250.2, -6_827.3
TAKEN_BACK_DRAWINGS = 12


def plan_oddities(is_test: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.object_]:
    """Each applicant's oddity, None for nearly all, as frequent as in the real train table."""
    train = np.flatnonzero(~is_test)
    counts = {name: rows * len(train) / TRAIN_ROWS for name, rows in ODDITIES.items()}
    names = [name for name, rows in counts.items() for _ in range(int(rows + rng.random()))][: len(train)]
    oddities = np.full(len(is_test), None, dtype=object)
    oddities[rng.choice(train, len(names), replace=False)] = names
    return oddities


def odd_counts(table: Columns, oddities: NDArray[np.object_]) -> Columns:
    """An applicant with 261 bureau enquiries in a quarter, and one with hundreds of acquaintances."""
    many_requests, popular = oddities == "requests", oddities == "social circle"
    columns = {name: np.where(many_requests, np.nan_to_num(table[name]), table[name]) for name in REQUESTS}
    columns["AMT_REQ_CREDIT_BUREAU_QRT"][many_requests] = TOP_REQUESTS
    for kind, most in TOP_CIRCLE.items():
        columns[f"{kind}_CNT_SOCIAL_CIRCLE"] = np.where(popular, most, table[f"{kind}_CNT_SOCIAL_CIRCLE"])
    return columns


def rare_bureau(table: Columns, rng: np.random.Generator) -> Columns:
    """Dates never filled in, annuities of millions, overpaid cards."""
    n = len(table["DAYS_CREDIT"])
    columns = {"DAYS_CREDIT_ENDDATE": np.minimum(table["DAYS_CREDIT_ENDDATE"], LAST_END_DAY)}
    for name, (lowest, rows) in UNFILLED_DAYS.items():
        days = columns.get(name, table[name])
        rare = rows_among(~np.isnan(days), rows / BUREAU_ROWS, rng)
        columns[name] = np.where(rare, lowest + rng.integers(0, 300, n), days).astype(days.dtype)
    annuity, debt, limit = table["AMT_ANNUITY"], table["AMT_CREDIT_SUM_DEBT"], table["AMT_CREDIT_SUM_LIMIT"]
    huge = rows_among(~np.isnan(annuity), TOP_ANNUITIES / BUREAU_ROWS, rng)
    annuity = np.where(huge, np.round(TOP_BUREAU_ANNUITY * np.minimum(rng.uniform(0.2, 1.8, n), 1), 1), annuity)
    card = (table["CREDIT_TYPE"] == "Credit card") & (table["CREDIT_ACTIVE"] == "Active")
    overpaid = card & ~np.isnan(debt) & (rng.random(n) < OVERPAID_BUREAU_CARDS)
    overdrawn = rows_among(limit > 0, NEGATIVE_LIMITS / BUREAU_ROWS, rng)
    return columns | {
        "AMT_ANNUITY": annuity,
        "AMT_CREDIT_SUM_DEBT": np.where(overpaid, small_credit(n, LOWEST_BUREAU_DEBT, rng), debt),
        "AMT_CREDIT_SUM_LIMIT": np.where(overdrawn, small_credit(n, LOWEST_BUREAU_LIMIT, rng), limit),
    }


def car_loans(table: Columns, outcome: NDArray[np.object_], rng: np.random.Generator) -> Columns:
    """Turns a few previous applications into loans from car dealers."""
    n = len(outcome)
    product = table["PRODUCT_COMBINATION"] == "POS industry with interest"
    car = rows_among(product & (outcome == "Consumer loans|Approved"), CAR_DEALER_LOANS / PREVIOUS_ROWS, rng)
    price = np.round(rng.uniform(*CAR_AMOUNTS, n) / 4500) * 4500
    levels = {
        "NAME_PORTFOLIO": "Cars",
        "CHANNEL_TYPE": "Car dealer",
        "NAME_GOODS_CATEGORY": "XNA",
        "NAME_SELLER_INDUSTRY": "Industry",
        "NAME_YIELD_GROUP": "low_normal",
    }
    columns: Columns = {name: np.where(car, level, table[name]) for name, level in levels.items()}
    columns |= {
        name: np.where(car, price, table[name]) for name in ("AMT_APPLICATION", "AMT_CREDIT", "AMT_GOODS_PRICE")
    }
    down = np.round(price * table["RATE_DOWN_PAYMENT"] / 4.5) * 4.5
    columns["AMT_DOWN_PAYMENT"] = np.where(car, down, table["AMT_DOWN_PAYMENT"])
    return columns | {"size": np.where(car, 0.999, table["size"])}  # the longest terms go with the largest amounts


def unnamed_products(table: Columns, rng: np.random.Generator) -> Columns:
    """Gives a few applications without an amount the contract type XNA and no product combination."""
    rare = rows_among(table["outcome"] == "Cash loans|Canceled", UNNAMED_PRODUCTS / PREVIOUS_ROWS, rng)
    levels = {"NAME_CONTRACT_TYPE": "XNA", "CHANNEL_TYPE": "Country-wide"}
    columns: Columns = {name: np.where(rare, level, table[name]) for name, level in levels.items()}
    return columns | {"PRODUCT_COMBINATION": none_where(rare, table["PRODUCT_COMBINATION"])}


def rare_statuses(
    status: NDArray[np.object_], counts: dict[str, int], real_rows: int, rng: np.random.Generator
) -> NDArray[np.object_]:
    """Replaces a few active monthly statuses by levels that occur only a handful of times in the real table."""
    status = status.copy()
    for level, rows in counts.items():
        status[rows_among(status == "Active", rows / real_rows, rng)] = level
    return status


def rare_card_amounts(table: Columns, rng: np.random.Generator) -> Columns:
    """Balances below zero after overpayments, and an occasional reversed drawing."""
    n = len(table["AMT_BALANCE"])
    atm, drawn = table["AMT_DRAWINGS_ATM_CURRENT"], table["AMT_DRAWINGS_CURRENT"]
    empty = (table["AMT_BALANCE"] == 0) & ~np.isnan(atm)
    owed_back = rows_among(empty, OVERPAID_RECEIVABLES, rng)
    overpaid = rows_among(owed_back, OVERPAID_CARDS, rng)
    amount = small_credit(n, LOWEST_CARD_BALANCE, rng)
    columns = {name: np.where(owed_back, amount, table[name]) for name in ("AMT_RECIVABLE", "AMT_TOTAL_RECEIVABLE")}
    columns |= {name: np.where(overpaid, amount, table[name]) for name in ("AMT_BALANCE", "AMT_RECEIVABLE_PRINCIPAL")}
    taken_back = rows_among(drawn == 0, TAKEN_BACK_DRAWINGS / CARD_ROWS, rng) & ~np.isnan(atm)
    back = np.round(LOWEST_DRAWING * 10 ** -rng.uniform(0, 2, n), 2)
    return columns | {
        "AMT_DRAWINGS_ATM_CURRENT": np.where(taken_back, back, atm),
        "AMT_DRAWINGS_CURRENT": np.where(taken_back, back, drawn),
    }


def rows_among(candidates: NDArray[np.bool_], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Picks candidates at random, about `share` of all rows."""
    return candidates & (rng.random(len(candidates)) < share * len(candidates) / max(candidates.sum(), 1))


def small_credit(n: int, lowest: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draws negative amounts, typically a few hundred, down to `lowest` once in thousands."""
    amounts: NDArray[np.float64] = np.maximum(-rng.lognormal(5.3, 2.0, n), lowest)
    return amounts.round(3)
