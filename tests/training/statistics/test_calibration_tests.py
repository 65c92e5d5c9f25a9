"""Each test of calibration against statsmodels, scipy or a sum by hand."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import chi2

from training.statistics.calibration_tests import hosmer_lemeshow, intercept, slope
from training.statistics.evaluate import calibration_table


@pytest.fixture
def some():
    """2,000 applicants whose probabilities are too low and too extreme."""
    rng = np.random.default_rng(4)
    log_odds = rng.normal(-2.5, 1, 2_000)
    true = 1 / (1 + np.exp(-(0.5 + 0.7 * log_odds)))
    return 1 / (1 + np.exp(-log_odds)), (rng.random(2_000) < true).astype(float), log_odds


def test_the_intercept_is_that_of_a_regression_with_an_offset(some):
    probabilities, outcomes, log_odds = some
    theirs = sm.GLM(outcomes, np.ones(len(outcomes)), family=sm.families.Binomial(), offset=log_odds).fit()
    found = intercept(probabilities, outcomes)
    assert found.value == pytest.approx(theirs.params[0], abs=1e-7)
    assert (found.low, found.high) == pytest.approx(tuple(theirs.conf_int()[0]), abs=1e-5)


def test_the_slope_is_that_of_a_logistic_regression(some):
    probabilities, outcomes, log_odds = some
    theirs = sm.Logit(outcomes, sm.add_constant(log_odds)).fit(disp=0, tol=1e-10)
    found = slope(probabilities, outcomes)
    assert found.value == pytest.approx(theirs.params[1], abs=1e-7)
    assert (found.low, found.high) == pytest.approx(tuple(theirs.conf_int()[1]), abs=1e-5)


def test_the_level_is_set_right_by_the_intercept(some):
    probabilities, outcomes, log_odds = some
    shifted = 1 / (1 + np.exp(-(log_odds + intercept(probabilities, outcomes).value)))
    assert shifted.mean() == pytest.approx(outcomes.mean(), abs=1e-9)


def test_calibrated_probabilities_have_intercept_0_and_slope_1_within_their_intervals():
    rng = np.random.default_rng(5)
    probabilities = rng.beta(1, 9, 5_000)
    outcomes = (rng.random(5_000) < probabilities).astype(float)
    assert intercept(probabilities, outcomes).low < 0 < intercept(probabilities, outcomes).high
    assert slope(probabilities, outcomes).low < 1 < slope(probabilities, outcomes).high


def test_hosmer_lemeshow_by_hand_on_twenty_rows():
    probabilities, outcomes = np.repeat([0.1, 0.4], 10), np.array([1, 1] + [0] * 8 + [1] * 4 + [0] * 6, dtype=float)
    found = hosmer_lemeshow(calibration_table(probabilities, outcomes, np.array([0, 0.2, 1])))
    # Two defaults where one was expected, of variance 0.9; four where four were.
    assert found.statistic == pytest.approx((2 - 1) ** 2 / 0.9)
    assert found.degrees == 2
    assert found.p_value == pytest.approx(np.exp(-found.statistic / 2))


def test_hosmer_lemeshow_by_sums_over_tenths(some):
    probabilities, outcomes, _ = some
    tenths = np.argsort(np.argsort(probabilities)) * 10 // len(probabilities)
    statistic = 0.0
    for tenth in range(10):
        p, y = probabilities[tenths == tenth], outcomes[tenths == tenth]
        for seen, expected in ((y.sum(), p.sum()), ((1 - y).sum(), (1 - p).sum())):
            statistic += (seen - expected) ** 2 / expected
    edges = np.quantile(probabilities, np.linspace(0, 1, 11))
    found = hosmer_lemeshow(calibration_table(probabilities, outcomes, edges))
    assert found.statistic == pytest.approx(statistic, rel=1e-9)
    assert found.p_value == pytest.approx(chi2.sf(statistic, 10), rel=1e-9)


def test_right_probabilities_are_rejected_as_often_as_chance_says():
    rng, rejected = np.random.default_rng(6), []
    for _ in range(300):
        probabilities = rng.beta(2, 12, 1_000)
        outcomes = (rng.random(1_000) < probabilities).astype(float)
        edges = np.quantile(probabilities, np.linspace(0, 1, 11))
        rejected.append(hosmer_lemeshow(calibration_table(probabilities, outcomes, edges)).p_value < 0.05)
    assert 0.02 < np.mean(rejected) < 0.09
