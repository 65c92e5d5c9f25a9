"""Parquet or Arrow -> CSV, in a process of its own: `python -m scoring.portfolio.decode FILE CSV LANGUAGE`.

A file of a few kilobytes can claim, or unpack to, more memory than there is. Here that ends this process alone, whose
memory, time and output are bounded by the system.
"""

from __future__ import annotations

import csv
import math
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

# Read when Arrow is imported: other allocators reserve more address space than they use.
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from scoring.applicants.inputs import checked_language
from scoring.applicants.scenarios import COLUMN
from scoring.errors import PortfolioError
from scoring.portfolio.reading import ARROW, DECODING_SECONDS, LONGEST_LINE, MOST_ROWS, REFUSED, refused
from scoring.words.language import Language

MOST_COLUMNS = 2_000
MEMORY_BYTES = 3_000_000_000
CSV_BYTES = 2_000_000_000
ROWS_AT_ONCE = 500
# What Arrow says of a file, or a column of it, that is encrypted.
ENCRYPTED = "decrypt"


def _bounded() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, DECODING_SECONDS),
        (resource.RLIMIT_FSIZE, CSV_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _batches(sent: Path, language: Language) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    with sent.open("rb") as file:
        is_arrow = file.read(len(ARROW)) == ARROW
    if is_arrow:
        opened = ipc.open_file(pa.OSFile(str(sent)), options=ipc.IpcReadOptions(use_threads=False))
        parts = (opened.get_batch(place) for place in range(opened.num_record_batches))
        return opened.schema.names, (part.slice(at, ROWS_AT_ONCE) for part in parts for at in _starts(part))
    stored = pq.ParquetFile(sent, pre_buffer=False)
    if stored.metadata.num_rows > MOST_ROWS:
        raise refused("too_many_rows", language, most=MOST_ROWS)
    return stored.schema_arrow.names, stored.iter_batches(ROWS_AT_ONCE, use_threads=False)


def _starts(part: pa.RecordBatch) -> range:
    return range(0, part.num_rows, ROWS_AT_ONCE)


def _cell(value: object, language: Language) -> str:
    """A value as CSV has it; floats so that they come back to the last bit."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    written = value if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)
    if len(written) > LONGEST_LINE // 2:
        raise refused("long_value", language, most=LONGEST_LINE // 2)
    return written


def decode(sent: Path, made: Path, language: Language) -> None:
    """Writes the rows of a Parquet or Arrow file as CSV, without the history scenarios: no score reads them.

    Raises:
        PortfolioError: it has too many rows or columns, or too long a value.
        pa.ArrowException, OSError, MemoryError: it is damaged, or beyond its bounds.
    """
    names, batches = _batches(sent, language)
    if len(names) > MOST_COLUMNS:
        raise refused("too_many_columns", language, columns=len(names), most=MOST_COLUMNS)
    rows, written = 0, [place for place, name in enumerate(names) if name != COLUMN]
    with made.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([names[place] for place in written])
        for batch in batches:
            rows += batch.num_rows
            if rows > MOST_ROWS:
                raise refused("too_many_rows", language, most=MOST_ROWS)
            columns = [
                [_cell(value, language) for value in column.to_pylist()] for column in map(batch.column, written)
            ]
            writer.writerows(zip(*columns, strict=True))


def main() -> int:
    """Decodes the one file; what is refused in words begins with `REFUSED`."""
    _bounded()
    language = checked_language(sys.argv[3])
    try:
        decode(Path(sys.argv[1]), Path(sys.argv[2]), language)
    except PortfolioError as error:
        sys.stderr.write(f"{REFUSED}{error}")
        return 1
    except (pa.ArrowException, OSError, MemoryError, UnicodeError, ValueError) as error:
        if ENCRYPTED not in str(error):
            return 2
        sys.stderr.write(f"{REFUSED}{refused('encrypted', language)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
