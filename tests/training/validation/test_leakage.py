import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from tests.training.validation.parts import finding, frame_of, table
from training.validation.leakage import leakage_section, riskiest_range, single_auc


def test_levels_rank_by_their_default_rate():
    values = np.array([0, 0, 0, 1, 1, 2, 2, np.nan, np.nan, np.nan])
    outcomes = np.array([1, 0, 0, 1, 1, 0, 0, 1, 1, 0.0])
    rates = pd.Series(outcomes).groupby(pd.Series(values).fillna(-1)).transform("mean")
    assert single_auc(values, outcomes, True).value == pytest.approx(roc_auc_score(outcomes, rates))


def test_a_quantity_ranks_by_its_deciles_whatever_their_order():
    rng = np.random.default_rng(1)
    values = rng.normal(size=5_000)
    outcomes = (np.abs(values) > 1.5).astype(float)
    rates = pd.Series(outcomes).groupby(pd.qcut(values, 10, labels=False)).transform("mean")
    assert single_auc(values, outcomes, False).value == pytest.approx(roc_auc_score(outcomes, rates), abs=1e-3)
    assert single_auc(values, outcomes, False).value > 0.95


def test_noise_knows_nothing():
    rng = np.random.default_rng(2)
    assert single_auc(rng.normal(size=20_000), rng.integers(0, 2, 20_000).astype(float), False).value < 0.52


def test_every_input_is_told_and_the_strongest_first(held_out, bounds):
    found = leakage_section(held_out, bounds)
    inputs = frame_of(table(found, "single_inputs"))
    assert len(inputs) == len(held_out.artifact.model.features)
    assert inputs["AUC here"].is_monotonic_decreasing
    assert finding(found, "single_input_auc").value == inputs["AUC here"].max()
    assert [one.verdict for one in found.findings] == ["within", "untested", "untested", "within"]


def test_here_and_the_reference_are_set_side_by_side(later, bounds):
    found = leakage_section(later(), bounds)
    inputs = frame_of(table(found, "single_inputs"))
    np.testing.assert_array_equal(inputs["AUC here"], inputs["AUC, reference"])
    assert finding(found, "single_input_loss").value < 0
    assert finding(found, "single_input_gain").value < 0


def test_the_riskiest_range_by_hand():
    """Of 200 values, those from 100 to 140 nearly all default, and few others do."""
    values = np.arange(200.0)
    inside = (values >= 100) & (values <= 140)
    outcomes = np.where(inside, values != 120, values % 10 == 0).astype(float)
    found = riskiest_range(values, outcomes)
    assert (found.applicants, found.defaults) == (41, 40)
    assert found.least_rate == pytest.approx(proportion_confint(40, 41, method="wilson")[0])


def test_missing_values_are_a_range(held_out):
    values = np.where(held_out.outcomes == 1, np.nan, np.arange(len(held_out.outcomes), dtype=float))
    assert riskiest_range(values, held_out.outcomes).rate == 1.0
