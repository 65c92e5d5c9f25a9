"""One decision on paper: the adviser's record, a self-contained HTML page that prints on A4.

It has all that the decision rests on. What the applicant is sent is in `scoring.documents.letter`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from babel.dates import format_datetime

from scoring.answers.applicant import CommentedScore, Explanation, HistoryMove, Outcome, Reason, Score
from scoring.applicants.applicant import Applicant
from scoring.applicants.in_words import changes_in_words, loan_in_words
from scoring.artifact.in_words import model_in_words
from scoring.charts import svg, waterfall
from scoring.decision.in_words import cost_in_words, digits_of, points_in_words
from scoring.documents.plans import history_lines
from scoring.documents.reasons import headline, standing_in_words
from scoring.markup import Table, element, icon, table_html, words
from scoring.words.language import Language
from scoring.words.wording import LOCALES, percent, text, value_in_words

PAGE = Path(__file__).with_name("record.html")


@dataclass(frozen=True)
class Verdict:
    """A person's decision as it was recorded.

    Args:
        outcome: what they decided.
        reason: from the lender's list, in words; "" if none was given.
        note: in their own words, for colleagues; "" if none was given.
        by: who decided.
        reference: the journal's entry: its number and hash.
    """

    outcome: Outcome
    reason: str
    note: str
    by: str
    reference: str


@dataclass(frozen=True)
class Record:
    """All that one decision rests on.

    `on_file` is the application without the changes, `history` what is to be done about the credit history, `verdict`
    None until the adviser decides, `at` the time of the record, with time zone.
    """

    on_file: Applicant
    applicant: Applicant
    history: Sequence[HistoryMove]
    score: CommentedScore
    explanation: Explanation
    synthetic: bool
    code_commit: str
    verdict: Verdict | None
    at: datetime
    language: Language


@cache
def _page() -> Template:
    return Template(PAGE.read_text(encoding="utf-8"))


def _written(title: str, parts: Sequence[str], language: Language) -> str:
    return _page().substitute(language=language, title=escape(title), body="\n".join(parts))


def _section(title: str, *parts: str) -> str:
    return element("section", words("h2", title) + "".join(parts))


def _pairs(pairs: Sequence[tuple[str, str]], classes: str = "") -> str:
    return element("dl", "".join(words("dt", label) + words("dd", value) for label, value in pairs), classes)


def _decision(outcome: Outcome, language: Language) -> str:
    return element("p", icon(outcome) + words("span", text(f"decision.{outcome}", language)), "decision")


def _name(record: Record) -> str:
    if record.applicant.applicant_id is None:
        return text("screen.new_application", record.language)
    return text("screen.applicant", record.language, id=record.applicant.applicant_id)


def record_html(record: Record) -> str:
    """The adviser's record as a page."""
    language = record.language
    title = f"{text('record.title', language)} · {_name(record)}"
    made = text("record.made", language, at=format_datetime(record.at, "long", locale=LOCALES[language]))
    figure = svg(waterfall, record.explanation, language)
    parts = [
        words("h1", text("record.title", language)),
        words("p", f"{_name(record)} · {made}"),
        *(words("p", warning, "warning") for warning in record.score.warnings),
        _section(text("theme.loan", language), _pairs(loan_in_words(record.applicant, language), "loan")),
        _changes(record),
        element("div", _recommendation(record.score, language) + _own_decision(record), "two"),
        _section(text("record.comment", language), words("p", record.score.comment)),
        _reasons(record.score.reasons, record.score.probability, language),
        _section(text("screen.tab.explanation", language), element("figure", figure)),
        _model(record),
    ]
    return _written(title, parts, language)


def _changes(record: Record) -> str:
    language = record.language
    changed = changes_in_words(record.on_file.raw, record.score.changes, language)
    title = text("record.changes", language)
    if not changed and not record.history:
        return _section(title, words("p", text("record.no_changes", language)))
    headers = tuple(text(f"screen.{key}", language) for key in ("field", "on_file", "now"))
    parts = [table_html(Table("", headers, list(changed)))] if changed else []
    if record.history:
        listed = "".join(words("li", line) for line in history_lines(record.history))
        parts += [words("p", text("history.conditions", language)), element("ul", listed)]
    return _section(title, *parts)


def _recommendation(scored: Score, language: Language) -> str:
    digits = digits_of(scored)
    low, high = (percent(share, language, digits) for share in scored.referral_band)
    expected = scored.expected_cost
    facts = [
        (text("screen.probability", language), percent(scored.probability, language, digits)),
        (text("record.points", language), points_in_words(scored.points, scored.score_band, language, "points.short")),
        (text("record.threshold", language), percent(scored.threshold, language, digits)),
        (text("record.band", language), text("range", language, low=low, high=high)),
        (text("screen.cost_approve", language), cost_in_words(expected.approve, expected.unit, language)),
        (text("screen.cost_refuse", language), cost_in_words(expected.refuse, expected.unit, language)),
    ]
    unit = words("p", text(f"screen.cost_unit.{expected.unit}", language), "small")
    return _section(text("record.recommendation", language), _decision(scored.decision, language), _pairs(facts), unit)


def _own_decision(record: Record) -> str:
    language, verdict = record.language, record.verdict
    title = text("record.adviser", language)
    if verdict is None:
        return _section(title, words("p", text("record.not_decided", language)))
    against = words("p", text("record.against", language)) if verdict.outcome != record.score.decision else ""
    given = verdict.reason or text("record.no_reason", language)
    facts = _pairs([(text("record.own_reason", language), given), (text("record.by", language), verdict.by)])
    note = words("p", verdict.note, "words") if verdict.note else ""
    reference = words("p", text("record.reference", language, reference=verdict.reference), "small")
    return _section(title, _decision(verdict.outcome, language), against, facts, note, reference)


def _reasons(reasons: Sequence[Reason], probability: float, language: Language) -> str:
    title = text("screen.reasons", language)
    if not reasons:
        return _section(title, words("p", text("screen.no_reasons", language)))
    listed = []
    for reason in reasons:
        value = value_in_words(reason.value, reason.unit, language)
        standing = standing_in_words(reason, probability, language)
        status = f" · {standing}" if standing else ""
        item = text("chart.item", language, label=reason.label, value=value)
        listed.append(element("li", words("b", headline(reason, language)) + words("p", item + status, "small")))
    note = words("p", text("screen.usual_note", language), "small")
    return _section(title, element("ol", "".join(listed)), note)


def _model(record: Record) -> str:
    language, model = record.language, record.score.model
    code = text("record.code", language, commit=record.code_commit)
    return _section(text("record.model", language), words("p", f"{model_in_words(model, language)} · {code}", "small"))
