"""Whom recourse reaches, by group and by move."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from scoring.artifact.recourse_audit import GroupReached, RecourseAudit
from scoring.artifact.review import attribute_words, group_words
from scoring.charts.rates import RatePanel, rate_in_words, rates_figure
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, text


def recourse_figure(groups: Sequence[GroupReached], overall: float, language: Language) -> Figure:
    """One row per group of one attribute: the share with a plan, and that with a fixed prediction.

    Args:
        groups: of one attribute, with enough applicants for a rate.
        overall: share of all applicants with a plan.
        language: of the words.
    """
    planned = [group.reached.plan for group in groups]
    return rates_figure(
        attribute_words(groups[0].attribute, language),
        text("model.chart.recourse_note", language, planned=percent(overall, language)),
        [_label(group, language) for group in groups],
        [
            RatePanel(text("model.chart.planned", language), planned, overall),
            RatePanel(text("model.chart.fixed", language), [group.reached.fixed for group in groups]),
        ],
        language,
    )


def _label(group: GroupReached, language: Language) -> str:
    """A group with its number of applicants, if that is not too small to be shown."""
    name = group_words(group.attribute, group.level, language)
    if group.reached.plan.value is None:
        return name
    return text("model.group", language, group=name, applicants=number(group.reached.applicants, language, 0))


def recourse_table(groups: Sequence[GroupReached], language: Language) -> Table:
    """Every rate of each group of one attribute, with its interval."""

    def share(value: float) -> str:
        return percent(value, language)

    rows: list[tuple[str, ...]] = []
    for group in groups:
        rates = (group.reached.plan, group.reached.fixed, group.reached.burden)
        rows.append((_label(group, language), *(rate_in_words(rate, language, share) for rate in rates)))
    headers = tuple(text(f"model.chart.{key}", language) for key in ("group", "planned", "fixed", "burden"))
    return Table(attribute_words(groups[0].attribute, language), headers, rows)


def moves_table(audit: RecourseAudit, language: Language) -> Table:
    """What each move comes to by itself, as shares of all applicants searched."""
    rows: list[tuple[str, ...]] = []
    for move in audit.moves:
        counts, words = (move.open, move.lowers, move.alone), move.words[language]
        rows.append((words[:1].upper() + words[1:], *(percent(count / audit.applicants, language) for count in counts)))
    headers = tuple(text(f"model.moves.{key}", language) for key in ("move", "open", "lowers", "alone"))
    return Table(text("model.moves", language), headers, rows)
