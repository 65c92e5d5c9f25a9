import json
import math

import numpy as np
import pytest

from scoring.artifact.importance import Importance, global_importance, importance_to_json
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.strict import parse
from scoring.words.language import Words


def feature(name, theme, kind="quantitative"):
    return ModelFeature(Feature(name, Words(name, name), "", theme, kind), history=False, levels=("a", "b"))


FEATURES = (feature("one", "loan"), feature("two", "loan"), feature("three", "housing", "categorical"))
CONTRIBUTIONS = np.array([[1.0, -1.0, 0.5], [-1.0, 1.0, 0.5]])
MATRIX = np.array([[10.0, np.nan, 0.0], [20.0, 5.0, 1.0]])


@pytest.fixture
def importance():
    return global_importance(CONTRIBUTIONS, MATRIX, FEATURES, 0)


def test_a_feature_weighs_its_mean_absolute_contribution(importance):
    assert importance.features == {"one": 1.0, "two": 1.0, "three": 0.5}


def test_what_features_of_a_theme_take_back_from_each_other_does_not_count(importance):
    assert importance.themes == {"housing": 0.5, "loan": 0.0}


def test_a_dot_is_coloured_by_where_its_value_ranks(importance):
    swarm = next(swarm for swarm in importance.swarms if swarm.feature == "one")
    assert dict(zip(swarm.contributions, swarm.ranks, strict=True)) == {1.0: 0.0, -1.0: 1.0}


def test_levels_and_missing_values_have_no_rank(importance):
    by_name = {swarm.feature: swarm for swarm in importance.swarms}
    assert by_name["three"].ranks == [None, None]
    assert by_name["two"].ranks == [None, None]


def test_it_comes_back_from_json(importance):
    assert parse(Importance, json.dumps(importance_to_json(importance))) == importance


def test_the_bundled_model_says_what_weighs_in_it(artifact, reference_contributions):
    importance = artifact.importance
    assert importance.applicants == len(artifact.population.frame)
    assert set(importance.features) == {item.feature.name for item in artifact.model.features}
    strongest = next(iter(importance.features))
    place = [item.feature.name for item in artifact.model.features].index(strongest)
    assert importance.features[strongest] == pytest.approx(np.abs(reference_contributions[:, place]).mean())
    assert math.fsum(importance.features.values()) >= math.fsum(importance.themes.values())
