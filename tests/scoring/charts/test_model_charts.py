"""The reviewer's figures mark what they should, and their tables say the same."""

import math

import numpy as np
import pytest
from matplotlib.figure import Figure

from scoring.artifact.load import load_artifact
from scoring.artifact.review import AccuracyCurves, GroupRates, Rate
from scoring.charts import (
    accuracy_table,
    calibration,
    calibration_table,
    cost_figure,
    cost_table,
    groups_figure,
    groups_table,
    precision_recall,
    roc,
    themes_figure,
    themes_table,
    to_svg,
)
from scoring.charts.accuracy import wilson
from scoring.decision.costs import RatioCosts
from scoring.serving.settings import ROOT
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text

CURVES = AccuracyCurves(
    applicants=100,
    default_rate=0.1,
    auc=0.8,
    average_precision=0.4,
    thresholds=[1.0, 0.5, 0.2, 0.05],
    false_refusal=[0.0, 0.1, 0.4, 1.0],
    recall=[0.0, 0.5, 0.8, 1.0],
    precision=[1.0, 0.35, 0.18, 0.1],
)
NONE = Rate(None, None, None)


def group(level, approval):
    rate = Rate(0.1, 0.05, 0.2)
    return GroupRates("CODE_GENDER", level, 40, 5, approval, rate, rate, rate, rate, Rate(-0.01, -0.02, 0.01), rate)


GROUPS = [group("F", Rate(0.8, 0.7, 0.9)), group("M", Rate(0.6, 0.5, 0.7))]


def marked(figure: Figure, gid: str) -> list:
    return [line for axes in figure.axes for line in axes.get_lines() if line.get_gid() == gid]


@pytest.fixture(scope="module")
def review():
    return load_artifact(ROOT / "tests" / "formats" / "3", "tiny")


@pytest.mark.parametrize("ratio", [1.0, 10.0, 50.0])
def test_the_cost_figure_marks_the_threshold_of_its_ratio(artifact, ratio):
    costs = RatioCosts(ratio)
    rule = artifact.curves.rule(costs)
    (line,) = marked(cost_figure(artifact.curves.rates, rule, None, "en"), "threshold")
    place = costs.threshold(rule.k)
    assert line.get_xdata()[0] == pytest.approx(math.log(place / (1 - place)))


def test_the_applicant_stands_at_their_probability(artifact):
    figure = cost_figure(artifact.curves.rates, artifact.rule, 0.2, "en")
    (marker,) = marked(figure, "applicant")
    assert marker.get_xdata()[0] == pytest.approx(math.log(0.25))
    assert marked(cost_figure(artifact.curves.rates, artifact.rule, None, "en"), "applicant") == []


def test_the_cost_table_says_the_cost_at_the_threshold(artifact):
    rule = artifact.rule
    table = cost_table(artifact.curves.rates, rule, "en")
    (row,) = [row for row in table.rows if "least cost" in row[0]]
    assert row[0].startswith(percent(rule.costs.threshold(rule.k), "en"))
    assert float(row[1]) == pytest.approx(artifact.curves.rates.under(rule.costs)[1].min(), abs=0.005)


def test_amounts_are_drawn_in_multiples_of_theory(amount_service):
    curve, rule = amount_service.artifact.curves.amounts, amount_service.artifact.rule
    (line,) = marked(cost_figure(curve, rule, None, "en"), "threshold")
    assert line.get_xdata()[0] == pytest.approx(math.log(rule.k))
    assert any("least cost" in row[0] for row in cost_table(curve, rule, "en").rows)


@pytest.mark.parametrize(("threshold", "place"), [(0.5, 1), (0.3, 1), (0.2, 2), (0.06, 2)])
def test_the_curves_mark_the_last_point_at_or_above_the_threshold(threshold, place):
    (dot,) = marked(roc(CURVES, threshold, "en"), "served")
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (CURVES.false_refusal[place], CURVES.recall[place])
    (dot,) = marked(precision_recall(CURVES, threshold, "en"), "served")
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (CURVES.recall[place], CURVES.precision[place])


def test_without_one_threshold_for_all_none_is_marked():
    assert marked(roc(CURVES, None, "en"), "served") == []


def test_the_table_of_the_curves_has_their_points():
    assert accuracy_table(CURVES, "ROC", "en").rows[1] == ("50.0%", "50.0%", "10.0%", "35.0%")


def test_intervals_are_wilsons():
    # Worked example of the formula: 10 of 100.
    assert wilson(0.1, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert wilson(0.0, 50)[0] == 0


def test_calibration_shows_every_tenth_and_stands_a_tenth_without_defaults():
    bins = [{"applicants": 100.0, "predicted": 0.01 * place, "observed": 0.01 * (place - 1)} for place in range(1, 11)]
    figure = calibration(bins, bins, 0.01, "en")
    (dots,) = marked(figure, "held-out")
    assert dots.get_xdata() == pytest.approx([row["predicted"] for row in bins])
    assert np.isfinite(dots.get_ydata()).all()
    rows = calibration_table(bins, bins, "en").rows
    assert rows[0][1:4] == ("1.0%", "0.0%", "0.0% to 3.7%")


def test_a_side_with_fewer_tenths_leaves_cells_empty():
    bins = [{"applicants": 100, "predicted": 0.01 * place, "observed": 0.02} for place in range(1, 4)]
    ours, other = (calibration_table(*sides, "en").rows for sides in ((bins, bins[:2]), (bins[:2], bins)))
    assert [row[5] for row in ours] == ["1.0% → 2.0%", "2.0% → 2.0%", ""]
    assert other[2] == ("3", "", "", "", "", "3.0% → 2.0%")


def test_groups_of_few_applicants_have_no_dot_and_say_so():
    few = GroupRates("CODE_GENDER", "XNA", 3, None, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
    figure = groups_figure([*GROUPS, few], 0.3, "en")
    dots = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == pytest.approx([0.2, 0.4])
    row = groups_table([*GROUPS, few], "en").rows[2]
    assert set(row[1:]) == {text("model.too_few", "en")}
    assert "3" not in row[0]


def test_a_groups_refusal_is_what_approval_leaves_with_its_interval_turned():
    assert groups_table(GROUPS, "en").rows[0][1] == "20.0% [10.0%, 30.0%]"


def test_themes_are_reported_with_their_share(review):
    rows = themes_table(review.importance, "en").rows
    assert len(rows) == len(review.importance.themes)
    assert sum(float(row[2].rstrip("%")) for row in rows) == pytest.approx(100, abs=0.5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_drawn_in_both_languages(review, language):
    curves, metrics = review.accuracy_curves, review.metrics
    bins = [metrics[part]["calibration"] for part in ("held_out", "out_of_fold")]
    drawn = [
        cost_figure(review.curves.rates, review.rule, 0.1, language),
        roc(curves, 0.1, language),
        precision_recall(curves, 0.1, language),
        calibration(*bins, 0.01, language),
        themes_figure(review.importance, language),
        groups_figure(GROUPS, 0.3, language),
    ]
    assert all(to_svg(figure).startswith("<svg") for figure in drawn)
