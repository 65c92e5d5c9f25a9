"""Estimated and realised performance in words."""

from __future__ import annotations

from scoring.answers.applicant import Outcome
from scoring.markup import Table
from scoring.oversight.realised import PerformanceReport
from scoring.oversight.shown import Shown, counted, erased_sentence, percent_or_nothing, share_in_words
from scoring.words.language import Language
from scoring.words.wording import percent, short_number, text

COST_DIGITS = 3


def performance_html(report: PerformanceReport, language: Language) -> str:
    """The report for the page."""
    return performance_shown(report, language).html()


def performance_shown(report: PerformanceReport, language: Language) -> Shown:
    """The report in words: by recommendation and decision, then calibration by band and costs, where known."""
    erased = erased_sentence(report.erased, language)
    if not report.applicants:
        return Shown((text("oversight.no_decisions", language), *erased), ())
    known = (
        text(
            "realised.summary",
            language,
            known=counted(report.known, language),
            applicants=counted(report.applicants, language),
        )
        if report.known
        else text("realised.none", language, applicants=counted(report.applicants, language))
    )
    tables = [_cells(report, language)]
    if report.known:
        tables += [_bands(report, language), _costs(report, language)]
    return Shown((known, *erased), tuple(tables))


def _outcome(outcome: Outcome | None, language: Language) -> str:
    return text(f"oversight.outcome.{outcome or 'any'}", language)


def _cells(report: PerformanceReport, language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            _outcome(cell.recommendation, language),
            _outcome(cell.outcome, language),
            counted(cell.applicants, language),
            percent(cell.expected_of_all, language),
            counted(cell.realised.of, language),
            percent_or_nothing(cell.expected, language),
            share_in_words(cell.realised, language),
        )
        for cell in report.cells
    ]
    keys = (
        *("overrides.recommended", "overrides.decided", "realised.applicants", "realised.expected_of_all"),
        *("overrides.known", "overrides.expected", "overrides.realised"),
    )
    return Table(text("realised.cells", language), tuple(text(key, language) for key in keys), rows)


def _bands(report: PerformanceReport, language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            text("realised.band", language, low=percent(band.low, language, 0), high=percent(band.high, language, 0)),
            counted(band.realised.of, language),
            percent(band.expected, language),
            share_in_words(band.realised, language),
            text("realised.holds" if band.holds else "realised.fails", language),
        )
        for band in report.bands
    ]
    keys = (
        "realised.probability",
        "overrides.known",
        "overrides.expected",
        "overrides.realised",
        "realised.calibrated",
    )
    return Table(text("realised.bands", language), tuple(text(key, language) for key in keys), rows)


def _costs(report: PerformanceReport, language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            text(f"realised.unit.{cost.unit}", language),
            counted(cost.applicants, language),
            short_number(cost.expected, language, COST_DIGITS),
            short_number(cost.realised, language, COST_DIGITS),
        )
        for cost in report.costs
    ]
    keys = ("realised.unit", "overrides.known", "realised.cost_expected", "realised.cost_realised")
    return Table(text("realised.costs", language), tuple(text(key, language) for key in keys), rows)
