"""The allowed values of a field: the one definition for the form, the endpoints, tables and files of applicants.

`breaks` finds the values of a column, in pandas or Ibis, that are not allowed; `checked_value` refuses a single value
with a reason in words. Both use the same rows of the field table, and a test checks that they agree. Values written in
another form (a number as text, yes as `true`) are converted first, by `read_value`.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import re
import reprlib
from collections.abc import Collection
from decimal import Decimal
from functools import cache
from typing import Any, Protocol, TypeVar

from scoring.errors import InvalidInputError
from scoring.schema.fields import FieldType, fields
from scoring.words.language import Kind, Language
from scoring.words.wording import short_number, text

Raw = float | int | str | None
Column = TypeVar("Column")

# A message quotes at most this much of a value that was sent.
LONGEST_QUOTE = 60
MOST_LEVELS_QUOTED = 12
DIGEST_LENGTH = 12
# No range limit has more decimals.
DECIMALS_OF_LIMITS = 4

# Around a value these mean nothing: space, tab, line and page ends, no-break, narrow no-break and thin space,
# zero-width marks.
BLANKS = " \t\r\n\v\f\u00a0\u202f\u2009\ufeff\u200b"
# In both languages: a French spreadsheet writes VRAI or FAUX. Compared in lower case.
YES_WORDS = ("y", "yes", "true", "t", "1", "1.0", "oui", "vrai")
NO_WORDS = ("n", "no", "false", "f", "0", "0.0", "non", "faux")
# Markers of missing values in pandas, R, Spark, MySQL (\N) and spreadsheets; case does not matter.
MISSING_MARKERS = (
    *("NA", "N/A", "NULL", "None", "nan", r"\N", "#N/A", "#N/A N/A", "#NA", "<NA>", "NaT", "-nan"),
    *("1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
)
MISSING_WORDS = frozenset({"", *map(str.lower, MISSING_MARKERS)})

# Between groups of three digits, as in French and ISO 31-0: space, no-break, thin and narrow no-break space.
GROUP_SPACES = " \u00a0\u2009\u202f"
_DIGITS = r"\d+(?:_\d+)*"
# As programs write it. Tables are parsed by DuckDB, which is held to the same (see `training.tables.cells.parsed`).
_PLAIN_NUMBER = re.compile(rf"[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?", re.ASCII)
_GROUPED_NUMBER = re.compile(rf"[+-]?\d{{1,3}}(?:[{GROUP_SPACES}]\d{{3}})+(?:[.,]\d+)?", re.ASCII)
# "333.000" is 333 in English and 333,000 elsewhere; "333,000" the other way round.
_GROUPED_OR_DECIMAL = re.compile(r"[+-]?[1-9]\d{0,2}(?:[.,]\d{3})+", re.ASCII)
_WITH_SEPARATORS = re.compile(rf"[+-]?[{GROUP_SPACES}]*\d[.,\d{GROUP_SPACES}]*", re.ASCII)
# Longer integers are read as floats: Python refuses some of them, and none is allowed anywhere.
MOST_DIGITS = 60


class Definition(Protocol):
    """The definition of a column: a `Field` of the application, or a column of a history table.

    A number lies between `minimum` and `maximum` (None: unbounded) or is one of the `sentinels`, and is whole where the
    type is "integer"; a text is one of the `levels`. `yes_no_values` stand for yes and no where the kind is "yes_no".
    """

    @property
    def name(self) -> str:
        """The column's name in the lender's tables."""

    @property
    def type(self) -> FieldType:
        """How values are stored."""

    @property
    def kind(self) -> Kind:
        """The kind of quantity or category."""

    @property
    def minimum(self) -> float | None:
        """The lowest number."""

    @property
    def maximum(self) -> float | None:
        """The highest number."""

    @property
    def sentinels(self) -> Collection[float]:
        """Numbers that are allowed outside these limits."""

    @property
    def levels(self) -> Collection[str]:
        """The levels of a text."""

    @property
    def may_be_missing(self) -> bool:
        """Whether it may be missing."""

    @property
    def yes_no_values(self) -> tuple[str | int, str | int]:
        """The values for yes and for no in a yes/no column."""


def breaks(values: Any, definition: Definition) -> Any:
    """Which values are not allowed, except missing ones: booleans of the same length.

    Args:
        values: a pandas Series or an Ibis column of the definition's type, missing values as such (no NaN in Ibis).
        definition: of the column.
    """
    known = values.notnull()
    if definition.type == "text":
        return ~values.isin(list(definition.levels)) & known
    beyond = None
    if definition.minimum is not None:
        beyond = values < definition.minimum
    if definition.maximum is not None:
        above = values > definition.maximum
        beyond = above if beyond is None else beyond | above
    if beyond is None:
        raise ValueError("a number has a limit on at least one side, which tells an infinite value apart")
    if definition.sentinels:
        beyond &= ~values.isin([float(mark) for mark in definition.sentinels])
    if definition.type == "integer":
        beyond |= values % 1 != 0
    return beyond & known


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = LONGEST_QUOTE


def quoted(value: object) -> str:
    """A value for a message: its repr, truncated (it may be megabytes long)."""
    return _SHORT.repr(value)


def allowed_in_words(definition: Definition, language: Language) -> str:
    """The allowed numbers of a column, in words."""
    low, high = (
        "" if limit is None else short_number(limit, language, DECIMALS_OF_LIMITS)
        for limit in (definition.minimum, definition.maximum)
    )
    marks = text("or", language).join(short_number(mark, language, 0) for mark in definition.sentinels)
    return text("error.range_or_mark" if marks else "error.range", language, low=low, high=high, marks=marks)


def _invalid(key: str, definition: Definition, value: object, language: Language, allowed: str) -> InvalidInputError:
    if definition.may_be_missing and is_missing(value):
        allowed += text("error.or_null", language)
    return InvalidInputError(text(key, language, field=definition.name, value=quoted(value), allowed=allowed))


def read_number(words: str, language: Language) -> float | int | None:
    """The number that a text stands for; None if it stands for none, or is ambiguous.

    Accepted are the numbers that programs write, in French with a decimal comma as well; and groups of three digits
    separated by spaces, after which a comma can only stand before decimals. Integers stay integers.
    """
    plain = words.strip(BLANKS)
    if language == "fr" and _GROUPED_OR_DECIMAL.fullmatch(plain):
        return None
    grouped = _GROUPED_NUMBER.fullmatch(plain)
    if grouped:
        plain = re.sub(f"[{GROUP_SPACES}]", "", plain)
    if grouped or (language == "fr" and "." not in plain):
        plain = plain.replace(",", ".")
    if not _PLAIN_NUMBER.fullmatch(plain):
        return None
    return int(plain) if len(plain) <= MOST_DIGITS and plain.lstrip("+-").isdigit() else float(plain)


def yes_or_no(value: object) -> bool | None:
    """The meaning of a yes/no value in any of the usual spellings; None for anything else."""
    if isinstance(value, (bool, int, float)):
        return bool(value) if value in (0, 1) else None
    word = value.strip(BLANKS).lower() if isinstance(value, str) else None
    return True if word in YES_WORDS else False if word in NO_WORDS else None


def is_missing(value: object) -> bool:
    """Whether a file's value stands for a missing one: None, NaN, or a marker that tools write."""
    if isinstance(value, str):
        return value.strip(BLANKS).lower() in MISSING_WORDS
    return value is None or (isinstance(value, float) and math.isnan(value))


