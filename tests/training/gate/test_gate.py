import json
from dataclasses import asdict, replace

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from scoring.artifact.lineage import GATE
from scoring.artifact.load import load_artifact
from scoring.artifact.model import Calibration, Model
from scoring.artifact.population import Population
from scoring.decision.costs import RatioCosts
from scoring.decision.rule import DecisionRule
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.words.language import Words
from training.gate import gate
from training.gate.gate import Check, Gate, calibration, cost, gate_lines, gate_of, own_checks
from training.gate.held_out import HeldOut

# Refuses above a probability of 1/11.
RULE = DecisionRule(RatioCosts(), 1.0, 0.9, 1.1)


def rows(challenger, current, outcomes):
    frame = pd.DataFrame({TARGET: outcomes, "AMT_CREDIT": 1e5, "AMT_ANNUITY": 1e4})
    return HeldOut("made-up applicants", frame, np.asarray(challenger, float), np.asarray(current, float))


@pytest.fixture
def some():
    """4,000 applicants with the probabilities that made their outcomes."""
    rng = np.random.default_rng(1)
    probabilities = rng.beta(0.8, 8, 4_000)
    return probabilities, (rng.random(4_000) < probabilities).astype(float)


@pytest.fixture
def with_model(artifact):
    """The bundled artifact with parts of its model replaced."""

    def replaced(features=None, booster=None, calibration=None):
        model = artifact.model
        changed = Model(booster or model.booster, calibration or model.calibration, features or model.features)
        frame = artifact.population.frame
        return replace(artifact, model=changed, population=Population(frame, changed.features, artifact.rule))

    return replaced


def test_the_bundled_model_passes_what_it_must_show_by_itself(artifact):
    found = own_checks(artifact)
    assert [check.name for check in found] == [
        "calibration",
        "served model",
        "invariance",
        "directions",
        "elderly",
        "explanation time",
    ]
    assert [check.told for check in found if not check.passed] == []
    assert found[3].figures["features"] > 50
    assert found[4].figures["applicants"] > 100


def test_cost_is_counted_by_hand(monkeypatch):
    monkeypatch.setattr(gate, "FEWEST_DEFAULTS", 1)
    # The challenger approves a defaulter (10) where the current version refuses a good applicant (1).
    found = cost(rows([0.05, 0.05], [0.5, 0.5], [1, 0]), RULE, RULE, 0.05)
    assert (found.figures["challenger"], found.figures["current"]) == (5.0, 0.5)


def test_the_same_decisions_cost_the_same_however_few_margin_is_allowed(some):
    probabilities, outcomes = some
    found = cost(rows(probabilities, probabilities, outcomes), RULE, RULE, 0.0)
    assert found.passed
    assert (found.figures["low"], found.figures["high"]) == (0.0, 0.0)


def test_a_dearer_challenger_is_stopped(some):
    probabilities, outcomes = some
    noisy = np.clip(probabilities * np.random.default_rng(2).lognormal(0, 1, len(outcomes)), 0, 0.99)
    assert not cost(rows(noisy, probabilities, outcomes), RULE, RULE, 0.05).passed
    assert cost(rows(probabilities, noisy, outcomes), RULE, RULE, 0.05).passed


def test_the_burden_of_proof_lies_with_the_challenger(some):
    """The same change on ten times the applicants is shown to be within the margin; on few it is not."""
    probabilities, outcomes = (values[:400] for values in some)
    nearly = np.where(np.arange(400) % 10 == 0, probabilities[::-1], probabilities)
    few = cost(rows(nearly, probabilities, outcomes), RULE, RULE, 0.15)
    many = cost(rows(*(np.tile(values, 10) for values in (nearly, probabilities, outcomes))), RULE, RULE, 0.15)
    assert few.figures["change"] == pytest.approx(many.figures["change"])
    assert 0 < few.figures["change"] < few.figures["allowed"]
    assert (few.passed, many.passed) == (False, True)


def test_resamples_are_paired(some):
    """Two versions that differ in one decision: the interval is that one decision's, not that of two costs."""
    probabilities, outcomes = some
    other = probabilities.copy()
    other[np.flatnonzero(outcomes == 0)[0]] = 0.9
    figures = cost(rows(other, probabilities, outcomes), RULE, RULE, 0.05).figures
    assert figures["high"] - figures["low"] < 4 / len(outcomes)


def test_too_few_defaults_in_common_fail_with_the_remedy():
    found = cost(rows([0.1] * 100, [0.1] * 100, [1] * 29 + [0] * 71), RULE, RULE, 0.05)
    assert not found.passed
    assert "29 of them defaulted" in found.told
    assert "--data" in found.told


def test_each_version_decides_by_its_own_rule(some):
    probabilities, outcomes = some
    lax = replace(RULE, k=20.0)
    figures = cost(rows(probabilities, probabilities, outcomes), RULE, lax, 0.05).figures
    assert figures["challenger"] < figures["current"]


