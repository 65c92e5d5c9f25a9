"""The annual interest rate of a loan that is repaid in equal monthly instalments."""

from __future__ import annotations

import numpy as np

from scoring.arrays import Floats
from scoring.units import MONTHS_PER_YEAR

# Up to a millionth of the credit is rounding. Beyond three times the credit, the loan is not a plain annuity loan: the
# largest in the Home Credit tables is 2.8 times.
LEAST_PAID_OVER_CREDIT, MOST_PAID_OVER_CREDIT = 1.000001, 3.0
NEWTON_STEPS = 2


def yearly_interest(credit_over_instalment: Floats, months: Floats) -> Floats:
    """The nominal annual rate, shape (n,), at which that many instalments repay the amount.

    The monthly rate i solves credit = instalment * (1 - (1 + i)**-months) / i; the annual rate is twelve times as much.
    It starts from Baily's approximation (Francis Baily, The Doctrine of Interest and Annuities, 1808), which two Newton
    steps bring to within 1e-6: as `training.aggregates.interest` does for earlier loans. The rate is 0 where no
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
