"""The header: product and model, the ways to list, model and applicants, and the bar of the case in view."""

from __future__ import annotations

from html import escape

import gradio as gr
import numpy as np

from scoring.artifact.in_words import model_in_words
from scoring.errors import ScoringError
from scoring.interface.bar import bar_html
from scoring.interface.case import Case, Shown
from scoring.interface.html import alert, element, notice, page, words
from scoring.interface.who import signed_in_html
from scoring.lender.roles import LISTED
from scoring.people import Person
from scoring.schema.fields import fields
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text, texts, value_in_words

MOST_FOUND = 20
# `style.css` knows it, too.
BLANK = "–"
LANGUAGE_NAMES = {"en": "English", "fr": "Français"}


def _digits(typed: str) -> str:
    """The typed text if an id can begin with it; else ""."""
    digits = typed.strip()
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 18 else ""


def matching(service: Service, typed: str, most: int) -> list[int]:
    """The first ids on file that begin with the digits typed."""
    digits = _digits(typed)
    return service.applicants.search(digits, most) if service.applicants and digits else []


def options(service: Service | None, typed: str, language: Language) -> list[tuple[str, str]]:
    """The menu's choices for what was typed, as (words, id): ids that begin with it, then those that follow.

    Where no id begins with it, the first choice says so, and is nobody; the page hides the blank ones after it. The
    number of choices is constant, since the menu fails if its list shrinks while it is open.
    """
    if service is None or service.applicants is None:
        return []
    on_file, matches = service.applicants.ids, matching(service, typed, MOST_FOUND)
    if typed.strip() and not matches:
        nobody = text("screen.nobody_found", language, typed=typed.strip()[:MOST_FOUND])
        return [(nobody, ""), *[(BLANK, "")] * (MOST_FOUND - 1)]
    near = matches[-1] + 1 if matches else int(on_file[0])
    start = int(np.searchsorted(on_file, min(near, int(on_file[-1]))))
    following = on_file[start : start + MOST_FOUND].tolist()
    ids = list(dict.fromkeys([*matches, *following, *on_file[:MOST_FOUND].tolist()]))[:MOST_FOUND]
    amount = next(name for name in LISTED if fields()[name].unit == "amount")
    return [
        (f"{found} · {value_in_words(row[amount], 'amount', language)}", str(found))
        for found, row in zip(ids, service.applicants.listed(ids), strict=True)
    ]


def title_html(state: State, language: Language) -> str:
    """The product, the served model, whether it was trained on made-up data, and any problem."""
    parts = [words("h1", text("screen.title", language))]
    if state.served:
        parts.append(words("p", model_in_words(state.served.artifact.identity, language), "cs-small"))
        if state.served.artifact.synthetic:
            parts.append(words("p", text("warning.synthetic", language), "cs-banner"))
    if state.trouble:
        parts.append(trouble_html(state, state.trouble, language))
    return page(parts, language, "cs-title")


def trouble_in_words(error: ScoringError, language: Language) -> str:
    """Why the newest model is unavailable and what to do, in the reader's language, by type of error."""
    keys = (f"trouble.{kind.__name__}" for kind in type(error).__mro__)
    return text(next(key for key in keys if key in texts()), language)


def trouble_html(state: State, trouble: ScoringError, language: Language) -> str:
    """Why the newest model is not served, and which one is; the error's own message can be unfolded."""
    why = trouble_in_words(trouble, language)
    if state.served:
        version = state.served.artifact.identity.version
        message = text("screen.not_newest", language, why=why, version=version)
    else:
        message = text("screen.no_model", language, why=why)
    summary = words("summary", text("screen.for_operators", language))
    exactly = element("details", summary + element("p", escape(str(trouble)), "cs-small", lang="en"))
    return element("div", words("p", message) + exactly, "cs-banner cs-trouble", role="status")


def welcome_html(examples: dict[str, int], language: Language) -> str:
    """What to do first, with worked examples that open with a click."""
    links = "".join(
        element(
            "li",
            element(
                "a",
                words("b", str(applicant_id)) + words("span", text(f"decision.{outcome}", language)),
                href=f"?applicant={applicant_id}&language={language}",
            ),
        )
        for outcome, applicant_id in examples.items()
    )
    welcome = words("p", text("screen.welcome", language))
    listed = words("h3", text("screen.examples", language)) + element("ul", links, "cs-examples") if links else ""
    return page([welcome, listed], language, "cs-card")


