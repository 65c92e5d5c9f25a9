"""Draws the repayment of loans: monthly balances (`POS_CASH_balance`) and payments (`installments_payments`)."""

import numpy as np
from numpy.typing import NDArray

from scoring.units import DAYS_PER_MONTH
from training.lender.synthetic.applicants import Applicants
from training.lender.synthetic.columns import to_amounts
from training.lender.synthetic.lateness import loan_days_late, unpaid_loans
from training.lender.synthetic.previous import Loans
from training.lender.synthetic.rare import POS_ROWS, POS_STATUSES, rare_statuses
from training.synthetic.sampling import Columns, happens, positions, where_null

OLDEST_MONTH = -96
OLDEST_DAY = -2922
NULL_TERMS = 0.0026
NULL_PAYMENTS = 0.0002
PART_PAYMENTS = 0.045  # instalments paid in two parts


def make_pos(people: Applicants, loans: Loans, rng: np.random.Generator) -> Columns:
    """`POS_CASH_balance`: a row per month from the decision to the last instalment or to month -1.

    A loan with an unpaid remainder stays on record until that is written off.
    """
    trouble = (people.strain - people.creditworthiness)[loans.owner]
    unpaid = unpaid_loans(trouble, loans.closing, rng)
    stuck = unpaid.forgotten | unpaid.abandoned
    start = np.clip(np.rint(loans.decided / DAYS_PER_MONTH), OLDEST_MONTH, -1).astype(np.int64)
    end = np.minimum(start + np.where(stuck, unpaid.since + unpaid.lasting, loans.closing), -1)
    counts = end - start + 1
    row = np.repeat(np.arange(len(loans.ids)), counts)
    paid = positions(counts)
    late = loan_days_late(unpaid, trouble, row, paid, rng)
    completed = (paid == loans.closing[row]) & ~stuck[row]
    repaid = completed | (unpaid.forgotten[row] & (paid >= unpaid.since[row]))
    term = loans.term[row]
    unknown = rng.random(len(row)) < NULL_TERMS
    return late | {
        "SK_ID_PREV": loans.ids[row],
        "SK_ID_CURR": people.ids[loans.owner[row]],
        "MONTHS_BALANCE": start[row] + paid,
        "CNT_INSTALMENT": where_null(np.where(completed, paid, term).astype(float).clip(1), unknown),
        "CNT_INSTALMENT_FUTURE": where_null(np.where(repaid, 0.0, np.maximum(term - paid, 0)), unknown),
        "NAME_CONTRACT_STATUS": _statuses(completed, paid, counts[row], late["SK_DPD_DEF"], row, rng),
    }


def _statuses(
    completed: NDArray[np.bool_],
    paid: NDArray[np.int64],
    counts: NDArray[np.int64],
    days_late: NDArray[np.int64],
    row: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.object_]:
    """Contract status of each month; `row` indexes the loans."""
    status = np.where(completed, "Completed", "Active").astype(object)
    fate = rng.random(row[-1] + 1 if len(row) else 0)[row]
    status[(paid == 0) & (fate < 0.093)] = "Signed"
    status[(paid == 0) & (fate > 0.995)] = "Approved"
    status[(paid == counts - 1) & (fate > 0.988) & (fate < 0.994)] = "Returned to the store"
    status[(days_late > 60) & (fate > 0.15)] = "Demand"
    status[(days_late > 300) & (fate < 0.08)] = "Amortized debt"
    return rare_statuses(status, POS_STATUSES, POS_ROWS, rng)


