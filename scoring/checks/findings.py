"""Values that are not allowed in a table or file: counted by column, in the wording of `/score`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.checks.cause import likely_cause
from scoring.errors import InvalidInputError
from scoring.schema.definition import Definition, checked_value, quoted

SHOWN = 5
# Values per column that are sampled for examples and for the likely cause.
MOST_LOOKED_AT = 1_000


def counted(number: int, noun: str) -> str:
    """A number of things in English: "1 row", "2,000 rows"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@dataclass(frozen=True)
class ColumnFinding:
    """What is wrong in a column: number of rows, description, and likely cause ("" if unknown)."""

    column: str
    rows: int
    share: float
    words: str
    cause: str

    def __str__(self) -> str:
        cause = f" Likely cause: {self.cause}." if self.cause else ""
        return f"column {self.column}: {counted(self.rows, 'row')} ({self.share:.2%}). {self.words}.{cause}"


@dataclass(frozen=True)
class LeftOut:
    """How many rows of a table were left out, and how many of them because of each column."""

    rows: int
    columns: dict[str, int]


def column_finding(
    definition: Definition, rows: int, of: int, looked_at: Iterable[tuple[object, str]]
) -> ColumnFinding:
    """A finding from its count and at most `MOST_LOOKED_AT` values with the location of each."""
    values = list(looked_at)
    # A value may be a list or an object, if that is what a file holds.
    first: dict[str, str] = {}
    for value, location in values:
        first.setdefault(quoted(value), location)
        if len(first) == SHOWN:
            break
    (_, location), *others = first.items()
    more = "".join(f"; {other} ({where})" for other, where in others)
    words = f"{refused_in_words(definition, values[0][0])} ({location}{more})"
    return ColumnFinding(
        definition.name, rows, rows / of, words, likely_cause(definition, [each for each, _ in values])
    )


def refused_in_words(definition: Definition, value: object) -> str:
    """The message of `/score` on a value that is not allowed."""
    try:
        checked_value(definition, value, "en")
    except InvalidInputError as error:
        return str(error)
    return f"{definition.name}: {quoted(value)} could not be read."


def findings_in_words(file: str, head: str, findings: Iterable[object]) -> str:
    """A heading for a file, and one line per finding."""
    return "\n  ".join([f"{file}: {head}", *map(str, findings)])
