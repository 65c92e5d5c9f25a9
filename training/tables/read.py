"""Reading and checking the tables of the lender's data, as lazy Ibis tables on DuckDB or Spark.

A folder or zip has each table under the data set's own name. Many formats are accepted (see `training.tables.reading`);
text is converted once to Parquet in a temporary folder (which lives as long as the connection), so that it is parsed
only once. DuckDB does that for both engines, so that they read the same. Then every value is checked against the
definition of its column (see `training.tables.checks`). From there on, all tables are read lazily and never held in
memory as a whole.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

import ibis
import pandas as pd
from ibis import _
from ibis.backends.sql import SQLBackend
from ibis.expr import types as ir

from scoring.checks.findings import SHOWN, LeftOut
from scoring.errors import EngineError, TableError
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.definition import Definition
from scoring.schema.fields import FieldType
from training.lender.roles import TEST, TRAIN
from training.tables.checks import RAW, Findings, inspect, refusal, refusals, repeated_ids
from training.tables.definitions import history_definitions, table_definitions
from training.tables.engines import Connect, bound_memory, duckdb_connection, engine_errors, failure, named, ran_out
from training.tables.quarantine import Quarantine, bad_rows, left_out, write_quarantine
from training.tables.reading import read_source
from training.tables.sources import Source, table_sources

logger = logging.getLogger(__name__)

IBIS_TYPES = {"integer": "int64", "number": "float64", "text": "string"}


@dataclass(frozen=True)
class Tables:
    """The tables of a folder, checked: declared columns only, in declared order and types; nothing read yet.

    `history` has the available history tables by name, `absent` the names of the others; `left_out` counts the rows in
    quarantine by table.
    """

    connection: SQLBackend
    train: ir.Table | None
    test: ir.Table | None
    history: dict[str, ir.Table]
    absent: tuple[str, ...]
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    def applications(self) -> tuple[ir.Table, ...]:
        """The available application tables: train, test or both."""
        return tuple(table for table in (self.train, self.test) if table is not None)

    def only(self, which: Literal["train", "test", "all"]) -> Tables:
        """The same histories with the applications of one part alone."""
        return replace(
            self,
            train=None if which == "test" else self.train,
            test=None if which == "train" else self.test,
        )

    def of(self, ids: Sequence[int]) -> Tables:
        """The rows of some applicants alone; a table without applicants' ids stays whole."""

        def filtered(table: ir.Table) -> ir.Table:
            return table.filter(_[APPLICANT_ID].isin(list(ids))) if APPLICANT_ID in table.columns else table

        return replace(
            self,
            train=None if self.train is None else filtered(self.train),
            test=None if self.test is None else filtered(self.test),
            history={name: filtered(table) for name, table in self.history.items()},
        )


def history_schema() -> dict[str, dict[str, FieldType]]:
    """Type of each column of each history table, in the tables' own order."""
    return {name: types(columns) for name, columns in history_definitions().items()}


def table_schema(name: str, outcomes: bool = True) -> dict[str, FieldType]:
    """Type of each column of one of the eight files, in its own order; outcomes in the train table with `outcomes`."""
    return types(table_definitions(name, outcomes))


def types(definitions: Mapping[str, Definition]) -> dict[str, FieldType]:
    """The type of each column."""
    return {name: definition.type for name, definition in definitions.items()}


def yes_no(definitions: Mapping[str, Definition]) -> dict[str, tuple[str, str]]:
    """The values for yes and for no of each yes/no column, as text."""
    flags = (definition for definition in definitions.values() if definition.kind == "yes_no")
    return {flag.name: (str(flag.yes_no_values[0]), str(flag.yes_no_values[1])) for flag in flags}


@dataclass(frozen=True)
class Inspected:
    """A table with what was found in it, and the columns that say where it could not be read."""

    file: str
    table: ir.Table
    definitions: Mapping[str, Definition]
    findings: Findings


def read_tables(
    folder: Path,
    outcomes: bool = True,
    connect: Connect = duckdb_connection,
    quarantine: Quarantine | None = None,
) -> Tables:
    """Opens and checks every table of a folder.

    Warnings are given on absent history tables, reinterpreted cells, and new levels.

    Args:
        folder: of the files, or a zip of them.
        outcomes: whether to read the train table's outcome, which scoring does not need.
        connect: makes the connection for reading the tables (see `training.tables.engines`).
        quarantine: where rows with values that are not allowed go; None: they stop the reading.

    Raises:
        EngineError: there is no such connection, or no room for temporary files.
        TableError: a file cannot be read, a column is missing, an id is repeated, a table is empty, or values are not
            allowed (all are listed, by table, worst first); the message names file, column and remedy.
    """
    sources = table_sources(folder)
    store = Path(mkdtemp(prefix="tables-"))
    try:
        connection = connect(store)
    except EngineError:
        store.rmdir()
        raise
    inspected = {
        name: inspect_source(connection, source, table_definitions(name, outcomes), store)
        for name, source in sources.items()
    }
    _check_findings(inspected.values(), quarantine)
    kept = {name: _kept(found) for name, found in inspected.items()}
    if TRAIN in kept and TEST in kept:
        _check_disjoint(kept[TRAIN], kept[TEST], sources)
    out = {name: left_out(found.findings) for name, found in inspected.items() if found.findings.refused_rows}
    if quarantine:
        write_quarantine([_bad_rows(name, inspected[name]) for name in out], quarantine.file)
        _say_left_out(out, quarantine)
    absent = tuple(name for name in history_definitions() if name not in kept)
    if absent:
        logger.warning("%s: no table %s; its features are missing for every applicant.", folder, ", ".join(absent))
    history = {name: kept[name] for name in history_definitions() if name in kept}
    bound_memory(connection)
    return Tables(connection, kept.get(TRAIN), kept.get(TEST), history, absent, out)


