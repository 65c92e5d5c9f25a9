"""The file of history features: one row per applicant, on DuckDB or on Spark."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from scoring.lender.roles import APPLICANT_ID
from training.dataset.history import history_fields, history_parts
from training.tables.batches import side_by_side, write_batches
from training.tables.engines import Connect, duckdb_connection
from training.tables.read import read_tables


def write_features(data: Path, out: Path, connect: Connect = duckdb_connection) -> int:
    """Writes the history features of all applicants of a folder of tables; returns the number of applicants.

    The Parquet file has the id and all features as float64, null if missing, sorted by id. It gets its name once it is
    complete.

    Raises:
        EngineError: the engine cannot be started or cannot finish.
        OutputError: the file cannot be written.
        TableError: a table cannot be used.
    """
    schema = pa.schema([(APPLICANT_ID, pa.int64()), *history_fields(pa.float64())])
    parts = history_parts(read_tables(data, outcomes=False, connect=connect))
    return write_batches(side_by_side(parts, schema), schema, out)
