"""The figure of a file's probabilities shows every application once, and its table says the same."""

import pytest

from scoring.charts import portfolio_figure, portfolio_table, to_svg
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import percent, text

COUNTS = {
    "approve": [5, 3, 1, *[0] * 97],
    "refer": [0, 0, 2, *[0] * 97],
    "refuse": [*[0] * 60, 4, *[0] * 38, 1],
}


def test_each_application_is_in_one_bar():
    (axes,) = portfolio_figure(COUNTS, 0.025, "en").axes
    assert sum(bar.get_height() for bar in axes.patches) == 16
    assert axes.get_xlim()[1] >= 1.0


def test_a_few_low_probabilities_have_narrow_bars():
    counts = {**COUNTS, "refuse": [0] * 100}
    (axes,) = portfolio_figure(counts, 0.025, "en").axes
    assert axes.get_xlim() == (0.0, 0.03)


def test_the_table_has_the_bars_as_rows():
    table = portfolio_table({**COUNTS, "refuse": [0] * 100}, "en")
    assert table.rows == [("0% to 1%", "5", "0", "0"), ("1% to 2%", "3", "0", "0"), ("2% to 3%", "1", "2", "0")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_threshold_is_drawn_where_there_is_one(language: Language):
    named = text("chart.threshold", language, threshold=percent(0.025, language))
    assert named in to_svg(portfolio_figure(COUNTS, 0.025, language))
    none = to_svg(portfolio_figure(COUNTS, None, language))
    assert named not in none
    assert text("portfolio.own_thresholds", language)[:40] in none
