import lightgbm as lgb
import numpy as np
import pytest

from training.learn.merge import merge_boosters


@pytest.fixture(scope="module")
def matrix():
    values = np.random.default_rng(0).normal(size=(800, 4))
    values[::7, 1] = np.nan
    values[:, 3] = np.digitize(values[:, 3], [-1, 0, 1])
    return values


@pytest.fixture(scope="module")
def boosters(matrix):
    rng = np.random.default_rng(1)
    outcomes = (rng.random(len(matrix)) < 1 / (1 + np.exp(1 - matrix[:, 0] - matrix[:, 3]))).astype(float)
    settings = {"objective": "binary", "num_leaves": 5, "feature_fraction": 0.6, "verbosity": -1}
    learnt = lgb.Dataset(matrix, outcomes, categorical_feature=[3])
    return [lgb.train({**settings, "seed": seed}, learnt, num_boost_round=rounds) for seed, rounds in ((1, 12), (2, 5))]


def test_margins_add_up(boosters, matrix):
    together = sum(booster.predict(matrix, raw_score=True) for booster in boosters)
    np.testing.assert_allclose(merge_boosters(boosters).predict(matrix, raw_score=True), together, atol=1e-12)


def test_contributions_add_up(boosters, matrix):
    together = sum(booster.predict(matrix, pred_contrib=True) for booster in boosters)
    np.testing.assert_allclose(merge_boosters(boosters).predict(matrix, pred_contrib=True), together, atol=1e-9)


def test_the_merged_text_is_read_back_as_the_same_model(boosters, matrix):
    merged = merge_boosters(boosters)
    again = lgb.Booster(model_str=merged.model_to_string())
    assert again.num_trees() == 17
    np.testing.assert_array_equal(again.predict(matrix), merged.predict(matrix))
