"""One column: what is compared, how far apart it is, and the test."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from training.drift.column import Column, chi_square, column, counts, distance, kolmogorov_smirnov

RNG = np.random.default_rng(3)


def test_a_number_with_many_values_is_a_quantity_and_one_with_few_is_levels():
    amounts, flags = pd.Series(RNG.random(50)), pd.Series([0, 1] * 25)
    assert column("amount", amounts, amounts).is_quantity
    assert column("flag", flags, flags).levels == ("0", "1")


def test_levels_of_either_side_are_known_and_missing_is_none_of_them():
    found = column("job", pd.Series(["cook", None, "pilot"]), pd.Series(["clerk", "pilot", "pilot"]))
    assert found.levels == ("clerk", "cook", "pilot")
    np.testing.assert_array_equal(found.reference, [1, np.nan, 2])
    np.testing.assert_array_equal(found.current, [0, 2, 2])


def test_a_column_of_nothing_but_nulls_on_one_side_can_be_compared():
    for known in (pd.Series(RNG.random(100)), pd.Series(["a", "b"] * 50)):
        empty = pd.Series([None] * 100, dtype=known.dtype)
        assert distance(column("x", known, empty)).p_value < 1e-6
        assert distance(column("x", empty, known)).p_value < 1e-6
        assert distance(column("x", empty, empty)).p_value == 1


def test_bins_are_deciles_of_the_reference_and_missing():
    before, after = counts(Column("x", (), np.arange(100.0), np.array([-1.0, 1000.0, np.nan])))
    assert before.tolist() == [10] * 10 + [0]
    assert after.tolist() == [1, *[0] * 8, 1, 1]


def test_the_test_of_a_quantity_without_missing_values_is_scipys():
    reference, current = RNG.normal(size=400), RNG.normal(0.1, size=300)
    expected = ks_2samp(reference, current, method="asymp").pvalue
    assert kolmogorov_smirnov(reference, current) == pytest.approx(expected)


def test_missing_values_alone_are_found_by_the_test_of_a_quantity():
    reference = RNG.normal(size=1000)
    current = np.where(RNG.random(1000) < 0.2, np.nan, RNG.permutation(reference))
    assert kolmogorov_smirnov(reference, current) < 1e-9


def test_the_test_of_frequent_levels_is_scipys():
    table = np.array([[100.0, 200, 50], [80, 220, 70]])
    assert chi_square(*table) == pytest.approx(chi2_contingency(table, correction=False).pvalue)


def test_a_few_rare_levels_are_no_evidence_however_small_the_current_population():
    # Two of a hundred, while 0.05 are expected: by chi-square alone one in a million.
    by_chi_square = chi2_contingency([[19_999.0, 1], [98, 2]], correction=False).pvalue
    assert by_chi_square < 1e-30
    assert chi_square(np.array([19_999.0, 1]), np.array([98.0, 2])) > 1e-6


def test_many_of_a_level_that_was_never_seen_are_evidence():
    assert chi_square(np.array([2_000.0, 0]), np.array([190.0, 10])) < 1e-8
