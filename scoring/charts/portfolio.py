"""How the probabilities of a whole file are spread, by decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scoring.charts.style import (
    BACKGROUND,
    BODY_SIZE,
    HALO,
    INK,
    LOWERS,
    MIDDLE,
    MUTED,
    RAISES,
    WIDTH,
    framed,
    show_bottom_axis,
    show_left_axis,
    write,
)
from scoring.decision.rule import OUTCOMES, Outcome
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

HEIGHT, ABOVE, BELOW, LEFT, RIGHT = 2.4, 0.35, 0.95, 0.75, 0.3
COLOURS: dict[Outcome, str] = {"approve": LOWERS, "refer": MIDDLE, "refuse": RAISES}
HATCHES: dict[Outcome, str] = {"approve": "", "refer": "////", "refuse": ""}
MOST_BARS = 30
MOST_TICKS = 6

Counts = Mapping[str, Sequence[int]]


def portfolio_figure(counts: Counts, threshold: float | None, language: Language) -> Figure:
    """A histogram of the probability of default, each bar divided by decision.

    Args:
        counts: of each decision, how many applications by probability, in bins of equal width from 0 to 1.
        threshold: what is drawn as a line; None where it differs from one application to the next.
        language: of the words.
    """
    edges, bars = _bars(counts)
    note = text("portfolio.own_thresholds" if threshold is None else "portfolio.one_threshold", language)
    panel = (LEFT, WIDTH - LEFT - RIGHT)
    figure, (axes,) = framed(text("portfolio.distribution", language), [note], HEIGHT, [panel], ABOVE, BELOW)
    below = np.zeros(len(edges) - 1)
    for outcome, heights in bars.items():
        axes.bar(
            edges[:-1],
            heights,
            np.diff(edges),
            below,
            align="edge",
            color=COLOURS[outcome],
            hatch=HATCHES[outcome],
            edgecolor=BACKGROUND,
            linewidth=0.5,
            label=text(f"decision.{outcome}", language),
        )
        below += heights
    axes.set_xlim(0, edges[-1])
    axes.set_ylim(0, 1.12 * below.max())
    across = MaxNLocator(MOST_TICKS).tick_values(0, edges[-1])
    show_bottom_axis(
        axes,
        [tick for tick in across if tick <= edges[-1]],
        [percent(tick, language, 0) for tick in across if tick <= edges[-1]],
        text("list.probability", language),
    )
    up = [tick for tick in MaxNLocator(4, integer=True).tick_values(0, below.max()) if 0 <= tick <= axes.get_ylim()[1]]
    show_left_axis(axes, up, [number(tick, language, 0) for tick in up], text("list.title", language))
    if threshold is not None:
        axes.axvline(threshold, color=INK, linewidth=1.4, linestyle=(0, (3, 2)))
        words = text("chart.threshold", language, threshold=percent(threshold, language))
        write(axes, threshold + 0.01 * edges[-1], 1.1 * below.max(), words, va="top", color=MUTED, bbox=HALO)
    figure.legend(loc="lower left", ncols=len(bars), frameon=False, fontsize=BODY_SIZE, labelcolor=INK)
    return figure


def portfolio_table(counts: Counts, language: Language) -> Table:
    """The same bars as rows."""
    edges, bars = _bars(counts)
    rows: list[tuple[str, ...]] = [
        (
            text("range", language, low=percent(low, language, 0), high=percent(high, language, 0)),
            *(number(int(heights[place]), language, 0) for heights in bars.values()),
        )
        for place, (low, high) in enumerate(pairwise(edges))
    ]
    headers = (text("list.probability", language), *(text(f"decision.{outcome}", language) for outcome in bars))
    return Table(text("portfolio.distribution", language), headers, rows)


def _bars(counts: Counts) -> tuple[np.ndarray, dict[Outcome, np.ndarray]]:
    """The edges of bars up to the highest probability that there is, and the heights for each decision."""
    found = np.array([counts[outcome] for outcome in OUTCOMES])
    reach = int(np.flatnonzero(found.sum(axis=0))[-1]) + 1
    width = -(-reach // MOST_BARS)
    starts = range(0, reach, width)
    edges = np.array([*starts, starts[-1] + width]) / found.shape[1]
    return edges, dict(zip(OUTCOMES, np.add.reduceat(found[:, :reach], starts, axis=1), strict=True))
