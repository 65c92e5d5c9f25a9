"""The likely term of the requested loan, and the lender's price of a term.

An application states amount and instalment, not the number of instalments. Earlier cash loans of the same lender state
all three, and its products are few: the ratio of amount to instalment almost identifies the product. `terms.csv` gives
`months`, the mean term of earlier cash loans with a ratio of `from` or more, up to the next row; each row rests on some
twenty loans or more. `prices.csv` gives the lowest yearly rate of each term that is sold, favours aside. `python -m
training terms` estimates both from a lender's own tables.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from scoring.arrays import Floats
from scoring.files import read_table
from scoring.lender import FOLDER

MOST_TO_FIND = 1.0
"""The most that a plan may ask an applicant to find at once, over the amount applied for.

Whoever has more than that at hand would not need the loan, so that such a plan is no advice.
"""


@cache
def _steps() -> tuple[Floats, Floats]:
    rows = read_table(FOLDER / "terms.csv")
    return np.array([float(row["from"]) for row in rows]), np.array([float(row["months"]) for row in rows])


def likely_term(credit_over_instalment: Floats) -> Floats:
    """Months, shape (n,): the mean term of earlier cash loans with a similar ratio of amount to instalment."""
    from_ratio, months = _steps()
    indices = np.searchsorted(from_ratio, credit_over_instalment, side="right") - 1
    return np.where(np.isnan(credit_over_instalment), np.nan, months[indices.clip(0)])


@cache
def prices() -> tuple[Floats, Floats]:
    """The terms that are sold, in months, ascending, and the lowest yearly rate of each; both of shape (terms,)."""
    rows = read_table(FOLDER / "prices.csv")
    return np.array([float(row["months"]) for row in rows]), np.array([float(row["yearly_rate"]) for row in rows])


def lowest_rate(months: Floats) -> Floats:
    """The lender's price for these terms, shape (n,), between those that are sold in proportion."""
    return np.interp(months, *prices())
