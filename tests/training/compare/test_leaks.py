"""No step that learns, and no threshold, sees a validation or test row; and each such leak, planted, is caught."""

import pytest
from sklearn.preprocessing import StandardScaler

from scoring.decision.costs import RatioCosts
from tests.training.compare.leak_watch import LeakWatch
from training.compare import assess, pipelines, search
from training.compare.combination import Combination, Strategy
from training.compare.rows import Rows
from training.compare.search import open_storage

STEPS = {
    Combination("Logistic regression", Strategy.SMOTE): {
        *("SelectFromModel", "SimpleImputer", "StandardScaler", "SMOTENC", "OneHotEncoder"),
        *("LogisticRegression", "threshold"),
    },
    Combination("XGBoost", Strategy.UNDERSAMPLING): {
        "SelectFromModel",
        "RandomUnderSampler",
        "OneHotEncoder",
        "XGBClassifier",
    },
    Combination("LightGBM", Strategy.CLASS_WEIGHTS): {"SelectFromModel", "LGBMClassifier", "threshold"},
    Combination("Histogram boosting", Strategy.SMOTE): {"SMOTENC", "HistGradientBoostingClassifier", "threshold"},
    Combination("Histogram boosting", Strategy.CLASS_WEIGHTS): {
        "QuantileTransformer",
        "HistGradientBoostingClassifier",
    },
    Combination("Random forest", Strategy.NONE): {"SimpleImputer", "RandomForestClassifier", "threshold"},
}
SMOTE = Combination("Logistic regression", Strategy.SMOTE)


@pytest.fixture
def watch(parts, places, monkeypatch):
    return LeakWatch(parts, places, monkeypatch)


@pytest.fixture
def assessed(parts, places, shared, tmp_path):
    """Runs the real code path for one combination."""

    def run(combination):
        return assess.assess(combination, parts, places, shared, open_storage(tmp_path / "study.db"), tmp_path)

    return run


@pytest.mark.parametrize("combination", STEPS, ids=str)
def test_no_step_sees_a_validation_or_test_row(watch, assessed, combination):
    assessed(combination)
    assert watch.leaks == []
    assert STEPS[combination] <= watch.steps


def test_resampling_before_the_folds_is_caught(watch, assessed, monkeypatch):
    honest = search.prepare_folds

    def leaky(combination, rows, folds, shared):
        pipelines.preparation(combination, shared).fit_resample(rows.inputs, rows.outcomes)
        return honest(combination, rows, folds, shared)

    monkeypatch.setattr(assess, "prepare_folds", leaky)
    assessed(SMOTE)
    assert "SMOTENC was fitted across the folds before they were predicted" in watch.leaks


def test_preparing_a_fold_with_its_held_out_rows_is_caught(watch, assessed, parts, monkeypatch):
    honest = search.prepare
    monkeypatch.setattr(search, "prepare", lambda combination, _, *given: honest(combination, parts.learn, *given))
    assessed(SMOTE)
    assert "StandardScaler was fitted on rows that it then met as unseen" in watch.leaks
    assert "SMOTENC was fitted across the folds before they were predicted" in watch.leaks


def test_scaling_by_the_test_set_is_caught(watch, assessed, parts, monkeypatch):
    honest = pipelines._columns

    def leaky(combination, shared):
        StandardScaler().fit(parts.test.inputs.fillna(0))
        return honest(combination, shared)

    monkeypatch.setattr(pipelines, "_columns", leaky)
    assessed(SMOTE)
    assert "StandardScaler was fitted on test rows" in watch.leaks


def test_selecting_features_on_all_rows_is_caught(watch, parts, places, shared):
    selector = pipelines._selector(shared).fit(parts.learn.inputs, parts.learn.outcomes)
    kept = Rows(parts.learn.inputs.loc[:, selector.get_support()], parts.learn.outcomes)
    seen, held_out = places[0]
    model = pipelines.Pipeline([("model", SMOTE.kind.build({}, shared.budget, 0, 0))])
    model.fit(kept.at(seen).inputs.fillna(0), kept.at(seen).outcomes)
    model.predict_proba(kept.inputs.iloc[held_out].fillna(0))
    assert "SelectFromModel was fitted across the folds before they were predicted" in watch.leaks


def test_a_model_that_meets_a_row_again_is_caught(watch, parts, places, shared):
    combination = Combination("LightGBM", Strategy.NONE)
    fitted = pipelines.fit_whole(combination, combination.kind.first, parts.learn.at(places[0][0]), shared)
    pipelines.default_probabilities(fitted, parts.learn.inputs)
    assert "LGBMClassifier was fitted on rows that it then met as unseen" in watch.leaks


def test_a_threshold_chosen_on_the_test_set_is_caught(watch, assessed, parts, monkeypatch):
    honest = assess.default_probabilities

    def leaky(fitted, inputs):
        probabilities = honest(fitted, inputs)
        search.least_cost_cut(probabilities, parts.test.outcomes, RatioCosts())
        return probabilities

    monkeypatch.setattr(assess, "default_probabilities", leaky)
    assessed(Combination("LightGBM", Strategy.NONE))
    assert watch.leaks == ["threshold was chosen by test rows"]


def test_a_threshold_chosen_by_refitted_probabilities_is_caught(watch, parts, shared):
    """Scores of rows by the model that has learnt from them look too good: the threshold must not rest on them."""
    combination = Combination("LightGBM", Strategy.NONE)
    fitted = pipelines.fit_whole(combination, combination.kind.first, parts.learn, shared)
    probabilities = fitted[-1].predict_proba(fitted[:-1].transform(parts.learn.inputs))[:, 1]
    search.least_cost_cut(probabilities, parts.learn.outcomes, RatioCosts())
    assert "threshold was chosen by probabilities that no pipeline predicted out of fold" in watch.leaks
