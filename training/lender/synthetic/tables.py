"""Schemas of the tables, and a writer for each that takes them in chunks."""

import csv
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from training.synthetic.sampling import Columns

FileFormat = Literal["parquet", "csv"]
ARROW_TYPES = {"integer": pa.int64(), "number": pa.float64(), "text": pa.string()}
HISTORIES = (
    "bureau",
    "bureau_balance",
    "previous_application",
    "POS_CASH_balance",
    "installments_payments",
    "credit_card_balance",
)


def table_schemas() -> dict[str, pa.Schema]:
    """The schemas of the eight tables, with columns in the real order."""
    with (files("scoring.lender") / "fields.csv").open(encoding="utf-8") as lines:
        fields = [pa.field(row["name"], ARROW_TYPES[row["type"]]) for row in csv.DictReader(lines)]
    key, target = pa.field("SK_ID_CURR", pa.int64()), pa.field("TARGET", pa.int64())
    schemas = {
        "application_train": pa.schema([key, target, *fields]),
        "application_test": pa.schema([key, *fields]),
    }
    with (files("training.lender") / "tables.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for name in HISTORIES:
        schemas[name] = pa.schema([(row["column"], ARROW_TYPES[row["type"]]) for row in rows if row["table"] == name])
    return schemas


def to_arrow(columns: Columns, schema: pa.Schema) -> pa.Table:
    """Converts columns to an Arrow table; NaN and None become nulls, columns outside the schema are dropped."""
    arrays = [pa.array(columns[field.name], type=field.type, from_pandas=True) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


class TableWriter:
    """Writes one table chunk by chunk, as `<name>.parquet` (zstd) or `<name>.csv`."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema, file_format: FileFormat) -> None:
        self.schema = schema
        path = folder / f"{name}.{file_format}"
        self._writer: Any = (
            pq.ParquetWriter(path, schema, compression="zstd")
            if file_format == "parquet"
            else pa_csv.CSVWriter(path, schema, write_options=pa_csv.WriteOptions(quoting_style="needed"))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.close()

    def write(self, columns: Columns) -> None:
        """Appends a chunk."""
        self._writer.write_table(to_arrow(columns, self.schema))
