"""Performance: the textbook figures where outcomes are known, their expectation where they are not."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from scoring.artifact.population import PROBABILITY
from training.drift import performance
from training.drift.performance import FIGURES, decide, estimated, figures, realised
from training.statistics.evaluate import cost_table


@pytest.fixture(scope="module")
def held_out(artifact):
    """The reference applicants, decided, and their outcomes."""
    population = artifact.population
    return decide(artifact, population.frame, population.frame[PROBABILITY].to_numpy()), population.outcomes


def weights(outcomes):
    return np.ones((1, len(outcomes)))


def test_known_outcomes_give_the_figures_of_training(artifact, held_out):
    some, outcomes = held_out
    found = {name: float(value[0]) for name, value in figures(some, outcomes[None, :], weights(outcomes)).items()}
    table = cost_table(some.probabilities, outcomes, [artifact.rule], artifact.population.columns)["ratio"]
    assert found["auc"] == pytest.approx(roc_auc_score(outcomes, some.probabilities))
    assert found["cost"] == pytest.approx(table["cost"])
    assert found["refused"] == pytest.approx(table["refused"])
    assert found["default_rate"] == pytest.approx(outcomes.mean())
    assert found["false_approvals"] == pytest.approx((outcomes * ~some.refused).mean())
    assert found["false_refusals"] == pytest.approx(((1 - outcomes) * some.refused).mean())


def test_ties_count_half(held_out):
    some, outcomes = held_out
    tied = decided_like(some, np.round(some.probabilities, 2))
    found = figures(tied, outcomes[None, :], weights(outcomes))["auc"][0]
    assert found == pytest.approx(roc_auc_score(outcomes, tied.probabilities))


def decided_like(some, probabilities):
    return performance.Decisions(probabilities, some.refused, some.errors)


def test_the_estimate_is_the_mean_over_outcomes_drawn_from_the_probabilities(artifact, held_out):
    some, _ = held_out
    rng = np.random.default_rng(4)
    drawn = (rng.random((400, len(some.probabilities))) < some.probabilities).astype(float)
    means = {name: values.mean() for name, values in figures(some, drawn, weights(some.probabilities)).items()}
    found = estimated(artifact, some)
    for name in FIGURES:
        assert getattr(found, name).value == pytest.approx(means[name], rel=0.01), name


def test_the_interval_holds_what_calibrated_applicants_turn_out_to_be(artifact, held_out):
    some, _ = held_out
    rng, found = np.random.default_rng(6), estimated(artifact, some)
    drawn = (rng.random((300, len(some.probabilities))) < some.probabilities).astype(float)
    for name, values in figures(some, drawn, weights(some.probabilities)).items():
        bracket = getattr(found, name)
        inside = ((values >= bracket.low - 1e-12) & (values <= bracket.high + 1e-12)).mean()
        assert inside > 0.88, name


def test_estimate_and_outcomes_agree_where_probabilities_are_calibrated(artifact, held_out):
    some, outcomes = held_out
    expected, known = estimated(artifact, some), realised(artifact, some, outcomes)
    for name in ("auc", "cost", "default_rate", "false_approvals", "false_refusals"):
        assert getattr(known, name).low <= getattr(expected, name).value <= getattr(known, name).high, name


def test_the_estimate_sees_riskier_applicants_and_not_applicants_become_riskier(artifact, held_out):
    some, outcomes = held_out
    riskier = some.probabilities > np.median(some.probabilities)
    population = artifact.population
    subset = decide(artifact, population.frame[riskier], some.probabilities[riskier])
    assert estimated(artifact, subset).default_rate.low > estimated(artifact, some).default_rate.high
    # Every second repayer defaults now: the same applicants, the same estimate.
    worse = np.where(np.arange(len(outcomes)) % 2 == 0, 1.0, outcomes)
    assert realised(artifact, some, worse).cost.low > estimated(artifact, some).cost.high


def test_draws_in_which_nobody_defaults_do_not_count_for_the_auc(artifact, held_out):
    some, _ = held_out
    safest = np.argsort(some.probabilities)[:30]
    few = decide(artifact, artifact.population.frame.iloc[safest], some.probabilities[safest])
    auc = estimated(artifact, few).auc
    assert 0 <= auc.low <= auc.value <= auc.high <= 1


def test_figures_do_not_depend_on_the_run(artifact, held_out):
    some, outcomes = held_out
    assert estimated(artifact, some) == estimated(artifact, some)
    assert realised(artifact, some, outcomes) == realised(artifact, some, outcomes)
