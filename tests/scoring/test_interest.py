"""The annual rate of a loan, from amount over instalment and term."""

import numpy as np
import pytest

from scoring.interest import MOST_PAID_OVER_CREDIT, yearly_interest


def instalment(credit, months, yearly):
    """What repays the credit in that many months at a nominal yearly rate."""
    monthly = yearly / 12
    return credit * monthly / (1 - (1 + monthly) ** -months)


@pytest.mark.parametrize("months", [6, 12, 24, 36, 60])
@pytest.mark.parametrize("yearly", [0.02, 0.12, 0.35, 0.5])
def test_the_rate_is_that_at_which_the_instalments_repay_the_amount(months, yearly):
    ratio = np.array([100_000 / instalment(100_000, months, yearly)])
    assert yearly_interest(ratio, np.array([float(months)])) == pytest.approx(yearly, abs=1e-6)


def test_no_interest_is_zero_and_more_than_an_annuity_loan_costs_is_missing():
    ratio = np.array([12.0, 13.0, 12 / MOST_PAID_OVER_CREDIT / 1.01])
    np.testing.assert_array_equal(yearly_interest(ratio, np.full(3, 12.0)), [0, 0, np.nan])
