"""The What-if tab: the application in a form, and the effect of changes on the decision."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import gradio as gr

from scoring.applicants.loan import loan_terms
from scoring.assessment.curve import curve
from scoring.interface.case import Case, Shown
from scoring.interface.curve_view import CurveChoice, curve_html, no_curve_html
from scoring.interface.form import NOT_ON_FILE, FormField, entries_of, form_fields, themed_fields
from scoring.interface.html import element, notice, page, words
from scoring.interface.plan_cards import PlanCards
from scoring.interface.result_view import result_html
from scoring.interface.scenarios_view import Changes, scenarios_html
from scoring.interface.stored import Scenarios, of_shape
from scoring.lender.roles import BIRTH, TERM
from scoring.words.language import Language
from scoring.words.wording import text

NUMBER_ENTRY = gr.InputHTMLAttributes(autocomplete="off", spellcheck=False, enterkeyhint="done")


def _label(item: FormField, language: Language) -> str:
    label = item.label[language]
    unit = text(f"axis.{item.asked.unit}", language) if item.asked.unit == "years" else ""
    required = text("screen.required", language) if item.raw.required else ""
    notes = ", ".join(part for part in (unit, required) if part)
    return f"{label} ({notes})" if notes else label


def _heading(theme: str, items: Sequence[FormField], language: Language) -> str:
    """A theme's name, and what its fields mean, which the page's script shows at the entries as well."""
    meanings = "".join(
        words("dt", item.label[language])
        + element("dd", words("span", item.meaning[language]), data_explains=f"entry-{item.raw.name}")
        for item in items
    )
    opened = words("summary", text("screen.meanings", language)) + element("dl", meanings, "cs-about")
    return element("div", words("h3", text(f"theme.{theme}", language)) + element("details", opened), "cs-theme")


def _options(item: FormField, language: Language, reads: Collection[str] = ()) -> dict[str, Any]:
    """Label, hint and choices of one entry in a language; `reads` are the fields that the model reads."""
    options: dict[str, Any] = {"label": _label(item, language)}
    if item.raw.kind != "quantitative":
        missing = [(text("not_on_file", language), NOT_ON_FILE)] if item.raw.kind == "categorical" else []
        options["choices"] = [*missing, *item.choices(language)]
    elif item.raw.name == BIRTH:
        options["info"] = text("screen.birth_is_read" if BIRTH in reads else "screen.why_birth", language)
    elif item.empty_means_none:
        options["info"] = text("screen.empty_means_none", language)
    return options


def _entry(item: FormField, language: Language) -> gr.components.Component:
    options = {**_options(item, language), "elem_id": f"entry-{item.raw.name}", "min_width": 220}
    match item.raw.kind:
        case "categorical":
            return gr.Dropdown(value=NOT_ON_FILE, **options)
        case "yes_no":
            return gr.Radio(value=None, **options)
        case _:
            # Numbers are typed as the reader writes them, which the browser's own number entry does not allow.
            return gr.Textbox(value="", max_lines=1, html_attributes=NUMBER_ENTRY, **options)


class WhatIfTab:
    """The components of the tab and what they show."""

    def __init__(self, language: Language) -> None:
        self.headings: dict[str, gr.HTML] = {}
        self.entries: list[Any] = []
        with gr.Row(equal_height=False, elem_classes="cs-what-if"):
            with gr.Column(scale=2, min_width=320, elem_classes="cs-sticky"):
                self.problem = gr.HTML(apply_default_css=False, elem_id="entry-problem", elem_classes="cs-slot")
                self.result = gr.HTML(apply_default_css=False, elem_id="result")
                self.scenarios_view = gr.HTML(apply_default_css=False, elem_id="scenarios", elem_classes="cs-slot")
                self.curve = gr.HTML(apply_default_css=False, elem_id="curve")
                # In the document, unseen: the page's script writes into them which curve is asked for, and a point.
                self.curve_choice = gr.Textbox("", visible="hidden", elem_id="curve-choice")
                self.curve_moved = gr.Textbox("", visible="hidden", elem_id="curve-moved")
                # The same: an entry that was committed, with whose words the answer comes; what to do with a scenario.
                self.committed = gr.Textbox("", visible="hidden", elem_id="committed")
                self.answered = gr.Textbox("", visible="hidden")
                self.scenario_command = gr.Textbox("", visible="hidden", elem_id="scenario-command")
                self.scenarios = of_shape(gr.JSON(visible=False), Scenarios | None)
                # Written by the page's script when it opens.
                self.kept = gr.Textbox("", visible=False)
                self.reset = gr.Button(elem_id="reset", size="md")
                self.plans = PlanCards()
            with gr.Column(scale=3, min_width=320):
                for theme, items in themed_fields():
                    self.headings[theme] = gr.HTML(apply_default_css=False)
                    with gr.Row(elem_classes="cs-entries"):
                        self.entries += [_entry(item, language) for item in items]

    @property
    def remembered(self) -> list[Any]:
        """What the page sends with every event, beside the entries."""
        return [self.curve_choice, self.committed, self.scenarios]

    def relabel(self, language: Language, reads: Collection[str]) -> Shown:
        """The form's labels in a language, with all entries kept, for a model that reads these fields."""
        shown: Shown = {self.reset: {"value": text("screen.reset", language)}}
        for theme, items in themed_fields():
            shown[self.headings[theme]] = {"value": page([_heading(theme, items, language)], language)}
        for item, entry in zip(form_fields(), self.entries, strict=True):
            shown[entry] = _options(item, language, reads)
        return shown

    def fill(self, case: Case) -> Shown:
        """The form with a case's values."""
        values = entries_of(case.applicant.raw, case.changes, case.language)
        return {
            entry: {"value": value}
            for item, entry, value in zip(form_fields(), self.entries, values, strict=True)
            # What is not allowed stays as it was typed, to be corrected.
            if item.raw.name not in case.problems
        }

    def draw(self, case: Case, choice: CurveChoice, scenarios: Sequence[Changes]) -> Shown:
        """Before and after; if an entry is not allowed, of the last that were, which the page greys."""
        key = "screen.empty_form" if case.is_new else "screen.reset"
        shown: Shown = {self.problem: {"value": notice_of(case)}, self.reset: {"value": text(key, case.language)}}
        shown[self.result] = {"value": "" if case.lacks else result_html(case)}
        drawn: Shown = {self.curve: {"value": ""}} if case.lacks else self.draw_curve(case, choice)
        return {**shown, **self.plans.draw(case), **self.draw_scenarios(case, scenarios), **drawn}

    def draw_scenarios(self, case: Case, scenarios: Sequence[Changes]) -> Shown:
        """The scenarios that are kept."""
        return {self.scenarios_view: {"value": "" if case.lacks else scenarios_html(case, scenarios)}}

    def draw_curve(self, case: Case, choice: CurveChoice) -> Shown:
        """The response curve that was chosen."""
        language, loan = case.language, loan_terms(case.requested)
        if (choice.field == TERM or choice.keep == "term") and loan.yearly_rate is None:
            return {self.curve: {"value": no_curve_html(choice, language)}}
        found = curve(case.service.artifact, case.assessment, choice.field, choice.keep)
        return {self.curve: {"value": curve_html(found, loan.amount, language)}}


def notice_of(case: Case) -> str:
    """What prevents a score, if anything: entries that are not allowed, or empty required ones."""
    language = case.language
    if case.problem:
        message = notice(f"{case.problem} {text('screen.last_good', language)}", language, "problem")
        # For the page's script, which marks these fields.
        return element("div", message, role="alert", data_problems=json.dumps(case.problems, ensure_ascii=False))
    if case.lacks:
        return notice(text("screen.still_needed", language, fields=", ".join(case.lacks)), language)
    return ""
