"""A figure is drawn once for all applicants with the same content, and again for any other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from scoring.assessment.comparison import compare
from scoring.charts import comparison_figure, comparison_table, theme_waterfall, theme_waterfall_table
from scoring.interface.drawings import drawing
from scoring.serving.service import assess, explain


@pytest.fixture
def answer(service, some_ids):
    return compare(service.artifact, assess(service, some_ids[0], {}, "en"), "NAME_EDUCATION_TYPE", "accepted")


@pytest.fixture
def counted():
    """A way to draw comparisons that counts."""
    drawn: list[object] = []

    def figure(*told: object) -> Figure:
        drawn.append(told)
        return comparison_figure(*told)

    # What was drawn for another test does not count.
    figure.__name__ = f"figure of {id(drawn)}"
    return drawn, figure


def test_who_looks_alike_has_the_same_drawing(answer, counted):
    drawn, figure = counted
    first = drawing(figure, comparison_table, answer, "en")
    another = replace(answer, applicant_id=7, changes={"AMT_CREDIT": 300_000})
    assert drawing(figure, comparison_table, another, "en") == first
    assert len(drawn) == 1


@pytest.mark.parametrize(
    "changed",
    [
        lambda answer: replace(answer, value="Lower secondary"),
        lambda answer: replace(answer, population=replace(answer.population, size=answer.population.size + 1)),
        lambda answer: replace(answer, model=replace(answer.model, revision="another")),
    ],
    ids=["value", "population", "model"],
)
def test_what_is_shown_otherwise_is_drawn_anew(answer, counted, changed):
    drawn, figure = counted
    drawing(figure, comparison_table, answer, "en")
    drawing(figure, comparison_table, changed(answer), "en")
    assert len(drawn) == 2


def test_another_language_is_drawn_anew(answer, counted):
    drawn, figure = counted
    assert drawing(figure, comparison_table, answer, "en") != drawing(figure, comparison_table, answer, "fr")
    assert len(drawn) == 2


def test_each_theme_of_one_explanation_has_its_own_drawing(service, some_ids):
    explanation = explain(service, assess(service, some_ids[0], {}, "en"))
    themes = [part.theme for part in explanation.themes]
    opened = {drawing(theme_waterfall, theme_waterfall_table, explanation, "en", theme) for theme in themes}
    assert len(opened) == len(themes) > 2


def test_nothing_of_whose_it_is_stands_in_a_drawing(answer):
    named = replace(answer, applicant_id=987_654_321, changes={"AMT_CREDIT": 123_456_789})
    drawn = drawing(comparison_figure, comparison_table, named, "en")
    assert "987654321" not in drawn.replace(",", "")
    assert "123456789" not in drawn.replace(",", "")
