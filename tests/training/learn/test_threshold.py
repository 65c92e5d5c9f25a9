import numpy as np
import pytest

from scoring.decision.cost_curve import BAND_TOLERANCE, rule_for
from scoring.decision.costs import AmountCosts, CostFunctions, RatioCosts
from scoring.errors import TrainingError
from training.learn.threshold import check_costs, cost_curves, rate_curve
from training.statistics.evaluate import cost_per_applicant


@pytest.fixture(scope="module")
def calibrated():
    """A large portfolio whose probabilities are exactly right."""
    rng = np.random.default_rng(0)
    probabilities = rng.beta(0.9, 9, size=400_000)
    return probabilities, (rng.random(len(probabilities)) < probabilities).astype(float)


@pytest.fixture(scope="module")
def loans(calibrated):
    rng = np.random.default_rng(1)
    credit = rng.uniform(5e4, 1e6, len(calibrated[0]))
    return {"AMT_CREDIT": credit, "AMT_ANNUITY": credit / rng.uniform(8, 40, len(credit))}


@pytest.mark.parametrize("ratio", [10, 5, 20])
def test_calibrated_probabilities_lead_to_the_theoretical_threshold(calibrated, ratio):
    rule = rule_for(rate_curve(*calibrated), RatioCosts(ratio))
    assert rule.k == pytest.approx(1, rel=0.13)
    assert rule.k_low <= 1 <= rule.k_high


def test_calibrated_probabilities_lead_to_theory_with_amounts_too(calibrated, loans):
    rule = cost_curves(*calibrated, loans, CostFunctions(served="amount")).rules()[0]
    assert rule.costs == AmountCosts()
    assert rule.k == pytest.approx(1, rel=0.2)
    assert rule.k_low <= 1 <= rule.k_high


def test_miscalibrated_probabilities_are_found_out(calibrated):
    probabilities, outcomes = calibrated
    rule = rule_for(rate_curve(np.sqrt(probabilities), outcomes), RatioCosts(10))
    assert not rule.k_low <= 1 <= rule.k_high


def test_the_curve_is_the_cost_but_for_smoothing(calibrated):
    costs = RatioCosts(10)
    k, cost = rate_curve(*calibrated).under(costs)
    for place in range(100, 300, 25):
        exact = cost_per_applicant(*calibrated, costs.threshold(k[place]), costs)
        assert cost[place] == pytest.approx(exact, rel=0.02)


def test_the_curve_of_amounts_is_the_money_lost_but_for_smoothing(calibrated, loans):
    probabilities, outcomes = calibrated
    curves = cost_curves(probabilities, outcomes, loans, CostFunctions())
    errors = AmountCosts().per_applicant(loans)
    k, cost = curves.amounts.under(AmountCosts())
    for place in range(100, 301, 25):
        exact = errors.realised(outcomes, probabilities > errors.threshold(k[place]))
        assert cost[place] == pytest.approx(exact, rel=0.03)


def test_inside_the_band_the_cost_is_within_one_percent_of_its_minimum(calibrated):
    curve = rate_curve(*calibrated)
    rule, (k, cost) = rule_for(curve, RatioCosts(10)), curve.under(RatioCosts(10))
    inside = (k >= rule.k_low) & (k <= rule.k_high)
    assert cost[inside].max() <= (1 + BAND_TOLERANCE) * cost.min()
    edges = np.flatnonzero(inside)
    assert cost[edges[0] - 1] > (1 + BAND_TOLERANCE) * cost.min()
    assert cost[edges[-1] + 1] > (1 + BAND_TOLERANCE) * cost.min()


@pytest.mark.parametrize("ratio", [0.2, 1000])
def test_a_ratio_that_no_threshold_tried_can_serve_is_refused_before_training(ratio):
    with pytest.raises(TrainingError, match=r"from 0\.333 to 199"):
        check_costs(CostFunctions(RatioCosts(ratio)))
