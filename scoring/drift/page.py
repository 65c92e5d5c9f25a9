"""A drift report as a self-contained page, without scripts."""

from __future__ import annotations

from scoring.decision.in_words import cost_in_words
from scoring.drift.report import Bracket, ColumnDrift, DriftReport, Performance, Shift
from scoring.drift.words import changes_in_words
from scoring.markup import Table, element, table_html, words
from scoring.schema.features import ModelFeature
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

STYLE = """<style>
.drift { font: 15px/1.5 system-ui, sans-serif; color: #1f2937; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
.drift table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
.drift caption { text-align: left; font-weight: 600; padding: .5rem 0; }
.drift th, .drift td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid #e5e7eb; }
.drift tbody th { font-weight: 400; }
</style>"""
SHARES = ("default_rate", "refused", "auc", "false_approvals", "false_refusals")
# Smaller p-values are not worth distinguishing.
LEAST_P = 1e-4


def drift_page(report: DriftReport, features: tuple[ModelFeature, ...], language: Language) -> str:
    """The whole page; `features` are those of the model, if there is one."""
    title = words("title", text("drift.title", language))
    head = f'<head><meta charset="utf-8">{title}</head>'
    body = element("body", drift_summary(report, features, language))
    return f'<!doctype html><html lang="{language}">{head}{body}</html>'


def drift_summary(report: DriftReport, features: tuple[ModelFeature, ...], language: Language) -> str:
    """The findings in words: the page without its frame."""
    tables = [*score_tables(report, language), *performance_tables(report, language)]
    parts = [
        words("h1", text("drift.title", language)),
        *(words("p", sentence) for sentence in sentences(report, language)),
        table_html(column_table(report, features, language, drifted_only=True)) if report.drifted else "",
        *map(table_html, tables),
        words("p", text("drift.performance.note", language)) if report.estimated else "",
        _folded(column_table(report, features, language, drifted_only=False)),
    ]
    return STYLE + element("div", "".join(parts), "drift")


def sentences(report: DriftReport, language: Language) -> list[str]:
    """The populations, the extent of drift, and what the earlier system would have reported."""
    found = [
        text(
            "drift.populations",
            language,
            current=number(report.current.applicants, language, 0),
            current_table=report.current.table,
            reference=number(report.reference.applicants, language, 0),
            reference_table=report.reference.table,
            created=report.created[:10],
        )
    ]
    if report.model:
        found.append(text("drift.model", language, version=report.model.version))
    if report.reference_learnt:
        found.append(text("drift.learnt", language))
    drifted, columns, share = len(report.drifted), len(report.columns), percent(report.share_drifted, language)
    found.append(
        text("drift.share", language, drifted=drifted, columns=columns, share=share)
        if drifted
        else text("drift.none", language)
    )
    if drifted and report.weighted_share is not None:
        found.append(text("drift.weighted", language, weighted=percent(report.weighted_share, language)))
    earlier = report.earlier
    share = percent(earlier.share, language)
    found.append(text("drift.earlier", language, drifted=earlier.drifted, columns=earlier.columns, share=share))
    if report.calibration:
        calibration = report.calibration
        key = "drift.calibration.holds" if calibration.holds else "drift.calibration.fails"
        error, allowed = (number(value, language, 3) for value in (calibration.error, calibration.allowed))
        found.append(text(key, language, error=error, allowed=allowed))
    return found


def column_table(
    report: DriftReport, features: tuple[ModelFeature, ...], language: Language, drifted_only: bool
) -> Table:
    """The columns with weight, index, test and what changed; those that drifted, or all.

    A column of another version, unknown to the application and these features, has no label.
    """
    shown = {name: column for name, column in report.columns.items() if column.drifted or not drifted_only}
    labels = {item.feature.name: item.feature.label for item in features}
    labels |= {name: field.label for name, field in fields().items()}
    keys = ("column", "importance", "drifted", "psi", "test", "p_corrected", "what")
    return Table(
        text(f"drift.columns.{'drifted' if drifted_only else 'all'}", language),
        tuple(text(f"drift.{key}", language) for key in keys),
        [
            (f"{labels[name][language]} ({name})" if name in labels else name, *_column_cells(column, language))
            for name, column in shown.items()
        ],
    )


def _column_cells(column: ColumnDrift, language: Language) -> tuple[str, ...]:
    importance = "" if column.importance is None else percent(column.importance, language)
    return (importance, *_shift_cells(column, language), changes_in_words(column.changes, language))


def _shift_cells(shift: Shift, language: Language) -> tuple[str, ...]:
    least = "< " if shift.p_corrected < LEAST_P else ""
    return (
        text("yes" if shift.drifted else "no", language),
        number(shift.psi, language, 3),
        text(f"drift.test.{shift.test}", language),
        least + number(max(shift.p_corrected, LEAST_P), language, 4),
    )


def score_tables(report: DriftReport, language: Language) -> list[Table]:
    """Score and decision on both sides; empty if only raw fields were compared."""
    if not (report.score and report.decision):
        return []
    score, decision = report.score, report.decision
    rows: list[tuple[str, ...]] = [
        (
            text("drift.score", language),
            percent(score.reference_mean, language),
            percent(score.current_mean, language),
            *_shift_cells(score, language),
        )
    ]
    for index, outcome in enumerate(decision.reference):
        shares = (percent(side[outcome], language) for side in (decision.reference, decision.current))
        # The test covers all three outcomes: shown once.
        cells = ("", "", "", "") if index else _shift_cells(decision, language)
        rows.append((text(f"drift.decision.{outcome}", language), *shares, *cells))
    keys = ("figure", "reference", "current", "drifted", "psi", "test", "p_corrected")
    headers = tuple(text(f"drift.{key}", language) for key in keys)
    return [Table(text("drift.score_decision", language), headers, rows)]


def performance_tables(report: DriftReport, language: Language) -> list[Table]:
    """Reference, estimated and realised performance, as far as available."""
    sides = {
        "reference": report.reference_performance,
        "estimated": report.estimated,
        "realised": report.realised,
    }
    known = {name: side for name, side in sides.items() if side}
    if not known:
        return []
    headers = (text("drift.figure", language), *(text(f"drift.performance.{name}", language) for name in known))
    rows = [
        (
            text(f"drift.performance.{figure}", language),
            *(figure_in_words(side, figure, language) for side in known.values()),
        )
        for figure in (*SHARES, "cost")
    ]
    return [Table(text("drift.performance", language), headers, rows)]


def figure_in_words(performance: Performance, figure: str, language: Language) -> str:
    """A figure of performance with its interval, in its own unit."""
    bracket: Bracket = getattr(performance, figure)
    written = {name: _figure(value, figure, performance, language) for name, value in vars(bracket).items()}
    return text("drift.interval", language, **written)


def _figure(value: float, figure: str, performance: Performance, language: Language) -> str:
    if figure == "cost":
        return cost_in_words(value, performance.cost_unit, language)
    return number(value, language, 3) if figure == "auc" else percent(value, language)


def _folded(table: Table) -> str:
    return element("details", words("summary", table.caption) + table_html(table))
