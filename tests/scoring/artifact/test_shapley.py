"""What is looked up is what LightGBM computes, on the served trees and on any others that are small."""

import lightgbm as lgb
import numpy as np
import pytest

from scoring.artifact import shapley
from scoring.artifact.model import Model
from scoring.artifact.shapley import contributions_of

ROWS, LEVELS = 600, 40


def grown(leaves: int, missing: bool = True, rounds: int = 30, **parameters: object) -> tuple[lgb.Booster, np.ndarray]:
    """A booster on three quantities and two categories, and rows with values that it has never seen."""
    rng = np.random.default_rng(leaves)
    matrix = np.column_stack([rng.normal(size=(ROWS, 3)), rng.integers(0, LEVELS, (ROWS, 2))])
    outcome = matrix[:, 0] * matrix[:, 1] + np.sin(matrix[:, 3]) + (matrix[:, 4] % 3) + rng.normal(size=ROWS)
    if missing:
        matrix[rng.random(matrix.shape) < 0.2] = np.nan
    settings = {"num_leaves": leaves, "min_data_in_leaf": 5, "verbosity": -1, "objective": "regression", **parameters}
    data = lgb.Dataset(matrix, outcome, categorical_feature=[3, 4], params={"max_cat_to_onehot": 4})
    booster = lgb.train(settings, data, rounds)
    seen = matrix[:100].copy()
    seen[:50][rng.random((50, 5)) < 0.4] = np.nan
    seen[50:60, 3:] = [[LEVELS + 100, -1]]
    seen[60:70, :3] = 1e9
    return booster, seen


@pytest.mark.parametrize("missing", [True, False])
@pytest.mark.parametrize("leaves", [2, 5, 8])
def test_small_trees_contribute_what_lightgbm_computes(leaves: int, missing: bool):
    booster, matrix = grown(leaves, missing)
    found = contributions_of(booster)
    assert found is not None
    computed = booster.predict(matrix, pred_contrib=True)
    np.testing.assert_allclose(found.of(matrix), computed[:, :-1], atol=1e-12)
    assert found.base == pytest.approx(computed[0, -1], abs=1e-12)


def test_the_served_trees_are_looked_up(artifact):
    matrix = artifact.population.matrix[::50]
    found = contributions_of(artifact.model.booster)
    assert found is not None
    computed = artifact.model.booster.predict(matrix, pred_contrib=True)
    np.testing.assert_allclose(found.of(matrix), computed[:, :-1], atol=1e-12)


@pytest.mark.parametrize("missing", [True, False])
def test_margins_of_rows_that_differ_in_few_features_are_lightgbms(missing: bool):
    booster, matrix = grown(8, missing)
    alike = np.tile(matrix[3], (len(matrix), 1))
    for feature in (0, 4):
        alike[:, feature] = matrix[:, feature]
    for rows in (alike, matrix[:50], alike[:1]):
        np.testing.assert_allclose(
            contributions_of(booster).margins(rows), booster.predict(rows, raw_score=True), atol=1e-12
        )


def test_the_base_is_a_plain_number(artifact):
    """NumPy's would be written as text in an answer."""
    base, _ = artifact.model.contributions(artifact.population.matrix[:1])
    assert type(base) is float


def test_a_row_has_the_same_bits_alone_and_among_others(artifact):
    matrix = artifact.population.matrix[: shapley.ROWS_AT_ONCE + 3]
    _, together = artifact.model.contributions(matrix)
    for place in (0, shapley.ROWS_AT_ONCE - 1, shapley.ROWS_AT_ONCE):
        _, alone = artifact.model.contributions(matrix[place : place + 1])
        np.testing.assert_array_equal(alone[0], together[place])


@pytest.mark.parametrize(
    ("leaves", "parameters"),
    [(9, {}), (8, {"zero_as_missing": True}), (8, {"linear_tree": True}), (8, {"min_gain_to_split": 1e9})],
)
def test_trees_of_another_kind_are_not_looked_up(leaves: int, parameters: dict):
    booster, _ = grown(leaves, rounds=5, **parameters)
    assert contributions_of(booster) is None


def test_larger_trees_are_left_to_lightgbm(artifact):
    booster, matrix = grown(shapley.MOST_LEAVES + 1, rounds=5)
    model = Model(booster, artifact.model.calibration, artifact.model.features)
    base, contributions = model.contributions(matrix)
    np.testing.assert_allclose(base + contributions.sum(axis=1), model.log_odds(matrix), atol=1e-9)