def inspect_source(
    connection: SQLBackend, source: Source, definitions: Mapping[str, Definition], store: Path
) -> Inspected:
    """Opens one table and checks every value of it.

    Args:
        connection: on which it is read from then on.
        source: its files.
        definitions: what each column may hold.
        store: a folder for its Parquet file, which lives as long as the connection.

    Raises:
        EngineError: memory or disk is insufficient.
        TableError: it cannot be read as a whole, a column is missing, or it has no rows.
    """
    try:
        read = read_source(source, types(definitions), yes_no(definitions), store)
        for note in read.notes:
            logger.warning("%s", note)
        stored = connection.read_parquet(read.path, **_known_as(connection, source))
        table = typed(stored, definitions)
        findings = inspect(stored, table, definitions)
    except engine_errors() as error:
        raise (failure(error, store) if ran_out(error) else _unreadable(source)) from error
    if not findings.rows:
        raise TableError(f"{source.name}: the table has no rows, so no column has a value. Export it again.")
    for new in findings.new_levels:
        logger.warning("%s: %s", source.name, new)
    return Inspected(source.name, table, definitions, findings)


def _known_as(connection: SQLBackend, source: Source) -> dict[str, str]:
    return {"table_name": named(source.name)} if connection.name == "duckdb" else {}


def typed(table: ir.Table, definitions: Mapping[str, Definition]) -> ir.Table:
    """The declared columns in their declared types, with NaN as missing; and the columns on unreadable cells."""
    columns = {name: _cast(table[name], IBIS_TYPES[definition.type]) for name, definition in definitions.items()}
    return table.select(**columns, **{name: table[name] for name in table.columns if name.startswith(RAW)})


def _cast(column: ir.Column, wanted: str) -> ir.Column:
    if column.type().is_floating():
        column = column.isnan().ifelse(ibis.null(column.type()), column)
    return column.cast(wanted)


def _check_findings(inspected: Iterable[Inspected], quarantine: Quarantine | None) -> None:
    """Raises the findings of all tables at once: all of them without a quarantine, else those over its limit."""
    problems = [
        words
        for found in inspected
        if (words := refusal(found.file, found.findings, quarantine.limit if quarantine else None))
    ]
    if problems:
        raise TableError("\n".join(problems))
    for found in inspected:
        if found.findings.repeated:
            shown = ", ".join(map(str, repeated_ids(_kept(found))))
            raise TableError(
                f"{found.file}: column {APPLICANT_ID}: the same applicant is there more than once ({shown}). Keep one "
                "row per applicant."
            )


def _kept(found: Inspected) -> ir.Table:
    """The declared columns of the rows with valid values only."""
    table = found.table
    if found.findings.refused_rows:
        refused = refusals(table, found.definitions)
        table = table.filter([~refused[finding.column] for finding in found.findings.columns])
    return table.select(*found.definitions)


def _bad_rows(name: str, found: Inspected) -> pd.DataFrame:
    refused = refusals(found.table, found.definitions)
    at_fault = {finding.column: refused[finding.column] for finding in found.findings.columns}
    return bad_rows(name, found.table.filter(ibis.or_(*at_fault.values())), found.definitions, at_fault)


def _say_left_out(out: Mapping[str, LeftOut], quarantine: Quarantine) -> None:
    for name, counts in out.items():
        logger.warning("%s: %s rows are left out; %s has them.", name, f"{counts.rows:,}", quarantine.file)


def _check_disjoint(train: ir.Table, test: ir.Table, sources: Mapping[str, Source]) -> None:
    shared = train.semi_join(test, APPLICANT_ID).order_by(APPLICANT_ID).limit(SHOWN)[APPLICANT_ID].to_pyarrow()
    if len(shared):
        raise TableError(
            f"{sources[TRAIN].name} and {sources[TEST].name}: column {APPLICANT_ID}: the same applicant is in both "
            f"({', '.join(map(str, shared.to_pylist()))}). Remove each from one of the two."
        )


def _unreadable(source: Source) -> TableError:
    return TableError(
        f"{source.name}: no column can be read: the file is cut short or damaged. Copy it or export it again."
    )
