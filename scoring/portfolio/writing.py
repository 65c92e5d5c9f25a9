"""Scored rows -> CSV that no spreadsheet runs as formulas, or Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.assessment.explanation import MOST_REASONS
from scoring.files import harmless
from scoring.lender.roles import APPLICANT_ID
from scoring.portfolio.rows import Scored

Form = Literal["csv", "parquet"]
REASONS = tuple(f"reason_{rank}" for rank in range(1, MOST_REASONS + 1))
WHOLE, NUMBER, TEXT = pa.int64(), pa.float64(), pa.string()
SCHEMA = pa.schema(
    [
        ("row", WHOLE),
        (APPLICANT_ID, WHOLE),
        ("decision", TEXT),
        ("probability", NUMBER),
        ("threshold", NUMBER),
        ("points", NUMBER),
        ("score_band", TEXT),
        *((name, TEXT) for name in REASONS),
        ("past_applicants", WHOLE),
        ("past_defaulted", WHOLE),
        ("past_low", NUMBER),
        ("past_high", NUMBER),
        ("missing_fields", WHOLE),
        ("outside_learnt", WHOLE),
        ("error", TEXT),
    ]
)
# Without reasons and how sure a probability is.
BARE = pa.schema(
    [SCHEMA.field(name) for name in (APPLICANT_ID, "probability", "threshold", "points", "decision", "score_band")]
)
Cell = str | int | float | None


class Writer(Protocol):
    """Writes scored rows to an open file."""

    def __call__(self, rows: Sequence[Scored]) -> None:
        """These rows, after those before."""


def _cells(row: Scored, schema: pa.Schema) -> tuple[Cell, ...]:
    if schema is BARE:
        return (row.applicant_id, row.probability, row.threshold, row.points, row.decision, row.score_band)
    reasons = (*row.reasons, *[None] * (MOST_REASONS - len(row.reasons)))
    start = (row.row, row.applicant_id, row.decision, row.probability, row.threshold, row.points, row.score_band)
    past = (row.past_applicants, row.past_defaulted, row.past_low, row.past_high)
    return (*start, *reasons, *past, row.missing, row.outside, row.error or None)


@contextmanager
def writing(path: Path, form: Form, schema: pa.Schema = SCHEMA) -> Iterator[Writer]:
    """Opens a file for scored rows, with the columns of `SCHEMA` or of `BARE`."""
    if form == "parquet":
        with pq.ParquetWriter(path, schema) as parquet:

            def to_parquet(rows: Sequence[Scored]) -> None:
                columns = zip(*(_cells(row, schema) for row in rows), strict=True)
                arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
                parquet.write_table(pa.Table.from_arrays(arrays, schema=schema))

            yield to_parquet
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(schema.names)

        def to_csv(rows: Sequence[Scored]) -> None:
            lines.writerows([harmless(cell) for cell in _cells(row, schema)] for row in rows)

        yield to_csv
