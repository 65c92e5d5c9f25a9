"""The out-of-fold cost curve over the threshold, with its minimum and an applicant marked."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from scoring.artifact.model import log_odds_of
from scoring.charts.style import (
    BODY_SIZE,
    INK,
    LOWERS,
    MARGIN,
    MUTED,
    PALE,
    RAISES,
    WIDTH,
    framed,
    show_bottom_axis,
    show_left_axis,
)
from scoring.decision.cost_curve import CostCurve
from scoring.decision.costs import RatioCosts
from scoring.decision.in_words import cost_in_words
from scoring.decision.rule import DecisionRule
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import percent, short_number, text

HEIGHT, ABOVE, BELOW, LEFT = 2.2, 0.35, 1.15, 0.75
PROBABILITIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
MULTIPLES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
# The curve is cut off above this multiple of its minimum: nobody would set a threshold there.
DEAREST = 3.0
MOST_TICKS = 4


def cost_figure(curve: CostCurve, rule: DecisionRule, applicant: float | None, language: Language) -> Figure:
    """The figure; the horizontal axis is logarithmic in odds and stays the same whatever the costs.

    Args:
        curve: of the rule's cost function.
        rule: with the threshold and the band to mark.
        applicant: this applicant's probability of default, with a ratio.
        language: of the words.
    """
    notes = [text(f"model.chart.cost_note.{rule.costs.name}", language)]
    panel = (LEFT, WIDTH - LEFT - MARGIN)
    figure, (axes,) = framed(text("model.chart.cost", language), notes, HEIGHT, [panel], ABOVE, BELOW)
    losses = curve.under(rule.costs)[1]
    log_k = np.log(curve.k)
    axes.plot(log_k, losses, color=INK, linewidth=1.8)
    axes.set_xlim(log_k[0], log_k[-1])
    axes.set_ylim(0, 1.05 * min(losses.max(), DEAREST * losses.min()))
    _show_axes(axes, rule, language)
    handles = _mark(axes, rule, applicant, language)
    figure.legend(handles=handles, loc="lower left", ncols=2, frameon=False, fontsize=BODY_SIZE, labelcolor=INK)
    return figure


def _show_axes(axes: Axes, rule: DecisionRule, language: Language) -> None:
    if isinstance(rule.costs, RatioCosts):
        ticks = log_odds_of(np.array(PROBABILITIES)).tolist()
        labels = [percent(tick, language, 0) for tick in PROBABILITIES]
    else:
        ticks, labels = np.log(MULTIPLES).tolist(), [short_number(tick, language, 1) for tick in MULTIPLES]
    show_bottom_axis(axes, ticks, labels, text(f"model.chart.threshold.{rule.costs.name}", language))
    costs = [tick for tick in MaxNLocator(MOST_TICKS).tick_values(*axes.get_ylim()) if tick <= axes.get_ylim()[1]]
    labels = [cost_in_words(tick, rule.costs.unit, language) for tick in costs]
    show_left_axis(axes, costs, labels, text(f"model.chart.cost_axis.{rule.costs.unit}", language))


def _mark(axes: Axes, rule: DecisionRule, applicant: float | None, language: Language) -> list[Patch | Line2D]:
    """Threshold, band, theory and applicant, each with its label in the legend."""
    shift = np.log(rule.costs.ratio) if isinstance(rule.costs, RatioCosts) else 0.0
    best, low, high, theory = np.log([rule.k, rule.k_low, rule.k_high, 1.0]) - shift
    labels = rule_in_words(rule, language)
    axes.axvspan(low, high, color=PALE, zorder=0, linewidth=0)
    handles: list[Patch | Line2D] = [
        axes.axvline(best, color=RAISES, linewidth=2.4, label=labels["threshold"], gid="threshold"),
        Patch(color=PALE, label=labels["band"]),
        axes.axvline(theory, color=MUTED, linewidth=1.4, linestyle=(0, (4, 3)), label=labels["theory"]),
    ]
    if applicant is not None:
        position, top = float(log_odds_of(applicant)), axes.get_ylim()[1]
        inside = min(max(position, axes.get_xlim()[0]), axes.get_xlim()[1])
        axes.axvline(inside, color=LOWERS, linewidth=1.2, linestyle=(0, (1, 2)))
        words = text("model.chart.applicant", language, probability=percent(applicant, language))
        (marker,) = axes.plot(
            [inside],
            [0.97 * top],
            marker="v",
            markersize=9,
            color=LOWERS,
            linestyle="none",
            label=words,
            gid="applicant",
        )
        handles.append(marker)
    return handles


def rule_in_words(rule: DecisionRule, language: Language) -> dict[str, str]:
    """Threshold, referral band and theory, as in legend and table."""

    def written(k: float) -> str:
        if isinstance(rule.costs, RatioCosts):
            return percent(rule.costs.threshold(k), language)
        return text("model.times", language, number=short_number(k, language, 2))

    return {
        "threshold": text("model.chart.least", language, threshold=written(rule.k)),
        "band": text("model.chart.band", language, low=written(rule.k_low), high=written(rule.k_high)),
        "theory": text("model.chart.theory", language, threshold=written(1.0)),
    }


def cost_table(curve: CostCurve, rule: DecisionRule, language: Language) -> Table:
    """The cost at the figure's ticks and at the threshold."""
    losses = curve.under(rule.costs)[1]
    if isinstance(rule.costs, RatioCosts):
        chosen = rule.costs.threshold(rule.k)
        ticks = sorted({*PROBABILITIES, chosen})
        odds = [tick / (1 - tick) for tick in ticks]
        written = [percent(tick, language, 1 if tick == chosen else 0) for tick in ticks]
    else:
        chosen, odds = rule.k, sorted({*MULTIPLES, rule.k})
        ticks, written = odds, [short_number(k, language, 2) for k in odds]
    costs = np.interp(np.log(odds), np.log(curve.k), losses)
    rows: list[tuple[str, ...]] = []
    for tick, words, cost in zip(ticks, written, costs.tolist(), strict=True):
        name = text("model.chart.chosen", language, threshold=words) if tick == chosen else words
        rows.append((name, cost_in_words(cost, rule.costs.unit, language)))
    description = ". ".join([text("model.chart.cost", language), *rule_in_words(rule, language).values()])
    headers = (
        text(f"model.chart.threshold.{rule.costs.name}", language),
        text(f"model.chart.cost_axis.{rule.costs.unit}", language),
    )
    return Table(f"{description}.", headers, rows)
