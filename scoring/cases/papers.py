"""The papers of a recorded decision: the letter to the applicant, and the verdict in the adviser's record."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from scoring.answers.applicant import Reason
from scoring.applicants.applicant import Applicant
from scoring.cases.policy import Policy
from scoring.documents.letter import Letter, letter_html
from scoring.documents.reasons import headline_in_letter
from scoring.documents.record import Verdict
from scoring.journal.entry import Entry
from scoring.words.language import Language

# Enough of a hash to find an entry by, on paper.
SHORT_HASH = 16


def reference_of(entry: Entry) -> str:
    """How a paper names an entry: its number and the start of its hash."""
    return f"{entry.number}-{entry.hash[:SHORT_HASH]}"


def verdict_of(entry: Entry, policy: Policy, language: Language) -> Verdict:
    """A recorded decision for the adviser's record; its entry must not be erased."""
    payload = _payload(entry)
    listed = policy.reasons.get(payload["reason_code"])
    reason = listed.words[language] if listed else payload["reason_code"]
    return Verdict(payload["outcome"], reason, payload["note"], entry.person, reference_of(entry))


def letter_of(entry: Entry, policy: Policy, synthetic: bool) -> str:
    """The letter about a recorded decision, in the language in which it was decided; its entry must not be erased.

    A refusal states the reasons that were chosen, and the listed reason's own words for the applicant if the decision
    rests on it against the recommendation. The note is for colleagues and never appears.
    """
    payload = _payload(entry)
    language: Language = payload["language"]
    on_file = _applicant(entry.applicant_id, payload["application"])
    decided = Applicant(on_file.applicant_id, {**on_file.raw, **payload["changes"]}, on_file.history)
    expires = payload.get("expires_at")
    letter = Letter(
        requested=on_file if on_file.applicant_id is not None else decided,
        decided=decided,
        outcome=payload["outcome"],
        reasons=_told(payload, policy, language),
        expires=datetime.fromisoformat(expires) if expires else None,
        at=entry.at,
        synthetic=synthetic,
        reference=reference_of(entry),
        language=language,
    )
    return letter_html(letter, policy.lender, policy.letters)


def _payload(entry: Entry) -> dict[str, Any]:
    assert entry.payload is not None
    return entry.payload


def _told(payload: dict[str, Any], policy: Policy, language: Language) -> list[str]:
    listed = policy.reasons.get(payload["reason_code"]) if payload["outcome"] == "refuse" else None
    own = [listed.letter[language]] if listed and listed.letter[language] else []
    reasons = {each["feature"]: Reason(**each, usual_range=[]) for each in payload["reasons"]}
    return own + [headline_in_letter(reasons[feature], language) for feature in payload["told_reasons"]]


def _applicant(applicant_id: int | None, application: dict[str, Any]) -> Applicant:
    history = {name: math.nan if value is None else value for name, value in application["history"].items()}
    return Applicant(applicant_id, application["raw"], history)
