"""Time to decision, and the age of cases, in words."""

from __future__ import annotations

from scoring.markup import Table
from scoring.oversight.shown import NOTHING, Shown, counted, erased_sentence
from scoring.oversight.timing import AgeBand, Due, Duration, TimingReport
from scoring.words.language import Language
from scoring.words.wording import short_number, text

HOURS_A_DAY = 24


def timing_html(report: TimingReport, language: Language) -> str:
    """The report for the page."""
    return timing_shown(report, language).html()


def timing_shown(report: TimingReport, language: Language) -> Shown:
    """The report in words: how long decisions took, by adviser and month, then the cases as they are."""
    whole = report.whole
    sentence = (
        text(
            "timing.summary",
            language,
            count=counted(whole.decisions, language),
            median=_time(whole.median, language),
            p90=_time(whole.p90, language),
        )
        if whole.decisions
        else text("timing.none", language)
    )
    unseen = [text("timing.unseen", language, count=counted(report.unseen, language))] if report.unseen else []
    groups = [
        _durations(what, group, language)
        for what, group in (("adviser", report.advisers), ("month", report.months))
        if group
    ]
    return Shown(
        (sentence, *unseen, *erased_sentence(report.erased, language)),
        (*groups, _ages(report.ages, language), _due(report.due, language)),
    )


def _time(hours: float | None, language: Language) -> str:
    """A duration in minutes, hours or days, whichever is read most easily."""
    if hours is None:
        return NOTHING
    for unit, size, from_hours in (("days", HOURS_A_DAY, 2 * HOURS_A_DAY), ("hours", 1, 1), ("minutes", 1 / 60, 0)):
        if hours >= from_hours:
            return text(f"timing.{unit}", language, number=short_number(hours / size, language, 1))
    return NOTHING


def _durations(what: str, group: tuple[Duration, ...], language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (each.name, counted(each.decisions, language), _time(each.median, language), _time(each.p90, language))
        for each in group
    ]
    headers = (
        text(f"overrides.{what}", language),
        *(text(f"timing.{key}", language) for key in ("decisions", "median", "p90")),
    )
    return Table(text(f"timing.by_{what}", language), headers, rows)


def _ages(ages: tuple[AgeBand, ...], language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            text("timing.age", language, least=band.least, most=band.most)
            if band.most is not None
            else text("timing.age_from", language, least=band.least),
            *(counted(count, language) for count in (band.working, band.referred, band.to_confirm)),
        )
        for band in ages
    ]
    headers = tuple(text(f"timing.{key}", language) for key in ("days_old", "working", "referred", "to_confirm"))
    return Table(text("timing.ages", language), headers, rows)


def _due(due: tuple[Due, ...], language: Language) -> Table:
    rows: list[tuple[str, ...]] = [(_until(each.within, language), counted(each.approvals, language)) for each in due]
    headers = (text("timing.holds", language), text("timing.approvals", language))
    return Table(text("timing.due", language), headers, rows)


def _until(within: int | None, language: Language) -> str:
    if within is None:
        return text("timing.longer", language)
    return text("timing.within", language, days=within) if within else text("timing.expired", language)
