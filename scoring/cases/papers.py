"""The papers of a recorded decision: the letter to the applicant, and the verdict in the adviser's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scoring.answers.applicant import HistoryMove, Reason
from scoring.applicants.inputs import checked_history
from scoring.assessment.assessment import history_moves
from scoring.cases.evidence import applicant_of
from scoring.cases.orders import Standing
from scoring.cases.policy import Policy
from scoring.documents.letter import Letter, letter_html
from scoring.documents.plans import history_lines
from scoring.documents.reasons import advice_in_letter, headline_in_letter
from scoring.documents.record import Verdict
from scoring.journal.entry import Entry
from scoring.words.language import Language
from scoring.words.wording import text

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


def history_of(payload: Mapping[str, Any], language: Language) -> list[HistoryMove]:
    """What a recorded decision asks to be done about the credit history, in a language; older entries ask nothing."""
    scenarios = applicant_of(None, payload["application"]).scenarios
    return history_moves(checked_history(payload.get("history"), scenarios, language), language)


def letter_of(entry: Entry, standing: Standing, policy: Policy, synthetic: bool) -> str:
    """The letter about a recorded decision, in the language in which it was decided; its entry must not be erased.

    A refusal states the reasons that were chosen, and the listed reason's own words for the applicant if the decision
    rests on it against the recommendation, and which of them a change of the loan or of debts would help with. The note
    is for colleagues and never appears. Its days are those of the case as it stands: a decision that a colleague
    confirmed is made, and holds, from its confirmation on.
    """
    assert standing.decided_at is not None
    payload = _payload(entry)
    language: Language = payload["language"]
    on_file = applicant_of(entry.applicant_id, payload["application"])
    decided = replace(on_file, raw={**on_file.raw, **payload["changes"]})
    said = _refusal_reasons(payload, policy, language)
    letter = Letter(
        requested=on_file if on_file.applicant_id is not None else decided,
        decided=decided,
        outcome=payload["outcome"],
        conditions=history_lines(history_of(payload, language)),
        reasons=said.reasons,
        advice=said.advice,
        prospect=said.prospect,
        expires=standing.expires_at,
        at=standing.decided_at,
        synthetic=synthetic,
        reference=reference_of(entry),
        language=language,
    )
    return letter_html(letter, policy.lender, policy.letters)


def _payload(entry: Entry) -> dict[str, Any]:
    assert entry.payload is not None
    return entry.payload


@dataclass(frozen=True)
class _RefusalReasons:
    """What a refusal says: its reasons in words, what to say of changing each ("": nothing), and of all of them."""

    reasons: list[str]
    advice: list[str]
    prospect: str


def _refusal_reasons(payload: dict[str, Any], policy: Policy, language: Language) -> _RefusalReasons:
    listed = policy.reasons.get(payload["reason_code"]) if payload["outcome"] == "refuse" else None
    own = [listed.letter[language]] if listed and listed.letter[language] else []
    reasons = {each["feature"]: Reason(**each, usual_range=[]) for each in payload["reasons"]}
    chosen = [reasons[feature] for feature in payload["told_reasons"]]
    fixed = payload["recommendation"] == payload.get("reachable") == "refuse"
    # Where nothing that can be done is enough, nothing is held out.
    advice = ["" if fixed else advice_in_letter(reason, language) for reason in chosen]
    if fixed and chosen:
        prospect = text("letter.fixed", language)
    else:
        prospect = text("letter.no_promise", language) if any(reason.can_change for reason in chosen) else ""
    words = [f"{headline_in_letter(reason, language)}." for reason in chosen]
    return _RefusalReasons([*own, *words], [*("" for _ in own), *advice], prospect)
