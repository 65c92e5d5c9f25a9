"""From a table's source to one Parquet file with the declared columns in their types, and what was reinterpreted.

A cell that cannot be read stops nothing here: its value is null, and its text stands beside it for whoever judges it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from scoring.errors import TableError
from scoring.fields import FieldType
from training.cells import (
    DATE,
    GROUP_LIKE,
    MARKERS,
    NO,
    YES,
    Cell,
    boolean,
    layered,
    literal,
    number_as_flag,
    number_as_number,
    quoted,
    text_as_number,
    text_as_text,
    trimmed,
)
from training.engines import MEMORY_LIMIT, engine_errors, failure, ran_out
from training.notes import WORDS, listed, note
from training.schema import is_days
from training.sources import Source
from training.staging import LINE, Staged, stage
from training.text_files import damaged

SQL_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "text": "VARCHAR"}
WANTED = {"integer": "a whole number", "number": "a number", "text": "text"}
NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
DAY = 86_400 * 10**9
# What notes tell apart, as they spell it.
SPELLINGS = {"missing": ("", *MARKERS), "flag": (*YES, *NO)}


@dataclass(frozen=True)
class ReadTable:
    """A table as Parquet.

    Args:
        path: the file: columns at least those of the schema, as int64, double and string. The table's own file if
            that is right as it is: then it may hold other columns too, narrower numbers, NaN for missing, and whole
            numbers as doubles, all of which a cast brings right.
        unread: columns in which some cell could not be read. The value is null there, and the column "raw:NAME" holds
            the cell's text (null everywhere else); for one text file, "raw:line" the line that the row begins in.
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
        source: where it is (see `training.sources`).
        schema: type of each declared column.
        yes_no: what a yes and a no are called in the columns that are one, as text ("1" and "0" for numbers).
        store: a folder for the Parquet file and temporary copies.

    Raises:
        EngineError: memory or disk do not suffice.
        TableError: the table cannot be read as a whole: a file is damaged or no table, a column is missing, there
            twice with different values, or of a type that is not wanted.
    """
    connection = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(store / "spill")})
    try:
        parts = [stage(connection, part, schema, yes_no, store) for part in source.parts]
        return _read(connection, source, parts, schema, yes_no, store / f"{source.table}.read.parquet")
    except engine_errors() as error:
        raise (failure(error, store) if ran_out(error) else damaged(source.parts[0])) from error
    finally:
        connection.close()


@dataclass(frozen=True)
class _Facts:
    """What one pass over a table found, by declared column."""

    given: dict[str, int]
    unread: dict[str, int]
    dates: dict[str, int]
    nul: dict[str, int]
    told: dict[str, dict[str, int]]
    spelled: dict[str, list[str]]
    blank_rows: int


def _read(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    parts: list[Staged],
    schema: dict[str, FieldType],
    yes_no: Mapping[str, tuple[str, str]],
    target: Path,
) -> ReadTable:
    said = _merged(note for part in parts for note in part.notes)
    for part in parts:
        _check_types(part, schema, yes_no)
    if len(parts) == 1 and parts[0].typed:
        return ReadTable(parts[0].path, (), said)
    relation, types = _relation(parts, schema)
    text = parts[0].text
    decimal = _decimal_mark(connection, relation, types, schema) if any(p.decimal_comma for p in parts) else "."
    cells = {
        column: _cell(column, kind, types[column], yes_no.get(column), decimal, text) for column, kind in schema.items()
    }
    relation = layered(relation, cells.values())
    blank = " AND ".join(f"coalesce({trimmed(quoted(c))}, '') = ''" for c in schema) if text else "false"
    facts = _facts(connection, relation, cells, schema, blank, text, types)
    _check_facts(source, facts, schema, types, yes_no)
    notes = (*said, *_notes(source, parts, facts))
    unread = tuple(column for column, count in facts.unread.items() if count)
    if len(parts) == 1 and not unread and not _told_any(facts) and _is_right(parts[0], schema):
        return ReadTable(parts[0].path, (), notes)
    chosen = [
        f"CAST({cells[column].value} AS {SQL_TYPES[kind]}) AS {quoted(column)}" for column, kind in schema.items()
    ]
    chosen += [f"CASE WHEN {cells[c].unread} THEN {cells[c].original} END AS {quoted(f'raw:{c}')}" for c in unread]
    if unread and text and len(parts) == 1:
        chosen.append(quoted(LINE))
    select = f"SELECT {', '.join(chosen)} FROM {relation} WHERE NOT ({blank})"
    connection.execute(f"COPY ({select}) TO {literal(str(target))} (FORMAT parquet)")
    for part in parts:
        if part.path != part.part.path:
            part.path.unlink()
    return ReadTable(target, unread, notes)


def _class(kind: pa.DataType) -> str:
    """What an Arrow type is to a reader: a number of some kind, text, or something else."""
    is_ = pa.types
    tests = {
        "integer": is_.is_integer,
        "float": is_.is_floating,
        "decimal": is_.is_decimal,
        "boolean": is_.is_boolean,
        "null": is_.is_null,
        "duration": is_.is_duration,
        "date": is_.is_temporal,
    }
    if is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind):
        return "text"
    return next((name for name, test in tests.items() if test(kind)), "other")


def _check_types(part: Staged, schema: dict[str, FieldType], yes_no: Mapping[str, tuple[str, str]]) -> None:
    """Refuses columns that are of no use whatever their cells hold.

    Raises:
        TableError: dates, durations of something else than days, truth values that are no yes or no, bytes and lists.
    """
    wrong = {column: _class(kind) for column, kind in part.types.items()}
    dates = [column for column, found in wrong.items() if found == "date"]
    if dates:
        raise _holds_dates(part.part.path, dates, schema)
    for found, words in (("duration", "a duration"), ("boolean", "true or false"), ("other", "bytes or lists")):
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
    """The parts as one relation with our names; as text where the parts are of different types."""
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


def _cell(
    column: str, kind: FieldType, stored: pa.DataType, levels: tuple[str, str] | None, decimal: str, text: bool
) -> Cell:
    name, found = quoted(column), _class(stored)
    if found == "null":
        return Cell("NULL", "false", None, "NULL")
    if found == "boolean" and levels:
        return boolean(name, levels, kind)
    if found == "text":
        if kind == "text":
            return text_as_text(column, text, levels)
        cell = text_as_number(column, kind, decimal, levels is not None)
        return cell if text else replace(cell, told=cell.told | {"typed": cell.given})
    if kind == "text":
        if levels:
            return number_as_flag(name, levels)
        return replace(number_as_number(name, "number", found), value="NULL")
    if found == "duration":
        cell = number_as_number(name, kind, "float")
        return replace(cell, told={"duration": cell.given})
    return number_as_number(name, kind, found)


def _decimal_mark(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    types: dict[str, pa.DataType],
    schema: dict[str, FieldType],
) -> str:
    """The mark that most cells use, of those that leave no doubt; the point if none does."""
    texts = [trimmed(quoted(c)) for c, kind in schema.items() if kind != "text" and _class(types[c]) == "text"]
    if not texts:
        return "."
    certain = "NOT regexp_full_match({0}, {1})"
    comma = "contains({0}, ',') AND NOT contains({0}, '.') AND TRY_CAST(replace({0}, ',', '.') AS DOUBLE) IS NOT NULL"
    point = "contains({0}, '.') AND TRY_CAST({0} AS DOUBLE) IS NOT NULL"
    counts = [
        " + ".join(f"count(*) FILTER ({f'{mark} AND {certain}'.format(cell, literal(GROUP_LIKE))})" for cell in texts)
        for mark in (comma, point)
    ]
    row = connection.execute(f"SELECT {', '.join(counts)} FROM {relation}").fetchone()
    return "," if row and row[0] > row[1] else "."


def _facts(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    cells: dict[str, Cell],
    schema: dict[str, FieldType],
    blank: str,
    text: bool,
    types: dict[str, pa.DataType],
) -> _Facts:
    """Everything that is counted, in one pass."""
    wanted: dict[tuple[str, str], str] = {("", "blank"): f"count(*) FILTER ({blank})"}
    for column, cell in cells.items():
        name = quoted(column)
        strings = _class(types[column]) == "text"
        wanted[column, "given"] = f"count(*) FILTER ({cell.given})"
        if cell.unread:
            wanted[column, "unread"] = f"count(*) FILTER ({cell.unread})"
        if cell.unread and strings:
            date = f"regexp_full_match({trimmed(name)}, {literal(DATE)})"
            wanted[column, "dates"] = f"count(*) FILTER ({cell.unread} AND {date})"
        if text and schema[column] == "text":
            wanted[column, "nul"] = f"count(*) FILTER (contains({name}, chr(0)))"
        for kind, where in cell.told.items():
            wanted[column, f"told:{kind}"] = f"count(*) FILTER ({where})"
            if kind in SPELLINGS and strings:
                known = ", ".join(literal(spelling.lower()) for spelling in SPELLINGS[kind])
                bit = f"1::BIGINT << CAST(list_position([{known}], {quoted(f'low:{column}')}) - 1 AS INTEGER)"
                wanted[column, f"spelled:{kind}"] = f"bit_or({bit}) FILTER ({where})"
    row = connection.execute(f"SELECT {', '.join(wanted.values())} FROM {relation}").fetchone() or ()
    found = dict(zip(wanted, row, strict=True))

    def counted(what: str) -> dict[str, int]:
        return {column: count for (column, key), count in found.items() if key == what and count}

    marks = {
        kind: [
            spelling
            for place, spelling in enumerate(spellings)
            if any(bits >> place & 1 for bits in counted(f"spelled:{kind}").values())
        ]
        for kind, spellings in SPELLINGS.items()
    }
    told = {kind: counted(f"told:{kind}") for kind in WORDS}
    return _Facts(
        counted("given"), counted("unread"), counted("dates"), counted("nul"), told, marks, found["", "blank"]
    )


def _check_facts(
    source: Source,
    facts: _Facts,
    schema: dict[str, FieldType],
    types: dict[str, pa.DataType],
    yes_no: Mapping[str, tuple[str, str]],
) -> None:
    """Refuses what no cell alone shows: a column of dates, numbers in the place of names, bytes that are no text."""
    path = source.parts[0].path
    if dates := [column for column, count in facts.dates.items() if 2 * count >= facts.given[column]]:
        raise _holds_dates(path, dates, schema)
    numbers = [
        column
        for column, kind in schema.items()
        if kind == "text" and _class(types[column]) in ("integer", "float", "decimal")
    ]
    if codes := [column for column in numbers if column not in yes_no and column in facts.given]:
        raise TableError(
            f"{path}: column {listed(codes, 5)} holds numbers where text is wanted. Write text or nothing: the names "
            f"of the levels, not codes for them."
        )
    if facts.nul:
        raise TableError(
            f"{path}: column {listed(list(facts.nul), 5)} holds bytes that are no text (NUL): the file is damaged. "
            f"Copy it or export it again."
        )


def _told_any(facts: _Facts) -> bool:
    return any(facts.told.values())


def _is_right(part: Staged, schema: dict[str, FieldType]) -> bool:
    """Whether the file can be read as it is, by casts that lose nothing."""
    right = {"integer": ("integer", "float"), "number": ("integer", "float"), "text": ("text",)}
    return all(
        part.columns[column] == column
        and _class(part.types[column]) in right[kind]
        and part.types[column] not in (pa.uint64(), pa.float16())
        for column, kind in schema.items()
    )


def _notes(source: Source, parts: list[Staged], facts: _Facts) -> list[str]:
    """A line for each kind of reinterpretation."""
    file = parts[0].part.name if len(parts) == 1 else source.name
    notes = [note(file, kind, counts, facts.spelled.get(kind, ())) for kind, counts in facts.told.items() if counts]
    if facts.blank_rows:
        notes.append(f"{file}: {facts.blank_rows:,} rows without any value left out")
    return notes


def _merged(notes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))
