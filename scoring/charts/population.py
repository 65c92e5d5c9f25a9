"""One applicant among a population: one plot per kind of characteristic."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from scoring.answers.population import Comparison, Histogram, LevelShare
from scoring.charts.levels import has_rates, rate_in_words, shown_levels
from scoring.charts.rows import LABEL_WIDTH, place_rows, write_labels
from scoring.charts.style import (
    BACKGROUND,
    BODY_SIZE,
    GRID,
    HALO,
    INK,
    MARGIN,
    MIDDLE,
    MUTED,
    PALE,
    WIDTH,
    framed,
    show_bottom_axis,
    show_left_axis,
    wrapped,
    write,
)
from scoring.charts.ticks import MOST_TICKS, axis_name, tick_label
from scoring.words.language import Language
from scoring.words.wording import number, percent, text, value_in_words

HISTOGRAM_HEIGHT = 2.3
# Room for the shares at the left of a histogram, in inches.
HISTOGRAM_LEFT = 0.55
BAR_HEIGHT = 0.19
LABEL_CHARACTERS = 23
# Between the applicant's line and its words, as a share of the drawn range.
APPLICANT_GAP = 0.02
# Ticks on the axis of shares.
SHARE_TICKS = 3
# Bars stop short of the panel's end, so that their words fit.
BAR_REACH = 0.62
# Between a bar or a dot and its words, as shares of the panel (SVG text drops leading spaces).
BAR_GAP = 0.025
DOT_GAP = 0.07


def comparison_figure(comparison: Comparison, language: Language) -> Figure:
    """The plot that suits the kind of the characteristic."""
    draw = {"quantitative": quantitative, "categorical": categorical, "yes_no": yes_no}[comparison.kind]
    return draw(comparison, language)


def quantitative(comparison: Comparison, language: Language) -> Figure:
    """A quantity: the population's distribution, interquartile range and median, and the applicant."""
    panel = (HISTOGRAM_LEFT, WIDTH - HISTOGRAM_LEFT - MARGIN)
    figure, (axes,) = framed(
        comparison.label, notes(comparison, language), HISTOGRAM_HEIGHT, [panel], above=0.35, below=0.9
    )
    population = comparison.population
    if population.histogram is None or population.quantiles is None:
        write(axes, 0.5, 0.5, text("chart.nothing_known", language), ha="center", transform=axes.transAxes)
        return figure
    handles: list[Patch | Line2D] = [_draw_histogram(axes, population.histogram, population.quantiles, language)]
    handles.append(_draw_median(axes, population.quantiles["0.5"], comparison, language))
    if isinstance(comparison.value, (int, float)):
        handles.append(_draw_applicant(axes, comparison.value, population.histogram, comparison, language))
    low, high = population.histogram.edges[0], population.histogram.edges[-1]
    ticks = [tick for tick in MaxNLocator(MOST_TICKS).tick_values(low, high) if low <= tick <= high]
    labels = [tick_label(tick, comparison.unit, language) for tick in ticks]
    show_bottom_axis(axes, ticks, labels, axis_name(comparison.label, comparison.unit, language))
    _show_shares(axes, population.histogram, language)
    figure.legend(handles=handles, loc="lower left", ncols=3, frameon=False, fontsize=BODY_SIZE, labelcolor=INK)
    return figure


def _draw_histogram(axes: Axes, spread: Histogram, quantiles: dict[str, float], language: Language) -> Patch:
    low, high = quantiles["0.25"], quantiles["0.75"]
    edges, shares = np.asarray(spread.edges), np.asarray(spread.shares)
    middle = (edges[:-1] <= high) & (edges[1:] >= low)
    for part, color in ((middle, MIDDLE), (~middle, PALE)):
        axes.stairs(np.where(part, shares, 0), edges, fill=True, color=color, linewidth=0)
    axes.vlines(edges[1:-1], 0, np.maximum(shares[:-1], shares[1:]), color=BACKGROUND, linewidth=0.5)
    axes.set_ylim(0, 1.12 * max(spread.shares))
    axes.set_xlim(spread.edges[0], spread.edges[-1])
    axes.spines["bottom"].set(visible=True, color=GRID)
    return Patch(color=MIDDLE, label=text("chart.middle_half", language))


def _show_shares(axes: Axes, spread: Histogram, language: Language) -> None:
    ticks = [tick for tick in MaxNLocator(SHARE_TICKS).tick_values(0, max(spread.shares)) if tick <= axes.get_ylim()[1]]
    labels = [tick_label(tick, "share", language) for tick in ticks]
    show_left_axis(axes, ticks, labels, text("chart.of_applicants", language))


def _draw_median(axes: Axes, median: float, comparison: Comparison, language: Language) -> Line2D:
    words = text("chart.median", language, value=value_in_words(median, comparison.unit, language))
    return axes.axvline(median, color=MUTED, linewidth=1.6, linestyle=(0, (2, 2)), label=words)


