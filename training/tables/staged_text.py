"""Converts a text file to Parquet, under our names; faults of the file as a whole are found here.

It is read as numbers if every cell is one, which is the common and cheapest case; at the first cell that needs closer
parsing, the file is read again as text, with the line number of each row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from scoring.errors import TableError
from scoring.schema.definition import NO_WORDS, YES_WORDS
from scoring.schema.fields import FieldType
from training.lender.roles import is_key
from training.tables.cells import EXACT, MISSING, among, copy_to, literal, quoted, trimmed
from training.tables.engines import failure, ran_out
from training.tables.notes import listed
from training.tables.sources import Part
from training.tables.spellings import spellings
from training.tables.staged import SHOWN, Staged, found_columns, notes_on_names, within
from training.tables.text_files import (
    UNPACKING_ERRORS,
    Content,
    TextFile,
    clean_text,
    damaged,
    rewritten,
    stopped,
    western,
)

LINE = "raw:line"
# What a cell is that needs closer parsing.
LOOK = "error('second look')"
Levels = Mapping[str, tuple[str, str]]


def stage_text(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    content: Content,
    schema: dict[str, FieldType],
    yes_no: Levels,
    store: Path,
) -> Staged:
    """A part that is text as Parquet.

    Raises:
        EngineError: there is no room for a copy.
        TableError: the part cannot be read, or a declared column is missing or appears twice.
    """
    file = clean_text(part, content, schema, store)
    header = list(file.header)
    found = found_columns(part, header, schema)
    target = store / f"{part.name.replace('/', '_').replace(': ', '_')}.parquet"
    try:
        typed = _copied(connection, _Cells(file, found, schema, yes_no), target)
    except duckdb.Error as error:
        if ran_out(error) or file.path != part.path or not re.search("unicode|invalid state", str(error)):
            raise _unreadable(part, error, store, header, found) from error
        # Not UTF-8 after its beginning, or mixed line ends: read again from a clean copy.
        encoding = western(part, content) if "unicode" in str(error) else "utf-8-sig"
        copy = rewritten(part, content, encoding, store)
        said = (f"{part.name}: read as Western European text (Windows-1252)",) if encoding == "cp1252" else ()
        file = TextFile(copy, False, file.separator, file.skipped, file.header_lines, file.header, file.notes + said)
        try:
            typed = _copied(connection, _Cells(file, found, schema, yes_no), target)
        except duckdb.Error as again:
            raise _unreadable(part, again, store, header, found) from again
    except UNPACKING_ERRORS as error:
        raise stopped(part, error, store) from error
    repeated = {column: [f"c{index}" for index in indices] for column, indices in found.items()}
    notes = notes_on_names(connection, part, _csv(file, {}), repeated, header, found, store)
    if file.path != part.path:
        file.path.unlink()
    kinds = {"integer": pa.int64(), "number": pa.float64(), "text": pa.string()}
    types = {column: kinds[kind] if typed else pa.string() for column, kind in schema.items()}
    comma = file.separator != ","
    return Staged(part, target, {c: c for c in schema}, types, True, typed, comma, (*file.notes, *notes))


@dataclass(frozen=True)
class _Cells:
    """A text file with the places of the declared columns in it, and how they are to be read."""

    file: TextFile
    found: dict[str, list[int]]
    schema: dict[str, FieldType]
    yes_no: Levels

    def as_numbers(self, keys_as_text: bool) -> str:
        """The query for typed cells, which fails if some cell needs closer parsing; keys by way of text where exponents
        must show.
        """
        numbers = {
            self.found[column][0]: "DOUBLE"
            for column, kind in self.schema.items()
            if kind != "text" and not (keys_as_text and is_key(column))
        }
        first = next(iter(self.schema))
        cells = {column: f"c{self.found[column][0]}" for column in self.schema}
        if keys_as_text:
            cells |= {column: _key(cell) for column, cell in cells.items() if is_key(column)}
        strict = ", ".join(
            f"{_strict(cells[column], kind, self.yes_no.get(column), column == first)} AS {quoted(column)}"
            for column, kind in self.schema.items()
        )
        return f"SELECT {strict} FROM {_csv(self.file, numbers)}"

    def as_text(self) -> str:
        """The query for all cells as text, with the line number of each row."""
        chosen = [f"c{indices[0]} AS {quoted(column)}" for column, indices in self.found.items()]
        every = ", ".join(f"c{index}" for index in range(len(self.file.header)))
        breaks = f"length(concat({every})) - length(replace(concat({every}), chr(10), ''))"
        lines_before = self.file.skipped + self.file.header_lines
        line = f"{lines_before} + sum(1 + {breaks}) OVER (ROWS UNBOUNDED PRECEDING) - ({breaks})"
        return f"SELECT {', '.join(chosen)}, CAST({line} AS BIGINT) AS {quoted(LINE)} FROM {_csv(self.file, {})}"


def _copied(connection: duckdb.DuckDBPyConnection, cells: _Cells, target: Path) -> bool:
    """Writes the Parquet file; returns whether every cell could be read at once."""
    odd = spellings(cells.file.path, cells.file.packed)
    if not odd.two_signs and _copied_at_once(connection, cells.as_numbers(odd.exponents), target):
        return True
    connection.execute(copy_to(target, cells.as_text()))
    return False


def _copied_at_once(connection: duckdb.DuckDBPyConnection, numbers: str, target: Path) -> bool:
    """Writes the Parquet file if no cell needs closer parsing."""
    try:
        connection.execute(copy_to(target, numbers))
    except (duckdb.ConversionException, duckdb.InvalidInputException) as error:
        if "unicode" in str(error):
            raise
        return False
    return True


def _key(column: str) -> str:
    """The number in a key's text, or an error if that has an exponent."""
    return f"CASE WHEN contains({column}, 'e') OR contains({column}, 'E') THEN {LOOK} ELSE CAST({column} AS DOUBLE) END"