def read_value(definition: Definition, value: object, language: Language) -> object:
    """A value converted to the column's form, if it was written in another, unambiguous one.

    Anything else is returned unchanged, for `checked_value` to refuse.
    """
    if definition.kind == "yes_no":
        meant = yes_or_no(value)
        if meant is not None:
            yes, no = definition.yes_no_values
            return yes if meant else no
    if definition.type == "text":
        return value.strip(BLANKS) if isinstance(value, str) else value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        number = read_number(value, language)
        return value if number is None else number
    return value


def _checked_level(definition: Definition, value: object, language: Language) -> str:
    if isinstance(value, str) and value in definition.levels:
        return value
    levels = list(definition.levels)
    near = (
        difflib.get_close_matches(value[:LONGEST_QUOTE], levels, MOST_LEVELS_QUOTED) if isinstance(value, str) else []
    )
    shown = levels if len(levels) <= MOST_LEVELS_QUOTED else [*near, *(x for x in levels if x not in near)]
    allowed = ", ".join(shown[:MOST_LEVELS_QUOTED]) + ("…" if len(shown) > MOST_LEVELS_QUOTED else "")
    raise _invalid("error.level", definition, value, language, allowed)


def _checked_number(definition: Definition, value: object, sent: object, language: Language) -> float | int:
    wrong = _what_is_wrong(definition, value)
    if wrong:
        raise _invalid(f"error.{wrong}", definition, sent, language, allowed_in_words(definition, language))
    return value  # type: ignore[return-value]


def _what_is_wrong(definition: Definition, value: object) -> str:
    """Why a number is not allowed, as the end of a message's key; "" if it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        ambiguous = isinstance(value, str) and _WITH_SEPARATORS.fullmatch(value.strip(BLANKS))
        return "ambiguous_number" if ambiguous else "not_a_number"
    if value in definition.sentinels:
        return ""
    if isinstance(value, float) and not abs(value) < math.inf:
        return "not_finite"
    if definition.type == "integer" and value != int(value):
        return "not_whole"
    too_low = definition.minimum is not None and value < definition.minimum
    return "out_of_range" if too_low or (definition.maximum is not None and value > definition.maximum) else ""


def checked_value(definition: Definition, value: object, language: Language) -> Raw:
    """A value in the column's form, if it is allowed.

    Raises:
        InvalidInputError: naming the column, the value and what is allowed.
    """
    if value is None:
        if not definition.may_be_missing:
            raise _invalid(
                "error.required_missing", definition, value, language, allowed_in_words(definition, language)
            )
        return None
    read = read_value(definition, value, language)
    if definition.type == "text":
        return _checked_level(definition, read, language)
    return _checked_number(definition, read, value, language)


@cache
def field_table_digest() -> str:
    """The start of a SHA-256 over all field definitions, by which files state the definitions they were made with."""
    rows = [
        (field.name, field.type, field.minimum, field.maximum, field.sentinels, [*field.levels], field.may_be_missing)
        for field in fields().values()
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:DIGEST_LENGTH]
