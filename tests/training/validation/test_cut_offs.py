"""Cut-offs on eight applicants by hand, and on the bundled model by pandas."""

import numpy as np
import pytest

from scoring.artifact.load import load_artifact
from scoring.decision.costs import AmountCosts, cost_columns
from tests.training.validation.parts import finding, frame_of, table
from training.validation.cut_offs import Portfolio, cut_off, cut_offs_section, portfolio
from training.validation.rows import rows_of

P = np.array([0.02, 0.05, 0.08, 0.10, 0.15, 0.20, 0.40, 0.60])
Y = np.array([0, 0, 1, 0, 0, 1, 1, 1.0])


@pytest.fixture
def eight():
    """Under 10:1, everybody asking for 100 and losing 60 at default."""
    ones = np.ones(8)
    return Portfolio(10 * P / (1 - P), P, Y, 10 * ones, ones, 60 * ones, 100 * ones)


def test_one_cut_off_by_hand(eight):
    # At k = 1 those above 1/11 are refused: three are approved, of whom one defaulted.
    found = cut_off(eight, 1.0, (0.5, 1.5))
    assert (found.approved, found.bad_rate, found.lent) == (3 / 8, 1 / 3, 300.0)
    assert found.cost == pytest.approx((10 + 2) / 8)
    assert found.expected_loss == pytest.approx(60 * (0.02 + 0.05 + 0.08))
    assert found.realised_loss == 60.0
    # Odds of 1/20 to 1.5/10: 0.05, 0.08 and 0.10, of whom the second defaulted.
    assert (found.referred, found.referred_bad_rate) == (3 / 8, 1 / 3)


def test_a_cut_off_below_everybody_approves_nobody(eight):
    found = cut_off(eight, 0.01, (1.0, 1.0))
    assert (found.approved, found.bad_rate, found.referred_bad_rate) == (0.0, None, None)
    assert found.cost == pytest.approx(4 / 8)


def test_the_served_cut_off_is_the_served_rule(held_out, bounds):
    found = frame_of(table(cut_offs_section(held_out, bounds), "cut_offs")).set_index("cut-off").loc["served"]
    approved = held_out.probabilities <= held_out.terms.threshold
    frame, outcomes = held_out.frame[approved], held_out.outcomes[approved]
    assert found["approved"] == pytest.approx(approved.mean())
    assert found["default rate of the approved"] == pytest.approx(outcomes.mean())
    assert found["cost per applicant"] == pytest.approx(held_out.artifact.metrics["held_out"]["cost"])
    assert found["amount lent"] == pytest.approx(frame["AMT_CREDIT"].sum())
    lost = AmountCosts().per_applicant(cost_columns(frame)).false_approval
    assert found["realised loss"] == pytest.approx(lost[outcomes == 1].sum())
    assert found["expected loss"] == pytest.approx((lost * held_out.probabilities[approved]).sum())
    decisions = held_out.terms.decide(held_out.probabilities)
    assert found["referred"] == pytest.approx((decisions == 1).mean())


def test_more_approved_means_a_higher_default_rate(held_out, bounds):
    found = frame_of(table(cut_offs_section(held_out, bounds), "cut_offs")).iloc[1:]
    assert found["approved"].is_monotonic_increasing
    assert found["default rate of the approved"].is_monotonic_increasing
    assert found["approved"].iloc[-1] == 1.0
    assert found["cost per applicant"].iloc[-1] == pytest.approx(10 * held_out.outcomes.mean())


def test_a_model_that_decides_by_amounts_costs_in_currency(bounds, amount_folder):
    rows = rows_of(load_artifact(amount_folder, "amount"), None)
    found = cut_offs_section(rows, bounds)
    assert "in the loans' currency" in finding(found, "cut_off_regret").told
    served = frame_of(table(found, "cut_offs")).set_index("cut-off").loc["served"]
    refused = rows.probabilities > rows.terms.threshold
    assert served["cost per applicant"] == pytest.approx(rows.terms.errors.realised(rows.outcomes, refused), rel=1e-6)
    assert "probability" not in served.index
    assert portfolio(rows).risk.shape == (len(rows.frame),)
