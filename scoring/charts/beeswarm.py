"""The strongest features of a model: one dot per applicant at the contribution, coloured by the rank of the value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scoring.artifact.importance import Importance, Swarm
from scoring.charts.rows import LABEL_WIDTH, place_rows, write_labels
from scoring.charts.style import LOWERS, MARGIN, MUTED, RAISES, WIDTH, framed, show_bottom_axis, wrapped
from scoring.words.language import Language, Words
from scoring.words.wording import number, text

LABEL_CHARACTERS = 26
BELOW, ABOVE = 0.75, 0.1
ROW_HEIGHT = 0.2
BINS = 60
MOST_TICKS = 6
# In an SVG, thousands of dots are rasterised to one image, at a tenth of the size.
DOTS: dict[str, Any] = {"s": 4, "linewidths": 0, "rasterized": True}
# From low to high through grey, so that the middle looks like neither.
NO_ORDER = "#8A939C"
COLOURS = LinearSegmentedColormap.from_list("rank", [LOWERS, "#B8C0C8", RAISES])


def beeswarm(importance: Importance, labels: Mapping[str, Words], language: Language) -> Figure:
    """The figure, one row per feature, strongest first.

    Args:
        importance: of the model.
        labels: words of each feature by name.
        language: of the words.
    """
    names = [wrapped(labels[swarm.feature][language], LABEL_CHARACTERS, 2) for swarm in importance.swarms]
    centres, height = place_rows(names)
    left = MARGIN + LABEL_WIDTH
    notes = [text("chart.beeswarm_note", language)]
    figure, (axes,) = framed(
        text("chart.beeswarm", language), notes, height, [(left, WIDTH - left - MARGIN)], ABOVE, BELOW
    )
    everything = np.concatenate([swarm.contributions for swarm in importance.swarms])
    low, high = everything.min(), everything.max()
    axes.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    axes.set_ylim(height, 0)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    for swarm, centre in zip(importance.swarms, centres, strict=True):
        x, y = np.array(swarm.contributions), centre + _spread(swarm, low, high)
        ranks = np.array(swarm.ranks, dtype=float)
        known = ~np.isnan(ranks)
        axes.scatter(x[~known], y[~known], color=NO_ORDER, **DOTS)
        axes.scatter(x[known], y[known], c=ranks[known], cmap=COLOURS, vmin=0, vmax=1, **DOTS)
    write_labels(axes, names, centres, set())
    ticks = [
        tick for tick in MaxNLocator(MOST_TICKS, steps=(1, 2, 5, 10)).tick_values(low, high) if low <= tick <= high
    ]
    show_bottom_axis(axes, ticks, [number(tick, language, 1) for tick in ticks], text("chart.log_odds", language))
    return figure


def _spread(swarm: Swarm, low: float, high: float) -> np.ndarray:
    """The vertical offset of each dot from its row, so that overlapping dots form a swarm; shape (n,)."""
    bins = np.floor((np.array(swarm.contributions) - low) / max(high - low, 1e-9) * BINS).astype(int)
    offsets = np.zeros(len(bins))
    for level in np.unique(bins):
        inside = np.flatnonzero(bins == level)
        # 0, 1, -1, 2, -2 ...
        offsets[inside] = [(rank + 1) // 2 * (-1) ** rank for rank in range(len(inside))]
    widest = np.abs(offsets).max()
    return offsets / max(widest, 1) * ROW_HEIGHT / 2
