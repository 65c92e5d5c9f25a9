"""Faults near those of `test_planted_faults`, each in a part of the applicants or of a column alone."""

from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from scoring.errors import PackError
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Feature
from scoring.words.language import Words
from tests.training.validation.parts import finding, frame_of, table
from tests.training.validation.test_planted_faults import stump, with_model
from training.validation.bands import band_edges, bands_section
from training.validation.calibration import calibration_section
from training.validation.cut_offs import cut_offs_section
from training.validation.discrimination import discrimination_section
from training.validation.groups import groups_section
from training.validation.leakage import leakage_section
from training.validation.restraint import restraint_section
from training.validation.rows import Rows, rows_of
from training.validation.scope import scope_section
from training.validation.stability import stability_section
from training.validation.validate import validation_pack


def swapped(rows, lower, upper):
    """The scores of two bands have changed places."""
    bands = np.searchsorted(band_edges(rows.probabilities), rows.probabilities, side="right") + 1
    low, high = (np.flatnonzero(bands == band) for band in (lower, upper))
    found = rows.probabilities.copy()
    found[low], found[high] = np.sort(rows.probabilities[high]), np.sort(rows.probabilities[low])
    return found


def test_the_last_two_bands_that_changed_places(later, bounds):
    found = finding(bands_section(later(probabilities=swapped(later(), 9, 10)), bounds), "rank_breaks")
    assert found.verdict == "outside"
    assert found.told.startswith("band 9 defaults more often than band 10")


def test_neighbouring_bands_in_the_middle_that_changed_places(later, bounds):
    """Their order may be chance among 400 each; calibration names one of the two as the furthest from expected."""
    rows = later(probabilities=swapped(later(), 8, 9))
    assert "2 of 9 neighbouring tenths" in finding(bands_section(rows, bounds), "rank_breaks").told
    before, found = (finding(calibration_section(each, bounds), "hosmer_lemeshow") for each in (later(), rows))
    assert found.value < before.value
    assert any(f"most of it from tenth {tenth}," in found.told for tenth in (8, 9))


def test_bands_too_alike_for_a_test_are_counted_as_in_the_wrong_order(later, bounds):
    """Of 400 each, no test can tell: the pack counts them and calls it no fault."""
    before = finding(bands_section(later(), bounds), "rank_breaks").told
    found = finding(bands_section(later(probabilities=swapped(later(), 7, 8)), bounds), "rank_breaks")
    assert found.verdict == "within"
    assert found.told != before
    assert "in the wrong order, chance or not" in found.told


def test_a_pessimistic_calibration(later, bounds):
    rows = later(probabilities=expit(logit(later().probabilities) + np.log(2)))
    found = calibration_section(rows, bounds)
    assert finding(found, "calibration_intercept").verdict == "outside"
    assert "too pessimistic" in finding(found, "calibration_intercept").told
    assert finding(cut_offs_section(rows, bounds), "loss_ratio").value < 0.8


def test_a_calibration_wrong_in_one_protected_group_alone(later, bounds):
    """The widest gap is named; whether it is too wide, the lender's bound says."""
    rows = later()
    young = (rows.frame["DAYS_BIRTH"] > -27 * 365).to_numpy()
    found = groups_section(later(probabilities=expit(logit(rows.probabilities) + 1.5 * young)), bounds)
    gap = finding(found, "group_calibration_gap")
    assert gap.verdict == "unbounded"
    assert "under 27" in gap.told


@pytest.mark.parametrize("part", [0.15, 0.3])
def test_an_input_that_knows_the_outcome_of_some(later, bounds, part):
    """Of a part of the applicants, as of those after a date, the column was filled in after the decision."""
    rows, name = later(), later().artifact.history_names[3]
    rng = np.random.default_rng(1)
    leaked = rng.random(len(rows.outcomes)) < part
    values = rng.normal(0, 1, len(leaked)) + np.where(leaked, 10 * rows.outcomes, 0)
    found = finding(leakage_section(later({name: values}), bounds), "pure_range")
    assert found.verdict == "outside"
    assert found.told.startswith(f"{name} has a range")


def test_an_input_that_knows_more_here_than_it_did(later, bounds):
    """Too weak for a bound on any input alone, and no range is pure."""
    rows = later()
    name = rows.artifact.history_names[3]
    hint = np.random.default_rng(1).normal(0, 1, len(rows.outcomes)) + 0.9 * rows.outcomes
    found = leakage_section(later({name: hint}), bounds)
    assert finding(found, "single_input_auc").verdict == finding(found, "pure_range").verdict == "within"
    gained = finding(found, "single_input_gain")
    assert gained.verdict == "outside"
    assert gained.told.startswith(f"{name} alone")


def test_an_exclusion_broken_through_a_copy(later, bounds):
    """A history column holds the gender: shuffling the gender itself moves nothing."""
    rows, hidden = later(), "HOUSEHOLD_CODE"
    place = max(at for at, item in enumerate(rows.artifact.model.features) if not item.history) + 1
    feature = Feature(hidden, Words(hidden, hidden), "", "loan")
    copied = later({hidden: (rows.frame["CODE_GENDER"] == "F").to_numpy(dtype=float)})
    spoilt = with_model(
        copied, place, ModelFeature(feature, True), stump(len(rows.artifact.model.features), place, 0.5)
    )
    found = restraint_section(spoilt, bounds)
    assert finding(found, "exclusions").verdict == "within"
    assert finding(found, "proxy_auc").verdict == "outside"
    assert f"{hidden} alone tells who has CODE_GENDER = " in finding(found, "proxy_auc").told