def test_calibrated_probabilities_pass_and_shifted_ones_do_not(some):
    probabilities, outcomes = some
    assert calibration("calibration", probabilities, outcomes).passed
    shifted = np.clip(1.6 * probabilities, 0, 0.99)
    assert not calibration("calibration", shifted, outcomes).passed


def test_few_applicants_are_allowed_the_error_that_chance_gives(some):
    probabilities, outcomes = some
    few, many = (calibration("c", probabilities[:n], outcomes[:n]).figures["chance"] for n in (200, 4_000))
    assert few > 3 * many


def test_a_served_model_that_is_not_the_one_tested_is_found_out(with_model, artifact):
    spoilt = with_model(calibration=Calibration(artifact.model.calibration.slope, 3.0))
    assert not gate.served_matches_tested(spoilt).passed


def shadowed(artifact, hidden):
    """The bundled features, the first history one of which reads the field `hidden`, as a wrong artifact might."""
    features = list(artifact.model.features)
    place = next(place for place, item in enumerate(features) if item.history)
    features[place] = ModelFeature(Feature(hidden, Words(hidden, hidden), "", "loan"), True)
    return tuple(features), place


def test_a_model_that_reads_a_protected_attribute_is_found_out(with_model, artifact):
    features, place = shadowed(artifact, "CNT_FAM_MEMBERS")
    booster = stump(artifact, place, 2.5, 1.0)
    found = gate.invariance(with_model(features=features, booster=booster))
    assert not found.passed
    assert "CNT_FAM_MEMBERS" in found.told


def test_a_model_that_reads_the_outcome_is_found_out(with_model, artifact):
    features, place = shadowed(artifact, TARGET)
    assert TARGET in gate.invariance(with_model(features=features, booster=stump(artifact, place, 0.5, 1.0))).told


def stump(artifact, place, cut, height):
    """A booster whose margin rises by `height` where the feature at `place` exceeds `cut`."""
    rng = np.random.default_rng(0)
    matrix = np.zeros((400, len(artifact.model.features)))
    matrix[:, place] = cut + rng.choice([-0.4, 0.4], 400)
    outcomes = (matrix[:, place] > cut).astype(float) * height
    parameters = {"objective": "regression", "num_leaves": 2, "learning_rate": 1.0, "verbosity": -1}
    return lgb.train({**parameters, "min_data_in_leaf": 1}, lgb.Dataset(matrix, outcomes), num_boost_round=1)


@pytest.fixture
def place_of(artifact):
    names = [item.feature.name for item in artifact.model.features]
    return names.index


def test_a_model_against_a_direction_is_found_out_though_its_own_table_denies_it(with_model, artifact, place_of):
    """A higher external score must not raise the risk; the artifact claims that the feature is free."""
    place = place_of("EXT_SOURCES_MEAN")
    features = list(artifact.model.features)
    features[place] = replace(features[place], feature=replace(features[place].feature, direction=0))
    found = gate.directions(with_model(tuple(features), stump(artifact, place, 0.5, 1.0)))
    assert not found.passed
    assert "EXT_SOURCES_MEAN" in found.told
    assert gate.directions(with_model(tuple(features), stump(artifact, place, 0.5, -1.0))).passed


def test_a_model_that_scores_the_elderly_down_is_found_out(with_model, artifact):
    features = list(artifact.model.features)
    place = next(place for place, item in enumerate(features) if not item.history)
    age = ModelFeature(Feature("AGE_YEARS", Words("Age", "Âge"), "years", "household"), False)
    features[place] = age
    found = gate.elderly(with_model(tuple(features), stump(artifact, place, 58.0, 1.0)))
    assert not found.passed
    assert found.figures["better"] > 100


def test_an_explanation_that_takes_too_long_is_found_out(artifact, monkeypatch):
    monkeypatch.setattr(gate, "EXPLAIN_MILLISECONDS", 0.001)
    assert not gate.explanation_time(artifact).passed


@pytest.fixture
def half_passed():
    return Gate("v1 (abc)", (Check("cost", False, "dear", {"high": 0.1}), Check("calibration", True, "fine", {})))


def test_a_gate_is_passed_only_if_every_check_is(half_passed):
    assert not half_passed.passed
    assert half_passed.verdict == "failed (cost)"
    assert replace(half_passed, checks=half_passed.checks[1:]).passed


def test_a_gate_survives_the_manifest(half_passed):
    forced = replace(half_passed, reason="the current version is broken")
    assert gate_of({GATE: json.loads(json.dumps(asdict(forced)))}) == forced
    assert "published because: the current version is broken" in forced.verdict


def test_the_lines_say_each_check_and_with_what_it_was_compared(half_passed):
    assert gate_lines(half_passed) == [
        "FAILED  cost: dear",
        "passed  calibration: fine",
        "gate failed (cost); compared with v1 (abc)",
    ]


def test_a_model_of_one_training_is_gated_from_its_folder(tmp_path):
    from tests.training.tiny_artifacts import TINY

    assert Gate(None, own_checks(load_artifact(TINY, "tiny"))).passed
