"""Tiny tables in the lender's schema: all columns, at plain defaults unless a test sets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
from ibis.expr import types as ir

from scoring.schema.definition import Definition
from training.tables.definitions import table_definitions
from training.tables.read import TEST, TRAIN, Tables, history_schema, table_schema

DEFAULTS = {"integer": 0, "number": 0.0, "text": "XNA"}
DTYPES = {"integer": "int64", "number": "float64", "text": "str"}
Row = Mapping[str, Any]


def table(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    """A table with the given values; columns that a row omits have their default."""
    schema = table_schema(name)
    defaults = {column: DEFAULTS[kind] for column, kind in schema.items()}
    frame = pd.DataFrame([defaults | dict(row) for row in rows], columns=list(schema))
    return frame.astype({column: DTYPES[kind] for column, kind in schema.items()})


def applications(*ids: int, **values: Any) -> pd.DataFrame:
    """A train table of these applicants."""
    return table(TRAIN, [{"SK_ID_CURR": applicant, **values} for applicant in ids])


def unlabelled_applications(*ids: int) -> pd.DataFrame:
    """A test table of these applicants: no TARGET."""
    return table(TEST, [{"SK_ID_CURR": applicant} for applicant in ids])


unlabelled_applications.__test__ = False  # type: ignore[attr-defined]


def allowed_default(definition: Definition) -> float | str:
    """A column's plain default, or the allowed value nearest to it."""
    if definition.type == "text":
        return DEFAULTS["text"] if DEFAULTS["text"] in definition.levels else next(iter(definition.levels))
    return min(max(0, definition.minimum or 0), definition.maximum or 0)


def allowed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with defaults that are not allowed replaced by allowed values."""
    frame = frame.copy()
    for column, definition in table_definitions(name).items():
        if column in frame and (allowed_default(definition) != DEFAULTS[definition.type]):
            frame[column] = frame[column].map(
                lambda value, own=definition: allowed_default(own) if value == DEFAULTS[own.type] else value
            )
    return frame


def write_folder(folder: Path, tables: Mapping[str, pd.DataFrame], ending: str = ".parquet") -> Path:
    """Writes each table under its name in one of the three formats, with allowed values in place of plain defaults."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, given in tables.items():
        frame = allowed(name, given)
        path = folder / f"{name}{ending}"
        if ending == ".parquet":
            frame.to_parquet(path, index=False)
        else:
            frame.to_csv(path, index=False)
    return folder


def tables_of(histories: Mapping[str, pd.DataFrame], ids: Sequence[int] = (1,)) -> Tables:
    """`Tables` made from frames instead of files, with applicants `ids` in train."""
    connection = ibis.duckdb.connect()

    def registered(name: str, frame: pd.DataFrame) -> ir.Table:
        connection.con.register(name, pa.Table.from_pandas(frame, preserve_index=False))
        return connection.table(name)

    return Tables(
        connection=connection,
        train=registered(TRAIN, applications(*ids)),
        test=None,
        history={name: registered(name, frame) for name, frame in histories.items()},
        absent=tuple(name for name in history_schema() if name not in histories),
    )
