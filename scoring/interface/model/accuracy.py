"""Discrimination and calibration of the model, and the results of other models."""

from __future__ import annotations

from scoring.artifact.lineage import COMPARED_FIGURES, ComparedModel, lineage_of
from scoring.artifact.load import Artifact
from scoring.charts import accuracy_table, calibration, calibration_table, precision_recall, roc, svg
from scoring.decision.costs import RatioCosts
from scoring.interface.html import element, figure_html, words
from scoring.interface.model.parts import paragraph, scrolled, section
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, text

FIGURES = ("auc", "average_precision", "brier", "calibration_error")


def accuracy_section(artifact: Artifact, language: Language) -> str:
    """The whole section."""
    held_out, out_of_fold = (artifact.metrics[part] for part in ("held_out", "out_of_fold"))
    rows: list[tuple[str, ...]] = [
        (
            text(f"model.figure.{name}", language),
            *(number(part[name], language, 4) for part in (held_out, out_of_fold)),
            text(f"model.means.{name}", language),
        )
        for name in FIGURES
    ]
    headers = tuple(text(f"model.accuracy.{key}", language) for key in ("figure", "held_out", "out_of_fold", "means"))
    bins = held_out["calibration"], out_of_fold["calibration"]
    drawn = [
        figure_html(
            svg(calibration, *bins, held_out["calibration_error"], language),
            calibration_table(*bins, language),
            language,
        ),
        *_curves(artifact, language),
    ]
    parts = [
        paragraph("model.accuracy.who", language),
        element(
            "div", scrolled(Table(text("model.accuracy.table", language), headers, rows)) + "".join(drawn), "cs-figures"
        ),
        *([] if artifact.accuracy_curves else [paragraph("model.no_curves", language)]),
        *_comparison(artifact, language),
    ]
    return section("accuracy", parts, language)


def _curves(artifact: Artifact, language: Language) -> list[str]:
    curves, rule = artifact.accuracy_curves, artifact.rule
    if curves is None:
        return []
    threshold = rule.costs.threshold(rule.k) if isinstance(rule.costs, RatioCosts) else None
    return [
        figure_html(
            svg(draw, curves, threshold, language), accuracy_table(curves, text(title, language), language), language
        )
        for draw, title in ((roc, "model.chart.roc"), (precision_recall, "model.chart.precision_recall"))
    ]


def _comparison(artifact: Artifact, language: Language) -> list[str]:
    lineage = lineage_of(artifact.manifest)
    title = words("h3", text("model.comparison", language))
    if lineage is None or not lineage.comparison:
        return [title, paragraph("model.no_comparison", language)]
    return [title, scrolled(_compared(lineage.comparison, language))]


def _compared(lines: list[ComparedModel], language: Language) -> Table:
    rows: list[tuple[str, ...]] = []
    for line in lines:
        cells = []
        for name in COMPARED_FIGURES:
            found = line.figures[name]
            written = {end: number(value or 0.0, language, 3) for end, value in vars(found).items()}
            cells.append(text("drift.interval", language, **written))
        rows.append((line.model, text(f"model.strategy.{line.strategy}", language), *cells))
    headers = (
        text("model.comparison.model", language),
        text("model.comparison.strategy", language),
        *(text(f"model.figure.{name}", language) for name in COMPARED_FIGURES),
    )
    return Table(text("model.comparison.table", language), headers, rows)
