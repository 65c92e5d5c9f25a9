"""The lender's policy: limits by role, the reasons that an adviser may give, who the lender is, and the letters.

A folder of small files that a lender replaces as a whole:

    limits.csv       role, approve_up_to (currency of the loan; empty: no limit); others approve nothing alone
    reasons.csv      code, outcomes (of approve, refer, refuse), en, fr, letter_en, letter_fr (for the applicant)
    lender.csv       key, en, fr: name, address, contact, authority
    letter.en.html   the letter, a Jinja2 template; letter.fr.html likewise
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoring.answers.applicant import Outcome
from scoring.decision.rule import OUTCOMES
from scoring.documents.letter import Lender, LetterTemplates, read_templates
from scoring.errors import InvalidInputError
from scoring.files import read_table
from scoring.people import ROLES, Role
from scoring.words.language import LANGUAGES, Language

LENDER = ("name", "address", "contact", "authority")
COLUMNS = {
    "limits.csv": ("role", "approve_up_to"),
    "reasons.csv": ("code", "outcomes", "en", "fr", "letter_en", "letter_fr"),
    "lender.csv": ("key", "en", "fr"),
}


@dataclass(frozen=True)
class ListedReason:
    """A reason from the lender's list: its code, the outcomes that it is for, and its words.

    `letter` is what the applicant is told by language; "" if the reason is not for the applicant.
    """

    code: str
    outcomes: frozenset[Outcome]
    words: dict[Language, str]
    letter: dict[Language, str]


@dataclass(frozen=True)
class Policy:
    """The lender's own rules. `limits`: the largest amount that a role approves alone; None: any amount."""

    limits: dict[Role, float | None]
    reasons: dict[str, ListedReason]
    lender: Lender
    letters: LetterTemplates

    def may_approve(self, role: Role, amount: float) -> bool:
        """Whether someone of this role approves a loan of this amount alone."""
        limit = self.limits.get(role, 0.0)
        return limit is None or amount <= limit

    def reasons_for(self, outcome: Outcome) -> list[ListedReason]:
        """The reasons that may be given for an outcome, in the lender's order."""
        return [reason for reason in self.reasons.values() if outcome in reason.outcomes]


def read_policy(folder: Path) -> Policy:
    """The policy in a folder.

    Raises:
        InvalidInputError: a file is absent or malformed; the message names it, the line, and what is allowed.
    """
    limits = dict(_limit(folder, line, row) for line, row in _rows(folder, "limits.csv"))
    reasons = {row["code"]: _reason(folder, line, row) for line, row in _rows(folder, "reasons.csv")}
    lender = {row["key"]: {language: row[language] for language in LANGUAGES} for _, row in _rows(folder, "lender.csv")}
    for key in LENDER:
        if not all(lender.get(key, {}).get(language) for language in LANGUAGES):
            raise InvalidInputError(f"{folder / 'lender.csv'}: {key} is missing. Give it in each language.")
    for outcome in OUTCOMES:
        if not any(outcome in reason.outcomes for reason in reasons.values()):
            raise InvalidInputError(f"{folder / 'reasons.csv'}: no reason is for {outcome}. Give at least one.")
    return Policy(limits, reasons, Lender(**{key: lender[key] for key in LENDER}), read_templates(folder))


def _rows(folder: Path, name: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of a table with their line numbers (a quoted line break is not expected in these)."""
    path = folder / name
    try:
        rows = read_table(path)
    except (OSError, UnicodeDecodeError):
        raise InvalidInputError(f"{path}: absent or not in UTF-8. POLICY must name a folder that holds it.") from None
    lacking = [column for column in COLUMNS[name] if not rows or column not in rows[0]]
    if lacking:
        raise InvalidInputError(f"{path}: lacks {', '.join(lacking)}. Its columns are {', '.join(COLUMNS[name])}.")
    cleaned = [{column: (row[column] or "").strip() for column in COLUMNS[name]} for row in rows]
    first = COLUMNS[name][0]
    seen: set[str] = set()
    for line, row in enumerate(cleaned, 2):
        if not row[first] or row[first] in seen:
            raise InvalidInputError(f"{path}, line {line}: {first} {row[first]!r} is empty or repeated.")
        seen.add(row[first])
    return list(enumerate(cleaned, 2))


def _limit(folder: Path, line: int, row: dict[str, str]) -> tuple[Role, float | None]:
    where = f"{folder / 'limits.csv'}, line {line}"
    role = next((role for role in ROLES if role == row["role"]), None)
    if role is None:
        raise InvalidInputError(f"{where}: {row['role']!r} is not a role. Allowed: {', '.join(ROLES)}.")
    if not row["approve_up_to"]:
        return role, None
    try:
        amount = float(row["approve_up_to"])
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise InvalidInputError(
            f"{where}: approve_up_to = {row['approve_up_to']!r}. Give an amount, or leave it empty."
        )
    return role, amount


def _reason(folder: Path, line: int, row: dict[str, str]) -> ListedReason:
    where = f"{folder / 'reasons.csv'}, line {line}"
    named = row["outcomes"].split()
    outcomes = frozenset(outcome for outcome in OUTCOMES if outcome in named)
    if not named or len(outcomes) != len(named):
        raise InvalidInputError(f"{where}: outcomes = {row['outcomes']!r}. Allowed: {' '.join(OUTCOMES)}.")
    words = {language: row[language] for language in LANGUAGES}
    letter = {language: row[f"letter_{language}"] for language in LANGUAGES}
    if not all(words.values()) or any(letter.values()) != all(letter.values()):
        raise InvalidInputError(f"{where}: its words are missing in one language. Give them in each.")
    return ListedReason(row["code"], outcomes, words, letter)
