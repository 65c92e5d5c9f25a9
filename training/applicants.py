"""The file of applicants that serving looks people up in: raw fields and history features, sorted by id."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from scoring.definition import field_table_digest
from scoring.fields import APPLICANT_ID, fields
from scoring.stamp import Stamp, stamp_metadata
from training.batches import side_by_side, write_batches
from training.dataset import raw_fields
from training.history import history_fields, history_parts
from training.quarantine import Quarantine
from training.tables import Tables, read_tables

ARROW_TYPES = {"integer": pa.int64(), "number": pa.float64(), "text": pa.string()}


def write_applicants(data: Path, out: Path, quarantine: Quarantine | None = None) -> int:
    """Writes every applicant of a folder of tables to one Parquet file, and returns how many there are.

    The file appears under its name only when it is complete. It holds SK_ID_CURR, the raw application fields and the
    history features as float32; no TARGET. Its footer says by which table of fields the values were checked, and how
    many rows were left out.

    Args:
        data: folder of the tables.
        out: the file, Parquet or Arrow.
        quarantine: where rows with values that are not allowed go; None: they stop the writing.

    Raises:
        EngineError: memory or disk do not suffice.
        OutputError: the file cannot be written.
        TableError: a table cannot be used.
    """
    raw = [pa.field(field.name, ARROW_TYPES[field.type]) for field in fields().values()]
    tables = read_tables(data, outcomes=False, quarantine=quarantine)
    schema = pa.schema([(APPLICANT_ID, pa.int64()), *raw, *history_fields(pa.float32())], metadata=_stamp(tables))
    _, *histories = history_parts(tables)
    return write_batches(side_by_side([raw_fields(tables), *histories], schema), schema, out)


def _stamp(tables: Tables) -> dict[bytes, bytes]:
    return stamp_metadata(
        Stamp(field_table_digest(), None, {name: counts.rows for name, counts in tables.left_out.items()})
    )
