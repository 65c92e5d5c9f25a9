"""Discrimination and calibration of a model: ROC, precision-recall and reliability curves, with their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scoring.artifact.review import AccuracyCurves
from scoring.assessment.interval import wilson
from scoring.charts.style import (
    BODY_SIZE,
    GRID,
    INK,
    LOWERS,
    RAISES,
    WIDTH,
    framed,
    show_bottom_axis,
    show_left_axis,
)
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

HEIGHT, ABOVE, BELOW, LEFT, RIGHT = 2.9, 0.35, 1.15, 0.7, 0.35
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
PROBABILITIES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
TOLD_POINTS = 11

Bin = Mapping[str, float]


def _square(title: str, note: str, across: str, up: str, language: Language) -> tuple[Figure, Axes]:
    """A panel with shares from 0 to 1 on both axes."""
    figure, (axes,) = framed(title, [note], HEIGHT, [(LEFT, WIDTH - LEFT - RIGHT)], ABOVE, BELOW)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    labels = [percent(share, language, 0) for share in SHARES]
    show_bottom_axis(axes, SHARES, labels, across)
    show_left_axis(axes, SHARES, labels, up)
    return figure, axes


def _finish(figure: Figure, handles: list[Line2D]) -> Figure:
    figure.legend(handles=handles, loc="lower left", ncols=2, frameon=False, fontsize=BODY_SIZE, labelcolor=INK)
    return figure


def _at_threshold(curves: AccuracyCurves, threshold: float) -> int:
    """The curves' point for refusing all applicants above a threshold."""
    return max(0, int(np.searchsorted(-np.array(curves.thresholds), -threshold, side="right")) - 1)


def _draw(
    axes: Axes,
    curves: AccuracyCurves,
    sides: tuple[Sequence[float], Sequence[float]],
    threshold: float | None,
    language: Language,
) -> list[Line2D]:
    """Draws one of the curves, and marks the threshold on it if there is one."""
    across, up = sides
    axes.plot(across, up, color=LOWERS, linewidth=2)
    if threshold is None:
        return []
    index, words = _at_threshold(curves, threshold), percent(threshold, language)
    return axes.plot(
        [across[index]],
        [up[index]],
        marker="o",
        markersize=9,
        color=RAISES,
        linestyle="none",
        label=text("model.chart.at_threshold", language, threshold=words),
        gid="served",
    )


def roc(curves: AccuracyCurves, threshold: float | None, language: Language) -> Figure:
    """ROC curve: share of defaulters refused against share of repayers refused; `threshold` is marked."""
    note = text("model.chart.roc_note", language, auc=number(curves.auc, language, 3))
    across, up = (text(f"model.chart.{key}", language) for key in ("false_refusal", "recall"))
    figure, axes = _square(text("model.chart.roc", language), note, across, up, language)
    (chance,) = axes.plot([0, 1], [0, 1], color=GRID, linewidth=1.4, label=text("model.chart.chance", language))
    served = _draw(axes, curves, (curves.false_refusal, curves.recall), threshold, language)
    return _finish(figure, [chance, *served])


def precision_recall(curves: AccuracyCurves, threshold: float | None, language: Language) -> Figure:
    """Share of defaulters among the refused, against share of defaulters refused; `threshold` is marked."""
    average = number(curves.average_precision, language, 3)
    rate = percent(curves.default_rate, language)
    note = text("model.chart.precision_note", language, average=average, rate=rate)
    across, up = (text(f"model.chart.{key}", language) for key in ("recall", "precision"))
    figure, axes = _square(text("model.chart.precision_recall", language), note, across, up, language)
    words = text("model.chart.chance", language)
    (chance,) = axes.plot([0, 1], [curves.default_rate] * 2, color=GRID, linewidth=1.4, label=words)
    served = _draw(axes, curves, (curves.recall, curves.precision), threshold, language)
    return _finish(figure, [chance, *served])


