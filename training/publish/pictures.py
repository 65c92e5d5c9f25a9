"""The pictures of a model card: calibration and cost, as matplotlib figures (object-oriented API, never pyplot)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matplotlib.figure import Figure

from scoring.artifact.load import Artifact
from scoring.charts import to_png
from scoring.charts.style import DPI, GRID, INK, LOWERS, MUTED, RAISES
from scoring.decision.cost_curve import CostCurve
from scoring.decision.costs import RatioCosts

SIZE = (5.6, 4.2)
# Range of the curve around its minimum, in multiples of k: nobody would set a threshold beyond.
SHOWN = 4.0


def pictures(artifact: Artifact) -> dict[str, bytes]:
    """Each picture of the card as PNG, by file name."""
    return {"calibration.png": to_png(calibration(artifact.metrics)), "cost.png": to_png(cost(artifact))}


def calibration(metrics: Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]]) -> Figure:
    """Predicted against observed default rate of tenths of applicants: out of fold as a line, held out as dots."""
    figure = Figure(SIZE, dpi=DPI, layout="constrained")
    axes = figure.subplots()
    parts = {part: metrics[part]["calibration"] for part in ("out_of_fold", "held_out")}
    highest = 1.05 * max(max(row["predicted"], row["observed"]) for rows in parts.values() for row in rows)
    axes.plot([0, highest], [0, highest], color=GRID, linewidth=1, label="perfect")
    for (part, rows), colour, line in zip(parts.items(), (LOWERS, RAISES), ("-", "o"), strict=True):
        predicted, observed = ([row[side] for row in rows] for side in ("predicted", "observed"))
        axes.plot(predicted, observed, line, color=colour, label=part.replace("_", " "))
    axes.set(xlabel="mean probability of default of a tenth", ylabel="observed default rate")
    axes.legend(frameon=False)
    return figure


def cost(artifact: Artifact) -> Figure:
    """The smoothed out-of-fold cost per applicant against the threshold, with the referral band and theory."""
    rule, curves = artifact.rule, artifact.curves
    if isinstance(rule.costs, RatioCosts):
        return _cost(artifact, curves.rates, rule.costs.threshold, "threshold, as a probability of default")
    assert curves.amounts is not None
    return _cost(artifact, curves.amounts, lambda k: k, "threshold, in multiples of each loan's theoretical odds")


def _cost(artifact: Artifact, curve: CostCurve, scale: Callable[[float], float], name: str) -> Figure:
    rule = artifact.rule
    k, losses = curve.under(rule.costs)
    shown = (k > rule.k / SHOWN) & (k < rule.k * SHOWN)
    figure = Figure(SIZE, dpi=DPI, layout="constrained")
    axes = figure.subplots()
    axes.axvspan(scale(rule.k_low), scale(rule.k_high), color=GRID, label="referral band")
    axes.plot([scale(value) for value in k[shown]], losses[shown], color=INK)
    axes.axvline(scale(rule.k), color=RAISES, label="least cost")
    axes.axvline(scale(1.0), color=MUTED, linestyle="--", label="theory")
    axes.set(xlabel=name, ylabel=f"cost per applicant, in {rule.costs.unit}")
    axes.legend(frameon=False)
    return figure
