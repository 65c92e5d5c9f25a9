"""Parsing of cells as DuckDB expressions: missing values, numbers, yes/no and text, with notes on reinterpretations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scoring.schema.definition import BLANKS, GROUP_SPACES, MISSING_MARKERS, NO_WORDS, YES_WORDS
from scoring.schema.fields import FieldType
from training.lender.roles import is_days, is_key

MISSING = tuple(marker.lower() for marker in MISSING_MARKERS)
GROUPED = rf"[+-]?\d{{1,3}}([{GROUP_SPACES}]\d{{3}})+([.,]\d+)?"
# 1,234 and 1.234: ambiguous between a group of thousands and three decimals.
GROUP_LIKE = r"[+-]?[1-9]\d{0,2}([.,]\d{3})+"
DATE = r"(\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T].*)?"
# As pandas writes a timedelta.
DURATION = r"([+-]?\d+) days?( [+-]?0?0:00:00(\.0+)?)?"
# Above this, a double does not represent every integer.
EXACT = 2**53


@dataclass(frozen=True)
class Cell:
    """How one column is parsed, as expressions.

    Args:
        value: its typed value, null if missing or unreadable.
        given: whether there is a value at all, readable or not.
        unread: whether there is a value that cannot be read; None if that is impossible.
        original: its text in the file.
        remarks: conditions for notes, by kind (a key of `notes.WORDS`).
        layers: named expressions that the above use; a layer may use the names of earlier ones.
    """

    value: str
    given: str
    unread: str | None
    original: str
    remarks: dict[str, str] = field(default_factory=dict)
    layers: tuple[dict[str, str], ...] = ()


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def among(expression: str, values: Iterable[str]) -> str:
    """Whether the expression is one of these texts."""
    return f"{expression} IN ({', '.join(map(literal, values))})"


def trimmed(column: str) -> str:
    """The text, trimmed."""
    return f"trim({column}, {literal(BLANKS)})"


def parsed(text: str, key: bool) -> str:
    """The double that a text stands for, null if none: what `scoring.schema.definition.read_number` reads, and NaN and
    infinity. DuckDB also casts +-5; in a key, an exponent means that a spreadsheet has lost the last digits.
    """
    odd = ("+-", "e", "E") if key else ("+-",)
    refused = " OR ".join(f"contains({text}, {literal(mark)})" for mark in odd)
    return f"CASE WHEN NOT ({refused}) THEN TRY_CAST({text} AS DOUBLE) END"


def text_as_number(name: str, kind: FieldType, decimal: str, flag: bool) -> Cell:
    """A number from text; `decimal` is the file's decimal mark, and cells with the other one are unreadable."""
    column, text, low, number, value = (
        quoted(f"{layer}{name}") for layer in ("", "text:", "low:", "number:", "value:")
    )
    missing = among(low, ("", *MISSING))
    plain = parsed(text, is_key(name))
    if decimal == ",":
        pointed = parsed(f"replace({text}, ',', '.')", is_key(name))
        plain = f"CASE WHEN NOT contains({text}, '.') THEN {pointed} END"
    grouped = f"regexp_full_match({text}, {literal(GROUPED)})"
    ungrouped = f"replace(regexp_replace({text}, {literal(f'[{GROUP_SPACES}]')}, '', 'g'), ',', '.')"
    otherwise = {"groups": (grouped, f"TRY_CAST({ungrouped} AS DOUBLE)")}
    if flag:
        yes, no = among(low, YES_WORDS), among(low, NO_WORDS)
        otherwise["flag"] = (f"({yes} OR {no})", f"CASE WHEN {yes} THEN 1 ELSE 0 END")
    if is_days(name):
        duration = f"regexp_full_match({text}, {literal(DURATION)})"
        days = f"TRY_CAST(regexp_extract({text}, {literal(DURATION)}, 1) AS DOUBLE)"
        otherwise["duration"] = (duration, days)
    branches = " ".join(f"WHEN {where} THEN {what}" for where, what in otherwise.values())
    numbers = f"CASE WHEN {missing} THEN NULL ELSE coalesce({plain}, CASE {branches} END) END"
    values = f"CASE WHEN isfinite({number}) THEN {number} END"
    if kind == "integer":
        # An integer that a double would round is parsed from its digits.
        digits = f"WHEN regexp_full_match({text}, '[+-]?[0-9]+') THEN TRY_CAST({text} AS BIGINT)"
        values = f"CASE WHEN abs({number}) < {EXACT} THEN {whole(number)} {digits} END"
    remarks = {what: f"NOT {missing} AND ({plain}) IS NULL AND {where}" for what, (where, _) in otherwise.items()}
    remarks["missing"] = _marked(column, text, low)
    if decimal == ",":
        remarks["comma"] = f"contains({text}, ',') AND ({plain}) IS NOT NULL"
    layers = ({text: trimmed(column)}, {low: f"lower({text})"}, {number: numbers}, {value: values})
    given = f"{column} IS NOT NULL AND NOT {missing}"
    return Cell(value, given, f"{given} AND {value} IS NULL", column, remarks, layers)


