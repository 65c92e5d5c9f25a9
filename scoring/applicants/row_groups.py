"""A file's row groups, read one at a time: Parquet, or Arrow for many applicants.

Parquet's footer describes every column of every group, and stays in memory while the file is served: half a gigabyte
for a million applicants with 900 columns. Arrow's footer only says where the groups begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

ARROW_MAGIC = b"ARROW1"


class RowGroups(Protocol):
    """A source of applicants; every read opens the file anew, so that threads never share a reader."""

    @property
    def schema(self) -> pa.Schema:
        """The columns, and what the file's maker wrote beside them."""

    def columns(self, name: str) -> list[pa.ChunkedArray]:
        """One column, group by group."""

    def read(self, group: int, columns: Sequence[str]) -> pa.Table:
        """Some columns of a group."""

    def batches(self, columns: Sequence[str], rows: int, first: int = 0) -> Iterator[pa.Table]:
        """Some columns of the groups from `first` on, in tables of at most `rows` rows."""


@dataclass(frozen=True, eq=False)
class ParquetGroups:
    """A Parquet file; its footer is read once."""

    path: Path
    footer: pq.FileMetaData

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns, and what the file's maker wrote beside them."""
        return self.footer.schema.to_arrow_schema()

    def columns(self, name: str) -> list[pa.ChunkedArray]:
        """One column, group by group."""
        with pq.ParquetFile(self.path, metadata=self.footer) as file:
            groups = (file.read_row_group(group, [name]) for group in range(self.footer.num_row_groups))
            return [table.column(0) for table in groups]

    def read(self, group: int, columns: Sequence[str]) -> pa.Table:
        """Some columns of a group."""
        with pq.ParquetFile(self.path, metadata=self.footer) as file:
            return file.read_row_group(group, columns=list(columns))

    def batches(self, columns: Sequence[str], rows: int, first: int = 0) -> Iterator[pa.Table]:
        """Some columns of the groups from `first` on, in tables of at most `rows` rows."""
        groups = range(first, self.footer.num_row_groups)
        # With read-ahead, row groups would pile up in memory.
        with pq.ParquetFile(self.path, metadata=self.footer, pre_buffer=False) as file:
            for batch in file.iter_batches(batch_size=rows, row_groups=list(groups), columns=list(columns)):
                yield pa.Table.from_batches([batch])


@dataclass(frozen=True, eq=False)
class ArrowGroups:
    """An Arrow IPC file. It is not memory-mapped, since truncating a mapped file would crash the process."""

    path: Path
    schema: pa.Schema
    groups: int

    def _read(self, groups: range, columns: Sequence[str]) -> Iterator[pa.Table]:
        places = [self.schema.get_field_index(name) for name in columns]
        options = ipc.IpcReadOptions(included_fields=places, use_threads=False)
        with pa.OSFile(str(self.path)) as source, ipc.open_file(source, options=options) as file:
            for group in groups:
                yield pa.Table.from_batches([file.get_batch(group)]).select(list(columns))

    def columns(self, name: str) -> list[pa.ChunkedArray]:
        """One column, group by group."""
        return [table.column(0) for table in self._read(range(self.groups), [name])]

    def read(self, group: int, columns: Sequence[str]) -> pa.Table:
        """Some columns of a group."""
        return next(self._read(range(group, group + 1), columns))

    def batches(self, columns: Sequence[str], rows: int, first: int = 0) -> Iterator[pa.Table]:
        """Some columns of the groups from `first` on, in tables of at most `rows` rows."""
        for table in self._read(range(first, self.groups), columns):
            yield from (pa.Table.from_batches([batch]) for batch in table.to_batches(max_chunksize=rows))


def open_groups(path: Path) -> RowGroups:
    """The groups of a Parquet or Arrow file, distinguished by their first bytes.

    Raises:
        OSError: there is no such file.
        pa.ArrowInvalid: it is neither.
    """
    with path.open("rb") as file:
        arrow = file.read(len(ARROW_MAGIC)) == ARROW_MAGIC
    if not arrow:
        return ParquetGroups(path, pq.read_metadata(path))
    with pa.OSFile(str(path)) as source, ipc.open_file(source) as opened:
        return ArrowGroups(path, opened.schema, opened.num_record_batches)
