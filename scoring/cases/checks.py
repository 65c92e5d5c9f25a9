"""Checks of an order against the model's answer and the lender's policy."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.answers.applicant import Outcome, Score
from scoring.cases.orders import LONGEST_NOTE, Order
from scoring.cases.policy import Policy
from scoring.decision.rule import OUTCOMES
from scoring.errors import InvalidInputError
from scoring.people import Person
from scoring.schema.definition import quoted
from scoring.words.language import Language
from scoring.words.wording import text


@dataclass(frozen=True)
class Checked:
    """An order that is allowed. `departs`: from what the model recommends; `told_reasons`: features."""

    outcome: Outcome
    departs: bool
    reason_code: str
    note: str
    told_reasons: tuple[str, ...]
    refer_to: str | None


def checked_order(order: Order, score: Score, policy: Policy, person: Person, colleagues: frozenset[str]) -> Checked:
    """The order, if all in it is allowed.

    Raises:
        InvalidInputError: the message names what is wrong, and what is allowed.
    """
    language = order.language
    outcome = next((allowed for allowed in OUTCOMES if allowed == order.outcome), None)
    if outcome is None:
        raise _refused("case.unknown_outcome", language, quoted(order.outcome), OUTCOMES)
    departs = outcome != score.decision
    note = checked_note(order.note, language)
    reason = _checked_reason(order, outcome, policy)
    if departs and not reason:
        raise InvalidInputError(text("case.reason_required", language))
    if departs and not note:
        raise InvalidInputError(text("case.note_required", language))
    features = _told_reasons(order, outcome, score)
    if outcome == "refuse" and not features and not (reason and policy.reasons[reason].letter[language]):
        raise InvalidInputError(text("case.told_required", language))
    return Checked(outcome, departs, reason, note, features, _referee(order, outcome, person, colleagues))


def checked_note(note: object, language: Language, required: bool = False) -> str:
    """A note without blanks around it.

    Raises:
        InvalidInputError: it is not text, too long, or missing.
    """
    if not isinstance(note, str) or len(note) > LONGEST_NOTE or "\0" in note:
        raise InvalidInputError(text("case.note_not_allowed", language, most=LONGEST_NOTE))
    if required and not note.strip():
        raise InvalidInputError(text("case.note_missing", language))
    return note.strip()


def _checked_reason(order: Order, outcome: Outcome, policy: Policy) -> str:
    code = order.reason_code or ""
    allowed = [reason.code for reason in policy.reasons_for(outcome)]
    if code and code not in allowed:
        raise _refused("case.unknown_reason", order.language, quoted(code), allowed)
    return str(code)


def _told_reasons(order: Order, outcome: Outcome, score: Score) -> tuple[str, ...]:
    """The model's reasons that the applicant is told of, in the model's order; none unless refused."""
    allowed = [reason.feature for reason in score.reasons]
    given = allowed if order.told_reasons is None else order.told_reasons
    if not isinstance(given, (list, tuple)):
        raise _refused("case.unknown_told", order.language, quoted(given), allowed)
    for feature in given:
        if feature not in allowed:
            raise _refused("case.unknown_told", order.language, quoted(feature), allowed)
    return tuple(feature for feature in allowed if feature in given) if outcome == "refuse" else ()


def _referee(order: Order, outcome: Outcome, person: Person, colleagues: frozenset[str]) -> str | None:
    """Whom the case is referred to; None: any supervisor."""
    if outcome != "refer" or not order.refer_to:
        return None
    others = sorted(colleagues - {person.name})
    if order.refer_to not in others:
        raise _refused("case.unknown_colleague", order.language, quoted(order.refer_to), others)
    return order.refer_to


def _refused(key: str, language: Language, value: str, allowed: object) -> InvalidInputError:
    listed = ", ".join(allowed) if allowed else text("case.none_allowed", language)  # type: ignore[arg-type]
    return InvalidInputError(text(key, language, value=value, allowed=listed))
