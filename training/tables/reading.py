"""Converts a table's source to one Parquet file with the declared columns in their types, noting reinterpretations.

A cell that cannot be parsed is not an error here: its value is null, and its text is kept beside it for `checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from scoring.errors import TableError
from scoring.schema.fields import FieldType
from training.lender.roles import is_days
from training.tables.cells import copy_to, layered, literal, quoted
from training.tables.engines import MEMORY_LIMIT, engine_errors, failure, ran_out
from training.tables.facts import Facts, Table, kind_of
from training.tables.notes import WORDS, listed, note
from training.tables.sources import Source
from training.tables.staged import Staged
from training.tables.staged_text import LINE
from training.tables.staging import stage
from training.tables.text_files import unreadable

SQL_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "text": "VARCHAR"}
WANTED = {"integer": "a whole number", "number": "a number", "text": "text"}
NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
DAY = 86_400 * 10**9


@dataclass(frozen=True)
class ReadTable:
    """A table as Parquet.

    Args:
        path: the file, with at least the columns of the schema, as int64, double and string. It is the table's own file
            if that is usable as it is; then it may also have other columns, narrower numbers, NaN for missing, and
            integers as doubles, all of which a cast handles.
        unread: columns in which some cell could not be parsed. The value is null there, and the column "raw:NAME" holds
            the cell's text (null everywhere else); for a single text file, "raw:line" has the row's first line.
        notes: what was reinterpreted, a line per kind.
    """

    path: Path
    unread: tuple[str, ...]
    notes: tuple[str, ...]


def read_source(
    source: Source, schema: dict[str, FieldType], yes_no: Mapping[str, tuple[str, str]], store: Path
) -> ReadTable:
    """Reads a table.

    Args:
        source: its files (see `training.tables.sources`).
        schema: type of each declared column.
        yes_no: the values for yes and for no of each yes/no column, as text ("1" and "0" for numbers).
        store: a folder for the Parquet file and temporary copies.

    Raises:
        EngineError: memory or disk is insufficient.
        TableError: the table cannot be read as a whole: a file is damaged or not a table, or a column is
            missing, repeated with different values, or of an unsupported type.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(store / "spill"),
            # It makes a join of each list of markers: in a table with an odd cell in each column, too many for memory.
            "disabled_optimizers": "in_clause",
        }
    )
    try:
        parts = [stage(connection, part, schema, yes_no, store) for part in source.parts]
        return _read(connection, source, parts, schema, yes_no, store / f"{source.table}.read.parquet")
    except engine_errors() as error:
        raise (failure(error, store) if ran_out(error) else unreadable(source.parts[0], error)) from error
    finally:
        connection.close()


def _read(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    parts: list[Staged],
    schema: dict[str, FieldType],
    yes_no: Mapping[str, tuple[str, str]],
    target: Path,
) -> ReadTable:
    earlier = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    for part in parts:
        _check_types(part, schema, yes_no)
    single = parts[0] if len(parts) == 1 else None
    if single and single.typed:
        return ReadTable(single.path, (), earlier)
    relation, types = _relation(parts, schema)
    stored = {column: kind_of(type_) for column, type_ in types.items()}
    text = parts[0].text
    table = Table(connection, relation, schema, stored, yes_no, text)
    cells = table.cells(decimal_comma=any(part.decimal_comma for part in parts))
    facts = table.facts(cells)
    _check_facts(source, facts, schema, stored, yes_no)
    file = single.part.name if single else source.name
    notes = (*earlier, *_notes(file, facts))
    if single and not facts.unread and not facts.remarks and _is_right(single, schema):
        return ReadTable(single.path, (), notes)
    chosen = [f"CAST({cells[name].value} AS {SQL_TYPES[kind]}) AS {quoted(name)}" for name, kind in schema.items()]
    chosen += [
        f"CASE WHEN {cells[name].unread} THEN {cells[name].original} END AS {quoted(f'raw:{name}')}"
        for name in facts.unread
    ]
    if facts.unread and text and single:
        chosen.append(quoted(LINE))
    rows = f"{layered(relation, cells.values())} WHERE NOT ({facts.blank})"
    connection.execute(copy_to(target, f"SELECT {', '.join(chosen)} FROM {rows}"))
    for part in parts:
        if part.path != part.part.path:
            part.path.unlink()
    return ReadTable(target, tuple(facts.unread), notes)


