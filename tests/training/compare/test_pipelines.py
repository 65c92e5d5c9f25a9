import numpy as np
import pytest
from imblearn.over_sampling import SMOTENC

from training.compare import pipelines
from training.compare.combination import Combination, Strategy
from training.compare.pipelines import default_probabilities, fit_head, fit_whole, prepare


def prepared(strategy, parts, shared, model="LightGBM"):
    return prepare(Combination(model, strategy), parts.learn, parts.test.inputs, shared)


def test_smote_makes_as_many_defaults_as_there_are_repaid_and_keeps_levels_levels(parts, shared):
    learn = prepared(Strategy.SMOTE, parts, shared).learn
    assert (learn.outcomes == 1).sum() == (learn.outcomes == 0).sum() == (parts.learn.outcomes == 0).sum()
    codes = learn.inputs.iloc[:, : shared.coded].to_numpy()
    assert (codes == codes.round()).all()
    original = parts.learn.inputs.iloc[:, : shared.coded].fillna(pipelines.MISSING_LEVEL)
    for place, name in enumerate(original):
        assert set(np.unique(codes[:, place])) <= set(original[name]), name


def test_smote_is_that_of_imbalanced_learn_only_faster(parts, shared):
    rows = prepared(Strategy.NONE, parts, shared, "Logistic regression").learn
    plain = SMOTENC(categorical_features=list(range(shared.coded)), random_state=shared.seed)
    expected, outcomes = plain.fit_resample(rows.inputs, rows.outcomes)
    found = prepared(Strategy.SMOTE, parts, shared, "Logistic regression").learn
    np.testing.assert_array_equal(found.inputs.to_numpy(), expected.to_numpy())
    np.testing.assert_array_equal(found.outcomes, outcomes)


def test_under_sampling_draws_as_many_repaid_as_defaults(parts, shared):
    learn = prepared(Strategy.UNDERSAMPLING, parts, shared).learn
    assert (learn.outcomes == 1).sum() == (learn.outcomes == 0).sum() == (parts.learn.outcomes == 1).sum()


@pytest.mark.parametrize("strategy", Strategy)
def test_no_treatment_touches_the_rows_that_are_predicted(parts, shared, strategy):
    found = prepared(strategy, parts, shared).predict
    assert found.index.equals(parts.test.inputs.index)
    assert len(found.columns) <= shared.coded + shared.budget.features


def test_boosters_read_missing_quantities_as_such_but_under_smote(parts, shared):
    assert prepared(Strategy.NONE, parts, shared).learn.inputs.isna().any(axis=None)
    assert not prepared(Strategy.SMOTE, parts, shared).learn.inputs.isna().any(axis=None)
    assert not prepared(Strategy.NONE, parts, shared, "Random forest").learn.inputs.isna().any(axis=None)


def test_empty_quantities_are_dropped(parts, shared):
    inputs = parts.learn.inputs.copy()
    inputs.iloc[:, shared.coded :] = np.nan
    inputs["AGE_YEARS"] = parts.learn.inputs["AGE_YEARS"]
    found = prepare(
        Combination("Histogram boosting", Strategy.NONE), pipelines.Rows(inputs, parts.learn.outcomes), inputs, shared
    )
    assert list(found.predict.columns[shared.coded :]) == ["AGE_YEARS"]


def test_class_weights_make_both_outcomes_weigh_the_same(parts, shared):
    outcomes = parts.learn.outcomes
    given = pipelines.fit_parameters(Combination("XGBoost", Strategy.CLASS_WEIGHTS), outcomes, shared)
    weights = given["model__sample_weight"]
    assert weights[outcomes == 1].sum() == pytest.approx(weights[outcomes == 0].sum())


@pytest.mark.parametrize("strategy", [Strategy.CLASS_WEIGHTS, Strategy.SMOTE, Strategy.UNDERSAMPLING])
@pytest.mark.parametrize("model", ["Logistic regression", "LightGBM"])
def test_the_two_halves_are_the_whole(parts, shared, model, strategy):
    combination = Combination(model, strategy)
    ready = prepare(combination, parts.learn, parts.test.inputs, shared)
    halves = fit_head(combination, combination.kind.first, ready.learn, shared)
    whole = fit_whole(combination, combination.kind.first, parts.learn, shared)
    np.testing.assert_allclose(
        default_probabilities(halves, ready.predict), default_probabilities(whole, parts.test.inputs), atol=1e-9
    )
