"""Draws monthly balances of credit cards (`credit_card_balance`)."""

import numpy as np
from numpy.typing import NDArray

from scoring.units import DAYS_PER_MONTH
from training.lender.synthetic.applicants import Applicants, profile
from training.lender.synthetic.columns import to_amounts
from training.lender.synthetic.lateness import card_days_late, unpaid_cards
from training.lender.synthetic.previous import Loans
from training.lender.synthetic.rare import CARD_ROWS, CARD_STATUSES, rare_card_amounts, rare_statuses
from training.synthetic.sampling import (
    Columns,
    from_normal,
    from_uniform,
    happens,
    positions,
    where_null,
)

OLDEST_MONTH = -96
NEVER_USED = 0.21  # cards without a drawing: drawings and payments are null in all their months
MINIMUM_DUE = 0.05  # share of the balance
DRAWINGS = ("ATM", "POS", "OTHER")
BALANCES = ("AMT_BALANCE", "AMT_RECEIVABLE_PRINCIPAL", "AMT_RECIVABLE", "AMT_TOTAL_RECEIVABLE")


def make_cards(people: Applicants, cards: Loans, rng: np.random.Generator) -> tuple[Columns, Columns]:
    """`credit_card_balance`, and the months in which a card had a debt, for `loans.make_installments`."""
    n = len(cards.ids)
    oldest = np.clip(np.floor(cards.decided / DAYS_PER_MONTH), OLDEST_MONTH, -1).astype(np.int64)
    newest = np.maximum(np.where(rng.random(n) < 0.6, -1, -rng.integers(2, 5, n)), oldest)
    counts = newest - oldest + 1
    row = np.repeat(np.arange(n), counts)
    month = oldest[row] + positions(counts)
    table = {
        "SK_ID_PREV": cards.ids[row],
        "SK_ID_CURR": people.ids[cards.owner[row]],
        "MONTHS_BALANCE": month,
    }
    use = _balances(people, cards, row, counts, rng)
    table |= _drawings(use, rng) | _payments(use, rng)
    table |= _status(people, cards, row, use, rng)
    owes_rest = ~np.isnan(table["remainder"])
    table |= {name: np.where(owes_rest, table["remainder"], table[name]) for name in BALANCES}
    table |= rare_card_amounts(table, rng)
    owed = use["balance"] > 0
    due = np.maximum(table["AMT_PAYMENT_TOTAL_CURRENT"], 45.0)
    months_owed = {
        "ids": cards.ids[row][owed],
        "owner": cards.owner[row][owed],
        "month": month[owed],
        "due": due[owed],
        "number": np.maximum(np.nan_to_num(table["CNT_INSTALMENT_MATURE_CUM"][owed]), 1).astype(np.int64),
    }
    return table, months_owed


def _balances(
    people: Applicants, cards: Loans, row: NDArray[np.int64], counts: NDArray[np.int64], rng: np.random.Generator
) -> Columns:
    """Monthly limits and balances: from the first drawing on, the balance is a share of the limit that drifts."""
    statistics = profile()["history"]["card"]
    n = len(cards.ids)
    trouble = people.trouble(shown=0.35, hidden=1.2)[cards.owner]
    never = happens(NEVER_USED, -trouble, rng)
    level = from_normal(statistics["use"], 0.8 * rng.standard_normal(n) + 0.5 * trouble)
    limit = np.maximum(np.round(from_uniform(statistics["limit"], rng.random(n)) / 4500) * 4500, 9000.0)
    begins = np.where(rng.random(n) < 0.5, 0, np.floor(rng.random(n) * counts))
    stopped = happens(0.65, -trouble, rng)
    ends = np.where(stopped, np.floor(begins + (counts - begins) * rng.random(n)) + 1, counts)
    ends = np.where(never, -1, ends)
    month = positions(counts)
    in_use = (month >= begins[row]) & (month < ends[row])
    phase, pace = rng.uniform(0, 2 * np.pi, n)[row], rng.uniform(0.1, 0.5, n)[row]
    wander = 0.12 * np.sin(phase + pace * month) + 0.10 * rng.standard_normal(len(row))
    share = np.clip(level[row] + wander, 0.0005, 1.09)
    closed = (month > ends[row]) & (rng.random(n) < 0.75)[row] & ~never[row]
    balance = np.where(in_use, np.round(share * limit[row], 3), 0.0)
    before = np.append(0.0, balance[:-1])
    return {
        "limit": np.where(closed, 0.0, limit[row]),
        "balance": balance,
        "before": np.where(month == 0, 0.0, before[: len(row)]),
        "month": month,
        "age": np.maximum(month - begins[row], 0),
        "never": never[row],
        "closed": closed,
        "ends": ends.astype(np.int64),  # one per card
    }