def accuracy_table(curves: AccuracyCurves, title: str, language: Language) -> Table:
    """Some points of both curves, from the highest threshold down."""
    keys = ("threshold.ratio", "recall", "false_refusal", "precision")
    rows: list[tuple[str, ...]] = []
    for index in np.unique(np.linspace(0, len(curves.thresholds) - 1, TOLD_POINTS).astype(int)):
        sides = (curves.thresholds, curves.recall, curves.false_refusal, curves.precision)
        rows.append(tuple(percent(side[index], language) for side in sides))
    return Table(title, tuple(text(f"model.chart.{key}", language) for key in keys), rows)


def calibration(held_out: Sequence[Bin], out_of_fold: Sequence[Bin], error: float, language: Language) -> Figure:
    """Predicted against observed default rate of each tenth, on logarithmic axes: most applicants have small risks.

    Args:
        held_out: `applicants`, `predicted` and `observed` of each tenth held out.
        out_of_fold: the same for the training applicants, out of fold.
        error: calibration error, held out.
        language: of the words.
    """
    note = text("model.chart.calibration_note", language, error=number(error, language, 4))
    panel = (LEFT, WIDTH - LEFT - RIGHT)
    figure, (axes,) = framed(text("model.chart.calibration", language), [note], HEIGHT, [panel], ABOVE, BELOW)
    known = [side for row in (*held_out, *out_of_fold) for side in (row["predicted"], row["observed"]) if side > 0]
    low, high = min(known) / 1.6, min(1.0, 1.4 * max(known))
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
    axes.minorticks_off()
    ticks = [tick for tick in PROBABILITIES if low <= tick <= high]
    labels = [percent(tick, language, 0 if tick >= 0.01 else 1) for tick in ticks]
    show_bottom_axis(axes, ticks, labels, text("model.chart.predicted", language))
    show_left_axis(axes, ticks, labels, text("model.chart.observed", language))
    handles = axes.plot(
        [low, high], [low, high], color=GRID, linewidth=1.4, label=text("model.chart.perfect", language)
    )
    predicted, observed = ([row[side] for row in out_of_fold] for side in ("predicted", "observed"))
    words = text("model.chart.out_of_fold", language)
    handles += axes.plot(predicted, observed, color=LOWERS, linewidth=1.6, marker="s", markersize=4, label=words)
    for row in held_out:
        ends = [max(end, low) for end in wilson(row["observed"], row["applicants"])]
        axes.plot([row["predicted"]] * 2, ends, color=RAISES, linewidth=1.4)
    points = [row["predicted"] for row in held_out], [max(row["observed"], low) for row in held_out]
    words = text("model.chart.held_out", language)
    handles += axes.plot(*points, color=RAISES, marker="o", markersize=7, linestyle="none", label=words, gid="held-out")
    return _finish(figure, handles)


def calibration_table(held_out: Sequence[Bin], out_of_fold: Sequence[Bin], language: Language) -> Table:
    """Each tenth: predicted, observed with its interval, and how many applicants, held out; then out of fold."""
    keys = ("tenth", "predicted", "observed", "interval", "applicants", "out_of_fold")
    rows: list[tuple[str, ...]] = []
    # If many probabilities are equal, there are fewer than ten.
    for decile, (ours, other) in enumerate(zip_longest(held_out, out_of_fold), start=1):
        rows.append((str(decile), *_own_cells(ours, language), _other_cell(other, language)))
    title = text("model.chart.calibration", language)
    return Table(f"{title}.", tuple(text(f"model.chart.{key}", language) for key in keys), rows)


def _own_cells(row: Bin | None, language: Language) -> tuple[str, ...]:
    """Predicted, observed, interval and number of applicants."""
    if row is None:
        return ("", "", "", "")
    low, high = (percent(end, language) for end in wilson(row["observed"], row["applicants"]))
    return (
        percent(row["predicted"], language),
        percent(row["observed"], language),
        text("range", language, low=low, high=high),
        number(row["applicants"], language, 0),
    )


def _other_cell(row: Bin | None, language: Language) -> str:
    """Predicted and observed."""
    return " → ".join(percent(row[side], language) for side in ("predicted", "observed")) if row else ""
