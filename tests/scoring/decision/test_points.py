import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.artifact.model import log_odds_of, probability_of
from scoring.decision.points import PointsScale, scale_to_json
from scoring.errors import InvalidInputError

SCALES = st.builds(
    PointsScale,
    st.floats(-10_000, 10_000),
    st.floats(0.01, 1_000),
    st.floats(1, 1_000),
)


def test_siddiqis_example():
    scale = PointsScale()
    assert (scale.base, scale.odds, scale.double) == (600, 50, 20)
    assert scale.factor == pytest.approx(28.8539, abs=1e-4)
    assert scale.offset == pytest.approx(487.123, abs=1e-3)


def test_points_by_hand():
    # 50 repayers for a defaulter, twice and half as many, and even odds.
    probabilities = np.array([1 / 51, 1 / 101, 1 / 26, 0.5])
    found = PointsScale().points(log_odds_of(probabilities))
    assert found == pytest.approx([600, 620, 580, 600 - 20 * math.log2(50)])


@given(SCALES, st.lists(st.floats(-10, 10), min_size=2, max_size=30, unique=True))
def test_the_order_is_kept_to_the_last(scale, log_odds):
    rising = np.sort(np.array(log_odds))
    apart = rising[np.append(True, np.diff(rising) > 1e-6)]
    assert (np.diff(scale.points(apart)) < 0).all()


@given(SCALES, st.floats(-10, 10))
def test_points_can_be_turned_back(scale, log_odds):
    assert scale.log_odds(scale.points(np.array(log_odds))) == pytest.approx(log_odds, abs=1e-6)


def test_every_decision_is_the_same_in_points(artifact):
    scale, population = PointsScale(), artifact.population
    terms = artifact.rule.terms(population.columns)
    log_odds = artifact.model.log_odds(population.matrix[:500])
    points = scale.points(log_odds)
    low, high = (scale.points(log_odds_of(side[:500])) for side in (terms.band_high, terms.band_low))
    decided = (points <= high).astype(int) + (points < low)
    expected = (probability_of(log_odds) >= terms.band_low[:500]).astype(int)
    expected += probability_of(log_odds) > terms.band_high[:500]
    np.testing.assert_array_equal(decided, expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("double", 0),
        ("double", -20),
        ("odds", 0),
        ("odds", math.inf),
        ("base", math.nan),
        ("base", True),
        ("odds", "9"),
    ],
)
def test_a_scale_that_orders_nothing_is_refused(name, value):
    with pytest.raises(InvalidInputError, match=rf"Points: {name} = .* is not allowed\. Give a number from"):
        PointsScale(**{name: value})


def test_offset_and_factor_are_reported():
    found = scale_to_json(PointsScale(500, 20, 40))
    assert found["offset"] + found["factor"] * math.log(20) == pytest.approx(500)
    assert found["factor"] * math.log(2) == pytest.approx(40)