def _drawings(use: Columns, rng: np.random.Generator) -> Columns:
    """A month's drawings, in total and by type; those by type are null for a card never used."""
    n = len(use["balance"])
    growth = use["balance"] - 0.97 * use["before"]
    drawn = np.where((use["balance"] > 0) & (growth > 0) & (rng.random(n) < 0.75), to_amounts(growth), 0.0)
    kind = rng.choice(3, n, p=(0.55, 0.43, 0.02))
    mixed = rng.random(n) < 0.25
    split = np.where(mixed, rng.random(n), 1.0)
    amounts = {name: np.where(kind == code, drawn * split, 0.0) for code, name in enumerate(DRAWINGS)}
    amounts["POS"] = amounts["POS"] + drawn - sum(amounts.values())
    amounts = {name: np.round(amount, 2) for name, amount in amounts.items()}
    counts = {
        "ATM": (amounts["ATM"] > 0) * rng.geometric(0.55, n),
        "POS": (amounts["POS"] > 0) * rng.geometric(0.22, n),
        "OTHER": (amounts["OTHER"] > 0) * 1,
    }
    null = use["never"]
    columns: Columns = {
        "AMT_BALANCE": use["balance"],
        "AMT_CREDIT_LIMIT_ACTUAL": use["limit"].astype(np.int64),
        "AMT_DRAWINGS_CURRENT": sum(amounts.values(), np.zeros(n)).round(2),
        "CNT_DRAWINGS_CURRENT": sum(counts.values(), np.zeros(n)).astype(np.int64),
    }
    columns |= {f"AMT_DRAWINGS_{name}_CURRENT": where_null(amounts[name], null) for name in DRAWINGS}
    return columns | {f"CNT_DRAWINGS_{name}_CURRENT": where_null(counts[name].astype(float), null) for name in DRAWINGS}


def _payments(use: Columns, rng: np.random.Generator) -> Columns:
    """Minimum due, payments, and parts of the balance; minimum and instalment count are null together."""
    n = len(use["balance"])
    balance, before = use["balance"], use["before"]
    minimum = np.round(MINIMUM_DUE * np.minimum(before, use["limit"]) * rng.uniform(0.9, 1.3, n), 3)
    more = np.exp(rng.normal(0.75, 0.6, n))
    paid = np.where((before > 0) & (rng.random(n) < 0.95), to_amounts(np.maximum(minimum * more, 135.0)), 0.0)
    unpaid_null = use["never"] | (rng.random(n) < 0.01)
    young = rng.random(n) < np.select(
        [use["month"] == 0, use["month"] == 1, use["month"] < 8], [0.34, 0.21, 0.09], 0.055
    )
    principal = np.round(balance * rng.uniform(0.94, 0.98, n), 3)
    receivable = np.round(np.where(rng.random(n) < 0.9, balance, balance * 0.995), 3)
    return {
        "AMT_INST_MIN_REGULARITY": where_null(minimum, young),
        "AMT_PAYMENT_CURRENT": where_null(paid, unpaid_null),
        "AMT_PAYMENT_TOTAL_CURRENT": np.where(unpaid_null, 0.0, paid),
        "AMT_RECEIVABLE_PRINCIPAL": principal,
        "AMT_RECIVABLE": receivable,
        "AMT_TOTAL_RECEIVABLE": receivable,
        "CNT_INSTALMENT_MATURE_CUM": where_null(np.where(use["never"], 0.0, use["age"]), young),
    }


def _status(
    people: Applicants, cards: Loans, row: NDArray[np.int64], use: Columns, rng: np.random.Generator
) -> Columns:
    """Contract status and days past due; `remainder` is a debt that nobody claims, NaN if there is none."""
    n = len(row)
    trouble = (people.strain - people.creditworthiness)[cards.owner]
    unpaid = unpaid_cards(trouble, use["ends"], rng)
    late = card_days_late(unpaid, use["balance"] > 0, row, use["month"], rng)
    forgotten = unpaid.forgotten[row] & (late["SK_DPD"] > 0) & (use["balance"] == 0)
    remainder = np.round(rng.lognormal(5.0, 1.2, len(cards.ids)), 3)[row]
    status = np.where(use["closed"] & ~forgotten & (row % 3 == 0), "Completed", "Active").astype(object)
    fate = rng.random(n)
    status[(use["month"] == 0) & (fate < 0.1)] = "Signed"
    status[use["never"] & (fate > 0.9994)] = "Sent proposal"
    status[(late["SK_DPD_DEF"] > 90) & (fate > 0.5)] = "Demand"
    status = rare_statuses(status, CARD_STATUSES, CARD_ROWS, rng)
    return late | {"NAME_CONTRACT_STATUS": status, "remainder": where_null(remainder, ~forgotten)}
