"""Strict parsing of JSON into dataclasses; errors name the field, its value and what is wanted.

Nothing is coerced: text and booleans are not numbers, NaN and infinity are refused, and so are unknown keys. An integer
is accepted as a float. Constraints beyond types (equal lengths, an order) are checked in a dataclass's `__post_init__`,
which raises `MalformedError`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails, from_json

T = TypeVar("T")

# No figure of credit scoring is larger; products and sums of a few such numbers are still finite.
LARGEST = 1e30
# Beyond these log-odds, a probability is 0 or 1 in floating point.
FURTHEST_LOG_ODDS = 1_000.0
QUOTED = 40
# Rounding tolerance above 1 for a mean or a ratio of sums.
ROUNDING = 1e-9

Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
NotNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Positive = Annotated[float, Field(gt=0, le=LARGEST)]
LogOdds = Annotated[float, Field(ge=-FURTHEST_LOG_ODDS, le=FURTHEST_LOG_ODDS)]
Share = Annotated[float, Field(ge=0, le=1 + ROUNDING)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Some = Annotated[int, Field(ge=1, le=10**15)]

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
strict = with_config(STRICT)
"""Marks the class of a whole file; everything within is parsed as strictly."""

WANTED = {
    "float_type": "a number is wanted",
    "finite_number": "a finite number is wanted",
    "int_type": "a whole number is wanted",
    "bool_type": "true or false is wanted",
    "string_type": "text is wanted",
    "string_too_short": "some text is wanted",
    "list_type": "a list is wanted",
    "tuple_type": "a list is wanted",
    "dict_type": "an object is wanted",
    "dataclass_type": "an object is wanted",
    "greater_than": "more than {gt:g} is wanted",
    "greater_than_equal": "at least {ge:g} is wanted",
    "less_than": "less than {lt:g} is wanted",
    "less_than_equal": "at most {le:g} is wanted",
    "literal_error": "{expected} is wanted",
    "too_short": "{min_length} entries are wanted",
    "too_long": "{max_length} entries are wanted",
}
UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")


class MalformedError(ValueError):
    """A file's content is malformed; the message is a phrase about a field."""


def wrong(field: str, value: object, wanted: str) -> MalformedError:
    """An error for a field: its value, truncated, and what is wanted instead."""
    return MalformedError(f"{field} is {short(value)}, while {wanted}")


def short(value: object) -> str:
    """A value as quoted in messages."""
    quoted = repr(value)
    return quoted if len(quoted) <= QUOTED else f"{quoted[:QUOTED]}…"


def same_length(whole: object, names: Sequence[str]) -> None:
    """Checks that lists have equal, non-zero lengths.

    Raises:
        MalformedError: they do not.
    """
    lengths = {name: len(getattr(whole, name)) for name in names}
    if len(set(lengths.values())) > 1 or 0 in lengths.values():
        counts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise MalformedError(f"{counts} entries, while as many of each are wanted, at least one")


def in_order(low: float | None, high: float | None, names: tuple[str, str]) -> None:
    """Checks that two ends are both given or both None, and in ascending order.

    Raises:
        MalformedError: they are not.
    """
    if (low is None) != (high is None) or (low is not None and high is not None and low > high):
        raise wrong(names[0], low, f"no more than {names[1]}, {short(high)}, is wanted, or null for both")


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape, config=None if hasattr(shape, "__pydantic_config__") else STRICT)


def parse(shape: type[T], content: str | bytes) -> T:
    """Parses JSON as a class marked `strict`, or a list of such.

    Raises:
        MalformedError: it is something else; the message names the first wrong field.
    """
    try:
        return _adapter(shape).validate_json(content)  # type: ignore[arg-type]
    except ValidationError as error:
        # The cause would repeat the same thousands of times.
        raise _in_words(error.errors(include_url=False)[0]) from None


def parse_object(content: bytes) -> dict[str, Any]:
    """Parses JSON that must be an object, with any content.

    Raises:
        MalformedError: it is something else.
    """
    try:
        found = from_json(content, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedError("it is not JSON") from error
    if not isinstance(found, dict):
        raise wrong("the whole", found, WANTED["dict_type"])
    return found


def _in_words(error: ErrorDetails) -> MalformedError:
    kind, details = error["type"], error.get("ctx", {})
    path = [str(step) for step in error["loc"] if step != "[key]"]
    field = ".".join(path) or "the whole"
    if kind == "json_invalid":
        return MalformedError("it is not JSON")
    if kind == "missing":
        return MalformedError(f"{field} is missing")
    if kind in UNKNOWN:
        return MalformedError(f"{field} is there, while nothing of that name is known")
    if kind == "value_error":
        return MalformedError(": ".join([*([field] if path else []), str(details["error"])]))
    value = path[-1] if error["loc"][-1:] == ("[key]",) else error["input"]
    return wrong(field, value, WANTED.get(kind, "something else is wanted").format(**details))


def known(field: str, names: Mapping[str, object] | Sequence[str], allowed: Sequence[str]) -> None:
    """Checks that names are among the allowed ones.

    Raises:
        MalformedError: one is not.
    """
    for name in names:
        if name not in allowed:
            raise MalformedError(f"{field} names {short(name)}, which is not known")
