import numpy as np
import pandas as pd
import pytest

from scoring.files import read_table
from scoring.lender.fields import FOLDER
from scoring.lender.terms import MOST_PAID_OVER_CREDIT, likely_term, yearly_interest


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


def test_the_term_is_that_of_the_step_in_which_the_ratio_lies():
    steps = pd.DataFrame(read_table(FOLDER / "terms.csv")).astype(float)
    tenth = steps.loc[10]
    found = likely_term(np.array([tenth["from"], steps.loc[11, "from"] - 1e-6, np.nan, 0.0, 1e9]))
    np.testing.assert_array_equal(
        found, [tenth["months"], tenth["months"], np.nan, steps["months"].iloc[0], steps["months"].iloc[-1]]
    )


def test_no_step_says_more_than_the_lenders_longest_term():
    steps = pd.DataFrame(read_table(FOLDER / "terms.csv")).astype(float)
    assert steps["from"].is_monotonic_increasing
    assert steps["from"].is_unique
    assert steps["months"].between(3, 84).all()
