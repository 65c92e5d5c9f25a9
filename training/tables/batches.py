"""Tables of one row per applicant, joined side by side and written in batches, never held in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
from ibis.expr import types as ir
from tqdm import tqdm

from scoring.errors import EngineError
from scoring.files import complete_or_absent
from scoring.lender.roles import APPLICANT_ID
from training.tables.engines import running

# Looking up one applicant in the written file reads one row group.
ROWS = 2_000
# Rows of a temporary file that its reader holds at once; of DuckDB's files alone, Spark has pages within its groups.
GROUP = 5 * ROWS
ARROW = ".arrow"


def side_by_side(parts: Sequence[ir.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """The columns of all parts for every applicant, in the order of their ids, in batches of `ROWS`.

    Each part is run in turn and written to a sorted temporary file, and these files are read side by side, a row group
    of each at a time: memory grows with the columns, not with the applicants.

    Args:
        parts: one row per applicant each, of the same applicants.
        schema: the columns to give, in order and type; one that no part has is null.

    Raises:
        EngineError: the engine cannot finish, or its files cannot be read by this process.
        TableError: a file of a table is damaged.
    """
    # After an interruption, Spark may still be writing there while the folder is removed.
    with TemporaryDirectory(prefix="applicants-", ignore_cleanup_errors=True) as scratch:
        paths = [Path(scratch) / f"{number}.parquet" for number in range(len(parts))]
        with running(Path(scratch), parts[0].get_backend()):
            for part, path in zip(tqdm(parts, desc="tables", disable=None), paths, strict=True):
                write_sorted(part, path)
            applicants = parts[0].count().execute()
        for path in paths:
            _check_rows(path, applicants)
        for tables in zip(*(stored_batches(path) for path in paths), strict=True):
            columns = {name: table[name] for table in tables for name in table.column_names}
            nothing = pa.nulls(len(tables[0]))
            yield pa.table([columns.get(field.name, nothing).cast(field.type) for field in schema], schema)


def write_sorted(part: ir.Table, path: Path) -> None:
    """Writes a part sorted by applicant, for `stored_batches`."""
    part.order_by(APPLICANT_ID).to_parquet(path, row_group_size=GROUP)


def _files(path: Path) -> list[Path]:
    """DuckDB writes one file, Spark a folder of files whose names are in the order of the rows."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def _check_rows(path: Path, expected: int) -> None:
    found = sum(pq.read_metadata(file).num_rows for file in _files(path))
    if found != expected:
        raise EngineError(
            f"{path.parent}: {found} of {expected} applicants arrived: not every Spark executor writes to the folder "
            f"that this process reads. Name one in TMPDIR that all of them share."
        )


def stored_batches(path: Path) -> Iterator[pa.Table]:
    """The rows of a part, `ROWS` at a time regardless of files and row groups."""
    waiting: list[pa.Table] = []
    for file in _files(path):
        with pq.ParquetFile(file, pre_buffer=False) as opened:
            for batch in opened.iter_batches(ROWS):
                table = pa.concat_tables([*waiting, pa.Table.from_batches([batch])])
                waiting = [table.slice(ROWS)] if len(table) > ROWS else [table]
                if len(table) > ROWS:
                    yield table.slice(0, ROWS)
    yield from waiting


def write_batches(batches: Iterable[pa.Table], schema: pa.Schema, out: Path) -> int:
    """Writes batches to one file, a row group each, and returns the number of rows.

    The file is Arrow if its name ends in .arrow, else Parquet; it gets its name once it is complete.

    Raises:
        OutputError: the disk is full, or `out` cannot be written to.
    """
    rows = 0
    with complete_or_absent(out) as partial, _writer(partial, schema, arrow=out.suffix == ARROW) as writer:
        for batch in batches:
            writer.write_table(batch.combine_chunks())
            rows += len(batch)
    return rows


def _writer(out: Path, schema: pa.Schema, arrow: bool) -> pq.ParquetWriter | ipc.RecordBatchFileWriter:
    if arrow:
        # A third larger than zstd, but several times faster to read.
        return ipc.new_file(str(out), schema, options=ipc.IpcWriteOptions(compression="lz4"))
    return pq.ParquetWriter(out, schema, compression="zstd")
