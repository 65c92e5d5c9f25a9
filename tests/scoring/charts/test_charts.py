"""The figures end at the applicant's probability, in both languages, and have tables of the same content."""

import math
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest
from matplotlib.figure import Figure

from scoring import charts
from scoring.answers.applicant import Explanation, FeatureContribution, ModelIdentity, ThemeContribution
from scoring.answers.population import Comparison, Histogram, LevelShare, PopulationPlace
from scoring.charts.waterfall import tick_probabilities
from scoring.words.language import LANGUAGES
from scoring.words.wording import text

MODEL = ModelIdentity("1", "demo", "abc")
THRESHOLD = 0.09
DATA_WITH_DOLLARS = "Level that costs $5 or $6 and has a very long name that takes more than two lines"


def explanation(themes: int = 3, features: int = 2, base: float = -2.5) -> Explanation:
    parts = []
    for i in range(themes):
        sizes = [(-1) ** (i + j) * 0.3 / (1 + i + j) for j in range(features)]
        items = [
            FeatureContribution(f"F{i}{j}", f"Item {i} {j}", None if j else 0.35, "score", size)
            for j, size in enumerate(sizes)
        ]
        parts.append(ThemeContribution(f"theme{i}", f"Theme {i}", math.fsum(sizes), items))
    log_odds = base + math.fsum(part.contribution for part in parts)
    return Explanation(
        applicant_id=1,
        changes={},
        base=base,
        log_odds=log_odds,
        probability=1 / (1 + math.exp(-log_odds)),
        threshold=THRESHOLD,
        threshold_log_odds=math.log(THRESHOLD / (1 - THRESHOLD)),
        themes=parts,
        model=MODEL,
    )


def comparison(kind: str, value: object, levels: list[LevelShare] | None = None, **changes: object) -> Comparison:
    quantity = kind == "quantitative"
    place = PopulationPlace(
        name="accepted",
        label="Accepted applicants",
        size=61_502,
        missing=0.12,
        quantiles={"0.05": 0.1, "0.25": 0.4, "0.5": 0.5, "0.75": 0.6, "0.95": 0.9} if quantity else None,
        histogram=Histogram([0.0, 0.25, 0.5, 0.75, 1.0], [0.1, 0.4, 0.4, 0.1]) if quantity else None,
        levels=levels,
    )
    percentile = 23.4 if quantity and value is not None else None
    made = Comparison(1, {}, "X", "A label", kind, value, "score" if quantity else "", percentile, place, MODEL)
    return replace(made, **changes)


def many_levels(count: int) -> list[LevelShare]:
    return [LevelShare(f"Level {i}", (count - i) / (count * (count + 1) / 2), 0.01 * (i + 1)) for i in range(count)]


def words(figure: Figure) -> list[str]:
    written = [*figure.texts, *(item for axes in figure.axes for item in axes.texts)]
    return [item.get_text().replace("\n", " ") for item in written]


def bars(figure: Figure) -> list[tuple[float, float]]:
    """Start and end of each bar, from the top."""
    drawn = figure.axes[0].patches
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in drawn]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("themes", [0, 1, 3, 9, 10, 14])
def test_the_waterfall_leads_from_the_base_to_the_applicant(themes, language):
    answer = explanation(themes)
    figure = charts.waterfall(answer, language)
    drawn = bars(figure)
    ends = [answer.base, *(end for _, end in drawn)]
    assert [start for start, _ in drawn] == pytest.approx(ends[:-1])
    assert ends[-1] == pytest.approx(answer.log_odds, abs=1e-12)
    assert len(drawn) == min(themes, 10)
    assert (text("chart.other_themes", language) in words(figure)) == (themes > 9)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_theme_opens_into_its_features_and_ends_at_the_applicant(language):
    answer = explanation(themes=2, features=12)
    figure = charts.theme_waterfall(answer, "theme1", language)
    drawn = bars(figure)
    assert drawn[0][0] == pytest.approx(answer.log_odds - answer.themes[1].contribution)
    assert drawn[-1][1] == pytest.approx(answer.log_odds)
    assert len(drawn) == 10
    assert text("chart.other_features", language) in words(figure)
    assert any(text("not_on_file", language) in label for label in words(figure))


def test_an_unknown_theme_is_a_programming_error():
    with pytest.raises(KeyError):
        charts.theme_waterfall(explanation(), "no_such_theme", "en")


def test_the_waterfall_is_read_in_probabilities():
    answer = explanation()
    figure = charts.waterfall(answer, "en")
    axes = figure.axes[0]
    for tick, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True):
        assert 1 / (1 + math.exp(-tick)) == pytest.approx(float(label.get_text().rstrip("%")) / 100)
    assert "Threshold 9.0%" in words(figure)
    assert [line.get_xdata()[0] for line in axes.lines if line.get_gid() == "threshold"] == [answer.threshold_log_odds]
    assert any(label.startswith("+") for label in words(figure))
    assert any(label.startswith("−") for label in words(figure))


def test_direction_is_shown_without_colour():
    answer = explanation()
    for bar, theme in zip(charts.waterfall(answer, "en").axes[0].patches, answer.themes, strict=True):
        assert bool(bar.get_hatch()) == (theme.contribution > 0)


