"""ROC, precision-recall, calibration and cost curves, as matplotlib figures (object-oriented API, never pyplot)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from scoring.files import complete_or_absent
from training.compare.combination import SCORECARD, Strategy
from training.compare.models import MODELS
from training.compare.rows import Parts
from training.compare.table import Line, Table
from training.learn.threshold import rate_curve
from training.statistics.evaluate import CALIBRATION_BINS, calibration_table

# Okabe and Ito's palette, safe for every kind of colour vision; models differ by dash pattern, too.
DRAWN = (*MODELS, SCORECARD.model)
COLOURS = dict(zip(DRAWN, ("#52606D", "#E69F00", "#009E73", "#CC79A7", "#0072B2", "#D55E00", "#000000"), strict=True))
DASHES = dict(zip(DRAWN, (":", "--", "-.", (0, (6, 1, 1, 1, 1, 1)), (0, (8, 2)), "-", (0, (2, 2))), strict=True))
MUTED = "#9AA5B1"
DPI = 110
Draw = Callable[[Axes, Line, NDArray, str], None]


def _plot(axes: Axes, line: Line, x: ArrayLike, y: ArrayLike, label: str) -> None:
    model = line.finished.combination.model
    axes.plot(x, y, color=COLOURS[model], linestyle=DASHES[model], linewidth=1.4, label=label)


def draw_roc(axes: Axes, line: Line, outcomes: NDArray, label: str) -> None:
    """The ROC curve on the test set."""
    false, true, _ = roc_curve(outcomes, line.finished.test)
    _plot(axes, line, false, true, label)
    axes.set(xlabel="wrong refusals / repaid", ylabel="right refusals / defaulted")


def draw_precision_recall(axes: Axes, line: Line, outcomes: NDArray, label: str) -> None:
    """The precision-recall curve on the test set."""
    precision, recall, _ = precision_recall_curve(outcomes, line.finished.test)
    _plot(axes, line, recall[:-1], precision[:-1], label)
    axes.set(xlabel="recall", ylabel="precision", ylim=(0, 0.6))


def draw_calibration(axes: Axes, line: Line, outcomes: NDArray, label: str) -> None:
    """Predicted against observed default rate, by decile of the test set."""
    deciles = np.quantile(line.finished.test, np.linspace(0, 1, CALIBRATION_BINS + 1))
    table = calibration_table(line.finished.test, outcomes, deciles)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8)
    _plot(axes, line, [row["predicted"] for row in table], [row["observed"] for row in table], label)
    axes.set(xlabel="mean probability of default", ylabel="observed default rate", xlim=(0, 1), ylim=(0, 0.5))


def draw_cost(axes: Axes, line: Line, outcomes: NDArray, label: str) -> None:
    """Smoothed cost per applicant on the test set by threshold, with a dot at the one chosen out of fold."""
    rule = line.finished.rule
    curve = rate_curve(line.finished.test, outcomes)
    thresholds, losses = curve.k / (1 + curve.k), curve.under(line.finished.rule.costs)[1]
    _plot(axes, line, thresholds, losses, label)
    at = np.interp(rule.threshold, thresholds, losses)
    axes.plot([rule.threshold], [at], "o", color=COLOURS[line.finished.combination.model], markersize=4)
    axes.axvline(rule.costs.theoretical_threshold, color=MUTED, linewidth=0.8)
    axes.set(xlabel="threshold", ylabel="cost per applicant", xscale="log")


CURVES: dict[str, Draw] = {
    "roc": draw_roc,
    "precision_recall": draw_precision_recall,
    "calibration": draw_calibration,
    "cost": draw_cost,
}


def by_treatment(table: Table, outcomes: NDArray, draw: Draw) -> Figure:
    """One kind of curve, with a panel per treatment of class imbalance and a line per model."""
    figure = Figure(figsize=(11, 8.5), dpi=DPI, layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes, strategy in zip(panels.flat, Strategy, strict=True):
        for line in table.lines:
            if line.finished.combination.strategy is strategy:
                draw(axes, line, outcomes, line.finished.combination.model)
        axes.set_title(strategy.value, loc="left")
    panels.flat[0].legend(fontsize=8)
    return figure


def of_line(line: Line, outcomes: NDArray) -> dict[str, Figure]:
    """All curves of one combination."""
    figures = {}
    for name, draw in CURVES.items():
        figures[name] = Figure(figsize=(5.6, 4.6), dpi=DPI, layout="constrained")
        axes = figures[name].subplots()
        draw(axes, line, outcomes, str(line.finished.combination))
        axes.set_title(str(line.finished.combination), loc="left")
    return figures


def draw_all(table: Table, parts: Parts, out: Path) -> None:
    """Writes `roc.png`, `precision_recall.png`, `calibration.png` and `cost.png`."""
    for name, draw in CURVES.items():
        with complete_or_absent(out / f"{name}.png") as file:
            by_treatment(table, parts.test.outcomes, draw).savefig(file, format="png")
