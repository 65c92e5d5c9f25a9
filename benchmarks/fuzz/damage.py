"""Files with a few bytes of theirs changed, and tables with a column of another type."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
from hypothesis import strategies as st

from benchmarks.fuzz.inputs import Strategy

MOST_CHANGED = 8
SPECIAL = (b"\0", b"\xff\xfe", b'"', b"\n", b",,")
ODD_TYPES = (
    pa.bool_(), pa.int8(), pa.uint64(), pa.float16(), pa.decimal128(20, 3), pa.string(), pa.large_binary(), pa.date32(),
    pa.timestamp("ns"), pa.duration("s"), pa.null(), pa.list_(pa.int64()), pa.struct([("x", pa.string())]),
)  # fmt: skip


def damaged(content: bytes) -> Strategy:
    """The content with a few bytes changed, put in or cut off."""
    place = st.integers(0, len(content) - 1)

    def change(changes: list[tuple[int, bytes]], end: int | None) -> bytes:
        spoilt = bytearray(content)
        for at, put in changes:
            spoilt[at : at + len(put)] = put
        return bytes(spoilt[:end])

    put = st.tuples(place, st.binary(min_size=1, max_size=4) | st.sampled_from(SPECIAL))
    return st.builds(change, st.lists(put, max_size=MOST_CHANGED), st.none() | place)


def odd(table: pa.Table) -> Strategy:
    """The table with one column of another type, without values or with those that can be made of its own."""

    def change(at: int, kind: pa.DataType, name: str | None) -> pa.Table:
        column = table.column(at)
        try:
            made = column.cast(kind, safe=False)
        except (pa.ArrowException, TypeError):
            made = pa.nulls(len(table), kind)
        return table.set_column(at, name or table.column_names[at], made)

    last = table.num_columns - 1
    places = st.integers(0, min(20, last)) | st.integers(0, last)
    return st.builds(change, places, st.sampled_from(ODD_TYPES), st.none() | st.text(max_size=8))


def parquet(table: pa.Table, folder: Path) -> bytes:
    """The table as Parquet, by way of a file in the folder."""
    pq.write_table(table, folder / "made")
    return (folder / "made").read_bytes()


def arrow(table: pa.Table, folder: Path) -> bytes:
    """The table as an Arrow file, by way of a file in the folder."""
    with ipc.new_file(str(folder / "made"), table.schema) as file:
        file.write_table(table)
    return (folder / "made").read_bytes()
