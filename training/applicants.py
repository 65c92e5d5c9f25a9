"""The file of applicants that serving looks people up in: raw fields and history features, sorted by id."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from scoring.fields import APPLICANT_ID, fields
from training.batches import side_by_side, write_batches
from training.dataset import raw_fields
from training.history import history_fields, history_parts
from training.tables import read_tables

ARROW_TYPES = {"integer": pa.int64(), "number": pa.float64(), "text": pa.string()}


def write_applicants(data: Path, out: Path) -> int:
    """Writes every applicant of a folder of tables to one Parquet file, and returns how many there are.

    The file appears under its name only when it is complete. It holds SK_ID_CURR, the raw application fields and the
    history features as float32; no TARGET.

    Raises:
        EngineError: memory or disk do not suffice.
        OutputError: the file cannot be written.
        TableError: a table cannot be used.
    """
    raw = [pa.field(field.name, ARROW_TYPES[field.type]) for field in fields().values()]
    schema = pa.schema([(APPLICANT_ID, pa.int64()), *raw, *history_fields(pa.float32())])
    tables = read_tables(data, outcomes=False)
    _, *histories = history_parts(tables)
    return write_batches(side_by_side([raw_fields(tables), *histories], schema), schema, out)
