"""Parquet files whose footer is sound and whose pages are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq


def damage(path: Path, column: str) -> None:
    """Overwrites the pages of a column in the first row group with random bytes."""
    group = pq.read_metadata(path).row_group(0)
    chunks = [group.column(place) for place in range(group.num_columns)]
    chunk = next(chunk for chunk in chunks if chunk.path_in_schema == column)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + chunk.total_compressed_size] = np.random.default_rng(1).bytes(chunk.total_compressed_size)
    path.write_bytes(content)
