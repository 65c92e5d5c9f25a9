import numpy as np
import pytest
from sklearn.model_selection import KFold

from scoring.errors import TrainingError
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.words.language import Words
from training.learn import fit
from training.learn.fit import Recipe, cross_validate, fit_calibration, fit_recipe
from training.learn.rows import TrainingRows


def feature(name, direction=0):
    return ModelFeature(Feature(name, Words(name, name), "", "loan", direction=direction), history=True)


@pytest.fixture(scope="module")
def rows():
    """Risk rises with the first feature; the second says nothing."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(3_000, 2))
    outcomes = (rng.random(3_000) < 1 / (1 + np.exp(2 - matrix[:, 0]))).astype(float)
    return TrainingRows(matrix, outcomes, (feature("risk"), feature("noise")))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(fit, "MOST_ROUNDS", 40)
    monkeypatch.setattr(fit, "FOLDS", 4)
    monkeypatch.setattr(fit, "BAGS", 2)


def test_calibration_recovers_the_map_that_made_the_outcomes():
    rng = np.random.default_rng(0)
    margins = rng.normal(size=200_000)
    outcomes = (rng.random(len(margins)) < 1 / (1 + np.exp(-(0.7 * margins - 1.5)))).astype(float)
    calibration = fit_calibration(margins, outcomes)
    assert calibration.slope == pytest.approx(0.7, abs=0.03)
    assert calibration.intercept == pytest.approx(-1.5, abs=0.03)


def test_a_target_read_upside_down_is_refused():
    margins = np.linspace(-3, 3, 1_000)
    with pytest.raises(TrainingError, match="is inverted"):
        fit_calibration(margins, (margins < 0).astype(float))


def test_a_held_out_row_is_predicted_by_no_model_that_saw_its_outcome(rows, monkeypatch):
    """Shuffling the outcomes of one fold changes no margin of that fold, and does change the others'."""
    # Folds that do not follow from the outcomes, so that the same rows are held out both times.
    monkeypatch.setattr(fit, "StratifiedKFold", KFold)
    _, held_out = next(KFold(4, shuffle=True, random_state=5).split(rows.matrix))
    shuffled = rows.outcomes.copy()
    shuffled[held_out] = np.random.default_rng(0).permutation(shuffled[held_out])
    plain = cross_validate(rows, 5, lambda: None)
    changed = cross_validate(TrainingRows(rows.matrix, shuffled, rows.features), 5, lambda: None)
    np.testing.assert_array_equal(plain.margins[held_out], changed.margins[held_out])
    assert not np.array_equal(plain.margins, changed.margins)


def test_the_same_seed_gives_the_same_model(rows):
    texts = [fit_recipe(rows, seed).booster.model_to_string() for seed in (1, 1, 2)]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_out_of_fold_probabilities_are_calibrated(rows):
    found = cross_validate(rows, 0, lambda: None)
    assert found.probabilities.mean() == pytest.approx(rows.outcomes.mean(), abs=0.01)


def test_a_direction_that_the_data_contradict_is_held(rows):
    features = (feature("risk", direction=-1), feature("noise"))
    contradicted = TrainingRows(rows.matrix, rows.outcomes, features)
    grid = np.column_stack([np.linspace(-3, 3, 50), np.zeros(50)])
    held, free = (fit_recipe(contradicted, 0, Recipe(monotone, 1, False)).margins(grid) for monotone in (True, False))
    assert (np.diff(held) <= 0).all()
    assert (np.diff(free) >= 0).any()


def test_progress_is_reported_after_each_fold(rows):
    ticks = []
    cross_validate(rows, 0, lambda: ticks.append(1))
    assert len(ticks) == 4


def test_folds_fitted_one_by_one_for_want_of_memory_give_the_same(rows, monkeypatch):
    recipe = Recipe(bags=1, select=False, rounds=5)
    together = cross_validate(rows, 0, lambda: None, recipe)
    monkeypatch.setattr(fit, "MOST_COPIED", 1)
    one_by_one = cross_validate(rows, 0, lambda: None, recipe)
    np.testing.assert_array_equal(one_by_one.margins, together.margins)
