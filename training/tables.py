"""Reading and checking the seven tables of the lender's data, as lazy Ibis tables on DuckDB or Spark.

A folder holds each table under the data set's own name as `.csv`, `.csv.gz` or `.parquet`. A CSV is turned once into
Parquet in a temporary folder (which lives as long as the connection), so that parsing is paid for once and a bad value
shows at once; DuckDB does that for either engine, so that both read the same. From there on every table is read in the
same lazy way and never held in memory as a whole.
"""

from __future__ import annotations

import csv
import gzip
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

import ibis
import pandera.ibis as pa
from ibis.backends.sql import SQLBackend
from ibis.expr import types as ir
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from scoring.errors import EngineError, TableError
from scoring.fields import APPLICANT_ID, TARGET, FieldType, fields
from training.engines import Connect, duckdb_connection, engine_errors, failure, first_words, ran_out

logger = logging.getLogger(__name__)

TRAIN, TEST = "application_train", "application_test"
FORMATS = (".csv", ".csv.gz", ".parquet")
# Integers are read as numbers: a column that once held a missing value is written as 1.0, 2.0 by many tools.
CSV_TYPES = {"integer": "DOUBLE", "number": "DOUBLE", "text": "VARCHAR"}
IBIS_TYPES = {"integer": "int64", "number": "float64", "text": "string"}
SHOWN = 5


@dataclass(frozen=True)
class Tables:
    """The tables of a folder, checked: declared columns only, in declared order and types; nothing read yet.

    `history` holds the history tables that are there by name, `absent` names the others.
    """

    connection: SQLBackend
    application_train: ir.Table | None
    application_test: ir.Table | None
    history: dict[str, ir.Table]
    absent: tuple[str, ...]

    def applications(self) -> tuple[ir.Table, ...]:
        """The application tables that are there: train, test or both."""
        return tuple(table for table in (self.application_train, self.application_test) if table is not None)

    def only(self, which: Literal["train", "test", "all"]) -> Tables:
        """The same histories with the applications of one part alone."""
        return replace(
            self,
            application_train=None if which == "test" else self.application_train,
            application_test=None if which == "train" else self.application_test,
        )


