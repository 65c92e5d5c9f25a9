import numpy as np
import pytest

from scoring.decision import Costs
from training.evaluate import cost_per_applicant
from training.threshold import BAND_TOLERANCE, choose_rule, cost_curve


@pytest.fixture(scope="module")
def calibrated():
    """A large portfolio whose probabilities are exactly right."""
    rng = np.random.default_rng(0)
    probabilities = rng.beta(0.9, 9, size=400_000)
    return probabilities, (rng.random(len(probabilities)) < probabilities).astype(float)


@pytest.mark.parametrize("costs", [Costs(10, 1), Costs(5, 1), Costs(20, 1)])
def test_calibrated_probabilities_lead_to_the_theoretical_threshold(calibrated, costs):
    rule = choose_rule(cost_curve(*calibrated), costs)
    assert rule.threshold == pytest.approx(costs.theoretical_threshold, rel=0.12)
    assert rule.band_low <= costs.theoretical_threshold <= rule.band_high


def test_miscalibrated_probabilities_are_found_out(calibrated):
    probabilities, outcomes = calibrated
    rule = choose_rule(cost_curve(np.sqrt(probabilities), outcomes), Costs(10, 1))
    assert not rule.band_low <= rule.costs.theoretical_threshold <= rule.band_high


def test_the_curve_is_the_cost_but_for_smoothing(calibrated):
    costs = Costs(10, 1)
    curve = cost_curve(*calibrated)
    for place in range(100, 300, 25):
        exact = cost_per_applicant(*calibrated, curve.thresholds[place], costs)
        assert curve.cost(costs)[place] == pytest.approx(exact, rel=0.02)


def test_inside_the_band_the_cost_is_within_one_percent_of_its_minimum(calibrated):
    costs = Costs(10, 1)
    curve = cost_curve(*calibrated)
    rule, cost = choose_rule(curve, costs), curve.cost(costs)
    inside = (curve.thresholds >= rule.band_low) & (curve.thresholds <= rule.band_high)
    assert cost[inside].max() <= (1 + BAND_TOLERANCE) * cost.min()
    edges = np.flatnonzero(inside)
    assert cost[edges[0] - 1] > (1 + BAND_TOLERANCE) * cost.min()
    assert cost[edges[-1] + 1] > (1 + BAND_TOLERANCE) * cost.min()
