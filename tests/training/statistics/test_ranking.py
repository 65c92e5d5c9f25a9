import numpy as np
import pytest

from training.statistics.ranking import MOST_POINTS, accuracy_curves


def test_the_curves_of_four_applicants_are_those_counted_by_hand():
    found = accuracy_curves(np.array([0.4, 0.3, 0.2, 0.1]), np.array([1.0, 0.0, 1.0, 0.0]))
    assert found.thresholds == [1.0, 0.4, 0.3, 0.2, 0.1]
    assert found.recall == [0.0, 0.5, 0.5, 1.0, 1.0]
    assert found.false_refusal == [0.0, 0.0, 0.5, 0.5, 1.0]
    assert found.precision == pytest.approx([1.0, 1.0, 0.5, 2 / 3, 0.5])
    assert found.auc == 0.75
    assert found.average_precision == pytest.approx(0.5 * 1.0 + 0.5 * 2 / 3)
    assert (found.applicants, found.default_rate) == (4, 0.5)


def test_many_applicants_are_thinned_and_the_area_stays():
    rng = np.random.default_rng(0)
    probabilities = rng.beta(1, 8, 5_000)
    found = accuracy_curves(probabilities, (rng.random(5_000) < probabilities).astype(float))
    assert len(found.recall) == len(found.thresholds) == len(found.precision) == MOST_POINTS
    assert (found.recall[0], found.recall[-1], found.false_refusal[-1]) == (0, 1, 1)
    assert found.precision[-1] == found.default_rate
    assert np.trapezoid(found.recall, found.false_refusal) == pytest.approx(found.auc, abs=0.002)
    assert np.diff(found.recall).min() >= 0
    assert np.diff(found.thresholds).max() < 0
