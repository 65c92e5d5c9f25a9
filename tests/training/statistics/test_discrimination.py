"""Each figure computed in another way: scikit-learn, scipy, sums over all pairs, or by hand on twenty rows."""

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm
from sklearn.metrics import roc_auc_score

from training.statistics.discrimination import auc, auc_difference, gains, separation, unpaired

TWENTY = np.array(
    [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.4, 0.4, 0.4, 0.3, 0.3, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.01]
)
OUTCOMES = np.array([1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], dtype=float)


@pytest.fixture
def some():
    """500 applicants with two scores, rounded so that there are ties."""
    rng = np.random.default_rng(3)
    probabilities = rng.beta(1, 5, 500).round(2)
    outcomes = (rng.random(500) < probabilities).astype(float)
    return probabilities, np.clip(probabilities + rng.normal(0, 0.1, 500), 0, 1).round(2), outcomes


def wins(probabilities, outcomes):
    """1 where a defaulter's probability exceeds a repayer's, half for ties, for every pair."""
    bad, good = probabilities[outcomes == 1][:, None], probabilities[outcomes == 0][None, :]
    return (bad > good) + 0.5 * (bad == good)


def standard_error(pairs):
    """DeLong's, straight from the matrix of pairs."""
    return np.sqrt(pairs.mean(axis=1).var(ddof=1) / pairs.shape[0] + pairs.mean(axis=0).var(ddof=1) / pairs.shape[1])


def test_the_auc_is_scikit_learns_and_its_interval_delongs_over_all_pairs(some):
    probabilities, _, outcomes = some
    found = auc(probabilities, outcomes)
    reach = norm.ppf(0.975) * standard_error(wins(probabilities, outcomes))
    assert found.value == pytest.approx(roc_auc_score(outcomes, probabilities), abs=1e-12)
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach), abs=1e-12)


def test_the_interval_holds_the_true_auc_as_often_as_it_says():
    rng, true = np.random.default_rng(0), float(norm.cdf(1 / np.sqrt(2)))
    outcomes = np.repeat([1.0, 0.0], [60, 240])
    found = [auc(rng.normal(outcomes, 1), outcomes) for _ in range(400)]
    assert 0.92 < np.mean([one.low <= true <= one.high for one in found]) < 0.98


def test_a_perfect_order_has_no_width():
    found = auc(np.array([0.9, 0.8, 0.1]), np.array([1.0, 1.0, 0.0]))
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_the_difference_of_two_aucs_is_paired(some):
    first, second, outcomes = some
    found = auc_difference(first, second, outcomes)
    error = standard_error(wins(first, outcomes) - wins(second, outcomes))
    assert found.value == pytest.approx(roc_auc_score(outcomes, first) - roc_auc_score(outcomes, second), abs=1e-12)
    assert found.high - found.value == pytest.approx(norm.ppf(0.975) * error, abs=1e-12)
    assert found.p_value == pytest.approx(2 * norm.sf(abs(found.value) / error), abs=1e-12)


def test_a_score_does_not_differ_from_itself(some):
    found = auc_difference(some[0], some[0], some[2])
    assert (found.value, found.low, found.high, found.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_the_difference_of_two_aucs_of_other_applicants_adds_their_variances(some):
    first, _, outcomes = some
    halves = [(first[part], outcomes[part]) for part in (slice(0, 250), slice(250, 500))]
    found = unpaired(*(auc(*half) for half in halves))
    error = np.sqrt(sum(standard_error(wins(*half)) ** 2 for half in halves))
    assert found.high - found.value == pytest.approx(norm.ppf(0.975) * error)


def test_the_distance_is_scipys(some):
    probabilities, _, outcomes = some
    theirs = ks_2samp(probabilities[outcomes == 1], probabilities[outcomes == 0])
    assert separation(probabilities, outcomes).distance == pytest.approx(theirs.statistic, abs=1e-12)


def test_the_place_of_the_distance_by_hand():
    # Refusing at 0.4 or above refuses nine: five of six defaulters and four of fourteen repayers.
    found = separation(TWENTY, OUTCOMES)
    assert (found.probability, found.refused) == (0.4, 9 / 20)
    assert (found.defaulters, found.repayers) == (5 / 6, 4 / 14)
    assert found.distance == pytest.approx(5 / 6 - 4 / 14)


def test_gains_by_hand():
    found = gains(TWENTY, OUTCOMES)
    assert [one.defaults for one in found] == [2, 1, 1, 0, 1, 0, 1, 0, 0, 0]
    assert [one.applicants for one in found] == [2] * 10
    assert [one.captured for one in found[:3]] == pytest.approx([2 / 6, 3 / 6, 4 / 6])
    assert [one.lift for one in found[:3]] == pytest.approx([10 / 3, 5 / 2, 20 / 9])
    assert (found[-1].captured, found[-1].lift) == (1.0, 1.0)
    assert [one.lowest for one in found[:2]] == [0.8, 0.6]
