"""The What-if tab: the application in a form, and the effect of changes on the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from scoring.answers.applicant import Plan, Score
from scoring.applicants.in_words import field_in_words, loan_in_words
from scoring.applicants.loan import loan_terms
from scoring.assessment.curve import curve
from scoring.documents.change import outside_in_words, plan_in_words
from scoring.interface.case import Case, Shown
from scoring.interface.curve_view import CurveChoice, curve_html, no_curve_html
from scoring.interface.form import NOT_ON_FILE, FormField, entries_of, form_fields, themed_fields
from scoring.interface.html import element, notice, page, scrolling, words
from scoring.interface.verdict import decision_words
from scoring.lender.roles import BIRTH, TERM
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

STEPS = {"amount": 1000.0, "years": 0.1}
MOST_SUGGESTED = 3


def _label(item: FormField, language: Language) -> str:
    label = item.label[language]
    unit = text(f"axis.{item.asked.unit}", language) if item.asked.unit == "years" else ""
    required = text("screen.required", language) if item.raw.required else ""
    told = ", ".join(part for part in (unit, required) if part)
    return f"{label} ({told})" if told else label


def _options(item: FormField, language: Language) -> dict[str, Any]:
    """Label, hint and choices of one entry in a language."""
    told: dict[str, Any] = {"label": _label(item, language)}
    if item.raw.kind != "quantitative":
        missing = [(text("not_on_file", language), NOT_ON_FILE)] if item.raw.kind == "categorical" else []
        told["choices"] = [*missing, *item.choices(language)]
    elif item.raw.name == BIRTH:
        told["info"] = text("screen.why_birth", language)
    elif item.empty_means_none:
        told["info"] = text("screen.empty_means_none", language)
    return told


def _entry(item: FormField, language: Language) -> gr.components.Component:
    options = {**_options(item, language), "elem_id": f"entry-{item.raw.name}", "min_width": 220}
    match item.raw.kind:
        case "categorical":
            return gr.Dropdown(value=NOT_ON_FILE, **options)
        case "yes_no":
            return gr.Radio(value=None, **options)
        case _:
            return gr.Number(value=None, step=STEPS.get(item.asked.unit, 1.0), **options)


def _side(title: str, score: Score, language: Language, extra: str = "") -> str:
    """One side of before and after."""
    probability = words("b", percent(score.probability, language), "cs-figure-number")
    # Changing the loan may change its threshold, too.
    threshold = words("small", text("screen.threshold", language, threshold=percent(score.threshold, language)))
    decision = words("h3", title) + decision_words(score.decision, language)
    return element("div", decision + probability + extra + threshold, "cs-side")


def _changed_list(case: Case) -> str:
    """The changes beside the values on file, and the features that follow."""
    if case.is_new:
        return ""
    language = case.language
    changed = {
        item.label[language]: [
            field_in_words(item.raw.name, values[item.raw.name], language)
            for values in (case.applicant.raw, case.changes)
        ]
        for item in form_fields()
        if item.raw.name in case.changes
    }
    if not changed:
        return words("p", text("screen.no_changes", language), "cs-small")
    rows = [_changed_row(label, values) for label, values in changed.items()]
    on_file = dict(loan_in_words(case.applicant, language))
    for label, now in loan_in_words(case.requested, language):
        before = on_file.get(label, text("not_on_file", language))
        if label not in changed and before != now:
            rows.append(_changed_row(label, (before, now), "cs-follows"))
    names = (text(f"screen.{key}", language) for key in ("field", "on_file", "now"))
    head = element("tr", "".join(element("th", words("span", name), scope="col") for name in names))
    table = element("table", element("thead", head) + element("tbody", "".join(rows)), "cs-table")
    return scrolling(table, text("screen.field", language))


def _changed_row(label: str, values: Iterable[str], classes: str = "") -> str:
    cells = "".join(words("td", value) for value in values)
    return element("tr", element("th", words("span", label), scope="row") + cells, classes)


def result_html(case: Case) -> str:
    """Before and after side by side, and the list of changes."""
    language, before = case.language, case.score_on_file
    if before is None:
        sides = [_side(text("screen.new_application", language), case.score, language)]
    else:
        points = 100 * (case.score.probability - before.probability)
        shown = ("+" if points > 0 else "−" if points < 0 else "") + number(abs(points), language, 1)
        change = words("small", text("chart.points", language, number=shown)) if case.changes else ""
        sides = [
            _side(text("screen.before", language), before, language),
            _side(text("screen.after", language), case.score, language, change),
        ]
    return page([element("div", "".join(sides), "cs-sides"), _changed_list(case)], language, "cs-card cs-result")


def suggested(case: Case) -> list[Plan]:
    """The plans that a click can apply: those that change something, or the one that leads to a referral."""
    found = [plan for plan in case.recourse.plans if plan.changes][:MOST_SUGGESTED]
    return [case.recourse.referral] if case.recourse.referral else found


def _suggestion(plan: Plan, language: Language) -> str:
    told = plan_in_words(plan, language)
    outside = outside_in_words(plan, language)
    changes, probability = told[:1].upper() + told[1:], percent(plan.probability, language)
    suggestion = text("screen.suggestion", language, changes=changes, probability=probability)
    return f"{suggestion} · {outside}" if outside else suggestion


def suggestions_html(case: Case) -> str:
    """The heading of the suggestions: what they lead to, or that there are none."""
    language, answer = case.language, case.recourse
    title = words("h3", text("screen.suggested", language))
    if not answer.found:
        parts = [title, words("p", text("comment.nothing_helps", language))]
        if answer.referral:
            hint = words("p", text("screen.suggestion_hint", language), "cs-small")
            parts += [words("h3", text("screen.suggested_referral", language)), hint]
        return page(parts, language, "cs-suggestions")
    key = "screen.suggestion_hint" if suggested(case) else "screen.no_change_needed"
    return page([title, words("p", text(key, language), "cs-small")], language, "cs-suggestions")


class WhatIfTab:
    """The components of the tab and what they show."""

    def __init__(self, language: Language) -> None:
        self.headings: dict[str, gr.HTML] = {}
        self.entries: list[Any] = []
        with gr.Row(equal_height=False, elem_classes="cs-what-if"):
            with gr.Column(scale=2, min_width=320, elem_classes="cs-sticky"):
                self.problem = gr.HTML(apply_default_css=False, elem_id="entry-problem", elem_classes="cs-slot")
                self.result = gr.HTML(apply_default_css=False, elem_id="result")
                self.curve = gr.HTML(apply_default_css=False, elem_id="curve")
                # In the document, unseen: the page's script writes into them which curve is asked for, and a point.
                self.curve_choice = gr.Textbox("", visible="hidden", elem_id="curve-choice")
                self.curve_moved = gr.Textbox("", visible="hidden", elem_id="curve-moved")
                self.reset = gr.Button(elem_id="reset", size="md")
                self.suggestions = gr.HTML(apply_default_css=False, elem_id="suggestions")
                self.plans = [
                    gr.Button(visible=False, elem_id=f"plan-{place}", elem_classes="cs-plan", size="md")
                    for place in range(MOST_SUGGESTED)
                ]
            with gr.Column(scale=3, min_width=320):
                for theme, items in themed_fields():
                    self.headings[theme] = gr.HTML(apply_default_css=False)
                    with gr.Row(elem_classes="cs-entries"):
                        self.entries += [_entry(item, language) for item in items]

    def relabel(self, language: Language) -> Shown:
        """The form's labels in a language, with all entries kept."""
        shown: Shown = {self.reset: {"value": text("screen.reset", language)}}
        for theme, heading in self.headings.items():
            shown[heading] = {"value": page([words("h3", text(f"theme.{theme}", language))], language)}
        for item, entry in zip(form_fields(), self.entries, strict=True):
            shown[entry] = _options(item, language)
        return shown

    def fill(self, case: Case) -> Shown:
        """The form with a case's values."""
        values = entries_of(case.applicant.raw, case.changes)
        return {entry: {"value": value} for entry, value in zip(self.entries, values, strict=True)}

    def draw(self, case: Case, choice: CurveChoice) -> Shown:
        """Before and after; if an entry is not allowed, the last valid result stays."""
        key = "screen.empty_form" if case.is_new else "screen.reset"
        shown: Shown = {self.problem: {"value": notice_of(case)}, self.reset: {"value": text(key, case.language)}}
        if not case.problem:
            shown[self.result] = {"value": "" if case.lacks else result_html(case)}
            shown |= self._suggest(case)
            shown |= {self.curve: {"value": ""}} if case.lacks else self.draw_curve(case, choice)
        return shown

    def draw_curve(self, case: Case, choice: CurveChoice) -> Shown:
        """The response curve that was chosen."""
        language, loan = case.language, loan_terms(case.requested)
        if (choice.field == TERM or choice.keep == "term") and loan.yearly_rate is None:
            return {self.curve: {"value": no_curve_html(choice, language)}}
        found = curve(case.service.artifact, case.assessment, choice.field, choice.keep)
        return {self.curve: {"value": curve_html(found, loan.amount, language)}}

    def _suggest(self, case: Case) -> Shown:
        plans = [] if case.lacks else suggested(case)
        shown: Shown = {self.suggestions: {"value": "" if case.lacks else suggestions_html(case)}}
        for place, button in enumerate(self.plans):
            told = _suggestion(plans[place], case.language) if place < len(plans) else ""
            shown[button] = {"value": told, "visible": bool(told)}
        return shown


def notice_of(case: Case) -> str:
    """What prevents a score, if anything: an entry that is not allowed, or empty required ones."""
    language = case.language
    if case.problem:
        return element(
            "div", notice(f"{case.problem} {text('screen.last_good', language)}", language, "problem"), role="alert"
        )
    if case.lacks:
        return notice(text("screen.still_needed", language, fields=", ".join(case.lacks)), language)
    return ""
