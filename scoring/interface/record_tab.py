"""The adviser's own decision, and the record and the letter to save.

Both documents are embedded in the page as data URLs: the server writes no file on any applicant.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import gradio as gr

from scoring.decision.rule import OUTCOMES
from scoring.documents.record import Verdict, letter_html, record_html
from scoring.interface.case import Case, Shown
from scoring.interface.html import element, page, words
from scoring.serving.service import record_of
from scoring.words.language import Language
from scoring.words.wording import text

LONGEST_REASON = 2000


def _link(kind: str, document: str, case: Case) -> str:
    """A link that saves a document."""
    address = f"data:text/html;charset=utf-8;base64,{b64encode(document.encode()).decode()}"
    name = f"{kind}-{case.applicant.applicant_id or 'new'}.html"
    return element(
        "a", words("span", text(f"screen.save_{kind}", case.language)), "cs-save", href=address, download=name
    )


class RecordTab:
    """The components of the tab and what they show."""

    def __init__(self, language: Language) -> None:
        with gr.Row(elem_classes="cs-pair"):
            with gr.Column(min_width=280):
                self.outcome = gr.Radio(self._choices(language), value=None, elem_id="own-decision")
                self.reason = gr.Textbox("", lines=4, max_length=LONGEST_REASON, elem_id="own-reason")
            self.view = gr.HTML(apply_default_css=False, elem_id="record")

    def _choices(self, language: Language) -> list[tuple[str, str]]:
        return [(text(f"decision.{outcome}", language), outcome) for outcome in OUTCOMES]

    def relabel(self, language: Language) -> Shown:
        """The tab's own words in a language."""
        return {
            self.outcome: {"choices": self._choices(language), "label": text("record.adviser", language)},
            self.reason: {"label": text("screen.own_reason", language)},
        }

    def undecided(self) -> Shown:
        """Clears the decision but keeps the reason."""
        return {self.outcome: {"value": None}}

    def emptied(self) -> Shown:
        """Clears decision and reason, so that neither appears beside the next applicant."""
        return {**self.undecided(), self.reason: {"value": ""}}

    def draw(self, case: Case, verdict: Verdict | None) -> Shown:
        """The documents to save, once the adviser has decided."""
        language = case.language
        if verdict is None:
            told = words("p", text("screen.decide_first", language))
            return {self.view: {"value": page([told], language, "cs-card")}}
        record = record_of(case.service, case.assessment, verdict, datetime.now(UTC))
        against = verdict.outcome != record.score.decision
        parts = [
            words("p", text("record.against", language), "cs-changed") if against else "",
            _link("record", record_html(record), case),
            _link("letter", letter_html(record, verdict), case),
            words("p", text("screen.save_note", language), "cs-small"),
        ]
        return {self.view: {"value": page(parts, language, "cs-card cs-saves")}}
