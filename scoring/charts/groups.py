"""Refusal rates by group of an attribute, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scoring.artifact.review import GroupRates, Rate, attribute_words, group_words
from scoring.charts.rows import LABEL_WIDTH, place_rows, write_labels
from scoring.charts.style import GRID, HALO, INK, LOWERS, MARGIN, MUTED, WIDTH, framed, wrapped, write
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

LABEL_CHARACTERS = 24
# Intervals stop short of the panel's end, so that their words fit.
REACH = 0.6
GAP = 0.03


def refused(rates: GroupRates) -> Rate:
    """The refusal rate: 1 minus approval."""
    approval = rates.approval
    if approval.value is None or approval.low is None or approval.high is None:
        return approval
    return Rate(1 - approval.value, 1 - approval.high, 1 - approval.low)


def groups_figure(groups: Sequence[GroupRates], overall: float, language: Language) -> Figure:
    """One row per group of one attribute; groups of too few applicants are left out.

    Args:
        groups: of one attribute.
        overall: share of all applicants that is refused, drawn as a line.
        language: of the words.
    """
    known = [group for group in groups if group.approval.value is not None]
    attribute = groups[0].attribute
    labels = [wrapped(group_label(group, language), LABEL_CHARACTERS, 2) for group in known]
    centres, height = place_rows(labels)
    half = (WIDTH - LABEL_WIDTH - 2 * MARGIN) / 2
    panels = [(LABEL_WIDTH, half), (LABEL_WIDTH + half + MARGIN, half)]
    notes = [text("model.chart.groups_note", language, refused=percent(overall, language))]
    figure, (left, right) = framed(attribute_words(attribute, language), notes, height, panels, 0.5, MARGIN)
    write_labels(left, labels, centres, set())
    _dots(left, known, refused, centres, language)
    _dots(right, known, lambda group: group.false_refusal, centres, language)
    left.axvline(overall, color=MUTED, linewidth=1.2, linestyle=(0, (3, 2)), zorder=0)
    for panel, key in ((left, "refused"), (right, "refused_repaid")):
        panel.set_ylim(height, 0)
        write(panel, 0, -0.05, wrapped(text(f"model.chart.{key}", language), 22, 2), va="bottom", color=MUTED)
    return figure


def _dots(
    axes: Axes,
    groups: Sequence[GroupRates],
    rate_of: Callable[[GroupRates], Rate],
    centres: Sequence[float],
    language: Language,
) -> None:
    rates = [rate_of(group) for group in groups]
    reach = max((rate.high for rate in rates if rate.high is not None), default=1.0)
    axes.set_xlim(0, reach / REACH)
    for rate, centre in zip(rates, centres, strict=True):
        axes.axhline(centre, color=GRID, linewidth=0.8, zorder=0)
        if rate.value is None or rate.low is None or rate.high is None:
            write(axes, 0, centre, text("model.too_few", language), va="center", color=MUTED)
            continue
        axes.plot([rate.low, rate.high], [centre] * 2, color=LOWERS, linewidth=2)
        axes.plot([rate.value], [centre], marker="o", markersize=7, color=INK, clip_on=False)
        write(axes, rate.high + GAP * axes.get_xlim()[1], centre, percent(rate.value, language), va="center", bbox=HALO)


def group_label(group: GroupRates, language: Language) -> str:
    """A group with its number of applicants, if that is not too small to be shown."""
    name = group_words(group.attribute, group.level, language)
    if group.defaulted is None:
        return name
    return text("model.group", language, group=name, applicants=number(group.applicants, language, 0))


def rate_in_words(rate: Rate, language: Language, write_one: Callable[[float], str]) -> str:
    """A figure with its interval, or a note of too few applicants."""
    if rate.value is None or rate.low is None or rate.high is None:
        return text("model.too_few", language)
    value, low, high = (write_one(each) for each in (rate.value, rate.low, rate.high))
    return text("drift.interval", language, value=value, low=low, high=high)


def groups_table(groups: Sequence[GroupRates], language: Language) -> Table:
    """Every rate of each group of one attribute, with its interval."""

    def share(value: float) -> str:
        return percent(value, language)

    def points(value: float) -> str:
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return text("chart.points", language, number=sign + number(100 * abs(value), language, 1))

    rows: list[tuple[str, ...]] = [
        (
            group_label(group, language),
            *(
                rate_in_words(rate, language, share)
                for rate in (refused(group), group.false_refusal, group.false_approval, group.default_rate)
            ),
            rate_in_words(group.calibration_gap, language, points),
            rate_in_words(group.approval_ratio, language, lambda value: number(value, language, 2)),
        )
        for group in groups
    ]
    keys = ("group", "refused", "refused_repaid", "approved_defaulted", "default_rate", "gap", "four_fifths")
    headers = tuple(text(f"model.chart.{key}", language) for key in keys)
    return Table(attribute_words(groups[0].attribute, language), headers, rows)
