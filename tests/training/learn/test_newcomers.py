import numpy as np
import pytest

from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.words.language import Words
from training.learn.fit import PARAMETERS, Recipe, fit_recipe
from training.learn.newcomers import HIDDEN_WHOLLY, LEAST_WITHOUT, and_hidden, as_seen, binned, share_to_hide
from training.learn.rows import TrainingRows


def feature(name, theme="loan", history=True):
    return ModelFeature(Feature(name, Words(name, name), "", theme), history)


FEATURES = (feature("amount", history=False), feature("loans"), feature("delays"))


def rows_of(without):
    """1,000 applicants, of whom this share has no history; two in ten default, and all of those without a history."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(1_000, 3))
    missing = np.arange(1_000) < 1_000 * without
    matrix[missing, 1:] = np.nan
    return TrainingRows(matrix, np.where(missing, 1.0, rng.random(1_000) < 0.2), FEATURES)


@pytest.mark.parametrize(("without", "hidden"), [(0.0, 2 / 3), (0.1, 1.4 / 2.7), (0.4, 0.0), (1.0, 0.0)])
def test_as_many_are_hidden_wholly_as_are_missing_to_a_third(without, hidden):
    assert share_to_hide(rows_of(without)) == pytest.approx(hidden)
    assert without + HIDDEN_WHOLLY * hidden * (1 - without) >= LEAST_WITHOUT - 1e-12


def test_nothing_is_hidden_without_a_history_feature():
    rows = rows_of(0.0)
    assert share_to_hide(rows.only([0])) == 0.0
    assert share_to_hide(TrainingRows(rows.matrix[:, 1:], rows.outcomes, FEATURES[1:])) > 0


def test_half_of_the_hidden_lose_all_history_and_the_others_some_themes():
    rng = np.random.default_rng(4)
    features = (feature("amount", history=False), feature("loans"), feature("delays"), feature("limit", "card"))
    rows = TrainingRows(rng.normal(size=(4_000, 4)), rng.random(4_000), features)
    both = and_hidden(rows)
    np.testing.assert_array_equal(both.matrix[:4_000], rows.matrix)
    np.testing.assert_array_equal(both.matrix[4_000:, 0], rows.matrix[:, 0])
    loans, delays, limit = np.isnan(both.matrix[4_000:, 1:]).T
    np.testing.assert_array_equal(loans, delays)
    assert (loans & limit).mean() == pytest.approx(HIDDEN_WHOLLY + 0.5 / 4, abs=0.03)
    assert (loans & ~limit).mean() == pytest.approx(0.5 / 4, abs=0.03)


def test_what_is_computed_with_a_history_is_hidden_with_it():
    debt = feature("bureau_active_debt_sum", "credit_bureau")
    joint = feature("BUREAU_DEBT_TO_INCOME", "loan", history=False)
    hidden = np.isnan(and_hidden(TrainingRows(np.ones((500, 2)), np.ones(500), (debt, joint))).matrix[500:])
    assert 0 < hidden.mean() < 1
    np.testing.assert_array_equal(hidden[:, 0], hidden[:, 1])


def test_features_are_selected_on_what_a_booster_sees():
    rows = rows_of(0.0)
    seen = as_seen(rows, 1)
    assert np.isnan(seen.matrix[:, 1]).mean() == pytest.approx(2 / 3 * 3 / 4, abs=0.05)
    enough_without = rows_of(0.5)
    assert as_seen(enough_without, 1) is enough_without


def test_each_booster_learns_from_every_applicant_once_and_from_others_without_history():
    learnt = binned(rows_of(0.0), PARAMETERS)
    first, second = learnt.taken(1), learnt.taken(2)
    for taken in (first, second):
        np.testing.assert_array_equal(taken % 1_000, np.arange(1_000))
        assert (taken >= 1_000).mean() == pytest.approx(2 / 3, abs=0.05)
    assert not np.array_equal(first, second)


def test_somebody_of_unknown_history_is_not_taken_for_the_few_who_have_none():
    """Without hiding, the model would expect of a missing history what the few defaulters without one did."""
    unknown = np.array([[0.0, np.nan, np.nan]])
    margin = fit_recipe(rows_of(0.05), 0, Recipe(bags=2, select=False, rounds=60)).margins(unknown)[0] / 2
    assert 1 / (1 + np.exp(-margin)) < 0.45
