"""The likely term of the requested loan.

An application states amount and instalment, not the number of instalments. Earlier cash loans of the same lender state
all three, and its products are few: the ratio of amount to instalment almost identifies the product. `terms.csv` gives
`months`, the mean term of earlier cash loans with a ratio of `from` or more, up to the next row; each row rests on some
twenty loans or more. `python -m training terms` estimates it from a lender's own tables.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from scoring.arrays import Floats
from scoring.files import read_table
from scoring.lender import FOLDER


@cache
def _steps() -> tuple[Floats, Floats]:
    rows = read_table(FOLDER / "terms.csv")
    return np.array([float(row["from"]) for row in rows]), np.array([float(row["months"]) for row in rows])


def likely_term(credit_over_instalment: Floats) -> Floats:
    """Months, shape (n,): the mean term of earlier cash loans with a similar ratio of amount to instalment."""
    from_ratio, months = _steps()
    indices = np.searchsorted(from_ratio, credit_over_instalment, side="right") - 1
    return np.where(np.isnan(credit_over_instalment), np.nan, months[indices.clip(0)])