def _marked(column: str, text: str, low: str) -> str:
    """Whether the cell has a marker of a missing value."""
    return f"({among(low, MISSING)} OR ({column} <> '' AND {text} = ''))"


def whole(number: str) -> str:
    """A double or decimal as an integer; null if it is not whole, or too large for a double to be exact."""
    return f"CASE WHEN floor({number}) = {number} AND abs({number}) < {EXACT} THEN CAST({number} AS BIGINT) END"


def text_as_text(name: str, levels: tuple[str, str] | None) -> Cell:
    """Text from text; `levels` are those for yes and no, if any."""
    column, text, low = (quoted(f"{layer}{name}") for layer in ("", "text:", "low:"))
    missing = among(low, ("", *MISSING))
    remarks = {
        "missing": f"{missing} AND {column} IS NOT NULL",
        "stripped": f"{column} <> {text} AND NOT {missing}",
    }
    branches = [f"WHEN {missing} THEN NULL"]
    if levels:
        yes, no = among(low, (levels[0].lower(), *YES_WORDS)), among(low, (levels[1].lower(), *NO_WORDS))
        branches += [f"WHEN {yes} THEN {literal(levels[0])}", f"WHEN {no} THEN {literal(levels[1])}"]
        remarks["flag"] = f"({yes} OR {no}) AND NOT {among(text, levels)}"
    value = f"CASE {' '.join(branches)} ELSE {text} END"
    layers = ({text: trimmed(column)}, {low: f"lower({text})"})
    return Cell(value, f"{column} IS NOT NULL AND NOT {missing}", None, column, remarks, layers)


def boolean(column: str, levels: tuple[str, str], kind: FieldType) -> Cell:
    """Yes or no from a boolean."""
    yes, no = levels if kind != "text" else map(literal, levels)
    value = f"CASE WHEN {column} THEN {yes} WHEN NOT {column} THEN {no} END"
    return Cell(value, f"{column} IS NOT NULL", None, column, {"flag": f"{column} IS NOT NULL"})


def number_as_flag(column: str, levels: tuple[str, str]) -> Cell:
    """The levels for yes and no from 1 and 0."""
    value = f"CASE {column} WHEN 1 THEN {literal(levels[0])} WHEN 0 THEN {literal(levels[1])} END"
    given = f"{column} IS NOT NULL AND NOT isnan(CAST({column} AS DOUBLE))"
    return Cell(value, given, f"{given} AND {column} NOT IN (0, 1)", f"CAST({column} AS VARCHAR)", {"flag": given})


def number_as_number(column: str, kind: FieldType, stored: str) -> Cell:
    """A number from a number (`stored` as integer, float or decimal); infinite ones stay as they are."""
    given = f"{column} IS NOT NULL" if stored != "float" else f"{column} IS NOT NULL AND NOT isnan({column})"
    original = f"CAST({column} AS VARCHAR)"
    if kind == "number":
        return Cell(f"CASE WHEN {given} THEN CAST({column} AS DOUBLE) END", given, None, original)
    value = f"TRY_CAST({column} AS BIGINT)" if stored == "integer" else whole(column)
    return Cell(value, given, f"{given} AND ({value}) IS NULL", original)


def layered(relation: str, cells: Iterable[Cell]) -> str:
    """The relation with the cells' named expressions, layer by layer, so that nothing is computed twice."""
    layers = [cell.layers for cell in cells]
    for depth in range(max(map(len, layers), default=0)):
        names = [
            f"{expression} AS {name}"
            for cell in layers
            if len(cell) > depth
            for name, expression in cell[depth].items()
        ]
        relation = f"(SELECT *, {', '.join(names)} FROM {relation})"
    return relation


def copy_to(target: Path, select: str) -> str:
    """The statement that writes a query's rows to a Parquet file, preserving their order."""
    return f"COPY ({select}) TO {literal(str(target))} (FORMAT parquet, PRESERVE_ORDER true)"
