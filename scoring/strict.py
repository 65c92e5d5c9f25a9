"""JSON -> the dataclass that it is, to the letter; or one sentence that names the field, its value and what is wanted.

Nothing is guessed: no text is a number, no true or false is one, nothing is NaN or infinite, and what has no place is
refused. A whole number is a number, too. What types cannot say (equal lengths, an order), a dataclass says in its
`__post_init__` by raising `MalformedError`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails, from_json

T = TypeVar("T")

# Beyond, no figure of credit scoring; products and sums of a few such numbers are still finite.
LARGEST = 1e30
# A probability whose log-odds lie further from 0 differs from 0 or 1 by nothing that a computer tells.
FURTHEST_LOG_ODDS = 1_000.0
QUOTED = 40
# A mean or a ratio of sums may come out so far above 1.
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
"""Marks the class of what a file holds as a whole; all that is within is read as strictly."""

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
    """A file's content is not what it must be; the message is half a sentence about a field."""


def wrong(field: str, value: object, wanted: str) -> MalformedError:
    """A field with its value, quoted short, and what is wanted in its place."""
    return MalformedError(f"{field} is {short(value)}, while {wanted}")


def short(value: object) -> str:
    """A value as a message quotes it."""
    quoted = repr(value)
    return quoted if len(quoted) <= QUOTED else f"{quoted[:QUOTED]}…"


def same_length(whole: object, names: Sequence[str]) -> None:
    """Makes sure that lists that belong together have as many entries, and some.

    Raises:
        MalformedError: they have not.
    """
    lengths = {name: len(getattr(whole, name)) for name in names}
    if len(set(lengths.values())) > 1 or 0 in lengths.values():
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise MalformedError(f"{told} entries, while as many of each are wanted, at least one")


def in_order(low: float | None, high: float | None, names: tuple[str, str]) -> None:
    """Makes sure that two ends are both there or both None, and the lower one comes first.

    Raises:
        MalformedError: they are not.
    """
    if (low is None) != (high is None) or (low is not None and high is not None and low > high):
        raise wrong(names[0], low, f"no more than {names[1]}, {short(high)}, is wanted, or null for both")


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape, config=None if hasattr(shape, "__pydantic_config__") else STRICT)


def parse(shape: type[T], content: str | bytes) -> T:
    """JSON as a class marked `strict`, or a list of such.

    Raises:
        MalformedError: it is something else; told is the first field that is wrong.
    """
    try:
        return _adapter(shape).validate_json(content)  # type: ignore[arg-type]
    except ValidationError as error:
        # The cause would say the same thousands of times over.
        raise _in_words(error.errors(include_url=False)[0]) from None


def parse_object(content: bytes) -> dict[str, Any]:
    """JSON that is an object, whatever it holds.

    Raises:
        MalformedError: it is something else.
    """
    try:
        found = from_json(content, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedError("it is no JSON") from error
    if not isinstance(found, dict):
        raise wrong("the whole", found, WANTED["dict_type"])
    return found


def _in_words(error: ErrorDetails) -> MalformedError:
    kind, details = error["type"], error.get("ctx", {})
    place = [str(step) for step in error["loc"] if step != "[key]"]
    field = ".".join(place) or "the whole"
    if kind == "json_invalid":
        return MalformedError("it is no JSON")
    if kind == "missing":
        return MalformedError(f"{field} is missing")
    if kind in UNKNOWN:
        return MalformedError(f"{field} is there, while nothing of that name is known")
    if kind == "value_error":
        return MalformedError(": ".join([*([field] if place else []), str(details["error"])]))
    value = place[-1] if error["loc"][-1:] == ("[key]",) else error["input"]
    return wrong(field, value, WANTED.get(kind, "something else is wanted").format(**details))


def known(field: str, names: Mapping[str, object] | Sequence[str], allowed: Sequence[str]) -> None:
    """Makes sure that names are among those that are allowed.

    Raises:
        MalformedError: one is not.
    """
    for name in names:
        if name not in allowed:
            raise MalformedError(f"{field} names {short(name)}, which is not known")
