"""Rows with values that are not allowed, left out of training or of the applicants' file: kept apart, with reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from ibis.expr import types as ir

from scoring.checks.findings import LeftOut, refused_in_words
from scoring.errors import InvalidInputError, TableError
from scoring.files import complete_or_absent
from scoring.schema.definition import Definition
from training.defaults import QUARANTINE_LIMIT
from training.lender.roles import is_key
from training.tables.checks import LINE, Findings, as_sent

COLUMNS = ("table", "line", "ids", "reasons", "row")
WRITERS: dict[str, Any] = {".csv": pd.DataFrame.to_csv, ".parquet": pd.DataFrame.to_parquet}


@dataclass(frozen=True)
class Quarantine:
    """Where rows that are left out go (.csv or .parquet), and the largest share of bad rows allowed in a column."""

    file: Path
    limit: float = QUARANTINE_LIMIT

    def __post_init__(self) -> None:
        if self.file.suffix not in WRITERS:
            raise InvalidInputError(
                f"--quarantine {self.file}: the ending {self.file.suffix!r} is not known; allowed: "
                f"{', '.join(WRITERS)}."
            )
        if not 0 <= self.limit <= 1:
            raise InvalidInputError(f"--quarantine-limit {self.limit:g}: not a share. Give a number from 0 to 1.")


def left_out(findings: Findings) -> LeftOut:
    """The counts of rows left out because of a table's findings."""
    return LeftOut(findings.refused_rows, {finding.column: finding.rows for finding in findings.columns})


def bad_rows(
    name: str, table: ir.Table, definitions: Mapping[str, Definition], refused: Mapping[str, ir.BooleanValue]
) -> pd.DataFrame:
    """The rows that are left out, with `COLUMNS`: ids, reasons in words, and the file's content as JSON.

    Args:
        name: of the table.
        table: the rows to leave out, with the columns that `training.tables.reading` keeps beside those it could not
            read.
        definitions: what each column may hold.
        refused: which rows are refused for which column.
    """
    marked = table.mutate(**{f"refused:{column}": wrong for column, wrong in refused.items()})
    rows = [_bad_row(name, row, definitions, refused) for row in marked.to_pyarrow().to_pylist()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _bad_row(
    name: str, row: Mapping[str, Any], definitions: Mapping[str, Definition], refused: Mapping[str, object]
) -> dict[str, object]:
    values = {column: as_sent(row, definition) for column, definition in definitions.items()}
    reasons = [refused_in_words(definitions[column], values[column]) for column in refused if row[f"refused:{column}"]]
    return {
        "table": name,
        "line": row.get(LINE),
        "ids": ", ".join(f"{column} {value}" for column, value in values.items() if is_key(column)),
        "reasons": " ".join(reasons),
        "row": json.dumps(values, ensure_ascii=False),
    }


def write_quarantine(rows: list[pd.DataFrame], file: Path) -> None:
    """Writes the rows of all tables that are left out; without any, the file is written empty.

    Raises:
        OutputError: the file cannot be written.
        TableError: there is something else at that path.
    """
    if file.is_dir():
        raise TableError(f"--quarantine {file}: there is a folder of that name. Name a file.")
    together = pd.concat([pd.DataFrame(columns=list(COLUMNS)), *rows]).astype({"line": "Int64"})
    with complete_or_absent(file) as partial:
        WRITERS[file.suffix](together, partial, index=False)
