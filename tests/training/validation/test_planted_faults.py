"""A fault of each kind, planted in the bundled model or its applicants, is found and named in the pack.

The sections are those of a pack; the unspoilt applicants pass every one of them (the last test).
"""

from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest

from scoring.artifact.model import Model
from scoring.artifact.population import Population
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.serving.settings import DEMO_VALIDATION
from scoring.validation import ValidationPack, read_pack
from scoring.words.language import Words
from tests.training.validation.parts import finding
from training.validation.bands import band_edges, bands_section
from training.validation.calibration import calibration_section
from training.validation.cut_offs import cut_offs_section
from training.validation.leakage import leakage_section
from training.validation.restraint import restraint_section
from training.validation.stability import stability_section
from training.validation.validate import validation_pack


def with_model(rows, place, feature, booster):
    """The rows under a model whose feature at a place is another one, and whose booster is another."""
    artifact = rows.artifact
    features = tuple(feature if at == place else item for at, item in enumerate(artifact.model.features))
    population = Population(artifact.population.frame, features, artifact.rule)
    model = Model(booster, artifact.model.calibration, features)
    return replace(rows, artifact=replace(artifact, model=model, population=population))


def stump(features, place, cut):
    """A booster that rises where the feature at a place exceeds `cut`, and reads nothing else."""
    matrix = np.zeros((400, features))
    matrix[:, place] = cut + np.random.default_rng(0).choice([-0.4, 0.4], 400)
    outcomes = (matrix[:, place] > cut).astype(float)
    parameters = {"objective": "regression", "num_leaves": 2, "learning_rate": 1.0, "verbosity": -1}
    return lgb.train({**parameters, "min_data_in_leaf": 1}, lgb.Dataset(matrix, outcomes), num_boost_round=1)


def test_a_swapped_band(later, bounds):
    """The scores of the third and the ninth band have changed places, as by a wrong table of bands."""
    probabilities = later().probabilities
    bands = np.searchsorted(band_edges(probabilities), probabilities, side="right") + 1
    third, ninth = np.flatnonzero(bands == 3), np.flatnonzero(bands == 9)
    swapped = probabilities.copy()
    swapped[third], swapped[ninth] = np.sort(probabilities[ninth]), np.sort(probabilities[third])
    found = finding(bands_section(later(probabilities=swapped), bounds), "rank_breaks")
    assert found.verdict == "outside"
    assert "band 3 defaults more often than band 4" in found.told


def test_an_optimistic_calibration(later, bounds):
    """Odds of default are told as half of what they are."""
    odds = later().probabilities / (1 - later().probabilities) / 2
    rows = later(probabilities=odds / (1 + odds))
    found = calibration_section(rows, bounds)
    outside = {one.name for one in found.findings if one.verdict == "outside"}
    assert outside == {"calibration_error", "hosmer_lemeshow", "calibration_intercept"}
    assert "too optimistic" in finding(found, "calibration_intercept").told
    assert finding(found, "calibration_intercept").value == pytest.approx(np.log(2), abs=0.13)
    loss = finding(cut_offs_section(rows, bounds), "loss_ratio")
    assert loss.verdict == "outside"
    assert loss.value > 1.25


def test_an_extreme_calibration(later, bounds):
    odds = (later().probabilities / (1 - later().probabilities)) ** 1.6
    found = calibration_section(later(probabilities=odds / (1 + odds)), bounds)
    assert finding(found, "calibration_slope").verdict == "outside"


def test_an_input_that_knows_the_outcome(later, bounds):
    """A history column was filled in after the decision."""
    name = later().artifact.history_names[3]
    after = later().outcomes + np.random.default_rng(1).normal(0, 0.1, len(later().outcomes))
    found = finding(leakage_section(later({name: after}), bounds), "single_input_auc")
    assert found.verdict == "outside"
    assert found.told.startswith(f"{name} alone")


def test_an_input_that_knew_the_outcome_when_the_model_was_trained(later, bounds):
    """The training's tables leaked, these do not."""
    rows, name = later(), later().artifact.history_names[3]
    leaking = rows.artifact.population.frame.assign(**{name: rows.outcomes * 10 + 1})
    population = Population(leaking, rows.artifact.model.features, rows.artifact.rule)
    found = leakage_section(replace(rows, artifact=replace(rows.artifact, population=population)), bounds)
    for one in (finding(found, "single_input_auc"), finding(found, "single_input_loss")):
        assert one.verdict == "outside"
        assert one.told.startswith(f"{name} alone")


def test_a_broken_exclusion(later, bounds):
    """The model reads the size of the family under the name of a history feature."""
    rows, hidden = later(), "CNT_FAM_MEMBERS"
    place = max(at for at, item in enumerate(rows.artifact.model.features) if not item.history) + 1
    feature = Feature(hidden, Words(hidden, hidden), "", "loan")
    spoilt = with_model(rows, place, ModelFeature(feature, True), stump(len(rows.artifact.model.features), place, 2.5))
    found = finding(restraint_section(spoilt, bounds), "exclusions")
    assert found.verdict == "outside"
    assert hidden in found.told


def test_a_broken_direction(later, bounds):
    """A better external score raises the risk, though the artifact's own table calls it free."""
    rows, name = later(), "EXT_SOURCES_MEAN"
    place = [item.feature.name for item in rows.artifact.model.features].index(name)
    item = rows.artifact.model.features[place]
    free = replace(item, feature=replace(item.feature, direction=0))
    spoilt = with_model(rows, place, free, stump(len(rows.artifact.model.features), place, 0.5))
    found = finding(restraint_section(spoilt, bounds), "directions")
    assert found.verdict == "outside"
    assert name in found.told


def test_a_drifted_column(later, bounds):
    """The branch now sends amounts in thousands."""
    rows = later({"AMT_GOODS_PRICE": later().frame["AMT_GOODS_PRICE"] / 1_000})
    found = stability_section(rows, bounds)
    assert finding(found, "input_csi").verdict == "outside"
    assert "AMT_GOODS_PRICE" in finding(found, "input_csi").told
    line = next(row for row in found.tables[1].rows if row[0] == "AMT_GOODS_PRICE")
    assert line[3] == "yes"
    assert "thousands" in line[5]


def test_what_is_not_spoilt_is_not_called_so(later, bounds):
    pack = validation_pack(later(), None, bounds)
    assert isinstance(pack, ValidationPack)
    # What is out of bound on the same applicants in the bundled pack is no fault of being called later ones.
    before = {one.name for one in read_pack(DEMO_VALIDATION).outside}
    assert [one.told for one in pack.outside if one.name not in before] == []
