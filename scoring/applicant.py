"""One applicant: a raw application plus history, and the edits that an adviser makes to the raw fields."""

from __future__ import annotations

import difflib
import math
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InvalidInputError
from scoring.fields import Field, Language, fields
from scoring.wording import number, text

Raw = float | int | str | None

# A message quotes at most this much of a value that was sent.
LONGEST_QUOTE = 60
MOST_LEVELS_QUOTED = 12


@dataclass(frozen=True)
class Applicant:
    """Raw application fields (all, None where missing), and the history that the model reads (NaN where unknown)."""

    applicant_id: int | None
    raw: Mapping[str, Raw]
    history: Mapping[str, float]

    def columns(self) -> dict[str, NDArray]:
        """The raw fields and the history as arrays of length 1, in the form that `scoring.features` reads."""
        names = (*_numeric_fields(), *self.history)
        numbers = np.array([*(self.raw[name] for name in _numeric_fields()), *self.history.values()], dtype=np.float64)
        columns = {name: numbers[place : place + 1] for place, name in enumerate(names)}
        columns.update({name: np.array([self.raw[name]], dtype=object) for name in _text_fields()})
        return columns


@cache
def _numeric_fields() -> tuple[str, ...]:
    return tuple(name for name, field in fields().items() if field.type != "text")


@cache
def _text_fields() -> tuple[str, ...]:
    return tuple(name for name, field in fields().items() if field.type == "text")


def new_applicant(history_names: Iterable[str]) -> Applicant:
    """An application of which nothing is known yet."""
    return Applicant(None, dict.fromkeys(fields()), dict.fromkeys(history_names, math.nan))


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = LONGEST_QUOTE


def quoted(value: object) -> str:
    """A value as a message shows it: as Python writes it, cut short (it may be megabytes long)."""
    return _SHORT.repr(value)


def _allowed_range(field: Field, language: Language) -> str:
    low = "" if field.minimum is None else number(field.minimum, language, 0)
    high = "" if field.maximum is None else number(field.maximum, language, 0)
    return text("error.range", language, low=low, high=high)


def _invalid(key: str, field: Field, value: object, language: Language, allowed: str) -> InvalidInputError:
    return InvalidInputError(text(key, language, field=field.name, value=quoted(value), allowed=allowed))


def _checked_level(field: Field, value: object, language: Language) -> str:
    if isinstance(value, str) and value in field.levels:
        return value
    levels = list(field.levels)
    near = (
        difflib.get_close_matches(value[:LONGEST_QUOTE], levels, MOST_LEVELS_QUOTED) if isinstance(value, str) else []
    )
    shown = levels if len(levels) <= MOST_LEVELS_QUOTED else [*near, *(x for x in levels if x not in near)]
    allowed = ", ".join(shown[:MOST_LEVELS_QUOTED]) + ("…" if len(shown) > MOST_LEVELS_QUOTED else "")
    raise _invalid("error.level", field, value, language, allowed)


def _checked_number(field: Field, value: object, language: Language) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _invalid("error.not_a_number", field, value, language, _allowed_range(field, language))
    if isinstance(value, float) and not math.isfinite(value):
        raise _invalid("error.not_finite", field, value, language, _allowed_range(field, language))
    if field.type == "integer" and value != int(value):
        raise _invalid("error.not_whole", field, value, language, _allowed_range(field, language))
    too_low = field.minimum is not None and value < field.minimum
    if too_low or (field.maximum is not None and value > field.maximum):
        raise _invalid("error.out_of_range", field, value, language, _allowed_range(field, language))
    return value


def checked_value(field: Field, value: object, language: Language) -> Raw:
    """A raw field's value as sent, if it is allowed.

    Raises:
        InvalidInputError: naming the field, the value and what is allowed.
    """
    if value is None:
        if field.required:
            raise _invalid("error.required_missing", field, value, language, _allowed_range(field, language))
        return None
    if field.type == "text":
        return _checked_level(field, value, language)
    return _checked_number(field, value, language)


def checked_changes(changes: object, language: Language) -> dict[str, Raw]:
    """Edits to raw fields as sent, if every one of them is allowed.

    Args:
        changes: field name -> new value (None: not on file).
        language: of the messages.

    Raises:
        InvalidInputError: for the first edit that is not allowed, naming field, value and what is allowed.
    """
    if changes is None:
        return {}
    if not isinstance(changes, dict):
        raise InvalidInputError(text("error.changes_not_a_mapping", language, value=quoted(changes)))
    known = fields()
    if len(changes) > len(known):
        raise InvalidInputError(text("error.too_many_changes", language, count=len(changes), allowed=len(known)))
    for name in changes:
        if name not in known:
            near = ", ".join(difflib.get_close_matches(str(name)[:LONGEST_QUOTE], known, 3))
            key = "error.unknown_field" if near else "error.unlike_any_field"
            raise InvalidInputError(text(key, language, field=quoted(name), allowed=near or ", ".join(list(known)[:3])))
    return {name: checked_value(known[name], value, language) for name, value in changes.items()}


def edited(applicant: Applicant, changes: Mapping[str, Raw], language: Language) -> Applicant:
    """The applicant with checked changes applied; a new application must end up with every required field.

    Raises:
        InvalidInputError: a new application lacks a required field.
    """
    raw = {**applicant.raw, **changes}
    if applicant.applicant_id is None:
        missing = [field.name for field in fields().values() if field.required and raw[field.name] is None]
        if missing:
            raise InvalidInputError(text("error.new_application_lacks", language, fields=", ".join(missing)))
    return Applicant(applicant.applicant_id, raw, applicant.history)


def checked_id(applicant_id: Any, language: Language) -> int | None:
    """An applicant's id as sent (None: a new application).

    Raises:
        InvalidInputError: it is not a whole number.
    """
    whole = isinstance(applicant_id, float) and applicant_id.is_integer()
    if applicant_id is None or whole or (isinstance(applicant_id, int) and not isinstance(applicant_id, bool)):
        return None if applicant_id is None else int(applicant_id)
    raise InvalidInputError(text("error.id_not_whole", language, value=quoted(applicant_id)))


def checked_language(language: object) -> Language:
    """The language as sent, if the screen speaks it.

    Raises:
        InvalidInputError: it is neither "en" nor "fr".
    """
    if language not in ("en", "fr"):
        raise InvalidInputError(text("error.language", "en", value=quoted(language)))
    return language
