"""Checks of a caller's inputs: the applicant's id, changes to raw fields, and the language of the answer."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from babel import Locale, UnknownLocaleError

from scoring.applicants.scenarios import HistoryChange, step_in_words
from scoring.errors import InvalidInputError
from scoring.lender.roles import CREDIT
from scoring.schema.definition import LONGEST_QUOTE, Raw, checked_value, quoted, read_number
from scoring.schema.fields import Field, fields
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text

# Larger integers are not all exact as floats, and some files hold ids as floats.
LARGEST_ID = 2**53


def checked_changes(changes: object, language: Language) -> dict[str, Raw]:
    """The edits to raw fields, if all of them are allowed.

    Args:
        changes: field name -> new value (None: not on file).
        language: of the messages.

    Raises:
        InvalidInputError: for the first edit that is not allowed, naming field, value and what is allowed.
    """
    if changes is None:
        return {}
    if not isinstance(changes, dict):
        raise InvalidInputError(text("error.changes_not_a_mapping", language, value=quoted(changes), field=CREDIT))
    known = fields()
    if len(changes) > len(known):
        raise InvalidInputError(text("error.too_many_changes", language, count=len(changes), allowed=len(known)))
    changed = {name: checked_field(name, language) for name in changes}
    return {name: checked_value(changed[name], value, language) for name, value in changes.items()}


def checked_history(moves: object, scenarios: Sequence[HistoryChange], language: Language) -> tuple[HistoryChange, ...]:
    """The changes of the credit history that are to count as made, if all of them are open to the applicant.

    Args:
        moves: of each, {"scenario": name, "parameter": how far}, and whatever else a plan of `/recourse` says of it.
        scenarios: what is open to the applicant.
        language: of the messages.

    Raises:
        InvalidInputError: one is not open to the applicant, or two change the same part of the history.
    """
    if moves is None:
        return ()
    if not isinstance(moves, (list, tuple)):
        raise InvalidInputError(text("error.history_not_a_list", language, value=quoted(moves)))
    found = tuple(_open_change(move, scenarios, language) for move in moves)
    if len({change.step.table for change in found}) < len(found):
        listed = text("and", language).join(step_in_words(change, language) for change in found)
        raise InvalidInputError(text("error.history_twice", language, moves=listed))
    return found


def _open_change(move: object, scenarios: Sequence[HistoryChange], language: Language) -> HistoryChange:
    wanted = (move.get("scenario"), move.get("parameter")) if isinstance(move, dict) else None
    for change in scenarios:
        if wanted == (change.step.scenario, change.step.parameter):
            return change
    allowed = ", ".join(f"{change.step.scenario} {change.step.parameter:g}" for change in scenarios)
    none = text("error.no_history_move", language)
    raise InvalidInputError(text("error.unknown_history_move", language, value=quoted(move), allowed=allowed or none))


def checked_field(name: object, language: Language) -> Field:
    """The raw field of that name.

    Raises:
        InvalidInputError: there is none; the message says which are like it.
    """
    known = fields()
    if isinstance(name, str) and name in known:
        return known[name]
    near = ", ".join(difflib.get_close_matches(str(name)[:LONGEST_QUOTE].upper(), known, 3))
    key = "error.unknown_field" if near else "error.unlike_any_field"
    raise InvalidInputError(text(key, language, field=quoted(name), allowed=near or ", ".join(list(known)[:3])))


def checked_id(applicant_id: object, language: Language) -> int | None:
    """An applicant's id (None: a new application); also accepted as text or with a zero fraction.

    Raises:
        InvalidInputError: it is not a whole number.
    """
    if applicant_id is None:
        return None
    number = whole_number(applicant_id, language)
    if number is None:
        raise InvalidInputError(text("error.id_not_whole", language, value=quoted(applicant_id)))
    return number


def whole_number(sent: object, language: Language) -> int | None:
    """An integer, also given as text or with a zero fraction; None for anything else.

    Text with an exponent is rejected, since a spreadsheet that writes 1.0E+05 has lost the last digits; so are floats
    from 2^53 on, which stand for several integers.
    """
    if isinstance(sent, str) and "e" in sent.lower():
        return None
    number = read_number(sent, language) if isinstance(sent, str) else sent
    if isinstance(number, float):
        return int(number) if number.is_integer() and abs(number) < LARGEST_ID else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def checked_language(language: object) -> Language:
    """The language, if supported; a region (fr-FR, en_GB) is ignored.

    Raises:
        InvalidInputError: it is neither English nor French.
    """
    spoken = _language_of(language) if isinstance(language, str) and language not in LANGUAGES else language
    for known in LANGUAGES:
        if known == spoken:
            return known
    raise InvalidInputError(text("error.language", "en", value=quoted(language)))


def _language_of(tag: str) -> str | None:
    """The language of a tag such as fr, fr-FR or fr_CA; None for anything else."""
    try:
        return Locale.parse(tag.strip().replace("_", "-"), sep="-").language
    except (ValueError, UnknownLocaleError):
        return None
