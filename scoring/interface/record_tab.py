"""The person's own decision: entered, recorded in the journal, confirmed or reopened, and its papers to save.

The papers are embedded in the page as data URLs: the server writes no file on any applicant.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import gradio as gr

from scoring.answers.applicant import Outcome
from scoring.applicants.in_words import changes_in_words
from scoring.cases.orders import LONGEST_NOTE
from scoring.cases.papers import letter_of, verdict_of
from scoring.cases.policy import Policy
from scoring.decision.rule import OUTCOMES
from scoring.documents.record import record_html
from scoring.interface.case import Case, Shown
from scoring.interface.html import alert, element, notice, page, words
from scoring.interface.standing import DeskView
from scoring.journal.entry import Entry
from scoring.serving.service import record_of
from scoring.words.language import Language
from scoring.words.wording import text


@dataclass(frozen=True)
class Draft:
    """What a person has entered so far, not yet recorded."""

    outcome: Outcome | None = None
    refer_to: str | None = None
    reason_code: str = ""
    note: str = ""
    told: list[str] | None = None


def _link(kind: str, document: str, case: Case) -> str:
    """A link that saves a document."""
    address = f"data:text/html;charset=utf-8;base64,{b64encode(document.encode()).decode()}"
    name = f"{kind}-{case.applicant.applicant_id or 'new'}.html"
    return element(
        "a", words("span", text(f"screen.save_{kind}", case.language)), "cs-save", href=address, download=name
    )


class RecordTab:
    """The components of the tab and what they show."""

    def __init__(self, policy: Policy, language: Language) -> None:
        self.policy = policy
        with gr.Row(elem_classes="cs-pair"):
            with gr.Column(min_width=280):
                self.outcome = gr.Radio(self._outcomes(language), value=None, elem_id="own-decision")
                self.refer_to = gr.Dropdown([], value=None, elem_id="refer-to", visible=False, allow_custom_value=True)
                self.listed = gr.Dropdown(
                    [], value=None, elem_id="listed-reason", visible=False, allow_custom_value=True
                )
                self.told = gr.CheckboxGroup([], elem_id="told-reasons", visible=False)
                # Its choices change with the case: they are checked where the decision is, not by gradio.
                self.told.preprocess = lambda payload: payload  # type: ignore[method-assign]
                self.note = gr.Textbox("", lines=3, max_length=LONGEST_NOTE, elem_id="own-note")
                with gr.Row(elem_classes="cs-steps"):
                    self.confirm = gr.Button(elem_id="confirm", variant="primary", size="md", visible=False)
                    self.record = gr.Button(elem_id="record-decision", variant="primary", size="md", visible=False)
                    self.send_back = gr.Button(elem_id="send-back", size="md", visible=False)
                    self.reopen = gr.Button(elem_id="reopen", size="md", visible=False)
            self.view = gr.HTML(apply_default_css=False, elem_id="record")

    @property
    def entries(self) -> list[Any]:
        """What the page sends with every event."""
        return [self.outcome, self.refer_to, self.listed, self.told, self.note]

    @property
    def drawn(self) -> list[Any]:
        """What drawing may change."""
        return [*self.entries, self.view, self.confirm, self.record, self.send_back, self.reopen]

    def draft(self, values: dict[Any, Any]) -> Draft:
        """What the tab holds."""
        outcome = values[self.outcome]
        told = values[self.told]
        return Draft(
            outcome=outcome if outcome in OUTCOMES else None,
            refer_to=values[self.refer_to] or None,
            reason_code=values[self.listed] or "",
            note=values[self.note] or "",
            told=list(told) if outcome == "refuse" and told is not None else None,
        )

    def _outcomes(self, language: Language) -> list[tuple[str, str]]:
        return [(text(f"decision.{outcome}", language), outcome) for outcome in OUTCOMES]

    def relabel(self, language: Language) -> Shown:
        """The tab's own words in a language."""
        return {
            self.outcome: {"choices": self._outcomes(language), "label": text("desk.outcome", language)},
            self.refer_to: {"label": text("desk.refer_to", language)},
            self.listed: {"label": text("desk.reason", language)},
            self.told: {"label": text("desk.told", language)},
            self.note: {"label": text("desk.note", language)},
            **{
                button: {"value": text(f"desk.{name}", language)}
                for name, button in (
                    ("record", self.record),
                    ("confirm", self.confirm),
                    ("send_back", self.send_back),
                    ("reopen", self.reopen),
                )
            },
        }

    def undecided(self) -> Shown:
        """Clears the decision but keeps the note."""
        return {
            self.outcome: {"value": None},
            self.listed: {"value": None, "visible": False},
            self.told: {"value": [], "visible": False},
            self.refer_to: {"value": None, "visible": False},
        }

    def emptied(self) -> Shown:
        """Clears all entries, so that none appears beside the next applicant."""
        return {**self.undecided(), self.note: {"value": ""}}

    def choose_outcome(self, case: Case, view: DeskView, draft: Draft) -> Shown:
        """The entries that belong to the outcome chosen: reasons, whom to refer to, what the applicant is told."""
        language, outcome = case.language, draft.outcome
        listed = [(each.words[language], each.code) for each in self.policy.reasons_for(outcome)] if outcome else []
        kept = draft.reason_code if draft.reason_code in [code for _, code in listed] else None
        reasons = [(reason.label, reason.feature) for reason in case.score.reasons] if outcome == "refuse" else []
        others = sorted(view.colleagues - {view.person.name})
        anyone = (text("desk.any_supervisor", language), "")
        return {
            self.listed: {"choices": listed, "value": kept, "visible": bool(listed)},
            self.told: {
                "choices": reasons,
                "value": [feature for _, feature in reasons],
                "visible": bool(reasons),
            },
            self.refer_to: {
                "choices": [anyone, *((name, name) for name in others)],
                "value": "",
                "visible": outcome == "refer",
            },
        }

    def draw(self, case: Case, view: DeskView) -> Shown:
        """How the case stands, what this person can do with it, and the papers of what was decided."""
        language, standing, person = case.language, view.standing, view.person
        second = standing.state == "to_confirm" and person.may("confirm") and standing.decided_by != person.name
        closed = standing.state in ("decided", "expired")
        may_reopen = view.may_decide and closed and (standing.decided_by == person.name or person.may("confirm"))
        entering = view.may_enter
        noting = entering or (second and not view.unavailable) or (may_reopen and standing.state == "decided")
        return {
            self.outcome: {"visible": entering},
            **({} if entering else {each: {"visible": False} for each in (self.refer_to, self.listed, self.told)}),
            self.note: {"visible": noting, "label": text("desk.note", language)},
            self.record: {"visible": entering},
            self.confirm: {"visible": second and not view.unavailable},
            self.send_back: {"visible": second and not view.unavailable},
            self.reopen: {"visible": may_reopen and standing.state == "decided"},
            self.view: {"value": self._papers(case, view)},
        }

    def _papers(self, case: Case, view: DeskView) -> str:
        language, decision = case.language, view.decision
        said = alert(view.message, language) if view.is_problem else notice(view.message, language)
        if not view.person.may("decide"):
            role = text(f"role.{view.person.role}", language)
            return page([said, words("p", text("desk.may_not", language, role=role))], language, "cs-card")
        if decision is None or decision.payload is None or view.standing.state in ("open", "working"):
            nothing = words("p", text("desk.undecided", language), "cs-small")
            return page([said, self._conditions(case), nothing], language, "cs-card cs-saves")
        parts = [said]
        if view.standing.state != "to_confirm":
            letter = letter_of(decision, view.standing, self.policy, case.service.artifact.synthetic)
            parts.append(_link("letter", letter, case))
        if self._is_of(case, decision):
            verdict = verdict_of(decision, self.policy, language)
            record = record_of(case.service, case.assessment, verdict, decision.at)
            parts.append(_link("record", record_html(record), case))
        else:
            parts.append(words("p", text("desk.letter_of_entry", language), "cs-small"))
        parts.append(words("p", text("screen.save_note", language), "cs-small"))
        return page(parts, language, "cs-card cs-saves")

    def _conditions(self, case: Case) -> str:
        """That the changes in the form are part of the decision."""
        if not case.changes or case.is_new:
            return ""
        changed = changes_in_words(case.applicant.raw, case.changes, case.language)
        lines = (
            text("plan.change", case.language, label=label, present=before, new=now) for label, before, now in changed
        )
        listed = element("ul", "".join(words("li", line) for line in lines))
        return words("p", text("desk.conditions", case.language), "cs-changed") + listed

    def _is_of(self, case: Case, decision: Entry) -> bool:
        """Whether the page shows exactly what was decided: same model, same application, same changes."""
        payload = decision.payload or {}
        return (
            payload["model"]["revision"] == case.service.artifact.identity.revision
            and payload["application_digest"] == case.digest
            and payload["changes"] == case.changes
        )
