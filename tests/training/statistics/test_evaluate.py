import numpy as np
import pytest

from scoring.decision.costs import AmountCosts, RatioCosts
from scoring.decision.rule import DecisionRule
from training.statistics.evaluate import calibration_error, calibration_table, cost_per_applicant, cost_table, figures

# Threshold 0.5.
RULE = DecisionRule(RatioCosts(10, 1), 10.0, 8.0, 12.0)
BY_AMOUNT = DecisionRule(AmountCosts(repaid_instalments=0), 1.0, 0.9, 1.1)
LOANS = {"AMT_CREDIT": np.array([1e5, 2e5, 3e5, 4e5, 5e5]), "AMT_ANNUITY": np.array([1e4, 1e4, 2e4, np.nan, 2e4])}


def test_cost_counts_ten_for_a_false_approval_and_one_for_a_false_refusal():
    probabilities, outcomes = np.array([0.1, 0.9, 0.1, 0.9]), np.array([1.0, 0.0, 0.0, 1.0])
    assert cost_per_applicant(probabilities, outcomes, 0.5, RatioCosts(10, 1)) == (10 + 1) / 4


def test_calibration_error_is_the_weighted_distance_from_the_diagonal():
    table = calibration_table(np.array([0.1, 0.1, 0.9, 0.9]), np.array([0.0, 0.0, 1.0, 0.0]), np.linspace(0, 1, 11))
    assert [row["applicants"] for row in table] == [2, 2]
    assert calibration_error(table) == pytest.approx((0.1 + 0.4) / 2)


def test_a_probability_of_one_falls_into_the_last_bin():
    assert calibration_table(np.array([1.0]), np.array([1.0]), np.linspace(0, 1, 11))[0]["applicants"] == 1


def test_figures_agree_with_a_confusion_counted_by_hand():
    probabilities, outcomes = np.array([0.1, 0.2, 0.7, 0.8, 0.9]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    found = figures(probabilities, outcomes, [RULE, BY_AMOUNT], LOANS)
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
    assert found["costs"]["ratio"]["cost"] == found["cost"]
    assert found["costs"]["amount"]["cost_approving_all"] == pytest.approx(0.75 * (2e5 + 4e5 + 5e5) / 5)


def test_amounts_are_counted_against_each_applicants_own_threshold():
    """By hand: each loan's own cut, what it loses, and the same decisions in the other unit."""
    errors = BY_AMOUNT.costs.per_applicant(LOANS)
    cut = errors.false_refusal / (errors.false_refusal + errors.false_approval)
    assert len(np.unique(cut.round(6))) > 2
    probabilities, outcomes = cut + np.array([-0.01, 0.01, 0.01, -0.01, 0.01]), np.array([1.0, 1.0, 0.0, 0.0, 0.0])
    table = cost_table(probabilities, outcomes, [RULE, BY_AMOUNT], LOANS)
    money = table["amount"]
    assert money["cost"] == pytest.approx((0.75 * 1e5 + errors.false_refusal[2] + errors.false_refusal[4]) / 5)
    assert money["cost"] == money["cost_of_amount_rule"] == money["cost_at_theoretical_threshold"]
    assert money["cost_refusing_all"] == pytest.approx(errors.false_refusal[2:].sum() / 5)
    assert money["refused"] == 3 / 5
    assert table["ratio"]["cost_of_amount_rule"] == pytest.approx((10 + 1 + 1) / 5)
