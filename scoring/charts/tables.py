"""The figures as tables, for screen readers and for readers who prefer a table."""

from __future__ import annotations

from scoring.answers.applicant import Explanation
from scoring.answers.population import Comparison
from scoring.charts.levels import has_rates, rate_in_words, shown_levels
from scoring.charts.population import notes
from scoring.charts.steps import Step, Waterfall, feature_steps, points_in_words, probability, theme_steps
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import percent, text, value_in_words


def waterfall_table(explanation: Explanation, language: Language) -> Table:
    """The waterfall by theme: each step, its change and the probability after it."""
    return _steps_table(theme_steps(explanation, language), explanation, language)


def theme_waterfall_table(explanation: Explanation, theme: str, language: Language) -> Table:
    """The waterfall of one theme's features."""
    return _steps_table(feature_steps(explanation, theme, language), explanation, language)


def _steps_table(drawn: Waterfall, explanation: Explanation, language: Language) -> Table:
    headers = tuple(text(f"table.{key}", language) for key in ("step", "change", "effect", "so_far"))
    threshold = text("chart.threshold", language, threshold=percent(explanation.threshold, language))
    first = (drawn.start_label, "", "", percent(probability(drawn.start), language))
    last = (text("chart.this_applicant", language), "", "", percent(explanation.probability, language))
    rows = [(_step_name(step, language), *_step_cells(step, language)) for step in drawn.steps]
    return Table(f"{drawn.title}. {threshold}.", headers, [first, *rows, last])


def _step_name(step: Step, language: Language) -> str:
    return text("chart.item", language, label=step.label, value=step.value) if step.value else step.label


def _step_cells(step: Step, language: Language) -> tuple[str, str, str]:
    key = "chart.unchanged" if step.end == step.start else "chart.raises" if step.end > step.start else "chart.lowers"
    return points_in_words(step, language), text(key, language), percent(probability(step.end), language)


def comparison_table(comparison: Comparison, language: Language) -> Table:
    """A comparison as a table: the quantiles of a quantity, else the share and default rate of each level."""
    caption = ". ".join([comparison.label, *notes(comparison, language)]) + "."
    if comparison.kind == "quantitative":
        return Table(caption, *_quantile_rows(comparison, language))
    rated = has_rates(comparison.population.name)
    keys = ["table.level", "chart.of_applicants", *(["chart.default_rate"] if rated else [])]
    headers = tuple(text(key, language) for key in keys)
    rows: list[tuple[str, ...]] = []
    for level in shown_levels(comparison, language):
        own = level.level == comparison.value
        name = text("table.marked", language, level=level.level) if own else level.level
        rate = [rate_in_words(level, language)] if rated else []
        rows.append((name, percent(level.share, language), *rate))
    return Table(caption, headers, rows)


def _quantile_rows(comparison: Comparison, language: Language) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    headers = (text("table.statistic", language), text("table.value", language))
    rows: list[tuple[str, ...]] = [
        (
            text("table.quantile", language, percent=percent(float(quantile), language, 0)),
            value_in_words(value, comparison.unit, language),
        )
        for quantile, value in (comparison.population.quantiles or {}).items()
    ]
    own = value_in_words(comparison.value, comparison.unit, language)
    rows.append((text("chart.this_applicant", language), own))
    if comparison.percentile is not None:
        share = percent(comparison.percentile / 100, language)
        rows.append((text("table.percentile", language), share))
    return headers, rows
