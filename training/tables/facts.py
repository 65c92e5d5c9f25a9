"""Counts on a table's cells, inside DuckDB: which can be cast directly, and how the others are parsed.

Each column is first tested for a direct cast of all cells; only those that fail are examined closely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from scoring.schema.definition import MISSING_MARKERS, NO_WORDS, YES_WORDS
from scoring.schema.fields import FieldType
from training.lender.roles import is_key
from training.tables.cells import (
    DATE,
    GROUP_LIKE,
    MISSING,
    Cell,
    among,
    boolean,
    layered,
    literal,
    number_as_flag,
    number_as_number,
    parsed,
    quoted,
    text_as_number,
    text_as_text,
    trimmed,
    whole,
)
from training.tables.notes import WORDS

# What notes tell apart, as they spell it.
SPELLINGS = {"missing": ("", *MISSING_MARKERS), "flag": (*YES_WORDS, *NO_WORDS)}
# Columns examined per query: planning takes DuckDB long for each.
TOGETHER = 8


@dataclass(frozen=True)
class Facts:
    """What was counted: cells by column (none that has no such cell), rows without a value and how to tell them."""

    given: dict[str, int]
    unread: dict[str, int]
    dates: dict[str, int]
    nul: list[str]
    remarks: dict[str, dict[str, int]]
    spelled: dict[str, list[str]]
    blank: str
    blank_rows: int


def kind_of(type_: pa.DataType) -> str:
    """What an Arrow type is to a reader: a number of some kind, text, or something else."""
    is_ = pa.types
    tests = {
        "integer": is_.is_integer,
        "float": is_.is_floating,
        "decimal": is_.is_decimal,
        "boolean": is_.is_boolean,
        "null": is_.is_null,
        "duration": is_.is_duration,
        "time": is_.is_time,
        "date": is_.is_temporal,
    }
    if is_.is_string(type_) or is_.is_large_string(type_) or is_.is_string_view(type_):
        return "text"
    return next((name for name, test in tests.items() if test(type_)), "other")


@dataclass(frozen=True)
class Table:
    """A relation with the declared columns, as they are `stored`; `text` if it comes from a text file."""

    connection: duckdb.DuckDBPyConnection
    relation: str
    schema: dict[str, FieldType]
    stored: dict[str, str]
    yes_no: Mapping[str, tuple[str, str]]
    text: bool

    def cells(self, decimal_comma: bool) -> dict[str, Cell]:
        """How each column is parsed; `decimal_comma` if numbers may be written with one."""
        texts = [name for name in self.schema if self.stored[name] == "text"]
        irregular = self._some({name: self._irregular(name) for name in texts})
        numbers = [name for name in texts if self.schema[name] != "text"]
        decimal = self._decimal_mark(numbers, irregular) if decimal_comma else "."
        if decimal == ",":
            irregular |= self._some({name: f"contains({quoted(name)}, '.')" for name in numbers})
        return {name: self._cell(name, name in irregular, decimal) for name in self.schema}

    def facts(self, cells: dict[str, Cell]) -> Facts:
        """All counts for the columns that need them."""
        found: dict[tuple[str, str], int] = {}
        close = [name for name, cell in cells.items() if cell.unread or cell.remarks or cell.value == "NULL"]
        for names in (close[start : start + TOGETHER] for start in range(0, len(close), TOGETHER)):
            wanted = dict(entry for name in names for entry in self._wanted(name, cells[name]))
            relation = layered(self.relation, [cells[name] for name in names])
            found |= dict(zip(wanted, self._row(wanted.values(), relation), strict=True))

        def counted(what: str) -> dict[str, int]:
            return {name: count for (name, key), count in found.items() if key == what and count}

        remarks = {kind: counts for kind in WORDS if (counts := counted(f"remark:{kind}"))}
        spelled = {
            kind: [
                spelling
                for bit, spelling in enumerate(spellings)
                if any(bits >> bit & 1 for bits in counted(f"spelled:{kind}").values())
            ]
            for kind, spellings in SPELLINGS.items()
        }
        texts = [name for name, kind in self.schema.items() if kind == "text" and self.text]
        nul = self._some({name: f"contains({quoted(name)}, chr(0))" for name in texts})
        blank, rows = self._blank()
        return Facts(counted("given"), counted("unread"), counted("dates"), sorted(nul), remarks, spelled, blank, rows)

    def _irregular(self, name: str) -> str:
        """Whether a cell of text needs a closer look."""
        column = quoted(name)
        number = parsed(column, is_key(name))
        if self.schema[name] == "number":
            return f"{column} IS NOT NULL AND coalesce(NOT isfinite({number}), true)"
        if self.schema[name] == "integer":
            return f"{column} IS NOT NULL AND ({whole(number)}) IS NULL"
        text = trimmed(column)
        irregular = f"{column} <> {text} OR {among(f'lower({text})', ('', *MISSING))}"
        if levels := self.yes_no.get(name):
            irregular += f" OR ({among(f'lower({text})', (*YES_WORDS, *NO_WORDS))} AND NOT {among(column, levels)})"
        return irregular

    def _cell(self, name: str, irregular: bool, decimal: str) -> Cell:
        column, kind, stored, levels = quoted(name), self.schema[name], self.stored[name], self.yes_no.get(name)
        if stored == "null":
            return Cell("NULL", "false", None, "NULL")
        if stored == "boolean" and levels:
            return boolean(column, levels, kind)
        if stored == "text":
            return self._text_cell(name, irregular, decimal)
        if kind == "text":
            return number_as_flag(column, levels) if levels else Cell("NULL", _number(column, stored), None, column)
        if stored == "duration":
            cell = number_as_number(column, kind, "float")
            return replace(cell, remarks={"duration": cell.given})
        return number_as_number(column, kind, stored)

    def _text_cell(self, name: str, irregular: bool, decimal: str) -> Cell:
        column, kind, levels = quoted(name), self.schema[name], self.yes_no.get(name)
        given = f"{column} IS NOT NULL"
        if kind == "text":
            return text_as_text(name, levels) if irregular else Cell(column, given, None, column)
        if irregular:
            cell = text_as_number(name, kind, decimal, levels is not None)
        else:
            number = f"CAST({column} AS DOUBLE)"
            cell = Cell(whole(number) if kind == "integer" else number, given, None, column)
        return cell if self.text else replace(cell, remarks=cell.remarks | {"typed": cell.given})

    def _wanted(self, name: str, cell: Cell) -> Iterator[tuple[tuple[str, str], str]]:
        """The counts for a column, as expressions."""
        strings = self.stored[name] == "text"
        yield (name, "given"), f"count(*) FILTER ({cell.given})"
        if cell.unread:
            yield (name, "unread"), f"count(*) FILTER ({cell.unread})"
            if strings:
                date = f"regexp_full_match({quoted(f'text:{name}')}, {literal(DATE)})"
                yield (name, "dates"), f"count(*) FILTER ({cell.unread} AND {date})"
        for kind, where in cell.remarks.items():
            yield (name, f"remark:{kind}"), f"count(*) FILTER ({where})"
            if kind in SPELLINGS and strings:
                known = ", ".join(literal(spelling.lower()) for spelling in SPELLINGS[kind])
                bit = f"1::BIGINT << CAST(list_position([{known}], {quoted(f'low:{name}')}) - 1 AS INTEGER)"
                yield (name, f"spelled:{kind}"), f"bit_or({bit}) FILTER ({where})"

    def _decimal_mark(self, numbers: list[str], irregular: set[str]) -> str:
        """The decimal mark of most unambiguous cells; the point if there are none."""

        def certain(name: str, mark: str, other: str) -> str:
            text = trimmed(quoted(name))
            number = f"TRY_CAST(replace({text}, ',', '.') AS DOUBLE)"
            marked = f"contains({text}, '{mark}') AND NOT contains({text}, '{other}')"
            return f"count(*) FILTER ({marked} AND {number} IS NOT NULL AND NOT {_group_like(text)})"

        commas = self._row([certain(name, ",", ".") for name in numbers if name in irregular])
        if not any(commas):
            return "."
        points = self._row([certain(name, ".", ",") for name in numbers])
        return "," if sum(commas) > sum(points) else "."

    def _blank(self) -> tuple[str, int]:
        """The condition for an empty row of a text file, and the number of such rows."""
        empty = [f"coalesce(CAST({quoted(name)} AS VARCHAR), '') SIMILAR TO '\\s*'" for name in self.schema]
        if not self.text or not self._row([f"count(*) FILTER ({empty[0]})"])[0]:
            return "false", 0
        blank = " AND ".join(empty)
        return blank, self._row([f"count(*) FILTER ({blank})"])[0]

    def _some(self, conditions: dict[str, str]) -> set[str]:
        """The columns in which a condition holds for any cell."""
        counts = self._row([f"count(*) FILTER ({condition})" for condition in conditions.values()])
        return {name for name, count in zip(conditions, counts, strict=True) if count}

    def _row(self, expressions: Iterable[str], relation: str | None = None) -> tuple[int, ...]:
        wanted = ", ".join(expressions)
        if not wanted:
            return ()
        return self.connection.execute(f"SELECT {wanted} FROM {relation or self.relation}").fetchone() or ()


def _number(column: str, stored: str) -> str:
    return f"{column} IS NOT NULL AND NOT isnan({column})" if stored == "float" else f"{column} IS NOT NULL"


def _group_like(text: str) -> str:
    return f"regexp_full_match({text}, {literal(GROUP_LIKE)})"
