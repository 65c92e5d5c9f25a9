"""Global importance by theme."""

from __future__ import annotations

from matplotlib.figure import Figure

from scoring.artifact.importance import Importance
from scoring.charts.rows import LABEL_WIDTH, place_rows, write_labels
from scoring.charts.style import MARGIN, MIDDLE, WIDTH, framed, wrapped, write
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

LABEL_CHARACTERS = 26
BAR_HEIGHT = 0.19
# Bars stop short of the panel's end, so that their words fit.
BAR_REACH = 0.8
GAP = 0.02


def themes_figure(importance: Importance, language: Language) -> Figure:
    """A bar per theme, the heaviest first."""
    labels = [wrapped(text(f"theme.{theme}", language), LABEL_CHARACTERS, 2) for theme in importance.themes]
    centres, height = place_rows(labels)
    left = MARGIN + LABEL_WIDTH
    notes = [text("model.chart.themes_note", language)]
    panels = [(left, WIDTH - left - MARGIN)]
    figure, (axes,) = framed(text("model.chart.themes", language), notes, height, panels, 0.1, MARGIN)
    weights = list(importance.themes.values())
    axes.barh(centres, weights, height=BAR_HEIGHT, color=MIDDLE)
    axes.set_xlim(0, max(weights) / BAR_REACH)
    axes.set_ylim(height, 0)
    write_labels(axes, labels, centres, set())
    for weight, centre in zip(weights, centres, strict=True):
        write(axes, weight + GAP * axes.get_xlim()[1], centre, number(weight, language, 2), va="center")
    return figure


def themes_table(importance: Importance, language: Language) -> Table:
    """The same as a table, with each theme's share of the total."""
    total = sum(importance.themes.values())
    rows: list[tuple[str, ...]] = [
        (text(f"theme.{theme}", language), number(weight, language, 3), percent(weight / total, language))
        for theme, weight in importance.themes.items()
    ]
    keys = ("theme", "weight", "share")
    headers = tuple(text(f"model.chart.{key}", language) for key in keys)
    return Table(text("model.chart.themes", language), headers, rows)
