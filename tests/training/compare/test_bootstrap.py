import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, precision_score, recall_score
from sklearn.metrics import roc_auc_score as auc

from scoring.decision.costs import RatioCosts
from training.compare.cut import Cut
from training.compare.figures import figures, score, values
from training.statistics import bootstrap as bootstrap_module
from training.statistics.bootstrap import Estimate, resamples
from training.statistics.evaluate import calibration_error, calibration_table, cost_per_applicant

RULE = Cut(RatioCosts(10, 1), 0.15, 0.1, 0.2)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    # Two decimals: ties, as trees give them.
    probabilities = rng.beta(1, 8, 600).round(2)
    return probabilities, (rng.random(600) < probabilities).astype(int)


def test_figures_are_those_of_scikit_learn_and_of_training(rows):
    probabilities, outcomes = rows
    refused = probabilities > RULE.threshold
    found = values(probabilities, outcomes, RULE)
    expected = {
        "auc": auc(outcomes, probabilities),
        "average_precision": average_precision_score(outcomes, probabilities),
        "recall": recall_score(outcomes, refused),
        "precision": precision_score(outcomes, refused),
        "f1": f1_score(outcomes, refused),
        "brier": brier_score_loss(outcomes, probabilities),
        "calibration_error": calibration_error(calibration_table(probabilities, outcomes, np.linspace(0, 1, 11))),
        "mean_probability": probabilities.mean(),
        "cost": cost_per_applicant(probabilities, outcomes, RULE.threshold, RULE.costs),
        "cost_at_theoretical_threshold": cost_per_applicant(probabilities, outcomes, 1 / 11, RULE.costs),
    }
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_weight_counts_a_row_as_often_as_repeating_it(rows):
    probabilities, outcomes = rows
    counts = next(resamples(len(outcomes), 3))[:2]
    weighed = figures(probabilities, outcomes, RULE, counts)
    for place, count in enumerate(counts.astype(int)):
        repeated = values(np.repeat(probabilities, count), np.repeat(outcomes, count), RULE)
        assert {name: found[place] for name, found in weighed.items()} == pytest.approx(repeated, abs=1e-12)


def test_refusing_nobody_has_no_recall_and_no_precision():
    found = values(np.full(20, 0.01), np.array([1, 0] * 10), RULE)
    assert (found["recall"], found["precision"], found["f1"]) == (0, 0, 0)
    assert found["auc"] == 0.5
    assert found["cost"] == 5.0


def test_the_interval_is_that_of_a_known_spread(rows):
    """The standard error of a mean: 1.96 of them on either side."""
    probabilities, outcomes = rows
    found = score(probabilities, outcomes, RULE, 1).estimate("mean_probability")
    error = probabilities.std() / np.sqrt(len(probabilities))
    assert found.value == pytest.approx(probabilities.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_the_same_seed_draws_the_same_resamples_in_blocks_of_any_size(monkeypatch):
    whole = np.concatenate(list(resamples(40, 5, 120)))
    monkeypatch.setattr(bootstrap_module, "BLOCK", 7)
    np.testing.assert_array_equal(whole, np.concatenate(list(resamples(40, 5, 120))))
    assert (whole.sum(axis=1) == 40).all()


def test_differences_are_paired(rows):
    """Two sets of probabilities that differ a little: their costs vary far more than the difference between them."""
    probabilities, outcomes = rows
    one, other = score(probabilities, outcomes, RULE, 1), score(probabilities + 0.001, outcomes, RULE, 1)
    difference, alone = other.minus(one, "mean_probability"), one.estimate("mean_probability")
    assert difference.value == pytest.approx(0.001)
    assert difference.high - difference.low < 1e-12 < alone.high - alone.low
    same = one.minus(one, "cost")
    assert (same.value, same.low, same.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("low", "high", "sign"), [(0.1, 0.2, 1), (-0.2, -0.1, -1), (-0.1, 0.1, 0), (0.0, 0.1, 0), (-0.1, 0.0, 0)]
)
def test_a_difference_counts_where_its_interval_lies_on_one_side_of_zero(low, high, sign):
    assert Estimate(0.0, low, high).sign == sign
