"""Applications and their histories as one frame, for training and for the applicants file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import ibis
import pandas as pd
from ibis.expr import types as ir

from scoring.errors import TableError
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.schema.fields import fields
from training.dataset.history import history_frame
from training.lender.roles import TEST, TRAIN
from training.tables.read import Tables
from training.tables.sources import table_sources

Which = Literal["train", "test", "all"]
CHUNK_BYTES = 1 << 20


def applicant_table(tables: Tables, which: Which) -> pd.DataFrame:
    """One row per applicant, sorted by id.

    Args:
        tables: the lender's tables.
        which: the applications of the train table, of the test table, or all that are there.

    Returns:
        Id, outcome ("train" only), the raw application fields in the order of `fields()` (integers as int64, or
        float64 if any is missing; numbers as float64; text as str), then the history features as float32.

    Raises:
        TableError: the table of that part is absent.
    """
    part = _part(tables, which)
    raw = application_frame(part, outcomes=which == "train")
    # Both frames are sorted by the same unique ids.
    history = history_frame(part).drop(columns=APPLICANT_ID)
    return pd.concat([raw, history], axis="columns")


def raw_fields(tables: Tables, outcomes: bool = False) -> ir.Table:
    """Id, outcome with `outcomes`, and the raw fields of the available applications, unordered."""
    columns = [APPLICANT_ID, *([TARGET] if outcomes else []), *fields()]
    applications = [table.select(*columns) for table in tables.applications()]
    return applications[0] if len(applications) == 1 else ibis.union(*applications)


def _part(tables: Tables, which: Which) -> Tables:
    part = tables.only(which)
    if not part.applications():
        name = TRAIN if which == "train" else TEST
        raise TableError(
            f"{name}: the table is absent, so there is no {APPLICANT_ID}. Put {name}.csv beside the others."
        )
    return part


def application_frame(tables: Tables, outcomes: bool = False) -> pd.DataFrame:
    """The columns of `applicant_table` without the history, of the available applications."""
    raw = raw_fields(tables, outcomes).order_by(APPLICANT_ID).to_pandas()
    text = {field.name: "str" for field in fields().values() if field.type == "text"}
    number = {field.name: "float64" for field in fields().values() if field.type == "number"}
    return raw.astype(text | number)


def fingerprint(folder: Path) -> str:
    """SHA-256, in hexadecimal, over the names and bytes of the table files of a folder.

    Raises:
        TableError: the folder holds no usable set of tables.
    """
    digest = hashlib.sha256()
    for path in sorted({path for source in table_sources(folder).values() for path in source.files}):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()
