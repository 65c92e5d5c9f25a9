"""What a person wants to do with a case, and the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from scoring.answers.applicant import Outcome
from scoring.words.language import Language

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Seen:
    """What a person saw when they decided: the case's version, the model's revision, the application's digest."""

    version: int
    revision: str
    application: str


@dataclass(frozen=True)
class Order:
    """A decision that a person wants recorded.

    Args:
        applicant_id: on file; None for an application that was typed in.
        changes: raw field -> new value: the application with these is what is decided.
        outcome: approve, refer or refuse.
        reason_code: of the lender's list; "" for none.
        note: for colleagues only, never for the applicant.
        told_reasons: features among the model's reasons that the applicant is told of; None: all of them.
        refer_to: whom to refer to; None: any supervisor.
        seen: what it was decided on; None: whatever is there now.
        language: of messages and of the letter.
        history: changes of the credit history that are conditions of the decision, {"scenario", "parameter"} each.
    """

    applicant_id: object
    changes: Mapping[str, Any] | None
    outcome: object
    reason_code: object = ""
    note: object = ""
    told_reasons: object = None
    refer_to: str | None = None
    seen: Seen | None = None
    language: Language = "en"
    history: object = None


@dataclass(frozen=True)
class Standing:
    """How a case stands.

    `state` is open (nobody's), working, referred, to_confirm, decided or expired; `holder` works on it or is waited
    for; `entry` is the journal's number of the decision in question.
    """

    state: Literal["open", "working", "referred", "to_confirm", "decided", "expired"] = "open"
    holder: str | None = None
    outcome: Outcome | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    expires_at: datetime | None = None
    entry: int | None = None
    version: int = 0
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Recorded:
    """A step that is in the journal: its entry's number, hash and time, and how the case stands now."""

    entry: int
    hash: str
    time: datetime
    state: str
