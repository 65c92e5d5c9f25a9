"""What a threshold does, computed by hand from a small curve, and the same as the artifact's own rule."""

import numpy as np
import pytest

from scoring.decision.cost_curve import CostCurve
from scoring.decision.costs import RatioCosts
from scoring.decision.operating_point import operating_point
from scoring.errors import InvalidInputError

CURVE = CostCurve(
    k=np.array([0.05, 0.1, 0.25, 1.0]),
    false_approvals=np.array([0.01, 0.015, 0.04, 0.06]),
    false_refusals=np.array([0.6, 0.3, 0.1, 0.01]),
)
DEFAULTS = 0.08


def test_ten_to_one_by_hand():
    point = operating_point(CURVE, RatioCosts(10), DEFAULTS)
    # 10 * FA + FR: 0.70, 0.45, 0.50, 0.61, so that the least is at odds of 0.1.
    assert point.threshold == pytest.approx(0.1 / 1.1)
    assert point.cost == pytest.approx(0.45)
    found = (point.true_approvals, point.false_approvals, point.true_refusals, point.false_refusals)
    assert found == pytest.approx((0.62, 0.015, 0.065, 0.3))
    assert point.refused == pytest.approx(0.365)
    assert (point.cost_approving_all, point.cost_refusing_all) == pytest.approx((0.8, 0.92))
    assert point.theoretical == pytest.approx(1 / 11)


def test_two_to_one_by_hand():
    point = operating_point(CURVE, RatioCosts(2), DEFAULTS)
    # 2 * FA + FR: 0.62, 0.33, 0.18, 0.13.
    assert point.threshold == pytest.approx(0.5)
    assert point.cost == pytest.approx(0.13)
    assert point.refused == pytest.approx(0.03)


@pytest.mark.parametrize("ratio", [1, 5, 10, 50])
def test_rule_and_threshold_are_those_that_would_be_served(artifact, ratio):
    costs = RatioCosts(ratio)
    point = operating_point(artifact.curves.rates, costs, artifact.metrics["out_of_fold"]["default_rate"])
    served = artifact.curves.rule(costs)
    assert point.rule == served
    assert point.threshold == costs.threshold(served.k)
    assert point.band == (costs.threshold(served.k_low), costs.threshold(served.k_high))
    four = (point.true_approvals, point.false_approvals, point.true_refusals, point.false_refusals)
    assert sum(four) == pytest.approx(1)
    assert min(four) >= 0
    assert point.cost == pytest.approx(ratio * point.false_approvals + point.false_refusals)


def test_the_curve_agrees_with_what_the_training_counted(artifact):
    counted = artifact.metrics["out_of_fold"]
    point = operating_point(artifact.curves.rates, artifact.curves.costs.ratio, counted["default_rate"])
    # The curve is smoothed.
    assert point.cost == pytest.approx(counted["cost"], rel=0.03)
    assert point.refused == pytest.approx(counted["costs"]["ratio"]["refused"], abs=0.01)


def test_a_ratio_beyond_the_curve_is_refused():
    with pytest.raises(InvalidInputError, match="Cost ratio 100 is not allowed"):
        operating_point(CURVE, RatioCosts(100), DEFAULTS)
