"""Rates of groups with their intervals: dots in panels side by side, one row for each group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scoring.artifact.review import Rate
from scoring.charts.rows import LABEL_WIDTH, place_rows, write_labels
from scoring.charts.style import GRID, HALO, INK, LOWERS, MARGIN, MUTED, WIDTH, framed, wrapped, write
from scoring.words.language import Language
from scoring.words.wording import percent, text

LABEL_CHARACTERS = 24
# Intervals stop short of the panel's end, so that their words fit.
REACH = 0.6
GAP = 0.03


@dataclass(frozen=True)
class RatePanel:
    """One panel: its heading, the rate of each group, and that of all applicants, drawn as a line if it is given."""

    heading: str
    rates: Sequence[Rate]
    overall: float | None = None


def rates_figure(
    title: str, note: str, labels: Sequence[str], panels: Sequence[RatePanel], language: Language
) -> Figure:
    """One row per group, one panel per rate."""
    rows = [wrapped(label, LABEL_CHARACTERS, 2) for label in labels]
    centres, height = place_rows(rows)
    width = (WIDTH - LABEL_WIDTH - len(panels) * MARGIN) / len(panels)
    places = [(LABEL_WIDTH + index * (width + MARGIN), width) for index in range(len(panels))]
    figure, axes = framed(title, [note], height, places, 0.5, MARGIN)
    write_labels(axes[0], rows, centres, set())
    for drawn, panel in zip(axes, panels, strict=True):
        _dots(drawn, panel.rates, centres, language)
        drawn.set_ylim(height, 0)
        write(drawn, 0, -0.05, wrapped(panel.heading, 22, 2), va="bottom", color=MUTED)
        if panel.overall is not None:
            drawn.axvline(panel.overall, color=MUTED, linewidth=1.2, linestyle=(0, (3, 2)), zorder=0)
    return figure


def _dots(axes: Axes, rates: Sequence[Rate], centres: Sequence[float], language: Language) -> None:
    reach = max((rate.high for rate in rates if rate.high is not None), default=1.0)
    # Where every rate is 0, the panel still has a width.
    axes.set_xlim(0, (reach or 1.0) / REACH)
    for rate, centre in zip(rates, centres, strict=True):
        axes.axhline(centre, color=GRID, linewidth=0.8, zorder=0)
        if rate.value is None or rate.low is None or rate.high is None:
            write(axes, 0, centre, text("model.too_few", language), va="center", color=MUTED)
            continue
        axes.plot([rate.low, rate.high], [centre] * 2, color=LOWERS, linewidth=2)
        axes.plot([rate.value], [centre], marker="o", markersize=7, color=INK, clip_on=False)
        write(axes, rate.high + GAP * axes.get_xlim()[1], centre, percent(rate.value, language), va="center", bbox=HALO)


def rate_in_words(rate: Rate, language: Language, write_one: Callable[[float], str]) -> str:
    """A figure with its interval, or a note of too few applicants."""
    if rate.value is None or rate.low is None or rate.high is None:
        return text("model.too_few", language)
    value, low, high = (write_one(each) for each in (rate.value, rate.low, rate.high))
    return text("drift.interval", language, value=value, low=low, high=high)