def _strict(column: str, kind: FieldType, levels: tuple[str, str] | None, first: bool) -> str:
    """The cell, or an error if it needs closer parsing; so does a row without its `first` column."""
    if kind == "number":
        return f"CASE WHEN {column} IS NULL OR isfinite({column}) THEN {column} ELSE {LOOK} END"
    if kind == "integer":
        whole = f"floor({column}) = {column} AND abs({column}) < {EXACT}"
        empty = LOOK if first else "NULL"
        return f"CASE WHEN {column} IS NULL THEN {empty} WHEN {whole} THEN CAST({column} AS BIGINT) ELSE {LOOK} END"
    irregular = (
        f"{trimmed(column)} <> {column} OR contains({column}, chr(0)) OR {among(f'lower({column})', ('', *MISSING))}"
    )
    if levels:
        irregular += f" OR ({among(f'lower({column})', (*YES_WORDS, *NO_WORDS))} AND NOT {among(column, levels)})"
    return f"CASE WHEN {irregular} THEN {LOOK} ELSE {column} END"


def _csv(file: TextFile, numbers: dict[int, str]) -> str:
    """DuckDB's reading of the file: columns c0, c1 and so on, as text unless said otherwise; empty cells are null."""
    columns = ", ".join(f"'c{index}': '{numbers.get(index, 'VARCHAR')}'" for index in range(len(file.header)))
    return (
        f"read_csv({literal(str(file.path))}, columns = {{{columns}}}, auto_detect = false, header = true, "
        f"skip = {file.skipped}, delim = {literal(file.separator)}, quote = '\"', escape = '\"', nullstr = '', "
        f"compression = '{'gzip' if file.packed else 'none'}')"
    )


def _unreadable(
    part: Part, error: duckdb.Error, store: Path, header: Sequence[str], found: dict[str, list[int]]
) -> Exception:
    """DuckDB's error on the file's structure, in words for the person who has to fix it."""
    if ran_out(error):
        return failure(error, store)
    text = str(error)
    line = re.search(r"CSV Error on Line: (\d+)", text)
    location = f"line {line[1]}" if line else "a line"
    if twice := [column for column, indices in found.items() if len(indices) > 1]:
        return TableError(
            f"{part.path}: column {listed(twice, SHOWN)} appears twice{within(part)}, and {location} cannot be read. "
            f"Keep one of them."
        )
    cells = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if cells:
        return TableError(
            f"{part.path}: {location} has {cells[2]} cells where the header has {cells[1]} columns{within(part)}: the "
            "file is cut short there, or a cell holds a separator and lacks quotes. Correct the line, or export the "
            "file again."
        )
    if "Maximum line size" in text:
        return TableError(
            f"{part.path}: {location} is longer than any line of a table{within(part)}: line ends are missing, or a "
            f"quote does not close. Correct the line or export it again."
        )
    if "unterminated quote" in text or "invalid state" in text:
        return TableError(
            f"{part.path}: no column can be read from {location} on{within(part)}: a quote opens there and does not "
            f"close, or the file is cut short. Correct the line or export it again."
        )
    if "unicode" in text:
        return TableError(
            f"{part.path}: {location} is no UTF-8 text{within(part)}: the file is damaged. Copy it or export it again."
        )
    return damaged(part)
