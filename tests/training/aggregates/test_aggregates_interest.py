"""The rate of loans in a table, in closed form and as it is solved exactly."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

from scoring.interest import MOST_PAID_OVER_CREDIT
from training.aggregates.interest import with_interest

TERMS = (1, 2, 3, 4, 6, 10, 12, 18, 24, 36, 48, 60, 72, 84, 96)


def exact_rate(credit: float, annuity: float, term: float) -> float:
    """Twelve times the monthly rate that makes the annuities worth the credit."""

    def surplus(rate: float) -> float:
        return -np.expm1(-term * np.log1p(rate)) / rate - credit / annuity

    return 12 * brentq(surplus, 1e-9, 10.0, xtol=1e-15, rtol=1e-14)


def rates(credit: list[float], annuity: list[float], term: list[float]) -> list[float]:
    """The rates of `with_interest`."""
    rows = pd.DataFrame({"credit": credit, "annuity": annuity, "term": term}, dtype="float64")
    table = with_interest(ibis.memtable(rows), "credit", "annuity", "term")
    return table.order_by("term", "annuity").rate.to_pandas().tolist()


@pytest.mark.parametrize("paid", [1.0001, 1.01, 1.1, 1.3, 1.7, 2.2, 2.8, MOST_PAID_OVER_CREDIT])
def test_rate_solves_the_annuity_equation(paid: float) -> None:
    annuities = [paid * 1000 / term * (1 - 1e-12) for term in TERMS]
    expected = [exact_rate(1000, annuity, term) for annuity, term in zip(annuities, TERMS, strict=True)]
    assert rates([1000.0] * len(TERMS), annuities, list(TERMS)) == pytest.approx(expected, abs=1e-6)


def test_rate_is_zero_without_interest_and_missing_without_an_annuity_loan() -> None:
    found = rates([100.0] * 5, [10.0, 9.0, 0.0, np.nan, 100.0], [10.0] * 5)
    assert found == pytest.approx([np.nan, 0, 0, np.nan, np.nan], nan_ok=True)
    assert rates([0.0, 100.0, np.nan], [10.0] * 3, [1.0, np.nan, 12.0]) == pytest.approx([np.nan] * 3, nan_ok=True)
    assert rates([100.0], [10.0], [0.0]) == pytest.approx([np.nan], nan_ok=True)