class Header:
    """The components above the tabs, and what they show."""

    def __init__(self, language: Language) -> None:
        self.typed = gr.Textbox("", visible=False)
        with gr.Row(elem_classes="cs-head"):
            with gr.Column(scale=1, min_width=280):
                # The model's name is filled in when the page opens: another model may be served by then.
                name = page([words("h1", text("screen.title", language))], language, "cs-title")
                self.title = gr.HTML(name, apply_default_css=False)
            with gr.Column(scale=0, min_width=240):
                self.who = gr.HTML(apply_default_css=False, elem_id="who", elem_classes="cs-slot")
                self.language = gr.Radio(
                    [(LANGUAGE_NAMES[spoken], spoken) for spoken in LANGUAGES],
                    value=language,
                    label=text("screen.language", language),
                    elem_id="language",
                    show_label=False,
                    container=False,
                )
        with gr.Row(elem_classes="cs-moves"):
            self.back = gr.Button(size="md", min_width=60, elem_id="back-to-list", visible=False)
            self.next = gr.Button(size="md", min_width=60, elem_id="next-application", variant="primary")
            # No ids yet: what is here goes to everybody who is let in, whether or not they may see applicants.
            self.picker = gr.Dropdown([], value=None, allow_custom_value=True, elem_id="picker", scale=0, min_width=300)
            self.new = gr.Button(size="md", min_width=60, elem_id="new-application")
            self.to_case = gr.Button(size="md", min_width=60, elem_id="to-case", visible=False)
            self.to_files = gr.Button(size="md", min_width=60, elem_id="to-files", visible=False)
            self.to_model = gr.Button(size="md", min_width=60, elem_id="to-model")
        self.problem = gr.HTML(apply_default_css=False, elem_id="problem", elem_classes="cs-slot")
        with gr.Column(elem_id="bar") as self.bar:
            self.application = gr.HTML(apply_default_css=False, elem_id="application")
            self.standing = gr.HTML(apply_default_css=False, elem_id="standing", elem_classes="cs-slot")

    def relabel(self, state: State, language: Language) -> Shown:
        """The header's own words in a language, and what is served."""
        return {
            self.title: {"value": title_html(state, language)},
            self.language: {"value": language, "label": text("screen.language", language)},
            self.picker: {
                "label": text("screen.pick", language),
                "choices": options(state.served, "", language),
            },
            self.new: {"value": text("screen.new_application", language)},
            self.to_model: {"value": text("screen.model", language)},
            self.to_files: {"value": text("screen.portfolio", language)},
            self.to_case: {"value": text("screen.to_case", language)},
            self.back: {"value": text("list.back", language)},
            self.next: {"value": text("list.next", language)},
        }

    def welcome(self, state: State, language: Language) -> Shown:
        """What to do first, while no applicant is chosen."""
        shown = welcome_html(state.served.examples, language) if state.served else ""
        return {self.application: {"value": shown}, self.problem: {"value": ""}}

    def name(self, person: Person, is_open: bool, language: Language) -> Shown:
        """Who is signed in, or that anybody is let in."""
        shown = page([words("p", text("access.open", language), "cs-banner")], language) if is_open else ""
        return {self.who: {"value": shown or signed_in_html(person, language)}}

    def hide(self, person: Person, language: Language) -> Shown:
        """No id, amount, example or file for whoever does not see applicants."""
        if person.may("read"):
            return {self.to_files: {"visible": True}}
        return {self.picker: {"choices": []}, self.application: {"value": welcome_html({}, language)}}

    def draw(self, case: Case) -> Shown:
        """The bar, with any earlier problem cleared."""
        return {self.application: {"value": bar_html(case)}, self.problem: {"value": ""}}

    def tell(self, message: str, language: Language) -> Shown:
        """A notice about the page."""
        return {self.problem: {"value": notice(message, language)}}

    def refuse(self, message: str, language: Language) -> Shown:
        """An error; the page otherwise stays as it is."""
        return {self.problem: {"value": alert(message, language)}}
