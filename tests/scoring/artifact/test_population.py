import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from scoring.artifact.model import probability_of
from scoring.artifact.population import PROBABILITY, histogram, just_accepted, level_shares, percentile, quantiles


def test_the_median_stands_at_the_fiftieth_percentile():
    assert percentile(np.arange(101.0), 50.0) == 50


def test_ties_count_half():
    assert percentile(np.array([1.0, 2.0, 2.0, 3.0]), 2.0) == 50


@pytest.mark.parametrize(("value", "expected"), [(-1.0, 0), (1000.0, 100)])
def test_a_value_beyond_the_population_stands_at_its_end(value, expected):
    assert percentile(np.arange(10.0), value) == expected


def test_quantiles_are_in_order_and_bracket_the_values():
    found = list(quantiles(np.random.default_rng(0).normal(size=500)).values())
    assert found == sorted(found)


def test_just_accepted_are_the_riskiest_tenth_of_the_accepted():
    probabilities = np.linspace(0, 0.2, 2001)
    mask = just_accepted(probabilities, np.full(2001, 0.1))
    assert mask.sum() == 100
    assert probabilities[mask].max() == pytest.approx(0.1)
    assert probabilities[mask].min() == pytest.approx(0.0901)


def test_there_are_at_least_thirty_just_accepted():
    assert just_accepted(np.linspace(0, 0.2, 101), np.full(101, 0.1)).sum() == 30


def test_just_accepted_are_those_closest_to_their_own_threshold_in_log_odds():
    """Nobody over their own threshold, nor anybody further from it than those who are in."""
    rng = np.random.default_rng(2)
    probabilities, thresholds = rng.uniform(0, 1, 3000), rng.uniform(0.05, 0.6, 3000)
    mask = just_accepted(probabilities, thresholds)
    distance = np.log(thresholds / (1 - thresholds)) - np.log(probabilities / (1 - probabilities))
    accepted = distance >= 0
    assert mask.sum() == round(accepted.sum() / 10)
    assert distance[mask].max() < distance[accepted & ~mask].min()


def test_a_histogram_holds_everybody_tails_included():
    values = np.r_[np.arange(1000.0), 1e9]
    drawn = histogram(values)
    assert sum(drawn.shares) == pytest.approx(1)
    assert drawn.edges[-1] < 1e4


def test_a_constant_characteristic_has_a_histogram():
    assert sum(histogram(np.ones(5)).shares) == pytest.approx(1)


def test_levels_carry_their_share_and_default_rate():
    codes = np.array([0, 0, 0, 1, np.nan])
    outcomes = np.array([1, 0, 0, 1, 1])
    assert level_shares(codes, outcomes, ["a", "b", "c"]) == [("a", 0.75, pytest.approx(1 / 3)), ("b", 0.25, 1.0)]


def test_reference_applicants_were_not_learnt_from(artifact):
    """Their probability in the file is that of the recipe fitted without them, which the served model has seen."""
    population = artifact.population
    unseen = population.frame[PROBABILITY].to_numpy()
    served = probability_of(artifact.model.log_odds(population.matrix))
    assert np.corrcoef(served, unseen)[0, 1] > 0.9
    assert unseen.mean() == pytest.approx(population.outcomes.mean(), abs=0.012)
    # The served model knows their outcomes: it would flatter itself.
    assert roc_auc_score(population.outcomes, unseen) < roc_auc_score(population.outcomes, served)


def test_populations_are_what_their_names_say(artifact):
    masks, outcomes = artifact.population.masks, artifact.population.outcomes
    assert (masks["repaid"] ^ masks["defaulted"]).all()
    assert outcomes[masks["defaulted"]].all()
    assert (masks["just_accepted"] <= masks["accepted"]).all()
    assert outcomes[masks["accepted"]].mean() < outcomes.mean() < outcomes[~masks["accepted"]].mean()


def test_no_applicant_id_is_in_the_artifact(artifact):
    assert "SK_ID_CURR" not in artifact.population.frame.columns
