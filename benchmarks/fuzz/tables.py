"""Tables that a model is trained on: read, or refused in words that name the file, and never in those of DuckDB."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from benchmarks.fuzz.damage import arrow, damaged, odd, parquet
from benchmarks.fuzz.inputs import Strategy, mostly
from benchmarks.fuzz.target import Target, check_words
from scoring.errors import EngineError, TableError
from training.lender.synthetic.synthesize import synthesize
from training.tables.checks import refusal
from training.tables.definitions import table_definitions, table_names
from training.tables.engines import duckdb_connection, running
from training.tables.read import inspect_source
from training.tables.sources import Part, Source

APPLICANTS, SEED = 20, 3
ROWS = 3
# What DuckDB says of its own errors.
ENGINE_WORDS = re.compile(r"Error:|Exception|read_csv|read_parquet|SELECT |LINE \d+:|duckdb|Binder|TProtocol|Thrift")
TEXTS, COLUMNS = (".csv", ".tsv", ".txt", ".csv.gz"), (".parquet", ".arrow")
SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32")
CELLS = (
    "1e999", "-1e999", "nan", "inf", "9" * 400, "9223372036854775808", "0x1F", "1_000", "1,5", "1.234,5", "1 000",
    "12\u202f000", "\u0661\u0662", "\u00bd", "-", "--1", "1e", "5 days", "-365 days +00:00:00", "2024-02-30", "true",
    "Y", "XNA", "NULL", "N/A", " ", "\u00a0", "\u200b", "\x00", "\x1a", "\ufeff", '"', '""', "'", "a\nb", "a\r\nb",
    "\\", "=1+1", "$1", "{0}", "%s", "select 1", "x" * 5_000,
)  # fmt: skip


def table_targets(folder: Path) -> dict[str, Target]:
    """By name: one of the lender's tables, spoilt. Its first rows are made up; `folder` holds all of it."""
    synthesize(APPLICANTS, SEED, folder, progress=False)
    tables = {name: pq.read_table(folder / f"{name}.parquet").slice(0, ROWS) for name in table_names()}
    spoilt = [st.tuples(st.just(name), *_spoilt(table, folder)) for name, table in tables.items()]
    return {"tables": Target(st.one_of(spoilt), lambda sent: _table(folder, *sent))}


def _spoilt(table: pa.Table, folder: Path) -> tuple[Strategy, Strategy]:
    """Bytes of a file, and the end of its name."""
    frame = table.to_pandas()
    stored = [parquet(table, folder), arrow(table, folder), frame.to_csv(index=False).encode()]
    odd_columns = odd(table).map(lambda made: parquet(made, folder))
    content = st.one_of(*map(damaged, stored), odd_columns, *[_as_text(frame)] * 3)
    return content, mostly(st.sampled_from(TEXTS), beside=st.sampled_from(COLUMNS))


def _as_text(frame: pd.DataFrame) -> Strategy:
    """The table as text in some dialect, with odd cells in a few places."""
    rows, columns = st.integers(0, len(frame) - 1), st.integers(0, frame.shape[1] - 1)
    cell = st.tuples(rows, columns, st.sampled_from(CELLS) | st.text(max_size=20))

    def written(
        cells: list[tuple[int, int, str]], separator: str, encoding: str, pack: Callable[[bytes], bytes]
    ) -> bytes:
        changed = frame.astype(object)
        for row, column, value in cells:
            changed.iloc[row, column] = value
        return pack(changed.to_csv(index=False, sep=separator).encode(encoding, "replace"))

    packed: Strategy = st.sampled_from([bytes, bytes, bytes, gzip.compress])
    return st.builds(
        written, st.lists(cell, max_size=2), st.sampled_from(SEPARATORS), st.sampled_from(ENCODINGS), packed
    )


def _table(folder: Path, name: str, content: bytes, ending: str) -> bool:
    path = folder / f"{name}{ending}"
    path.write_bytes(content)
    source, definitions = Source(name, path.name, (Part(path),)), table_definitions(name)
    try:
        # It goes with the connection.
        store = Path(mkdtemp(dir=folder))
        connection = duckdb_connection(store)
        found = inspect_source(connection, source, definitions, store)
        with running(store, connection):
            found.table.to_pyarrow()
    except (TableError, EngineError) as error:
        _check(str(error).replace(str(folder), ""))
        return False
    finally:
        path.unlink()
    if words := refusal(path.name, found.findings, None):
        for line in words.splitlines():
            _check(line)
    return not words


def _check(words: str) -> None:
    check_words(words)
    assert not ENGINE_WORDS.search(words), words
