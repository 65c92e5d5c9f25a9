"""Segments against pandas and a sum over the binomial's probabilities, and a fault in one of them alone."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import binom

from scoring.lender.roles import TARGET
from tests.training.validation.parts import finding, frame_of, table
from training.validation.calibration import calibration_section
from training.validation.segments import Segment, parts, segments


def test_a_column_is_cut_into_quarters_or_levels_and_the_missing():
    quantity = pd.Series([*np.arange(1.0, 13.0), np.nan])
    found = {name: mask.sum() for name, mask in parts(quantity)}
    assert found == {"at most 3.75": 3, "above 3.75, at most 6.5": 3, "above 6.5, at most 9.25": 3} | {
        "above 9.25": 3,
        "missing": 1,
    }
    levels = pd.Series(["b", "a", None, "b"])
    assert {name: mask.tolist() for name, mask in parts(levels)} == {
        "a": [False, True, False, False],
        "b": [True, False, False, True],
        "missing": [False, False, True, False],
    }


def test_the_p_value_is_a_sum_over_the_binomials_probabilities():
    found = Segment("x", "", 40, 9, 4.0)
    chances = binom.pmf(np.arange(41), 40, 0.1)
    assert found.p_value == pytest.approx(chances[chances <= chances[9] * (1 + 1e-7)].sum())
    assert found.far
    assert not Segment("x", "", 40, 5, 4.0).far
    assert Segment("x", "", 40, 3, 4.0).far


def test_expected_defaults_are_those_after_the_level_is_set_right(later):
    """Odds told as half of what they are: no segment is to blame."""
    halved = later(probabilities=expit(logit(later().probabilities) - np.log(2)))
    shift = brentq(lambda move: expit(logit(halved.probabilities) + move).mean() - halved.outcomes.mean(), -2, 2)
    expected = expit(logit(halved.probabilities) + shift)
    found = {(one.column, one.part): one for one in segments(halved)}
    cash = (halved.frame["NAME_CONTRACT_TYPE"] == "Cash loans").to_numpy()
    one = found["NAME_CONTRACT_TYPE", "Cash loans"]
    assert (one.applicants, one.defaults) == (cash.sum(), halved.outcomes[cash].sum())
    assert one.expected == pytest.approx(expected[cash].sum())
    assert min(each.applicants for each in found.values()) >= 30
    assert "CODE_GENDER" not in {name for name, _ in found}


def test_a_calibration_that_is_right_on_average_and_wrong_in_one_segment(later, bounds):
    """Car owners are told half the odds, the others as much more as keeps the mean."""
    rows = later()
    owners = (rows.frame["FLAG_OWN_CAR"] == "Y").to_numpy()

    def spoilt(more):
        return expit(logit(rows.probabilities) + np.where(owners, -0.8, more))

    more = brentq(lambda move: spoilt(move).mean() - rows.probabilities.mean(), 0, 2)
    found = calibration_section(later(probabilities=spoilt(more)), bounds)
    assert finding(found, "calibration_intercept").verdict == "within"
    broken = finding(found, "segment_breaks")
    assert broken.verdict == "outside"
    assert "FLAG_OWN_CAR" in broken.told
    assert "FLAG_OWN_CAR" in frame_of(table(found, "segments"))["field or input"].tolist()[:2]


def test_what_differs_in_one_level_alone_is_named(later, bounds):
    """Everybody with one occupation's outcome has turned for the worse."""
    rows = later()
    level = rows.frame["OCCUPATION_TYPE"].value_counts().index[1]
    there = (rows.frame["OCCUPATION_TYPE"] == level).to_numpy(dtype=bool, na_value=False)
    worse = np.where(there & (np.random.default_rng(1).random(len(there)) < 0.15), 1, rows.outcomes)
    found = finding(calibration_section(later({TARGET: worse}), bounds), "segment_breaks")
    assert found.verdict == "outside"
    assert f"OCCUPATION_TYPE {level}: " in found.told
