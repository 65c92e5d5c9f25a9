from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from scoring.artifact.model import log_odds_of
from scoring.lender.roles import TARGET
from tests.training.validation.parts import finding, frame_of, table
from training.validation.bands import Band, Break, band_edges, bands, bands_section, breaks, inversions


def some(*rates, applicants=200):
    return [Band(n, 0.0, 1.0, applicants, round(rate * applicants), rate) for n, rate in enumerate(rates, 1)]


def test_bands_by_hand():
    probabilities = np.array([0.1, 0.19, 0.2, 0.3, 0.5, 0.7, 0.9])
    outcomes = np.array([0, 1, 0, 0, 1, 1, 1.0])
    found = bands(probabilities, outcomes, np.array([0.2, 0.4, 0.6]))
    assert [(one.number, one.low, one.high, one.applicants, one.defaults) for one in found] == [
        (1, 0.0, 0.2, 2, 1),
        (2, 0.2, 0.4, 2, 0),
        (3, 0.4, 0.6, 1, 1),
        (4, 0.6, 1.0, 2, 2),
    ]
    assert [one.predicted for one in found] == pytest.approx([0.145, 0.25, 0.5, 0.8])


def test_a_band_without_applicants_is_left_out():
    found = bands(np.array([0.1, 0.9]), np.array([0.0, 1.0]), np.array([0.2, 0.8]))
    assert [one.number for one in found] == [1, 3]


def test_the_interval_is_wilsons():
    (one,) = some(0.1)
    assert (one.rate.low, one.rate.high) == pytest.approx(proportion_confint(20, 200, method="wilson"), abs=1e-9)


def test_bands_in_order_have_no_break():
    assert breaks(some(0.01, 0.05, 0.1, 0.2)) == []
    assert inversions(some(0.01, 0.05, 0.1, 0.2)) == []


def test_a_swap_within_chance_is_an_inversion_and_no_break():
    found = some(0.05, 0.04, 0.2)
    assert [(low.number, high.number) for low, high in inversions(found)] == [(1, 2)]
    assert breaks(found) == []


def test_a_swap_beyond_chance_is_named_with_its_p_value():
    found = some(0.02, 0.25, 0.06, 0.3)
    # At least fifty of the sixty-two defaults in the lower of the two bands.
    exact = [1.0 if n != 1 else float(hypergeom.sf(49, 400, 62, 200)) for n in range(3)]
    exact[0] = float(hypergeom.sf(3, 400, 54, 200))
    exact[2] = float(hypergeom.sf(11, 400, 72, 200))
    (one,) = breaks(found)
    assert (one.lower, one.upper) == (2, 3)
    assert one.p_value == pytest.approx(multipletests(exact, method="holm")[1][1], rel=1e-6)
    assert isinstance(one, Break)


def test_the_bands_stay_where_the_reference_has_them(held_out, bounds):
    found = frame_of(table(bands_section(held_out, bounds), "bands"))
    edges = band_edges(held_out.probabilities)
    assert found["from"].tolist()[1:] == pytest.approx(edges, rel=1e-9)
    assert found["applicants"].sum() == len(held_out.frame)
    assert found["defaults"].sum() == held_out.outcomes.sum()


def test_the_bundled_model_keeps_its_order(held_out, bounds):
    assert finding(bands_section(held_out, bounds), "rank_breaks").verdict == "within"


def test_the_lenders_bands_are_counted_by_their_points(held_out, bounds):
    found = frame_of(table(bands_section(held_out, bounds), "lender_bands")).set_index("band")
    points = held_out.artifact.points.points(log_odds_of(held_out.probabilities))
    frame = pd.DataFrame({"band": held_out.artifact.bands.names(points, "en"), "defaulted": held_out.outcomes})
    by_hand = frame.groupby("band")["defaulted"].agg(["size", "mean"])
    assert found.index.tolist() == sorted(by_hand.index)
    assert found["applicants"].to_dict() == by_hand["size"].to_dict()
    large = by_hand[by_hand["size"] >= 30]
    assert found.loc[large.index, "default rate"].tolist() == pytest.approx(large["mean"].tolist(), rel=1e-9)
    assert found["default rate"].isna().sum() == (by_hand["size"] < 30).sum()


def test_a_swapped_band_of_the_lenders_is_named(later, bounds):
    rows = later()
    names = rows.artifact.bands.names(rows.artifact.points.points(log_odds_of(rows.probabilities)), "en")
    # Everybody in the second band has defaulted, nobody in the third.
    outcomes = np.where(names == "Grade B", 1.0, np.where(names == "Grade C", 0.0, rows.outcomes))
    found = finding(bands_section(replace(rows, frame=rows.frame.assign(**{TARGET: outcomes})), bounds), "rank_breaks")
    assert "Grade B defaults more often than Grade C" in found.told
