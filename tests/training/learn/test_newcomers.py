import numpy as np
import pytest

from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.words.language import Words
from training.learn.fit import PARAMETERS, Recipe, fit_recipe
from training.learn.newcomers import LEAST_WITHOUT, and_hidden, binned, share_to_hide
from training.learn.rows import TrainingRows


def feature(name, history):
    return ModelFeature(Feature(name, Words(name, name), "", "loan"), history)


FEATURES = (feature("amount", False), feature("loans", True), feature("delays", True))


def rows_of(without):
    """1,000 applicants, of whom this share has no history; two in ten default, and all of those without a history."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(1_000, 3))
    missing = np.arange(1_000) < 1_000 * without
    matrix[missing, 1:] = np.nan
    return TrainingRows(matrix, np.where(missing, 1.0, rng.random(1_000) < 0.2), FEATURES)


@pytest.mark.parametrize(("without", "hidden"), [(0.0, 1 / 3), (0.1, 0.7 / 2.7), (0.4, 0.0), (1.0, 0.0)])
def test_as_many_are_hidden_as_are_missing_to_a_third(without, hidden):
    assert share_to_hide(rows_of(without)) == pytest.approx(hidden)
    assert without + hidden * (1 - without) >= LEAST_WITHOUT - 1e-12


def test_nothing_is_hidden_without_a_history_feature():
    rows = rows_of(0.0)
    assert share_to_hide(rows.only([0])) == 0.0
    assert share_to_hide(TrainingRows(rows.matrix[:, 1:], rows.outcomes, FEATURES[1:])) > 0


def test_a_hidden_history_is_missing_and_the_application_is_not():
    rows = rows_of(0.0)
    both = and_hidden(rows)
    np.testing.assert_array_equal(both.matrix[:1_000], rows.matrix)
    np.testing.assert_array_equal(both.matrix[1_000:, 0], rows.matrix[:, 0])
    assert np.isnan(both.matrix[1_000:, 1:]).all()


def test_each_booster_learns_from_every_applicant_once_and_from_others_without_history():
    learnt = binned(rows_of(0.0), PARAMETERS)
    first, second = learnt.taken(1), learnt.taken(2)
    for taken in (first, second):
        np.testing.assert_array_equal(taken % 1_000, np.arange(1_000))
        assert (taken >= 1_000).mean() == pytest.approx(LEAST_WITHOUT, abs=0.05)
    assert not np.array_equal(first, second)


def test_somebody_of_unknown_history_is_not_taken_for_the_few_who_have_none():
    """Without hiding, the model would expect of a missing history what the few defaulters without one did."""
    unknown = np.array([[0.0, np.nan, np.nan]])
    margin = fit_recipe(rows_of(0.05), 0, Recipe(bags=2, select=False, rounds=60)).margins(unknown)[0] / 2
    assert 1 / (1 + np.exp(-margin)) < 0.45
