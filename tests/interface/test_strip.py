"""The small picture shows what its sentence says."""

from __future__ import annotations

import re

import pytest

from scoring.answers.applicant import ModelIdentity, Reason
from scoring.answers.population import Comparison, Histogram, LevelShare, PopulationPlace
from scoring.interface.strip import WIDTH, place_in_words, plot_html, strip_html

NOBODY = ModelIdentity("1", "here", "abc")


def compared(value, histogram: Histogram | None = None, levels: list[LevelShare] | None = None) -> Comparison:
    place = PopulationPlace("accepted", "Accepted", 100, 0.2, None, histogram, levels)
    return Comparison(None, {}, "F", "Field", "quantitative", value, "count", None, place, NOBODY)


def mark(drawn: str) -> float:
    return float(re.search(r'class="cs-self" x="([\d.]+)"', drawn)[1])  # type: ignore[index]


@pytest.mark.parametrize(("value", "at"), [(0.0, 0.0), (5.0, 0.5), (10.0, 1.0), (-4.0, 0.0), (99.0, 1.0)])
def test_the_mark_stands_at_the_value_and_at_an_end_beyond(value, at):
    reason = Reason("F", "Field", value, "count", [2.0, 4.0], 0.1, 3.0, lower=0.5, higher=0.4)
    drawn = strip_html(reason, compared(value, Histogram([0.0, 5.0, 10.0], [0.7, 0.3])), "en")
    assert mark(drawn) == pytest.approx(at * WIDTH, abs=3)
    assert 'class="cs-usual" x="32.0"' in drawn


def test_what_is_missing_has_no_mark():
    reason = Reason("F", "Field", None, "count", [2.0, 4.0], 0.1, 3.0)
    drawn = strip_html(reason, compared(None, Histogram([0.0, 5.0, 10.0], [0.7, 0.3])), "en")
    assert "cs-self" not in drawn
    assert "Not on file, as for 20% of accepted applicants" in drawn


def test_a_level_is_marked_among_the_levels():
    levels = [LevelShare("Sales", 0.75, 0.1), LevelShare("Drivers", 0.25, 0.1)]
    reason = Reason("F", "Field", "Drivers", "", ["Sales"], 0.1)
    drawn = strip_html(reason, compared("Drivers", levels=levels), "en")
    assert mark(drawn) == pytest.approx(0.75 * WIDTH, abs=0.1)
    assert "25 in 100 accepted applicants have the same" in drawn


def test_a_larger_picture_names_the_ends_or_the_levels_with_their_shares():
    reason = Reason("F", "Field", 3.0, "count", [2.0, 4.0], 0.1, 3.0, lower=0.5, higher=0.4)
    drawn = plot_html(reason, compared(3.0, Histogram([0.0, 5.0, 10.0], [0.7, 0.3])), "en")
    assert '<div class="cs-ends"><span>0</span><span>10</span></div>' in drawn
    levels = [
        LevelShare(f"Level {place}", share, 0.1) for place, share in enumerate([0.4, 0.2, 0.1, 0.1, 0.1, 0.06, 0.04])
    ]
    drawn = plot_html(Reason("F", "Field", "Level 6", "", [], 0.1), compared("Level 6", levels=levels), "en")
    assert re.findall(r"<span>(Level \d)</span>", drawn) == [f"Level {place}" for place in (0, 1, 2, 3, 4, 6)]
    assert '<li class="cs-own-level"><span>Level 6</span>' in drawn


@pytest.mark.parametrize(
    ("lower", "higher", "told"),
    [
        (0.83, 0.1, "Higher than 83 in 100 accepted applicants"),
        (0.0, 0.2, "80 in 100 accepted applicants have the same"),
        (0.0, 0.999, "Higher than hardly any accepted applicant"),
    ],
)
def test_a_place_counts_those_with_the_same_apart(lower, higher, told):
    reason = Reason("F", "Field", 1.0, "count", [0.0, 2.0], 0.1, 1.0, lower=lower, higher=higher)
    assert place_in_words(reason, compared(1.0), "en") == told