@cache
def history_schema() -> dict[str, dict[str, FieldType]]:
    """Type of each column of each history table, in the tables' own order.

    `tables.csv` holds one row per column: `table`, `column`, `type`, `nullable` (yes or no), and for numeric columns
    the least and the greatest value that it may hold (`minimum`, `maximum`: both included; in days or months relative
    to the application, or in the table's own unit) and `sentinels`, the numbers, with a space between them, that it
    may hold besides (365243: not yet or none; -1: no such place). The bounds tell the impossible, not the rare: all
    values of the lender's full tables lie within, dates that nobody filled in included. `levels.csv` beside it lists
    the known levels of each text column.
    """
    schema: dict[str, dict[str, FieldType]] = {}
    with Path(__file__).with_name("tables.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            schema.setdefault(row["table"], {})[row["column"]] = row["type"]  # type: ignore[assignment]
    return schema


def table_schema(name: str, outcomes: bool = True) -> dict[str, FieldType]:
    """Type of each column of one of the eight files, in its own order; TARGET in the train table with `outcomes`."""
    if name not in (TRAIN, TEST):
        return history_schema()[name]
    keys: dict[str, FieldType] = {APPLICANT_ID: "integer"}
    if name == TRAIN and outcomes:
        keys[TARGET] = "integer"
    return keys | {field.name: field.type for field in fields().values()}


def table_files(folder: Path) -> dict[str, Path]:
    """The files of the tables that a folder holds, by table name, in a fixed order.

    Raises:
        TableError: no such folder, no application table in it, or a table in two formats.
    """
    if not folder.is_dir():
        raise TableError(f"{folder}: there is no such folder. Give the folder that holds {TRAIN}.csv and its like.")
    found: dict[str, Path] = {}
    for name in (TRAIN, TEST, *history_schema()):
        files = [path for ending in FORMATS if (path := folder / f"{name}{ending}").is_file()]
        if len(files) > 1:
            names = " and ".join(path.name for path in files)
            raise TableError(f"{folder}: {names} are the same table in two formats. Keep one of them.")
        if files:
            found[name] = files[0]
    if not {TRAIN, TEST} & found.keys():
        raise TableError(f"{folder}: holds neither {TRAIN} nor {TEST} ({', '.join(FORMATS)}). Put one of them there.")
    return found


def read_tables(folder: Path, outcomes: bool = True, connect: Connect = duckdb_connection) -> Tables:
    """Opens and checks every table of a folder; says once, as a warning, which history tables are absent.

    Args:
        folder: of the files.
        outcomes: whether the train table's TARGET is read; to be scored, nobody needs one.
        connect: makes the connection that the tables are read on (see `training.engines`).

    Raises:
        EngineError: there is no such connection, or no room for temporary files.
        TableError: a file cannot be read, a column lacks or is of a wrong type, an id is missing or twice there, TARGET
            is not 0 or 1, a table is empty; the message names file, column and remedy.
    """
    files = table_files(folder)
    store = Path(mkdtemp(prefix="tables-"))
    try:
        connection = connect(store)
    except EngineError:
        store.rmdir()
        raise
    tables = {name: _read_table(connection, path, table_schema(name, outcomes), store) for name, path in files.items()}
    if TRAIN in tables and TEST in tables:
        _check_disjoint(tables[TRAIN], tables[TEST], files)
    absent = tuple(name for name in history_schema() if name not in tables)
    if absent:
        logger.warning("%s: no table %s; its features are missing for every applicant.", folder, ", ".join(absent))
    history = {name: tables[name] for name in history_schema() if name in tables}
    return Tables(connection, tables.get(TRAIN), tables.get(TEST), history, absent)


def _read_table(connection: SQLBackend, path: Path, schema: dict[str, FieldType], store: Path) -> ir.Table:
    try:
        if path.suffix != ".parquet":
            path_read = store / f"{path.name}.parquet"
            _convert_csv(path, schema, path_read)
        else:
            path_read = path
        table = connection.read_parquet(path_read)
        _check_presence(path, table.columns, schema)
        table = _widened(table.select(*schema), schema)
        _check_schema(table, path, schema)
        _check_values(table, path, schema)
    except engine_errors() as error:
        raise (failure(error, store) if ran_out(error) else _unreadable(path, error)) from error
    return table.select(**{column: _typed(table[column], kind) for column, kind in schema.items()})


def _convert_csv(path: Path, schema: dict[str, FieldType], target: Path) -> None:
    header = _header(path)
    _check_presence(path, header, schema)
    types = {column: CSV_TYPES[schema[column]] if column in schema else "VARCHAR" for column in header}
    table = ibis.duckdb.connect().read_csv(
        path, columns=types, auto_detect=False, header=True, delim=",", quote='"', escape='"', nullstr=""
    )
    table.select(*schema).to_parquet(target)


def _header(path: Path) -> list[str]:
    """The column names in the first line of a CSV."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), [])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    if not header:
        raise TableError(f"{path}: the file is empty: it has not even a line of column names. Export it again.")
    return header


def _check_presence(path: Path, columns: Iterable[str], schema: dict[str, FieldType]) -> None:
    present = list(columns)
    if lacking := [column for column in schema if column not in present]:
        more = f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else ""
        raise TableError(
            f"{path}: column {', '.join(lacking[:SHOWN])}{more} is missing. Add it, spelled as in the data set, "
            f"with an empty value where it is unknown."
        )
    if twice := next((column for column in schema if present.count(column) > 1), None):
        raise TableError(f"{path}: column {twice} is there twice. Keep one of them.")


def _check_schema(table: ir.Table, path: Path, schema: dict[str, FieldType]) -> None:
    """Rows at all, types of columns, keys, and the values of TARGET, by pandera."""
    if not table.limit(1).count().execute():
        raise TableError(f"{path}: the table has no rows, so no value for {APPLICANT_ID}. Export it again with rows.")
    try:
        _pandera_schema(table, schema).validate(table, lazy=True)
    except SchemaErrors as errors:
        # A missing id that is there twice is told as missing, not as a duplicate.
        first = min(errors.schema_errors, key=lambda error: error.reason_code is SchemaErrorReason.DUPLICATES)
        raise _explained(path, first, table) from errors


def _pandera_schema(table: ir.Table, schema: dict[str, FieldType]) -> pa.DataFrameSchema:
    columns = {
        column: pa.Column(
            _wanted_type(table[column], kind),
            nullable=not _is_key(column),
            checks=pa.Check.isin([0, 1]) if column == TARGET else None,
        )
        for column, kind in schema.items()
    }
    return pa.DataFrameSchema(columns, unique=[APPLICANT_ID] if fields().keys() <= schema.keys() else None)


def _is_key(column: str) -> bool:
    return column.startswith("SK_ID_") or column == TARGET


def _widened(table: ir.Table, schema: dict[str, FieldType]) -> ir.Table:
    """Every numeric column as int64 or float64: pandera compares types for equality."""
    numeric = {column: table[column].type() for column, kind in schema.items() if kind != "text"}
    wide = {
        column: "int64" if type_.is_integer() else "float64" for column, type_ in numeric.items() if type_.is_numeric()
    }
    return table.cast(wide)


def _wanted_type(column: ir.Column, kind: FieldType) -> type:
    """Integers may serve as numbers, and numbers as integers if they are whole (see `_check_values`)."""
    if kind == "text":
        return str
    return int if column.type().is_integer() else float


def _explained(path: Path, error: SchemaError, table: ir.Table) -> TableError:
    """pandera's finding in the words of whoever has to mend the file."""
    column = error.schema.name or APPLICANT_ID
    match error.reason_code:
        case SchemaErrorReason.DUPLICATES:
            counts = table.group_by(APPLICANT_ID).agg(rows=table.count())
            ids = counts.filter(counts.rows > 1).order_by(APPLICANT_ID).limit(SHOWN)[APPLICANT_ID].to_pyarrow()
            shown = ", ".join(str(int(value)) for value in ids.to_pylist())
            problem = f"the same applicant is there more than once ({shown}). Keep one row per applicant."
        case SchemaErrorReason.SERIES_CONTAINS_NULLS:
            problem = "a value is missing. Give every row one, or leave the row out."
        case SchemaErrorReason.WRONG_DATATYPE:
            wanted = "text" if str(error.schema.dtype) == "string" else "a number"
            problem = f"is of type {error.failure_cases} where {wanted} is wanted. Write {wanted} or nothing."
        case _:
            problem = "must be 0 or 1. Mend the other values, or leave those rows out."
    return TableError(f"{path}: column {column}: {problem}")


def _check_values(table: ir.Table, path: Path, schema: dict[str, FieldType]) -> None:
    """No fraction in an integer column, nothing infinite; one pass over the table, which pandera would make per column.

    Integer columns are exempt if they are stored as integers.
    """
    floats = [column for column, kind in schema.items() if kind != "text" and table[column].type().is_floating()]
    if not floats:
        return
    faults = table.agg(**{column: _is_fault(table[column], schema[column]).sum() for column in floats})
    row = faults.to_pyarrow().to_pylist()[0]
    if column := next((column for column in floats if row[column]), None):
        wanted = "a whole number" if schema[column] == "integer" else "a finite number"
        raise TableError(f"{path}: column {column}: {row[column]} values are not {wanted}. Write {wanted} or nothing.")


def _is_fault(column: ir.Column, kind: FieldType) -> ir.Column:
    infinite = column.isinf()
    if kind == "integer":
        return (infinite | (~column.isnan() & (column.floor() != column))).cast("int64")
    return infinite.cast("int64")


def _typed(column: ir.Column, kind: FieldType) -> ir.Column:
    """The column in its declared type; a NaN is a missing value."""
    if column.type().is_floating():
        column = column.isnan().ifelse(ibis.null(column.type()), column)
    return column.cast(IBIS_TYPES[kind])


def _check_disjoint(train: ir.Table, test: ir.Table, files: dict[str, Path]) -> None:
    shared = train.semi_join(test, APPLICANT_ID).order_by(APPLICANT_ID).limit(SHOWN)[APPLICANT_ID].to_pyarrow()
    if len(shared):
        raise TableError(
            f"{files[TRAIN]} and {files[TEST]}: column {APPLICANT_ID}: the same applicant is in both "
            f"({', '.join(map(str, shared.to_pylist()))}). Remove each from one of the two."
        )


def _unreadable(path: Path, error: Exception) -> TableError:
    """The reader's error; it quotes the column where a value could not be converted."""
    text = str(error)
    if found := re.search(r'converting column "([^"]+)"\. Could not convert string "([^"]*)"', text):
        line = re.search(r"Line: (\d+)", text)
        place = f" in line {line[1]}" if line else ""
        return TableError(f"{path}: column {found[1]}: {found[2]!r}{place} is not a number. Write a number or nothing.")
    return TableError(
        f"{path}: no column can be read: the file is cut short or damaged ({first_words(error)}). "
        f"Copy it or export it again."
    )
