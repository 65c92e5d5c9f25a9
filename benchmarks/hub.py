"""Measures the cost of loading the model from the hub, and of many applicants.

`python -m benchmarks.hub --applicants 1000000` looks applicants up in a file of that size. It takes minutes, and 2 GB
of disk.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.app import first_answer, resident_megabytes, running_app
from scoring.applicants.store import open_applicants
from scoring.artifact.load import load_artifact
from scoring.lender.roles import APPLICANT_ID
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT
from tests.hub.published import MODEL, put_model
from tests.hub.server import running_hub
from training.tables.batches import ROWS, write_batches

ROUNDS = 3
LOOKED_UP = 100
APPLICANTS = 100_000


def _started(**settings: str) -> float:
    """Seconds from the start of an app with these settings to its first answer."""
    began = perf_counter()
    with running_app(**settings) as (address, _), httpx.Client(base_url=address, timeout=30) as client:
        first_answer(client)
        return perf_counter() - began


def start_up() -> list[str]:
    """Start-up time with a warm cache of the hub's model, relative to the bundled one; measured in turns."""
    bundled, warm = [], []
    with running_hub() as hub, TemporaryDirectory() as home:
        put_model(hub)
        settings = {
            "MODEL_REPO": MODEL,
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": hub.reader,
            "HF_HOME": home,
            "HF_HUB_DISABLE_XET": "1",
            "APPLICANTS": str(DEMO_APPLICANTS),
        }
        cold = _started(**settings)
        for _ in range(ROUNDS):
            bundled.append(_started())
            warm.append(_started(**settings))
    ratio, more = median(warm) / median(bundled), median(warm) - median(bundled)
    return [
        f"hub: from a warm cache the first answer takes {ratio:.2f} times as long as with the bundled model "
        f"({more:+.1f} s on {median(bundled):.1f} s; the first start, with downloads, {cold:.1f} s)"
    ]


def _many(applicants: int) -> Iterator[pa.Table]:
    """Repeats the demo's first applicants under new ids."""
    table = pq.read_table(DEMO_APPLICANTS).slice(0, ROWS).combine_chunks()
    index = table.schema.get_field_index(APPLICANT_ID)
    for start in range(0, applicants, ROWS):
        ids = pa.array(np.arange(start, start + ROWS, dtype=np.int64))
        yield table.set_column(index, table.schema.field(index), ids)


def lookups(applicants: int) -> list[str]:
    """Time and memory of looking applicants up in a large file."""
    names = load_artifact(DEMO_ARTIFACT, "demo").history_names
    schema = pq.read_schema(DEMO_APPLICANTS)
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "applicants.arrow"
        rows = write_batches(_many(applicants), schema, path)
        before, began = resident_megabytes(os.getpid()), perf_counter()
        file = open_applicants(path, names)
        opened, taken = perf_counter() - began, []
        for applicant_id in np.random.default_rng(1).choice(file.ids, LOOKED_UP, replace=False).tolist():
            began = perf_counter()
            file.find(applicant_id)
            taken.append(perf_counter() - began)
        more = resident_megabytes(os.getpid()) - before
    return [
        f"applicants: {rows:,} opened in {opened:.1f} s, one looked up in {1e3 * median(taken):.0f} ms (median of "
        f"{LOOKED_UP}; longest {1e3 * max(taken):.0f} ms), {more:.0f} MB more memory"
    ]


def main() -> int:
    """Prints the figures for a large file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hub")
    parser.add_argument("--applicants", type=int, default=APPLICANTS)
    for line in lookups(parser.parse_args().applicants):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
