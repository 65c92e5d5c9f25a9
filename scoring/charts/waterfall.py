"""The waterfall of contributions: positions in log-odds, where contributions add up; labels in probabilities."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from scoring.answers.applicant import Explanation
from scoring.charts.rows import LABEL_WIDTH, place_rows, write_labels
from scoring.charts.steps import Step, Waterfall, feature_steps, points_in_words, probability, theme_steps
from scoring.charts.style import (
    BACKGROUND,
    BODY_SIZE,
    HALO,
    INK,
    LOWERS,
    MARGIN,
    MUTED,
    RAISES,
    WIDTH,
    framed,
    line_count,
    show_bottom_axis,
    wrapped,
    write,
)
from scoring.words.language import Language
from scoring.words.wording import percent, text

BAR_HEIGHT = 0.2
LABEL_CHARACTERS = 25
AXIS_ROOM = 0.85
# Margins beside the outermost levels, on the right for the bar's label, as shares of the range of levels.
LEFT_ROOM = 0.06
RIGHT_ROOM = 0.36
LEAST_RANGE = 0.2
# Between a bar or a level's diamond and its label, as shares of the drawn range.
WORDS_GAP = 0.012
LEVEL_GAP = 0.03
MOST_TICKS = 5
FEWEST_TICKS = 3
# The roundest probabilities come first; finer and finer steps follow if too few of them fit.
ROUND_PROBABILITIES = (0.5, 0.1, 0.2, 0.05, 0.02, 0.01, 0.8, 0.9, 0.3, 0.7, 0.005, 0.002, 0.001, 0.95, 0.98, 0.99)
TICK_STEPS = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001)


def waterfall(explanation: Explanation, language: Language) -> Figure:
    """The themes' contributions, from the just accepted applicants' level to this applicant's."""
    return _draw(theme_steps(explanation, language), explanation, language)


def theme_waterfall(explanation: Explanation, theme: str, language: Language) -> Figure:
    """One theme opened into its features: this applicant without the theme, then with it."""
    return _draw(feature_steps(explanation, theme, language), explanation, language)


def _draw(drawn: Waterfall, explanation: Explanation, language: Language) -> Figure:
    ends = wrapped(drawn.start_label, LABEL_CHARACTERS, 2), text("chart.this_applicant", language)
    labels = [ends[0], *(_row_label(step, language) for step in drawn.steps), ends[1]]
    centres, height = place_rows(labels)
    panel = (LABEL_WIDTH, WIDTH - LABEL_WIDTH - MARGIN)
    figure, (axes,) = framed(drawn.title, [], height, [panel], above=0.33, below=AXIS_ROOM)
    axes.set_ylim(height, 0)
    write_labels(axes, labels, centres, bold={0, len(labels) - 1})
    levels = [drawn.start, *(step.end for step in drawn.steps), explanation.threshold_log_odds]
    low, high = _limits(levels)
    axes.set_xlim(low, high)
    ticks = tick_probabilities(low, high)
    show_bottom_axis(
        axes,
        [_log_odds(tick) for tick in ticks],
        [_tick_label(tick, language) for tick in ticks],
        text("chart.probability", language),
    )
    _draw_threshold(axes, explanation, language)
    _draw_steps(axes, drawn, centres, language)
    _draw_level(axes, drawn.start, centres[0], language, MUTED)
    _draw_level(axes, drawn.steps[-1].end if drawn.steps else drawn.start, centres[-1], language, INK)
    _draw_legend(figure, language)
    return figure


def _row_label(step: Step, language: Language) -> str:
    """Label and value; if they are too long, the label is truncated."""
    if not step.value:
        return wrapped(step.label, LABEL_CHARACTERS, 2)
    whole = wrapped(text("chart.item", language, label=step.label, value=step.value), LABEL_CHARACTERS, 4)
    if line_count(whole) <= 3:
        return whole
    return f"{wrapped(step.label, LABEL_CHARACTERS, 2)}\n{wrapped(step.value, LABEL_CHARACTERS, 1)}"