def make_installments(people: Applicants, loans: Loans, cards: Columns, rng: np.random.Generator) -> Columns:
    """`installments_payments`: a row per payment of a loan's due instalments and of a card's monthly balance.

    `cards` has one row per month in which a card owed: ids, owner, month, due amount, number of the instalment.
    """
    parts = [_loan_payments(people, loans, rng), _card_payments(people, cards, rng)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _loan_payments(people: Applicants, loans: Loans, rng: np.random.Generator) -> Columns:
    due_so_far = np.floor((-1 - loans.first_due) / 30).astype(np.int64) + 1
    counts = np.clip(np.minimum(loans.closing, due_so_far), 0, None)
    row = np.repeat(np.arange(len(loans.ids)), counts)
    number = positions(counts) + 1
    due = loans.first_due[row] + 30.0 * (number - 1)
    early_end = (number == loans.closing[row]) & (loans.closing < loans.term)[row]
    amount = loans.annuity[row] * np.where(early_end, 1 + 0.8 * (loans.term - loans.closing)[row], 1.0)
    keep = due >= OLDEST_DAY
    return _payments(
        people, loans.ids[row][keep], loans.owner[row][keep], np.where(early_end, 2.0, 1.0)[keep], number[keep],
        due[keep], np.round(amount, 3)[keep], rng,
    )  # fmt: skip


def _card_payments(people: Applicants, cards: Columns, rng: np.random.Generator) -> Columns:
    row = np.repeat(np.arange(len(cards["ids"])), 1 + rng.poisson(1.35, len(cards["ids"])))
    due = np.clip(np.rint(cards["month"][row] * DAYS_PER_MONTH), OLDEST_DAY, -1)
    share = rng.dirichlet(np.ones(2), len(row))[:, 0]
    amount = to_amounts(cards["due"][row] * share)
    version = np.zeros(len(row))
    return _payments(people, cards["ids"][row], cards["owner"][row], version, cards["number"][row], due, amount, rng)


def _payments(
    people: Applicants,
    ids: NDArray[np.int64],
    owner: NDArray[np.int64],
    version: NDArray[np.float64],
    number: NDArray[np.int64],
    due: NDArray[np.float64],
    amount: NDArray[np.float64],
    rng: np.random.Generator,
) -> Columns:
    """Payments of instalments: early, on time or late, in full or in two parts, and a few never."""
    trouble = (people.trouble(shown=0.7, hidden=0.45) + rng.standard_normal(len(people.ids)))[owner]
    in_parts = happens(PART_PAYMENTS, 0.25 * trouble, rng)
    first_share = rng.uniform(0.02, 0.9, len(ids))
    row = np.repeat(np.arange(len(ids)), 1 + in_parts)
    second = np.append(False, row[1:] == row[:-1]) if len(row) else np.zeros(0, dtype=bool)
    share = np.where(in_parts[row], np.where(second, 1 - first_share[row], first_share[row]), 1.0)
    # When people pay is a habit: a week or two early, on time, or late.
    ahead = rng.gamma(1.2, 11.0, len(people.ids))[owner][row] * rng.uniform(0.3, 1.7, len(row))
    delay = np.where(rng.random(len(row)) < 0.22, 0.0, -np.ceil(ahead))
    late = happens(0.072, 0.33 * trouble[row] + np.where(second, 1.5, 0.0), rng)
    delay = np.where(late, np.ceil(rng.exponential(9.0, len(row)) * np.exp(0.2 * trouble[row])), delay)
    never = (rng.random(len(ids)) < NULL_PAYMENTS)[row]
    short = happens(0.02, 0.25 * trouble[row], rng)
    paid = amount[row] * share * np.where(short, rng.uniform(0.3, 1.0, len(row)), 1.0)
    return {
        "SK_ID_PREV": ids[row],
        "SK_ID_CURR": people.ids[owner][row],
        "NUM_INSTALMENT_VERSION": version[row],
        "NUM_INSTALMENT_NUMBER": number[row],
        "DAYS_INSTALMENT": due[row],
        "DAYS_ENTRY_PAYMENT": where_null(np.minimum(due[row] + delay, -1.0), never),
        "AMT_INSTALMENT": amount[row],
        "AMT_PAYMENT": where_null(np.round(paid, 3), never),
    }
