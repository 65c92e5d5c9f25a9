import numpy as np
import pandas as pd

from scoring.files import read_table
from scoring.lender import FOLDER
from scoring.lender.terms import likely_term


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
