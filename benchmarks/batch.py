"""Measures `python -m scoring batch`: processor time and peak memory as the file grows, with and without reasons."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from scoring.lender.roles import APPLICANT_ID, INSTALMENT
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT

# Copies of the demo's applicants: about 10,000 and 50,000 rows.
GROWTH = (3, 15)
# Runs the command as a subprocess and prints its processor seconds and its peak memory in kB.
MEASURED = (
    "import resource, sys; from scoring.__main__ import main; main(sys.argv[1:]); "
    "used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
)


def grown(times: int, path: Path, columns: list[str] | None = None) -> int:
    """Repeats the demo's applicants under new ids, with these columns or all."""
    table = pq.read_table(DEMO_APPLICANTS, columns=columns)
    # To `/batch` a row is a new application, which needs its instalment.
    table = table.filter(pc.is_valid(table[INSTALMENT]))
    with pq.ParquetWriter(path, table.schema) as writer:
        for copy in range(times):
            ids = pa.array(np.arange(1, 1 + table.num_rows, dtype=np.int64) + copy * table.num_rows)
            index = table.schema.get_field_index(APPLICANT_ID)
            writer.write_table(table.set_column(index, table.schema.field(index), ids), row_group_size=2_000)
    return times * table.num_rows


def batch() -> list[str]:
    """Both, for a shorter and a longer file."""
    lines = []
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "applicants.parquet"
        for times in GROWTH:
            rows = grown(times, path)
            for options in ([], ["--no-reasons"]):
                seconds, megabytes = _measured(path, Path(scratch) / "scores.csv", options)
                lines.append(
                    f"batch {' '.join(options)}: {rows:,} rows in {seconds:.1f} s of processor time, "
                    f"{megabytes:.0f} MB at most"
                )
    return lines


def _measured(path: Path, out: Path, options: list[str]) -> tuple[float, float]:
    files = ["--artifact", str(DEMO_ARTIFACT), "--applicants", str(path), "--out", str(out)]
    command = [sys.executable, "-c", MEASURED, "batch", *files, *options]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, kilobytes = ran.stdout.split()
    return float(seconds), int(kilobytes) / 1024


if __name__ == "__main__":
    print("\n".join(batch()))
