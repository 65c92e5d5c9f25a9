"""Measures batch scoring: rows per second with and without reasons, and peak memory as the file grows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.timing import medians
from scoring.lender.roles import APPLICANT_ID
from scoring.serving.batch import score_frame
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT

ROWS = 3_000
GROWTH = (20, 100)
# Runs the batch as a subprocess and prints its peak memory in kB.
MEASURED = (
    "import resource, sys; from scoring.__main__ import main; main(sys.argv[1:]); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def speed(service: Service) -> list[str]:
    """Rows per second with and without reasons."""
    assert service.applicants is not None
    frame = next(service.applicants.batches(ROWS))
    taken = medians(
        {
            "with": lambda: score_frame(service.artifact, frame, "en"),
            "without": lambda: score_frame(service.artifact, frame, "en", reasons=False),
        },
        3,
    )
    return [
        f"batch: {len(frame) / taken['with']:,.0f} rows per second with reasons, {len(frame) / taken['without']:,.0f} "
        f"without ({taken['with'] / taken['without']:.1f} times as long)"
    ]


def grown(times: int, path: Path) -> int:
    """Repeats the demo's applicants under new ids."""
    table = pq.read_table(DEMO_APPLICANTS)
    with pq.ParquetWriter(path, table.schema) as writer:
        for copy in range(times):
            ids = pa.array(np.arange(table.num_rows, dtype=np.int64) + copy * table.num_rows)
            index = table.schema.get_field_index(APPLICANT_ID)
            writer.write_table(table.set_column(index, table.schema.field(index), ids), row_group_size=2_000)
    return times * table.num_rows


def memory() -> list[str]:
    """Peak memory of `python -m scoring batch` for a longer file, relative to a shorter one."""
    peaks, rows = [], []
    with TemporaryDirectory() as scratch:
        for times in GROWTH:
            path = Path(scratch) / "applicants.parquet"
            rows.append(grown(times, path))
            options = ["--artifact", str(DEMO_ARTIFACT), "--applicants", str(path), "--out", f"{scratch}/scores.csv"]
            ran = subprocess.run(
                [sys.executable, "-c", MEASURED, "batch", *options, "--no-reasons"],
                capture_output=True,
                text=True,
                check=True,
            )
            peaks.append(int(ran.stdout) / 1024)
    return [
        f"batch memory: {peaks[1] / peaks[0]:.2f} times the peak for {rows[1] / rows[0]:.0f} times the applicants "
        f"({peaks[0]:.0f} MB for {rows[0]:,}, {peaks[1]:.0f} MB for {rows[1]:,})"
    ]