def _limits(levels: list[float]) -> tuple[float, float]:
    """The drawn range: all levels, with room for labels at the right."""
    low, high = min(levels), max(levels)
    reach = max(high - low, LEAST_RANGE)
    return low - LEFT_ROOM * reach, high + RIGHT_ROOM * reach


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def tick_probabilities(low: float, high: float) -> list[float]:
    """Round probabilities whose log-odds lie between `low` and `high`, three at least unless they would overlap."""
    spacing = (high - low) / (MOST_TICKS + 1)
    first, last = probability(low), probability(high)
    multiples = (
        [step * count for count in range(math.ceil(first / step), math.floor(last / step) + 1)] for step in TICK_STEPS
    )
    taken: list[float] = []
    for candidates in (ROUND_PROBABILITIES, *multiples):
        for tick in candidates:
            inside = first <= tick <= last and 0 < tick < 1
            if inside and all(abs(_log_odds(tick) - _log_odds(other)) >= spacing for other in taken):
                taken.append(tick)
        if len(taken) >= FEWEST_TICKS:
            break
    return sorted(taken)


def _tick_label(tick: float, language: Language) -> str:
    digits = next(digits for digits in range(4) if math.isclose(tick, round(tick, digits + 2), rel_tol=1e-9))
    return percent(tick, language, digits)


def _draw_threshold(axes: Axes, explanation: Explanation, language: Language) -> None:
    position = explanation.threshold_log_odds
    axes.axvline(position, color=INK, linewidth=1.4, linestyle=(0, (4, 3)), gid="threshold")
    words = text("chart.threshold", language, threshold=percent(explanation.threshold, language))
    low, high = axes.get_xlim()
    share = (position - low) / (high - low)
    side = "left" if share < 0.3 else "right" if share > 0.7 else "center"
    write(axes, position, -0.06, words, ha=side, va="bottom", weight="bold")


def _draw_steps(axes: Axes, drawn: Waterfall, centres: list[float], language: Language) -> None:
    steps, rows = drawn.steps, centres[1:-1]
    axes.barh(
        rows,
        [step.end - step.start for step in steps],
        left=[step.start for step in steps],
        height=BAR_HEIGHT,
        color=[RAISES if step.end > step.start else LOWERS for step in steps],
        hatch=["////" if step.end > step.start else "" for step in steps],
        edgecolor=BACKGROUND,
        linewidth=0,
    )
    gap = WORDS_GAP * (axes.get_xlim()[1] - axes.get_xlim()[0])
    for step, centre in zip(steps, rows, strict=True):
        right = max(step.start, step.end) + gap
        write(axes, right, centre, points_in_words(step, language), va="center", bbox=HALO)
    ends = [drawn.start, *(step.end for step in steps)]
    axes.vlines(ends, centres[:-1], centres[1:], color=MUTED, linewidth=0.9, zorder=1)


def _draw_level(axes: Axes, level: float, centre: float, language: Language, color: str) -> None:
    axes.plot([level], [centre], marker="D", markersize=8, color=color, linestyle="none", gid="level")
    gap = LEVEL_GAP * (axes.get_xlim()[1] - axes.get_xlim()[0])
    words = percent(probability(level), language)
    write(axes, level + gap, centre, words, va="center", weight="bold", color=color, bbox=HALO)


def _draw_legend(figure: Figure, language: Language) -> None:
    handles = [
        Patch(facecolor=RAISES, hatch="////", edgecolor=BACKGROUND, linewidth=0, label=text("chart.raises", language)),
        Patch(facecolor=LOWERS, linewidth=0, label=text("chart.lowers", language)),
    ]
    figure.legend(handles=handles, loc="lower left", ncols=2, frameon=False, fontsize=BODY_SIZE, labelcolor=INK)
