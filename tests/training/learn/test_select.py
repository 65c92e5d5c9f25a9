import numpy as np
import pytest

from scoring.errors import TrainingError
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.words.language import Words
from training.learn import select
from training.learn.rows import TrainingRows


def feature(name):
    return ModelFeature(Feature(name, Words(name, name), "", "loan"), history=True)


@pytest.fixture(scope="module")
def rows():
    """Of twenty features, the third and the eighth tell of the outcome."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(4_000, 20))
    outcomes = (rng.random(4_000) < 1 / (1 + np.exp(2 - matrix[:, 3] - matrix[:, 8]))).astype(float)
    return TrainingRows(matrix, outcomes, tuple(feature(f"f{place}") for place in range(20)))


def test_features_that_tell_are_kept_and_most_others_are_not(rows):
    chosen = select.select_features(rows, 0)
    assert {3, 8} <= set(chosen)
    assert len(chosen) < 10


def test_at_most_so_many_are_kept_the_strongest_first(rows, monkeypatch):
    monkeypatch.setattr(select, "MOST_FEATURES", 2)
    assert select.select_features(rows, 0) == [3, 8]


def test_the_same_seed_selects_the_same(rows):
    assert select.select_features(rows, 5) == select.select_features(rows, 5)


def test_outcomes_that_nothing_predicts_are_refused(rows):
    shapeless = TrainingRows(np.zeros_like(rows.matrix), rows.outcomes, rows.features)
    with pytest.raises(TrainingError, match="predicts TARGET better than chance"):
        select.select_features(shapeless, 0)
