"""The file of applicants that serving looks people up in: raw fields and history features, sorted by id."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.files import complete_or_absent
from training.dataset import applicant_table
from training.tables import read_tables

# Looking one applicant up costs the reading of one row group.
ROWS_PER_GROUP = 2_000


def write_applicants(data: Path, out: Path) -> int:
    """Writes every applicant of a folder of tables to one Parquet file, and returns how many there are.

    The file appears under its name only when it is complete. It holds SK_ID_CURR, the raw application fields and the
    history features; no TARGET.

    Raises:
        TableError: a table cannot be used.
    """
    applicants = applicant_table(read_tables(data, outcomes=False), "all")
    with complete_or_absent(out) as partial:
        table = pa.Table.from_pandas(applicants, preserve_index=False)
        pq.write_table(table, partial, compression="zstd", row_group_size=ROWS_PER_GROUP)
    return len(applicants)