@pytest.mark.parametrize(("low", "high"), [(-7, -5), (-4, -1), (-2.5, -2.3), (-0.1, 0.1), (1, 5), (-9, 6)])
def test_ticks_are_probabilities_in_range_and_apart(low, high):
    ticks = [math.log(tick / (1 - tick)) for tick in tick_probabilities(low, high)]
    assert len(ticks) >= 2
    assert all(low <= tick <= high for tick in ticks)
    assert all(b - a >= (high - low) / 6 - 1e-9 for a, b in pairwise(ticks))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_says_what_the_waterfall_draws(language):
    answer = explanation(themes=12)
    table = charts.waterfall_table(answer, language)
    assert len(table.rows) == 12
    assert all(len(row) == len(table.headers) for row in table.rows)
    assert charts.theme_waterfall_table(answer, "theme0", language).rows[1][0].startswith("Item 0 0")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "answer",
    [
        comparison("quantitative", 0.35),
        comparison("quantitative", 7.0),
        comparison("quantitative", None),
        comparison("categorical", "Level 2", many_levels(4)),
        comparison("categorical", None, many_levels(20)),
        comparison("categorical", DATA_WITH_DOLLARS, many_levels(20)),
        comparison("categorical", None, []),
        comparison("yes_no", "Yes", [LevelShare("Yes", 0.7, 0.08), LevelShare("No", 0.3, 0.05)]),
        comparison("yes_no", None, []),
    ],
    ids=lambda answer: f"{answer.kind}-{str(answer.value)[:7]}-{len(answer.population.levels or [])}",
)
def test_every_kind_is_drawn_and_said(answer, language):
    if answer.kind == "yes_no":
        translated = [
            LevelShare(text(x.level.lower(), language), x.share, x.default_rate) for x in answer.population.levels
        ]
        own = answer.value and text(answer.value.lower(), language)
        answer = replace(answer, value=own, population=replace(answer.population, levels=translated))
    figure = charts.comparison_figure(answer, language)
    assert charts.to_svg(figure).startswith("<svg")
    assert answer.label in words(figure)
    assert (text("not_on_file", language) in " ".join(words(figure)[:2]).split("(")[0]) == (answer.value is None)
    table = charts.comparison_table(answer, language)
    assert all(len(row) == len(table.headers) for row in table.rows)


@pytest.mark.parametrize("own", ["Level 0", "Level 11", "Level 19", "Never seen"])
def test_the_applicants_level_is_always_among_the_twelve(own):
    answer = comparison("categorical", own, many_levels(20))
    figure = charts.categorical(answer, "en")
    labels = [item for item in figure.axes[0].texts if item.get_text().startswith("▶")]
    assert [item.get_text() for item in labels] == [f"▶ {own}"]
    assert labels[0].get_weight() == "bold"
    assert len(figure.axes[0].patches) == 13
    rows = charts.comparison_table(answer, "en").rows
    assert [row[0] for row in rows if "this applicant" in row[0]] == [f"{own} (this applicant)"]
    assert rows[-1][0] == f"The {20 - 12 + (own == 'Never seen')} others"


@pytest.mark.parametrize("population", ["repaid", "defaulted"])
def test_a_population_chosen_by_its_outcome_has_no_default_rates(population):
    answer = comparison("categorical", "Level 0", many_levels(3))
    answer = replace(answer, population=replace(answer.population, name=population))
    assert len(charts.categorical(answer, "en").axes) == 1
    assert charts.comparison_table(answer, "en").headers == ("Level", "Share of applicants")


def test_yes_and_no_are_both_shown_even_if_nobody_says_one():
    figure = charts.yes_no(comparison("yes_no", "No", [LevelShare("Yes", 1.0, 0.08)]), "en")
    assert [item.get_text() for item in figure.axes[0].texts[:2]] == ["Yes", "▶ No"]
    assert "none" in words(figure)


@pytest.mark.parametrize(
    ("percentile", "said"), [(23.4, "lower than 76%"), (99.9, "higher than 99%"), (0.2, "lower than 99%")]
)
def test_the_applicants_place_is_never_overstated(percentile, said):
    figure = charts.quantitative(comparison("quantitative", 0.35, percentile=percentile), "en")
    assert any(said in label for label in words(figure))


def test_a_value_beyond_the_drawn_range_stands_at_its_edge():
    figure = charts.quantitative(comparison("quantitative", 7.0), "en")
    marker = next(line for line in figure.axes[0].lines if line.get_gid() == "applicant")
    assert (marker.get_xdata()[0], marker.get_marker()) == (1.0, ">")


def test_a_population_of_which_nothing_is_known_is_said_to_be_so():
    answer = comparison("quantitative", 0.3, percentile=None)
    answer = replace(answer, population=replace(answer.population, histogram=None, quantiles=None))
    assert text("chart.nothing_known", "en") in words(charts.quantitative(answer, "en"))


def test_figures_embed_as_text_or_image():
    figure = charts.waterfall(explanation(), "fr")
    svg = charts.to_svg(figure)
    assert "Ce demandeur" in svg
    assert "width:100%" in svg[:600]
    assert charts.to_png(figure).startswith(b"\x89PNG")


def test_the_page_may_set_the_colours_anew():
    svg = charts.to_svg(charts.categorical(comparison("categorical", "Level 0", many_levels(3)), "en"))
    colours = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6}|var\([^)]*\))", svg))
    assert {"var(--plot-ink, #1F2933)", "var(--plot-middle, #7C9CBB)"} <= colours
    assert not [colour for colour in colours if colour.startswith("#")]


def test_pyplot_is_never_imported():
    script = "import sys, scoring.charts; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_rate_of_too_few_applicants_is_not_reported():
    few = LevelShare("Rare", 20 / 61_502, 0.5)
    answer = comparison("categorical", "Rare", [LevelShare("Common", 1 - few.share, 0.08), few])
    rows = charts.comparison_table(answer, "en").rows
    assert rows[-1][-1] == "too few to tell"
    assert rows[0][-1] == "8.0%"
    assert "50.0%" not in charts.to_svg(charts.comparison_figure(answer, "en"))
