import numpy as np
import pytest

from scoring.decision import Costs, DecisionRule
from training.evaluate import calibration_error, calibration_table, cost_per_applicant, figures

RULE = DecisionRule(Costs(10, 1), 0.5, 0.4, 0.6)


def test_cost_counts_ten_for_a_false_approval_and_one_for_a_false_refusal():
    probabilities, outcomes = np.array([0.1, 0.9, 0.1, 0.9]), np.array([1.0, 0.0, 0.0, 1.0])
    assert cost_per_applicant(probabilities, outcomes, 0.5, Costs(10, 1)) == (10 + 1) / 4


def test_calibration_error_is_the_weighted_distance_from_the_diagonal():
    table = calibration_table(np.array([0.1, 0.1, 0.9, 0.9]), np.array([0.0, 0.0, 1.0, 0.0]), np.linspace(0, 1, 11))
    assert [row["applicants"] for row in table] == [2, 2]
    assert calibration_error(table) == pytest.approx((0.1 + 0.4) / 2)


def test_a_probability_of_one_falls_into_the_last_bin():
    assert calibration_table(np.array([1.0]), np.array([1.0]), np.linspace(0, 1, 11))[0]["applicants"] == 1


def test_figures_agree_with_a_confusion_counted_by_hand():
    probabilities, outcomes = np.array([0.1, 0.2, 0.7, 0.8, 0.9]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    found = figures(probabilities, outcomes, RULE)
    assert found["confusion"] == {
        "true_refusals": 2,
        "false_refusals": 1,
        "true_approvals": 1,
        "false_approvals": 1,
    }
    assert found["cost"] == pytest.approx((10 + 1) / 5)
    assert found["cost_approving_all"] == pytest.approx(10 * 3 / 5)
    assert found["cost_refusing_all"] == pytest.approx(2 / 5)
    assert found["auc"] == pytest.approx(5 / 6)
