"""The override report in words."""

from __future__ import annotations

from scoring.markup import Table
from scoring.oversight.decisions import Rate
from scoring.oversight.overrides import Group, OverrideReport
from scoring.oversight.shown import NOTHING, Shown, counted, erased_sentence, percent_or_nothing, share_in_words
from scoring.words.language import Language
from scoring.words.wording import percent, text


def overrides_html(report: OverrideReport, language: Language) -> str:
    """The report for the page."""
    return overrides_shown(report, language).html()


def overrides_shown(report: OverrideReport, language: Language) -> Shown:
    """The report in words: what stands out, then by direction, adviser, reason and month."""
    if not report.decisions and not report.referred:
        return Shown((text("oversight.no_decisions", language), *erased_sentence(report.erased, language)), ())
    return Shown(
        (
            text(
                "overrides.summary",
                language,
                count=counted(report.overrides.count, language),
                of=counted(report.overrides.of, language),
                share=share_in_words(report.overrides, language),
            ),
            *([text(f"overrides.level.{report.level}", language)] if report.overrides.of else []),
            text(
                "overrides.sides",
                language,
                low=_of(report.low_side, language),
                high=_of(report.high_side, language),
            ),
            text(
                "overrides.steps",
                language,
                **{
                    name: counted(getattr(report, name), language)
                    for name in ("waiting", "confirmed", "sent_back", "reopened", "referred", "against_referral")
                },
            ),
            *erased_sentence(report.erased, language),
        ),
        (
            _cells(report, language),
            _groups("adviser", report.advisers, language),
            _groups("month", report.months, language),
            *([_reasons(report, language)] if report.reasons else []),
        ),
    )


def _of(rate: Rate, language: Language) -> str:
    share = percent(rate.share, language) if rate.share is not None else NOTHING
    return text(
        "overrides.of", language, count=counted(rate.count, language), of=counted(rate.of, language), share=share
    )


def _headers(language: Language, *keys: str) -> tuple[str, ...]:
    return tuple(text(f"overrides.{key}", language) for key in keys)


def _cells(report: OverrideReport, language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            text(f"oversight.outcome.{cell.recommendation}", language),
            text(f"oversight.outcome.{cell.outcome}", language),
            counted(cell.decisions, language),
            percent_or_nothing(cell.share.share, language),
            counted(cell.realised.of, language),
            percent_or_nothing(cell.expected, language),
            share_in_words(cell.realised, language),
        )
        for cell in report.cells
    ]
    keys = ("recommended", "decided", "count", "share", "known", "expected", "realised")
    return Table(text("overrides.cells", language), _headers(language, *keys), rows)


def _groups(what: str, groups: tuple[Group, ...], language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            group.name,
            counted(group.decisions, language),
            counted(group.low_side, language),
            counted(group.high_side, language),
            share_in_words(group.overrides, language),
            text(f"overrides.mark.{group.level}", language),
        )
        for group in groups
    ]
    headers = _headers(language, what, "judged", "low_side", "high_side", "overridden", "mark")
    return Table(text(f"overrides.by_{what}", language), headers, rows)


def _reasons(report: OverrideReport, language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            reason.code or text("overrides.no_reason", language),
            counted(reason.low_side, language),
            counted(reason.high_side, language),
            percent_or_nothing(reason.share.share, language),
        )
        for reason in report.reasons
    ]
    headers = _headers(language, "reason", "low_side", "high_side", "share_of_overrides")
    return Table(text("overrides.by_reason", language), headers, rows)
