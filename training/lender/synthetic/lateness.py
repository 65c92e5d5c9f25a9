"""Draws days past due of loans and cards: occasional short delays, and debts that stay unpaid for years.

Most of the latter are remainders of a few roubles that nobody claims: they age by a month every month, say nothing
about the applicant, and do not count in SK_DPD_DEF.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.units import DAYS_PER_MONTH
from training.synthetic.sampling import Columns, happens

MOST_MONTHS = 95
OLDER_LOANS = 0.1  # forgotten remainders already due before the first month on record
OLDER_DAYS = 1400
MOST_DAYS_LOAN, MOST_DAYS_CARD = 4231, 3260
FORGOTTEN_LOANS = 0.0062  # some of them too recent to show
ABANDONED_LOANS = 0.00035
FORGOTTEN_CARDS = 0.145  # share of the cards that were used and then abandoned
ABANDONED_CARDS = 0.0006


@dataclass(frozen=True)
class Unpaid:
    """Unpaid debts, a row per loan or card; months count from the first month on record.

    `forgotten` remainders are too small to claim, `abandoned` debts are not. They are unpaid from the month `since` on,
    with `before` days past due then, and written off after `lasting` months.
    """

    forgotten: NDArray[np.bool_]
    abandoned: NDArray[np.bool_]
    since: NDArray[np.int64]
    lasting: NDArray[np.int64]
    before: NDArray[np.float64]

    def days(self, row: NDArray[np.int64], month: NDArray[np.int64], most: int) -> NDArray[np.int64]:
        """Days past due of each month, 0 for debts that were paid; `row` indexes the debts, `month` counts months."""
        past = month - self.since[row]
        stuck = (self.forgotten | self.abandoned)[row] & (past >= 0) & (past <= self.lasting[row])
        days = np.floor(self.before[row] + DAYS_PER_MONTH * past)
        return np.where(stuck, np.minimum(days, most), 0).astype(np.int64)


def unpaid_debts(
    forgotten: NDArray[np.bool_],
    abandoned: NDArray[np.bool_],
    months: NDArray[np.int64],
    older_share: float,
    rng: np.random.Generator,
) -> Unpaid:
    """When debts become unpaid: remainders in month `months`, abandoned debts in any earlier month."""
    n = len(months)
    abandoned = abandoned & ~forgotten
    older = forgotten & (rng.random(n) < older_share)
    since = np.where(abandoned, np.floor(rng.random(n) * months), np.where(older, 0, months)).astype(np.int64)
    lasting = np.ceil(MOST_MONTHS * rng.random(n) ** 0.5).astype(np.int64)
    before = np.where(older, OLDER_DAYS * rng.random(n), 0.0)
    return Unpaid(forgotten, abandoned, since, lasting, before)


def unpaid_loans(trouble: NDArray[np.float64], closing: NDArray[np.int64], rng: np.random.Generator) -> Unpaid:
    """Remainders forgotten after the last instalment, and loans abandoned before it, more often under strain."""
    forgotten = rng.random(len(closing)) < FORGOTTEN_LOANS
    return unpaid_debts(forgotten, happens(ABANDONED_LOANS, 0.5 * trouble - 0.2, rng), closing, OLDER_LOANS, rng)


def unpaid_cards(trouble: NDArray[np.float64], ends: NDArray[np.int64], rng: np.random.Generator) -> Unpaid:
    """Remainders forgotten after a card's last month of use (`ends`, -1 for a card never used), and debts abandoned."""
    used = ends > 0
    forgotten = used & (rng.random(len(ends)) < FORGOTTEN_CARDS)
    abandoned = used & happens(ABANDONED_CARDS, 0.5 * trouble - 0.2, rng)
    return unpaid_debts(forgotten, abandoned, ends, 0.0, rng)


def loan_days_late(
    unpaid: Unpaid,
    trouble: NDArray[np.float64],
    row: NDArray[np.int64],
    month: NDArray[np.int64],
    rng: np.random.Generator,
) -> Columns:
    """SK_DPD and SK_DPD_DEF for each month of loans."""
    late = happens(0.016, 0.13 * trouble[row], rng)
    short = np.where(late, rng.geometric(0.1, len(row)), 0)
    return _columns(unpaid, row, unpaid.days(row, month, MOST_DAYS_LOAN), short, rng.random(len(row)) < 0.55)


def card_days_late(
    unpaid: Unpaid, owes: NDArray[np.bool_], row: NDArray[np.int64], month: NDArray[np.int64], rng: np.random.Generator
) -> Columns:
    """SK_DPD and SK_DPD_DEF for each month of cards; only cards with a debt are late, mostly by one day."""
    n = len(row)
    late = owes & (rng.random(n) < 0.055)
    short = np.where(late, np.where(rng.random(n) < 0.75, 1, rng.geometric(0.12, n)), 0)
    return _columns(unpaid, row, unpaid.days(row, month, MOST_DAYS_CARD), short, rng.random(n) < 0.88)


def _columns(
    unpaid: Unpaid,
    row: NDArray[np.int64],
    long: NDArray[np.int64],
    short: NDArray[np.int64],
    counted: NDArray[np.bool_],
) -> Columns:
    days = np.where(long > 0, long, short).astype(np.int64)
    tolerated = np.where(long > 0, np.where(unpaid.abandoned[row], long, 0), np.where(counted, short, 0))
    return {"SK_DPD": days, "SK_DPD_DEF": tolerated.astype(np.int64)}
