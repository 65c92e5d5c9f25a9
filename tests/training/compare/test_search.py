from dataclasses import replace

import optuna
import pytest
from optuna.trial import TrialState

from scoring.decision.costs import RatioCosts
from training.compare import search
from training.compare.combination import Combination, Strategy
from training.compare.search import Found, least_cost_cut, open_storage, out_of_fold, prepare_folds
from training.statistics.evaluate import cost_per_applicant

COMBINATION = Combination("Logistic regression", Strategy.NONE)


@pytest.fixture(scope="module")
def folds(parts, places, shared):
    return prepare_folds(COMBINATION, parts.learn, places, shared)


@pytest.fixture
def find(parts, folds, shared, tmp_path):
    """Searches with so many trials in the file of that name; gives what was found and the study."""

    def run(trials, name="study.db"):
        setting = replace(shared, budget=replace(shared.budget, trials=trials))
        storage = open_storage(tmp_path / name)
        found = search.search(COMBINATION, parts.learn.outcomes, folds, setting, storage)
        return found, optuna.load_study(study_name=str(COMBINATION), storage=storage)

    return run


def told(study):
    return [(trial.state, trial.params, trial.value) for trial in study.trials if trial.state in search.DONE]


def test_the_objective_is_the_out_of_fold_cost_at_the_out_of_fold_threshold(find, parts, folds, shared):
    found, study = find(2)
    probabilities = out_of_fold(COMBINATION, found.parameters, folds, shared)
    rule = least_cost_cut(probabilities, parts.learn.outcomes, RatioCosts())
    cost = cost_per_applicant(probabilities, parts.learn.outcomes, rule.threshold, RatioCosts())
    assert study.best_value == pytest.approx(cost, abs=1e-12)


def test_the_first_trial_starts_from_what_is_known_to_work(find):
    assert find(1)[0].parameters == COMBINATION.kind.first


def test_a_search_in_two_goes_is_the_search_in_one(find):
    whole = told(find(6)[1])
    find(2, "parts.db")
    assert told(find(6, "parts.db")[1]) == whole


def test_an_interrupted_trial_is_run_again_and_counts_once(find, monkeypatch):
    whole = told(find(5)[1])

    def interrupt(*_):
        raise KeyboardInterrupt

    find(4, "parts.db")
    with monkeypatch.context() as patch:
        patch.setattr(search, "least_cost_cut", interrupt)
        with pytest.raises(KeyboardInterrupt):
            find(5, "parts.db")
    assert told(find(5, "parts.db")[1]) == whole


def test_a_trial_that_a_kill_left_running_is_given_up(find):
    _, study = find(1)
    study.ask()
    find(2)
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE, TrialState.FAIL, TrialState.COMPLETE]


def test_a_trial_worse_than_the_median_is_pruned(find, monkeypatch):
    """Every trial after the first few is given probabilities that rank upside down."""
    honest, asked = search.fold_probabilities, []

    def worse(*given):
        asked.append(given)
        for places, probabilities in honest(*given):
            yield places, probabilities if len(asked) <= search.STARTUP_TRIALS else 1 - probabilities

    monkeypatch.setattr(search, "fold_probabilities", worse)
    found, study = find(search.STARTUP_TRIALS + 2)
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 3 + [TrialState.PRUNED] * 2
    assert found.pruned == 2


def test_the_dummy_has_nothing_to_search(parts, shared, tmp_path):
    combination, storage = Combination("Dummy", Strategy.NONE), open_storage(tmp_path / "study.db")
    assert search.search(combination, parts.learn.outcomes, [], shared, storage) == Found({}, 0, 0)
