"""The bar that stays: who asks for what, the recommendation, how likely, how sure, and what would change it.

HTML and SVG alone, since it is drawn anew at every edit.
"""

from __future__ import annotations

from scoring.applicants.in_words import field_label, loan_in_words
from scoring.decision.in_words import digits_of, points_in_words
from scoring.documents.change import change_in_words
from scoring.documents.how_sure import how_sure, how_sure_in_short
from scoring.interface.case import Case
from scoring.interface.form import form_fields
from scoring.interface.html import element, page, words
from scoring.interface.plan_cards import nothing_needed
from scoring.interface.verdict import decision_words, scale_html
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import frequency_in_words, percent, text


def bar_html(case: Case) -> str:
    """The whole bar; until the required fields of a new application are filled, only who asks for what."""
    parts = [_application(case)]
    if not case.lacks:
        parts += [_answer(case), element("div", scale_html(case.score, case.language), "cs-measure")]
        parts += [_how_sure(case), _change(case)]
    return page(parts, case.language, "cs-application")


def _application(case: Case) -> str:
    """The applicant, the loan in a line, and whether there are changes."""
    language, applicant_id = case.language, case.applicant.applicant_id
    name = text("screen.new_application", language)
    if applicant_id is not None:
        name = text("screen.applicant", language, id=applicant_id)
    loan = loan_in_words(case.requested, language)
    facts = "".join(element("div", words("dt", label) + words("dd", value)) for label, value in loan)
    parts = [words("h2", name), element("dl", facts, "cs-facts")]
    if case.service.artifact.synthetic:
        # For a phone, where the header comes last.
        parts.append(words("span", text("bar.made_up", language), "cs-made-up"))
    if case.changes and not case.is_new:
        changed = ", ".join(item.label[language] for item in form_fields() if item.raw.name in case.changes)
        parts.append(words("p", text("screen.with_changes", language, fields=changed), "cs-changed"))
    if case.history:
        done = ", ".join(move.label for move in case.moves)
        parts.append(words("p", text("screen.with_history", language, moves=done), "cs-changed"))
    return element("div", "".join(parts), "cs-asked")


def _answer(case: Case) -> str:
    """The recommendation in word and icon, unless too little is known for one, and the probability."""
    language, score = case.language, case.score
    verdict = decision_words(score.decision, language)
    if case.confidence.complete_first:
        verdict = words("span", text("bar.too_little", language), "cs-decision cs-unknown")
    figures = [
        words("span", text("screen.probability", language), "cs-small"),
        words("span", frequency_in_words("short", score.probability, language)),
        words("b", percent(score.probability, language, digits_of(score)), "cs-figure-number"),
        words("small", points_in_words(score.points, score.score_band, language)),
    ]
    return element("div", verdict + element("p", "".join(figures), "cs-probability"), "cs-answer")


def _how_sure(case: Case) -> str:
    """How sure, in a line that opens into what is behind it and into what is missing."""
    language, raw = case.language, case.requested.raw
    missing = [field.label[language] for name, field in fields().items() if raw[name] is None]
    listed = text("screen.missing", language, count=len(missing), total=len(fields()), fields=" · ".join(missing))
    behind = words("p", how_sure(case.confidence, language)) + (words("p", listed, "cs-small") if missing else "")
    outside = "cs-outside" if case.confidence.outside else ""
    summary = element("summary", words("span", how_sure_in_short(case.confidence, language), outside))
    return element("details", summary + element("div", behind), "cs-sure")


def _change(case: Case) -> str:
    """What would change the recommendation; with too little known, what to complete first."""
    language = case.language
    if names := case.confidence.complete_first:
        links = "".join(element("li", _field(name, language)) for name in names)
        return element("div", words("span", text("bar.complete_first", language)) + element("ol", links), "cs-change")
    approved = case.score.decision == "approve"
    change = words("span", nothing_needed(case) if approved else change_in_words(case.recourse, case.score, language))
    link = element("button", words("span", text("screen.tab.what_if", language)), "cs-command", data_do="show what_if")
    return element("p", f"{change} {link}", "cs-change")


def _field(name: str, language: Language) -> str:
    """A field by its label, which leads to it in the form if it is there."""
    label = field_label(name, language)
    return field_link(name, label) if fields()[name].editable else words("span", label)


def field_link(name: str, label: str) -> str:
    """A button that leads to a field of the form."""
    return element("button", words("span", label), "cs-command", data_do=f"field {name}", data_focus=f"entry-{name}")
