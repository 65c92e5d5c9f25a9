"""Rows of a figure, each as tall as the lines of its label; the vertical unit is the inch, downwards."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from matplotlib.axes import Axes

from scoring.charts.style import LINE, line_count, write

LABEL_WIDTH = 2.2
ROW_GAP = 0.13


def place_rows(labels: Sequence[str]) -> tuple[list[float], float]:
    """The centre of each label's row and the height of all rows."""
    centres, top = [], 0.0
    for label in labels:
        height = LINE * line_count(label) + ROW_GAP
        centres.append(top + height / 2)
        top += height
    return centres, top


def write_labels(axes: Axes, labels: Sequence[str], centres: Sequence[float], bold: AbstractSet[int]) -> None:
    """Each row's label at the left of the panel; rows in `bold` stand out."""
    across = axes.get_yaxis_transform()
    for index, (label, centre) in enumerate(zip(labels, centres, strict=True)):
        weight = "bold" if index in bold else "normal"
        write(axes, -0.02, centre, label, transform=across, ha="right", va="center", weight=weight, linespacing=1.1)
