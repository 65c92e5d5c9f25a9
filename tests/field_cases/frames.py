"""The made-up tables that field cases spoil, and how to write them as people do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.training.tables_fixture import applications, table

Write = Callable[[Path], object]
BUREAU = table(
    "bureau",
    [
        {"SK_ID_CURR": 100_001, "SK_ID_BUREAU": 5_000_001, "CREDIT_ACTIVE": "Active", "CREDIT_TYPE": 'a, "b"; c',
         "DAYS_CREDIT": -497, "AMT_CREDIT_SUM": 333_000.5, "AMT_ANNUITY": np.nan, "CREDIT_CURRENCY": "currency 1"},
        {"SK_ID_CURR": 100_002, "SK_ID_BUREAU": 5_000_002, "CREDIT_ACTIVE": "Closed", "CREDIT_TYPE": "Car loan",
         "DAYS_CREDIT": -9461, "AMT_CREDIT_SUM": np.nan, "AMT_ANNUITY": 0.25, "CREDIT_CURRENCY": "currency 2"},
        {"SK_ID_CURR": 100_002, "SK_ID_BUREAU": 5_000_003, "CREDIT_ACTIVE": "Sold", "CREDIT_TYPE": "Mortgage",
         "DAYS_CREDIT": -1, "AMT_CREDIT_SUM": 1e-5, "AMT_ANNUITY": 1234.0, "CREDIT_CURRENCY": "currency 1"},
    ],
)  # fmt: skip
PREVIOUS = table(
    "previous_application",
    [
        {"SK_ID_PREV": 1, "SK_ID_CURR": 100_001, "FLAG_LAST_APPL_PER_CONTRACT": "Y", "NFLAG_LAST_APPL_IN_DAY": 1,
         "NAME_TYPE_SUITE": None, "DAYS_DECISION": -73},
        {"SK_ID_PREV": 2, "SK_ID_CURR": 100_002, "FLAG_LAST_APPL_PER_CONTRACT": "N", "NFLAG_LAST_APPL_IN_DAY": 0,
         "NAME_TYPE_SUITE": "Family", "DAYS_DECISION": -2},
    ],
)  # fmt: skip
TRAIN_ROWS = applications(100_001, 100_002).assign(
    TARGET=[0, 1], FLAG_OWN_CAR=["Y", "N"], FLAG_OWN_REALTY=["N", "Y"], EMERGENCYSTATE_MODE=["Yes", "No"],
    FLAG_MOBIL=[1, 0], OWN_CAR_AGE=[np.nan, 3.0], AMT_CREDIT=[333_000.5, 1.0],
)  # fmt: skip
FRAMES = {"bureau": BUREAU, "previous_application": PREVIOUS, "application_train": TRAIN_ROWS}


def text(frame: pd.DataFrame = BUREAU, **how: Any) -> str:
    """The frame as CSV text, without an index unless asked for."""
    return frame.to_csv(**{"index": False, "lineterminator": "\n", **how})


def csv(name: str = "bureau.csv", edit: Callable[[str], str] = str, encoding: str = "utf-8", **how: Any) -> Write:
    """Writes the bureau table as CSV, its text edited."""
    return lambda folder: (folder / name).write_bytes(edit(text(**how)).encode(encoding))


def raw(content: bytes, name: str = "bureau.csv") -> Write:
    """Writes these bytes."""
    return lambda folder: (folder / name).write_bytes(content)


def train(**values: list[Any]) -> Write:
    """Writes the train table as CSV with other values in some columns."""
    return lambda folder: TRAIN_ROWS.assign(**values).to_csv(folder / "application_train.csv", index=False)


def parquet(name: str = "bureau", **columns: pa.Array) -> Write:
    """Writes a table as Parquet with some of its columns in place of its own."""

    def write(folder: Path) -> None:
        whole = pa.Table.from_pandas(FRAMES[name], preserve_index=False)
        for column, values in columns.items():
            whole = whole.set_column(whole.schema.get_field_index(column), column, values)
        pq.write_table(whole, folder / f"{name}.parquet")

    return write


def frame_parquet(edit: Callable[[pd.DataFrame], pd.DataFrame], name: str = "bureau") -> Write:
    """Writes a table as Parquet after an edit in pandas."""
    return lambda folder: edit(FRAMES[name].copy()).to_parquet(folder / f"{name}.parquet")


def zipped(members: dict[str, str | bytes], name: str) -> Write:
    """Writes a zip."""

    def write(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)

    return write


def parquet_bytes(frame: pd.DataFrame = BUREAU) -> bytes:
    """The frame as the bytes of a Parquet file."""
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def files(**contents: bytes) -> Write:
    """Writes several files; `__` in a name stands for a slash, `_dot_` for a dot."""

    def write(folder: Path) -> None:
        for name, content in contents.items():
            path = folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)

    return write
