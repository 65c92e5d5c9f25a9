"""What a page brings along when it opens: changes and scenarios from its address, or all entries from its window.

`scripts/kept.js` keeps it. Anybody may have written an address: what is not allowed is refused in words, and what has
another shape is ignored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from scoring.applicants.inputs import checked_changes
from scoring.interface.case import Case, read_case
from scoring.interface.form import Entry, form_fields
from scoring.interface.scenarios_view import MOST
from scoring.schema.definition import Raw
from scoring.words.language import LANGUAGES, Language

LONGEST = 100_000


@dataclass(frozen=True)
class Kept:
    """Of one applicant (None: a new application): the changes, the scenarios, and the entries as they were typed.

    `history` are the changes of the credit history, each of which may not be open to the applicant.
    """

    applicant_id: int | None
    changes: dict[str, Raw]
    scenarios: list[dict[str, Raw]]
    history: Any = None
    entries: list[Entry] | None = None
    typed_in: Language | None = None

    def on(self, case: Case) -> Case:
        """The case with what was entered."""
        if self.entries is None:
            kept = bool(self.changes or self.history)
            return case.with_changes(self.changes).with_stored_history(self.history) if kept else case
        applicant = {"applicant_id": case.applicant.applicant_id}
        last = {**applicant, "changes": self.changes, "history": self.history, "language": self.typed_in}
        return read_case(case.service, case.language, applicant, last, self.entries) or case

    def typed(self, name: str) -> Entry:
        """The entry of a field as it was typed."""
        names = [item.raw.name for item in form_fields()]
        return None if self.entries is None else self.entries[names.index(name)]


def read_kept(written: object, language: Language) -> Kept | None:
    """What a page brought along; None if it is nothing of this shape.

    Raises:
        InvalidInputError: a change that is not allowed.
    """
    found = _parsed(written)
    scenarios = found.get("scenarios")
    if "applicant_id" not in found or not isinstance(scenarios, list):
        return None
    typed, typed_in = _typed(found.get("typed"))
    return Kept(
        applicant_id=found["applicant_id"],
        changes=checked_changes(found.get("changes"), language),
        history=found.get("history"),
        scenarios=[checked_changes(changes, language) for changes in scenarios[:MOST]],
        entries=typed,
        typed_in=typed_in,
    )


def _parsed(written: object) -> dict[str, Any]:
    if not isinstance(written, str) or len(written) > LONGEST:
        return {}
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _typed(found: object) -> tuple[list[Entry] | None, Language | None]:
    """The entries of a form and the language that they were typed in, if they are such."""
    if not isinstance(found, dict) or not isinstance(found.get("entries"), list):
        return None, None
    entries, language = found["entries"], found.get("language")
    fits = len(entries) == len(form_fields()) and all(
        entry is None or isinstance(entry, (str, int, float)) for entry in entries
    )
    return (entries, language) if fits and language in LANGUAGES else (None, None)
