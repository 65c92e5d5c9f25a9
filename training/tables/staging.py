"""Converts text and Arrow files to Parquet, under our names; faults of a file as a whole are found here.

A text file is read as numbers if every cell is one, which is the common and cheapest case; at the first cell that needs
closer parsing, the file is read again as text, with the line number of each row.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.errors import TableError
from scoring.schema.definition import NO_WORDS, YES_WORDS
from scoring.schema.fields import FieldType
from training.lender.roles import is_key
from training.tables.cells import EXACT, MISSING, among, copy_to, literal, quoted, trimmed
from training.tables.engines import failure, ran_out
from training.tables.notes import listed
from training.tables.sources import Part
from training.tables.spellings import spellings
from training.tables.text_files import (
    COLUMNAR,
    UNPACKING_ERRORS,
    Content,
    TextFile,
    clean_text,
    content_of,
    damaged,
    normal,
    rewritten,
    stopped,
    western,
)

SHOWN = 5
LINE = "raw:line"
# What a cell is that needs closer parsing.
LOOK = "error('second look')"
Levels = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Staged:
    """One part as Parquet.

    Args:
        part: where it comes from.
        path: of the Parquet file: the part itself, or a copy in the temporary folder.
        columns: declared column -> its name in that file.
        types: as Arrow calls them, by declared column.
        text: whether it was text; then `typed` says whether every cell was read at once.
        decimal_comma: whether numbers may be written with one: the separator is not a comma.
        notes: what was done to read it.
    """

    part: Part
    path: Path
    columns: dict[str, str]
    types: dict[str, pa.DataType]
    text: bool
    typed: bool
    decimal_comma: bool
    notes: tuple[str, ...]


def stage(
    connection: duckdb.DuckDBPyConnection, part: Part, schema: dict[str, FieldType], yes_no: Levels, store: Path
) -> Staged:
    """One part of a table as Parquet.

    Raises:
        EngineError: there is no room for a copy.
        TableError: the part cannot be read, or a declared column is missing or appears twice.
    """
    content = content_of(part)
    if content in COLUMNAR:
        return _stage_columns(connection, part, content, schema, store)
    return _stage_text(connection, part, content, schema, yes_no, store)


def _stage_columns(
    connection: duckdb.DuckDBPyConnection, part: Part, content: Content, schema: dict[str, FieldType], store: Path
) -> Staged:
    path = part.path
    try:
        if part.member is not None:
            path = store / part.name.replace("/", "_").replace(": ", "_")
            with part.opened() as packed, path.open("wb") as out:
                shutil.copyfileobj(packed, out)
        if content != "parquet":
            path = _arrow_as_parquet(path, content, store)
        arrow = pq.read_schema(path)
        names = [row[0] for row in connection.execute(f"DESCRIBE FROM read_parquet({literal(str(path))})").fetchall()]
    except (*UNPACKING_ERRORS, duckdb.Error) as error:
        raise stopped(part, error, store) from error
    found = _found(part, arrow.names, schema)
    relation = f"read_parquet({literal(str(path))})"
    repeated = {column: [names[index] for index in indices] for column, indices in found.items()}
    notes = _notes_on_names(connection, part, relation, repeated, arrow.names, found, store)
    columns = {column: names[indices[0]] for column, indices in found.items()}
    types = {column: _plain(arrow.types[indices[0]]) for column, indices in found.items()}
    return Staged(part, path, columns, types, False, False, True, notes)


def _plain(kind: pa.DataType) -> pa.DataType:
    """A category is as good as its values."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _arrow_as_parquet(path: Path, content: Content, store: Path) -> Path:
    """The same columns batch by batch, for DuckDB reads no Arrow file by itself."""
    target = store / f"{path.name}.staged.parquet"
    with pa.memory_map(str(path)) as file:
        if content == "arrow":
            reader = pa.ipc.open_file(file)
            batches: Iterable[pa.RecordBatch] = map(reader.get_batch, range(reader.num_record_batches))
        else:
            reader = batches = pa.ipc.open_stream(file)
        with pq.ParquetWriter(target, reader.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    return target


def _stage_text(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    content: Content,
    schema: dict[str, FieldType],
    yes_no: Levels,
    store: Path,
) -> Staged:
    file = clean_text(part, content, schema, store)
    header = list(file.header)
    found = _found(part, header, schema)
    target = store / f"{part.name.replace('/', '_').replace(': ', '_')}.parquet"
    try:
        typed = _copied(connection, file, found, schema, yes_no, target)
    except duckdb.Error as error:
        if ran_out(error) or file.path != part.path or not re.search("unicode|invalid state", str(error)):
            raise _unreadable(part, error, store, header, found) from error
        # Not UTF-8 after its beginning, or mixed line ends: read again from a clean copy.
        encoding = western(part, content) if "unicode" in str(error) else "utf-8-sig"
        copy = rewritten(part, content, encoding, store)
        said = (f"{part.name}: read as Western European text (Windows-1252)",) if encoding == "cp1252" else ()
        file = TextFile(copy, False, file.separator, file.skipped, file.header_lines, file.header, file.notes + said)
        try:
            typed = _copied(connection, file, found, schema, yes_no, target)
        except duckdb.Error as again:
            raise _unreadable(part, again, store, header, found) from again
    except UNPACKING_ERRORS as error:
        raise stopped(part, error, store) from error
    repeated = {column: [f"c{index}" for index in indices] for column, indices in found.items()}
    notes = _notes_on_names(connection, part, _csv(file, {}), repeated, header, found, store)
    if file.path != part.path:
        file.path.unlink()
    kinds = {"integer": pa.int64(), "number": pa.float64(), "text": pa.string()}
    types = {column: kinds[kind] if typed else pa.string() for column, kind in schema.items()}
    comma = file.separator != ","
    return Staged(part, target, {c: c for c in schema}, types, True, typed, comma, (*file.notes, *notes))


def _copied(
    connection: duckdb.DuckDBPyConnection,
    file: TextFile,
    found: dict[str, list[int]],
    schema: dict[str, FieldType],
    yes_no: Levels,
    target: Path,
) -> bool:
    """Writes the Parquet file; returns whether every cell could be read at once."""
    odd = spellings(file.path, file.packed)
    if not odd.two_signs and _copied_as_numbers(connection, file, found, schema, yes_no, odd.exponents, target):
        return True
    chosen = [f"c{indices[0]} AS {quoted(column)}" for column, indices in found.items()]
    every = ", ".join(f"c{index}" for index in range(len(file.header)))
    breaks = f"length(concat({every})) - length(replace(concat({every}), chr(10), ''))"
    line = f"{file.skipped + file.header_lines} + sum(1 + {breaks}) OVER (ROWS UNBOUNDED PRECEDING) - ({breaks})"
    select = f"SELECT {', '.join(chosen)}, CAST({line} AS BIGINT) AS {quoted(LINE)} FROM {_csv(file, {})}"
    connection.execute(copy_to(target, select))
    return False


def _copied_as_numbers(
    connection: duckdb.DuckDBPyConnection,
    file: TextFile,
    found: dict[str, list[int]],
    schema: dict[str, FieldType],
    yes_no: Levels,
    keys_as_text: bool,
    target: Path,
) -> bool:
    """Writes the Parquet file if every cell can be read at once; keys by way of text where exponents must show."""
    numbers = {
        found[column][0]: "DOUBLE"
        for column, kind in schema.items()
        if kind != "text" and not (keys_as_text and is_key(column))
    }
    first = next(iter(schema))
    cells = {column: f"c{found[column][0]}" for column in schema}
    if keys_as_text:
        cells |= {column: _key(cell) for column, cell in cells.items() if is_key(column)}
    strict = ", ".join(
        f"{_strict(cells[column], kind, yes_no.get(column), column == first)} AS {quoted(column)}"
        for column, kind in schema.items()
    )
    try:
        connection.execute(copy_to(target, f"SELECT {strict} FROM {_csv(file, numbers)}"))
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


def _found(part: Part, names: Sequence[str], schema: dict[str, FieldType]) -> dict[str, list[int]]:
    """The indices of each declared column among the names, exact matches first."""
    indices: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        indices.setdefault(normal(name), []).append(index)
    if lacking := [column for column in schema if normal(column) not in indices]:
        raise TableError(
            f"{part.path}: column {listed(lacking, SHOWN)} is missing{_within(part)}. Add it, spelled as in the data "
            f"set, with an empty value where it is unknown."
        )
    return {column: sorted(indices[normal(column)], key=lambda index: names[index] != column) for column in schema}


def _within(part: Part) -> str:
    return f" in {part.member}" if part.member else ""


def _notes_on_names(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    relation: str,
    repeated: dict[str, list[str]],
    names: Sequence[str],
    found: dict[str, list[int]],
    store: Path,
) -> tuple[str, ...]:
    """Notes on names spelled differently from ours, and on repeated columns with equal contents.

    Raises:
        TableError: a column is repeated with different contents.
    """
    twice = {column: copies for column, copies in repeated.items() if len(copies) > 1}
    notes = []
    if respelled := [column for column, indices in found.items() if names[indices[0]] != column]:
        notes.append(f"{part.name}: {listed(respelled, 3)}: the column's name is spelled otherwise")
    if twice:
        differ = ", ".join(
            f"count(*) FILTER ({' OR '.join(f'{quoted(copies[0])} IS DISTINCT FROM {quoted(c)}' for c in copies[1:])})"
            for copies in twice.values()
        )
        try:
            row = connection.execute(f"SELECT {differ} FROM {relation}").fetchone() or ()
        except duckdb.Error as error:
            raise stopped(part, error, store) from error
        if different := [column for column, count in zip(twice, row, strict=True) if count]:
            raise TableError(
                f"{part.path}: column {listed(different, SHOWN)} appears twice with different values"
                f"{_within(part)}. Keep one of them."
            )
        notes.append(f"{part.name}: {listed(list(twice), 3)}: appears twice with the same values, read once")
    return tuple(notes)


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
            f"{part.path}: column {listed(twice, SHOWN)} appears twice{_within(part)}, and {location} cannot be read. "
            f"Keep one of them."
        )
    cells = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if cells:
        return TableError(
            f"{part.path}: {location} has {cells[2]} cells where the header has {cells[1]} columns{_within(part)}: the "
            "file is cut short there, or a cell holds a separator and lacks quotes. Correct the line, or export the "
            "file again."
        )
    if "Maximum line size" in text:
        return TableError(
            f"{part.path}: {location} is longer than any line of a table{_within(part)}: line ends are missing, or a "
            f"quote does not close. Correct the line or export it again."
        )
    if "unterminated quote" in text or "invalid state" in text:
        return TableError(
            f"{part.path}: no column can be read from {location} on{_within(part)}: a quote opens there and does not "
            f"close, or the file is cut short. Correct the line or export it again."
        )
    if "unicode" in text:
        return TableError(
            f"{part.path}: {location} is no UTF-8 text{_within(part)}: the file is damaged. Copy it or export it again."
        )
    return damaged(part)
