import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.artifact.model import log_odds_of, probability_of
from scoring.decision.bands import LONGEST_NAME, ScoreBand, ScoreBands, bands_from_json, bands_to_json, usual_bands
from scoring.decision.in_words import points_in_words
from scoring.decision.points import PointsScale
from scoring.strict import MalformedError
from scoring.words.language import Words
from tests.scoring.decision.test_points import SCALES

RISING = st.lists(st.floats(-1_000, 1_000), max_size=8, unique=True).map(sorted)


def bands(*limits):
    return ScoreBands(tuple(ScoreBand(Words(f"band {n}", f"tranche {n}"), limit) for n, limit in enumerate(limits)))


@pytest.mark.parametrize(("points", "name"), [(-99, "band 0"), (499.9, "band 0"), (500, "band 1"), (700, "band 2")])
def test_points_have_a_band(points, name):
    assert bands(-math.inf, 500, 600).name(points, "en") == name


def test_many_points_have_the_bands_of_each():
    some = np.array([700.0, 499.9, 500.0])
    assert bands(-math.inf, 500, 600).names(some, "fr").tolist() == ["tranche 2", "tranche 0", "tranche 1"]


@given(SCALES, RISING, st.lists(st.floats(-12, 12), min_size=2, max_size=30), st.floats(-12, 12))
def test_bands_and_points_keep_the_order_and_every_decision(scale, limits, log_odds, threshold):
    """Sorted by risk, bands never rise; and whoever is refused by probability is refused by points."""
    rising = np.sort(np.array(log_odds))
    points = scale.points(rising)
    assert (np.diff(points) <= 0).all()
    assert (np.diff(bands(-math.inf, *limits).places(points)) <= 0).all()
    apart = rising[np.abs(rising - threshold) > 1e-6]
    refused = probability_of(apart) > probability_of(threshold)
    np.testing.assert_array_equal(scale.points(apart) < scale.points(threshold), refused)


@pytest.mark.parametrize("limits", [(), (400,), (-math.inf, 500, 500), (-math.inf, 500, 400), (-math.inf, math.inf)])
def test_bands_that_leave_room_or_overlap_are_refused(limits):
    with pytest.raises(MalformedError):
        bands(*limits)


@pytest.mark.parametrize("name", ["", " ", "x" * (LONGEST_NAME + 1), "twice", "\u200b", "B\x00", "two\nlines"])
def test_a_name_that_tells_nothing_is_refused(name):
    with pytest.raises(MalformedError, match="name"):
        ScoreBands((ScoreBand(Words("one", "twice"), -math.inf), ScoreBand(Words("two", name), 500)))


def test_the_usual_grades_are_those_of_their_odds():
    scale = PointsScale(500, 20, 40)
    found = usual_bands(scale)
    points = scale.points(log_odds_of(np.array([0.5, 0.2, 0.1, 0.05, 0.03, 0.01])))
    assert found.names(points, "en").tolist() == [f"Grade {grade}" for grade in "FEDCBA"]
    assert [band.least for band in usual_bands(PointsScale()).bands[1:]] == pytest.approx([520, 540, 560, 580, 600])


@given(SCALES)
def test_every_scale_has_usual_bands_which_are_read_as_written(scale):
    assert bands_from_json(bands_to_json(usual_bands(scale))) == usual_bands(scale)


@pytest.mark.parametrize(("points", "written"), [(559.99, "559"), (560, "560"), (-0.2, "−1"), (1234.5, "1,234")])
def test_points_never_read_as_those_of_the_next_band(points, written):
    assert points_in_words(points, "Grade D", "en") == f"{written} score points · Grade D"