def _draw_applicant(axes: Axes, value: float, spread: Histogram, comparison: Comparison, language: Language) -> Line2D:
    """The applicant's line; beyond the drawn range it stands at the edge, with an arrow outwards."""
    position = min(max(value, spread.edges[0]), spread.edges[-1])
    marker = "<" if value < position else ">" if value > position else "v"
    words = text("chart.this_applicant", language)
    top = axes.get_ylim()[1]
    axes.plot([position], [0.96 * top], marker=marker, markersize=10, color=INK, clip_on=False, gid="applicant")
    line = axes.axvline(position, ymax=0.96, color=INK, linewidth=2.4, label=words, clip_on=False)
    side = "right" if position > (spread.edges[0] + spread.edges[-1]) / 2 else "left"
    gap = APPLICANT_GAP * (spread.edges[-1] - spread.edges[0]) * (1 if side == "left" else -1)
    shown = value_in_words(value, comparison.unit, language)
    write(axes, position + gap, 0.95 * top, shown, ha=side, va="center", weight="bold", bbox=HALO)
    return line


def notes(comparison: Comparison, language: Language) -> list[str]:
    """Where the applicant stands and which population it is, in words."""
    population, value = comparison.population, value_in_words(comparison.value, comparison.unit, language)
    if comparison.percentile is None:
        stands = text("chart.applicant_at", language, value=value)
    else:
        higher = comparison.percentile >= 50
        # Rounded down, so as not to overstate an applicant's rank.
        share = math.floor(comparison.percentile if higher else 100 - comparison.percentile) / 100
        key = "chart.higher" if higher else "chart.lower"
        stands = text(key, language, value=value, percent=percent(share, language, 0))
    missing = percent(population.missing, language)
    who = text(
        "chart.population",
        language,
        population=population.label,
        size=number(population.size, language, 0),
        missing=missing,
    )
    return [stands, who]


def categorical(comparison: Comparison, language: Language) -> Figure:
    """A characteristic with levels: share and default rate of each, the applicant's level marked."""
    levels = shown_levels(comparison, language)
    own = {index for index, level in enumerate(levels) if level.level == comparison.value}
    labels = [
        wrapped(f"▶ {level.level}" if i in own else level.level, LABEL_CHARACTERS, 2) for i, level in enumerate(levels)
    ]
    centres, height = place_rows(labels or [""])
    rated = has_rates(comparison.population.name)
    whole = WIDTH - LABEL_WIDTH - MARGIN
    half = (whole - MARGIN) / 2
    panels = [(LABEL_WIDTH, half), (LABEL_WIDTH + half + MARGIN, half)] if rated else [(LABEL_WIDTH, whole)]
    figure, axes = framed(comparison.label, notes(comparison, language), height, panels, above=0.33, below=MARGIN)
    if not levels:
        write(axes[0], 0, 0.5, text("chart.nothing_known", language), transform=axes[0].transAxes)
        return figure
    write_labels(axes[0], labels, centres, bold=own)
    _draw_shares(axes[0], levels, centres, own, language)
    if rated:
        _draw_rates(axes[1], levels, centres, own, language)
    # One panel or two.
    for panel, key in zip(axes, ("chart.of_applicants", "chart.default_rate"), strict=False):
        panel.set_ylim(height, 0)
        write(panel, 0, -0.04, text(key, language), va="bottom", color=MUTED)
    return figure


def yes_no(comparison: Comparison, language: Language) -> Figure:
    """A yes/no characteristic: share and default rate of both, the applicant's marked."""
    return categorical(comparison, language)


def _draw_shares(
    axes: Axes, levels: Sequence[LevelShare], centres: Sequence[float], own: set[int], language: Language
) -> None:
    colors = [INK if index in own else MIDDLE for index in range(len(levels))]
    shares = [level.share for level in levels]
    axes.barh(centres, shares, height=BAR_HEIGHT, color=colors)
    axes.set_xlim(0, max(*shares, 1e-9) / BAR_REACH)
    gap = BAR_GAP * axes.get_xlim()[1]
    for index, (share, centre) in enumerate(zip(shares, centres, strict=True)):
        weight = "bold" if index in own else "normal"
        write(axes, share + gap, centre, percent(share, language), va="center", weight=weight)


def _draw_rates(
    axes: Axes, levels: Sequence[LevelShare], centres: Sequence[float], own: set[int], language: Language
) -> None:
    rates = [level.default_rate for level in levels]
    reach = max([rate for rate in rates if not math.isnan(rate)], default=0.0)
    axes.set_xlim(0, max(reach, 1e-9) / BAR_REACH)
    gap = DOT_GAP * axes.get_xlim()[1]
    # Values that are not numbers are not drawn.
    axes.hlines(centres, 0, rates, color=GRID, linewidth=1.5, zorder=1)
    marked = np.isin(np.arange(len(levels)), list(own))
    for part, color in ((marked, INK), (~marked, MIDDLE)):
        axes.plot(np.where(part, rates, np.nan), centres, "o", markersize=8, color=color, clip_on=False)
    for index, (level, rate, centre) in enumerate(zip(levels, rates, centres, strict=True)):
        weight = "bold" if index in own else "normal"
        if math.isnan(rate):
            write(axes, 0, centre, rate_in_words(level, language), va="center", color=MUTED, weight=weight)
        else:
            write(axes, rate + gap, centre, percent(rate, language), va="center", weight=weight)
