"""The likely term of the requested loan, and the annual interest rate that it implies.

An application states amount and instalment, not the number of instalments. Earlier cash loans of the same lender state
all three, and its products are few: the ratio of amount to instalment almost identifies the product. `terms.csv` gives
`months`, the mean term of earlier cash loans with a ratio of `from` or more, up to the next row; each row rests on some
twenty loans or more. `python -m training terms` estimates it from a lender's own tables.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from scoring.files import read_table
from scoring.lender.fields import FOLDER

Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12
# Up to a millionth of the credit is rounding. Beyond three times the credit, the loan is not a plain annuity loan: the
# largest in the lender's tables is 2.8 times.
LEAST_PAID_OVER_CREDIT, MOST_PAID_OVER_CREDIT = 1.000001, 3.0
NEWTON_STEPS = 2


@cache
def _steps() -> tuple[Floats, Floats]:
    rows = read_table(FOLDER / "terms.csv")
    return np.array([float(row["from"]) for row in rows]), np.array([float(row["months"]) for row in rows])


def likely_term(credit_over_instalment: Floats) -> Floats:
    """Months, shape (n,): the mean term of earlier cash loans with a similar ratio of amount to instalment."""
    from_ratio, months = _steps()
    indices = np.searchsorted(from_ratio, credit_over_instalment, side="right") - 1
    return np.where(np.isnan(credit_over_instalment), np.nan, months[indices.clip(0)])


def yearly_interest(credit_over_instalment: Floats, months: Floats) -> Floats:
    """The nominal annual rate, shape (n,), at which that many instalments repay the amount.

    The monthly rate i solves credit = instalment * (1 - (1 + i)**-months) / i; the annual rate is twelve times as much.
    It starts from Baily's approximation (Francis Baily, The Doctrine of Interest and Annuities, 1808), which two Newton
    steps bring to within 1e-6: as `training.lender.history.interest` does for earlier loans. The rate is 0 where no
    more than the credit is paid back, and missing where over `MOST_PAID_OVER_CREDIT` times the credit is.
    """
    paid = months / credit_over_instalment
    solvable = np.where((paid > LEAST_PAID_OVER_CREDIT) & (paid <= MOST_PAID_OVER_CREDIT), paid, np.nan)
    rate = solvable ** (2 / (months + 1)) - 1
    spread = (months - 1) * rate
    rate = rate * (12 - spread) / (12 - 2 * spread)
    for _step in range(NEWTON_STEPS):
        discount = (1 + rate) ** -months
        worth = (1 - discount) / rate
        slope = (months * discount / (1 + rate) - worth) / rate
        rate = rate - (worth - credit_over_instalment) / slope
    return np.where(paid <= LEAST_PAID_OVER_CREDIT, 0.0, rate * MONTHS_PER_YEAR)
