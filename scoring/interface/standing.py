"""How a case stands, above the tabs: who has it, who decided what and why, and until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from babel.dates import format_datetime

from scoring.cases.orders import Standing
from scoring.cases.papers import history_of, verdict_of
from scoring.cases.policy import Policy
from scoring.cases.steps import case_of, proposal_of
from scoring.decision.rule import OUTCOMES
from scoring.documents.plans import condition_lines
from scoring.errors import DatabaseError
from scoring.interface.case import Case
from scoring.interface.html import element, page, words
from scoring.interface.workplace import Workplace
from scoring.journal.entry import Entry
from scoring.people import Person
from scoring.words.language import Language
from scoring.words.wording import LOCALES, text
from scoring.worklist.states import ANY_SUPERVISOR

# A case in one of these states has been decided.
LOCKED = ("decided", "to_confirm")


@dataclass(frozen=True)
class DeskView:
    """What the tab draws beside the case: who looks, how the case stands, the entry that decided it, and a message.

    `unavailable`: the journal cannot be reached, so that nothing can be recorded.
    """

    person: Person
    colleagues: frozenset[str]
    standing: Standing = field(default_factory=Standing)
    decision: Entry | None = None
    message: str = ""
    is_problem: bool = False
    unavailable: bool = False

    @property
    def may_decide(self) -> bool:
        """Whether a decision of this person can be recorded now, if the case as it stands allows one."""
        return self.person.may("decide") and not self.unavailable

    @property
    def may_enter(self) -> bool:
        """Whether this person can enter a decision on the case as it stands."""
        return self.may_decide and self.standing.state not in LOCKED


def own_decision_html(view: DeskView, policy: Policy, language: Language) -> str:
    """The person's own decision, in the bar: the choices, which open the record at that choice, or how the case stands.

    Nothing is recorded from here.
    """
    status = standing_html(view, policy, language)
    if not view.may_enter:
        return status
    choices = "".join(
        element(
            "button", words("span", text(f"decision.{outcome}", language)), "cs-choice", data_do=f"decide {outcome}"
        )
        for outcome in OUTCOMES
    )
    title = text("desk.outcome", language)
    group = element("div", choices, "cs-choices", role="group", aria_label=title)
    return status + page([words("span", title, "cs-small"), group], language, "cs-own-decision")


def moment_in_words(moment: datetime | None, language: Language) -> str:
    """A moment in UTC, to the second; "" for None."""
    return format_datetime(moment, "medium", locale=LOCALES[language]) if moment else ""


def standing_html(view: DeskView, policy: Policy, language: Language) -> str:
    """How the case stands: who has it, who decided what and why, and until when."""
    standing = view.standing
    at, until = moment_in_words(standing.decided_at, language), moment_in_words(standing.expires_at, language)
    by = standing.decided_by or ""
    parts = []
    match standing.state:
        case "decided":
            outcome = text(f"decision.{standing.outcome}", language)
            parts.append(text("case.is_decided", language, outcome=outcome, person=by, at=at))
            parts += [text("case.holds_until", language, until=until)] if until else []
        case "expired":
            parts.append(text("case.is_expired", language, person=by, at=at, until=until))
        case "to_confirm":
            parts.append(text("case.is_to_confirm", language, person=by, at=at))
        case "referred":
            holder = standing.holder
            named = text("case.a_supervisor", language) if holder == ANY_SUPERVISOR else holder
            parts.append(text("case.is_referred", language, person=by, holder=named, at=at))
        case "working" if standing.holder and standing.holder != view.person.name:
            since = moment_in_words(standing.changed_at, language)
            parts.append(text("case.opened_by", language, person=standing.holder, at=since))
    if not parts:
        return ""
    parts += _given(view.decision, policy, language) if view.decision and standing.state != "working" else []
    return page([words("p", part) for part in parts], language, f"cs-standing cs-is-{standing.state}")


def _given(decision: Entry, policy: Policy, language: Language) -> list[str]:
    """The reason, the note and the conditions of a recorded decision."""
    if decision.payload is None:
        return []
    verdict = verdict_of(decision, policy, language)
    payload = decision.payload
    history = history_of(payload, language)
    changes = condition_lines(payload["application"]["raw"], payload["changes"], history, language)
    return [
        *([text("case.given_reason", language, reason=verdict.reason)] if verdict.reason else []),
        *([text("case.given_note", language, note=verdict.note)] if verdict.note else []),
        *([text("case.given_changes", language, changes=" · ".join(changes))] if changes else []),
    ]


def desk_view(
    workplace: Workplace, person: Person, case: Case, message: str = "", is_problem: bool = False
) -> DeskView:
    """How a case stands for a person; where the journal cannot be reached, that it is so."""
    colleagues, applicant_id = workplace.colleagues(), case.applicant.applicant_id
    if applicant_id is None:
        return DeskView(person, colleagues, message=message, is_problem=is_problem)
    try:
        standing = case_of(workplace.desk, applicant_id)
        decision = proposal_of(workplace.desk, applicant_id) if standing.entry else None
    except DatabaseError:
        message = text("case.not_recorded", case.language)
        return DeskView(person, frozenset(), message=message, is_problem=True, unavailable=True)
    return DeskView(person, colleagues, standing, decision, message, is_problem)
