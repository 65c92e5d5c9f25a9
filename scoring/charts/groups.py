"""Refusal rates by group of an attribute, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from scoring.artifact.review import GroupRates, Rate, attribute_words, group_words
from scoring.charts.rates import RatePanel, rate_in_words, rates_figure
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, text


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
    repaid = [group.false_refusal for group in known]
    return rates_figure(
        attribute_words(groups[0].attribute, language),
        text("model.chart.groups_note", language, refused=percent(overall, language)),
        [group_label(group, language) for group in known],
        [
            RatePanel(text("model.chart.refused", language), [refused(group) for group in known], overall),
            RatePanel(text("model.chart.refused_repaid", language), repaid),
        ],
        language,
    )


def group_label(group: GroupRates, language: Language) -> str:
    """A group with its number of applicants, if that is not too small to be shown."""
    name = group_words(group.attribute, group.level, language)
    if group.defaulted is None:
        return name
    return text("model.group", language, group=name, applicants=number(group.applicants, language, 0))


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