def hump(features, place, low, high):
    """A booster that falls between two values of a feature and is flat elsewhere."""
    matrix = np.zeros((400, features))
    matrix[:, place] = np.random.default_rng(0).uniform(low - 1, high + 1, 400)
    outcomes = ((matrix[:, place] > low) & (matrix[:, place] <= high)).astype(float)
    parameters = {"objective": "regression", "num_leaves": 3, "learning_rate": 1.0, "verbosity": -1}
    return lgb.train({**parameters, "min_data_in_leaf": 1}, lgb.Dataset(matrix, outcomes), num_boost_round=1)


def test_a_direction_broken_at_one_end_where_nobody_is(later, bounds):
    """Far above every external score on file the risk rises, and falls again."""
    rows, name = later(), "EXT_SOURCES_MEAN"
    place = [item.feature.name for item in rows.artifact.model.features].index(name)
    features = len(rows.artifact.model.features)
    spoilt = with_model(rows, place, rows.artifact.model.features[place], hump(features, place, 2.0, 2.1))
    found = finding(restraint_section(spoilt, bounds), "directions")
    assert found.verdict == "outside"
    assert name in found.told


def test_drift_in_missing_values_alone(later, bounds):
    goods = later().frame["AMT_GOODS_PRICE"].mask(np.random.default_rng(1).random(4_000) < 0.08)
    found = stability_section(later({"AMT_GOODS_PRICE": goods}), bounds)
    line = csi(found).loc["AMT_GOODS_PRICE"]
    assert line["drifted"] == "yes"
    assert "missing" in line["what changed"]
    assert "AMT_GOODS_PRICE" in finding(found, "drifted_weight").told


def test_drift_in_one_category_alone(later, bounds):
    education = later().frame["NAME_EDUCATION_TYPE"].astype("str")
    moved = np.random.default_rng(1).random(4_000) < 0.1
    found = stability_section(later({"NAME_EDUCATION_TYPE": education.mask(moved, "Doctorate")}), bounds)
    assert csi(found).loc["NAME_EDUCATION_TYPE", "drifted"] == "yes"
    assert "Doctorate" in csi(found).loc["NAME_EDUCATION_TYPE", "what changed"]
    assert "NAME_EDUCATION_TYPE" in finding(found, "drifted_weight").told


def csi(section):
    return frame_of(table(section, "csi")).set_index("input")


def test_drift_in_the_score_and_in_no_column(later, bounds):
    """The scores are another version's."""
    found = stability_section(later(probabilities=expit(logit(later().probabilities) + 0.8)), bounds)
    assert finding(found, "score_psi").verdict == "outside"
    assert "no field or input drifted by itself" in finding(found, "score_psi").told
    assert finding(found, "drifted_weight").value == 0


def test_a_column_that_belongs_to_other_applicants(later, bounds):
    """Its distribution is as before, and it ranks no longer: rows were joined by the wrong key."""
    rows = later()
    name = max(rows.artifact.importance.features, key=rows.artifact.importance.features.get)
    shuffled = rows.matrix.copy()
    place = [item.feature.name for item in rows.artifact.model.features].index(name)
    shuffled[:, place] = np.random.default_rng(1).permutation(shuffled[:, place])
    spoilt = later()
    spoilt.__dict__["matrix"] = shuffled
    found = finding(leakage_section(spoilt, bounds), "single_input_loss")
    assert found.verdict == "outside"
    assert found.told.startswith(f"{name} alone")


def test_applicants_who_are_there_twice(later, bounds):
    rows = later()
    frame = pd.concat([rows.frame, rows.frame.head(200)], ignore_index=True)
    found = finding(scope_section(replace(rows, frame=frame), bounds), "duplicates")
    assert found.verdict == "outside"
    assert found.value == pytest.approx(200 / 4200)
    assert finding(scope_section(rows, bounds), "duplicates").value == 0


@pytest.mark.parametrize("outcome", [0, 1])
def test_outcomes_all_alike_are_refused_in_words(tiny, outcome):
    frame = tiny.population.frame.assign(**{TARGET: outcome})
    population = type(tiny.population)(frame, tiny.model.features, tiny.rule)
    with pytest.raises(PackError, match=f"{200 * outcome} of them defaulted, while 10 of either kind are needed"):
        rows_of(replace(tiny, population=population), None)


@pytest.mark.parametrize("kind", ["mixed", "all alike", "known"])
def test_twenty_applicants_give_a_whole_pack(tiny, bounds, kind):
    """Whatever the scores say: each question is answered or said to be untested."""
    frame = tiny.population.frame.iloc[:20].assign(**{TARGET: [0, 1] * 10})
    outcomes = frame[TARGET].to_numpy(dtype=float)
    scores = {"mixed": np.linspace(0.05, 0.6, 20), "all alike": np.full(20, 0.2), "known": 0.1 + 0.8 * outcomes}
    pack = validation_pack(Rows(tiny, frame, scores[kind], True, "0" * 64), None, bounds)
    slope = next(one for _, one in pack.findings if one.name == "calibration_slope")
    assert (slope.verdict == "untested") == (kind != "mixed")
    assert discrimination_section(Rows(tiny, frame, scores[kind], True, "0" * 64), bounds).findings
