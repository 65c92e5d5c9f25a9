"""Converts a part of a table to Parquet, under our names; faults of a file as a whole are found here."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.schema.fields import FieldType
from training.tables.cells import literal
from training.tables.sources import Part
from training.tables.staged import Staged, found_columns, notes_on_names
from training.tables.staged_text import stage_text
from training.tables.text_files import COLUMNAR, UNPACKING_ERRORS, Content, content_of, stopped


def stage(
    connection: duckdb.DuckDBPyConnection,
    part: Part,
    schema: dict[str, FieldType],
    yes_no: Mapping[str, tuple[str, str]],
    store: Path,
) -> Staged:
    """One part of a table as Parquet.

    Raises:
        EngineError: there is no room for a copy.
        TableError: the part cannot be read, or a declared column is missing or appears twice.
    """
    content = content_of(part)
    if content in COLUMNAR:
        return _stage_columns(connection, part, content, schema, store)
    return stage_text(connection, part, content, schema, yes_no, store)


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
    found = found_columns(part, arrow.names, schema)
    relation = f"read_parquet({literal(str(path))})"
    repeated = {column: [names[index] for index in indices] for column, indices in found.items()}
    notes = notes_on_names(connection, part, relation, repeated, arrow.names, found, store)
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