def _check_types(part: Staged, schema: dict[str, FieldType], yes_no: Mapping[str, tuple[str, str]]) -> None:
    """Refuses columns of unusable types.

    Raises:
        TableError: for dates, times, durations not in days, booleans that are not a yes/no column, and what holds
            more than one value.
    """
    wrong = {column: kind_of(kind) for column, kind in part.types.items()}
    dates = [column for column, found in wrong.items() if found == "date"]
    if dates:
        raise _holds_dates(part.part.path, dates, schema)
    unusable = {
        "duration": "a duration",
        "time": "times of day",
        "boolean": "true or false",
        "other": "bytes, lists or records",
    }
    for found, words in unusable.items():
        columns = [
            column
            for column, name in wrong.items()
            if name == found
            and not (name == "duration" and is_days(column))
            and not (name == "boolean" and column in yes_no)
        ]
        if columns:
            raise TableError(
                f"{part.part.path}: column {listed(columns, 5)} holds {words} where {WANTED[schema[columns[0]]]} is "
                f"wanted. Write {WANTED[schema[columns[0]]]} or nothing."
            )


def _holds_dates(path: Path, columns: list[str], schema: dict[str, FieldType]) -> TableError:
    if is_days(columns[0]):
        return TableError(
            f"{path}: column {listed(columns, 5)} holds dates where days are wanted. Write the days between the "
            f"application and that date, negative before it."
        )
    wanted = WANTED[schema[columns[0]]]
    return TableError(f"{path}: column {listed(columns, 5)} holds dates where {wanted} is wanted. Write {wanted}.")


def _relation(parts: list[Staged], schema: dict[str, FieldType]) -> tuple[str, dict[str, pa.DataType]]:
    """The parts as one relation with our names; as text if the parts' types differ."""
    types = {column: {part.types[column] for part in parts} for column in schema}
    line = [quoted(LINE)] if len(parts) == 1 and parts[0].text else []
    selects = []
    for part in parts:
        chosen = []
        for column in schema:
            cell, kind = quoted(part.columns[column]), part.types[column]
            if pa.types.is_duration(kind):
                cell = f"(CAST({cell} AS DOUBLE) / {DAY // NANOSECONDS[kind.unit]})"
            if len(types[column]) > 1:
                cell = f"CAST({cell} AS VARCHAR)"
            chosen.append(f"{cell} AS {quoted(column)}")
        selects.append(f"SELECT {', '.join(chosen + line)} FROM read_parquet({literal(str(part.path))})")
    single = {column: next(iter(kinds)) if len(kinds) == 1 else pa.string() for column, kinds in types.items()}
    return f"({' UNION ALL '.join(selects)})", single


def _check_facts(
    source: Source,
    facts: Facts,
    schema: dict[str, FieldType],
    stored: dict[str, str],
    yes_no: Mapping[str, tuple[str, str]],
) -> None:
    """Refuses faults beyond single cells: a column of dates, numbers as column names, bytes that are not text."""
    path = source.parts[0].path
    if dates := [column for column, count in facts.dates.items() if 2 * count >= facts.given[column]]:
        raise _holds_dates(path, dates, schema)
    numbers = [
        column
        for column, kind in schema.items()
        if kind == "text" and stored[column] in ("integer", "float", "decimal")
    ]
    if codes := [column for column in numbers if column not in yes_no and column in facts.given]:
        raise TableError(
            f"{path}: column {listed(codes, 5)} holds numbers where text is wanted. Write text or nothing: the names "
            f"of the levels, not codes for them."
        )
    if facts.nul:
        raise TableError(
            f"{path}: column {listed(list(facts.nul), 5)} holds bytes that are not text (NUL): the file is damaged. "
            f"Copy it or export it again."
        )


def _is_right(part: Staged, schema: dict[str, FieldType]) -> bool:
    """Whether the file can be read as it is, by lossless casts."""
    right = {"integer": ("integer", "float"), "number": ("integer", "float"), "text": ("text",)}
    return all(
        part.columns[column] == column
        and kind_of(part.types[column]) in right[kind]
        and part.types[column] not in (pa.uint64(), pa.float16())
        for column, kind in schema.items()
    )


def _notes(file: str, facts: Facts) -> list[str]:
    """A line for each kind of reinterpretation."""
    notes = [
        note(file, kind, facts.remarks[kind], facts.spelled.get(kind, ())) for kind in WORDS if kind in facts.remarks
    ]
    if facts.blank_rows:
        notes.append(f"{file}: {facts.blank_rows:,} rows without any value left out")
    return notes
