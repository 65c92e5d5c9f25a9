"""`python -m benchmarks.portfolio`: `/batch` over HTTP, and 100 rows at once beside single calls of `/score`."""

from __future__ import annotations

import itertools
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import httpx
import pandas as pd

from benchmarks.app import first_answer, resident_megabytes, running_app
from benchmarks.batch import GROWTH, grown
from benchmarks.programs import per_second, processor_seconds
from scoring.artifact.load import load_artifact
from scoring.lender.roles import APPLICANT_ID, CREDIT
from scoring.schema.fields import fields
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT

BULK, ROUNDS, SECONDS = 100, 3, 4.0
# Between two looks at how far a file is: one that takes a minute, and one that takes a moment.
FILE_LOOK, BULK_LOOK = 0.5, 0.01


def portfolio(ids: list[int]) -> list[str]:
    """Processor time and memory for files of two sizes; then rows a second in bulk and one by one, in turns."""
    columns = [APPLICANT_ID, *fields(), *load_artifact(DEMO_ARTIFACT, "demo").history_names]
    with (
        running_app(CALLS_PER_MINUTE="1000000") as (calls, process),
        httpx.Client(base_url=calls.removesuffix("/gradio_api/call"), timeout=600) as client,
        TemporaryDirectory() as folder,
    ):
        with httpx.Client(base_url=calls, timeout=60) as endpoints:
            first_answer(endpoints)
        path = Path(folder) / "sent.parquet"
        lines = [_file(client, process, path, times, columns) for times in GROWTH]
        return [*lines, _bulk(client, calls, process, ids, columns)]


def _file(client: httpx.Client, process: int, path: Path, times: int, columns: list[str]) -> str:
    rows = grown(times, path, columns)
    used, before, start = processor_seconds(process), resident_megabytes(process), perf_counter()
    peak = _scored(client, path.read_bytes(), process, FILE_LOOK)
    taken, used = perf_counter() - start, processor_seconds(process) - used
    return (
        f"/batch: {rows:,} rows in {used:.1f} s of processor time, {taken:.0f} s in all; "
        f"{peak:.0f} MB at most, {before:.0f} before"
    )


def _scored(client: httpx.Client, content: bytes, process: int, look: float) -> float:
    """Has a file scored; returns the largest memory that was seen meanwhile, in MB."""
    address, peak = f"/batch/{client.post('/batch', content=content).json()['batch']}", 0.0
    while (seen := client.get(address).json())["state"] in ("waiting", "running"):
        peak = max(peak, resident_megabytes(process))
        sleep(look)
    if seen["state"] != "done" or seen["refused"]:
        raise RuntimeError(f"{seen['error'] or seen['errors'][0]}")
    return peak


def _bulk(client: httpx.Client, calls: str, process: int, ids: list[int], columns: list[str]) -> str:
    amounts = itertools.count(100_000)
    single = ([one, {CREDIT: next(amounts)}, "en", "short"] for one in itertools.cycle(ids))
    content = pd.read_parquet(DEMO_APPLICANTS, columns=columns).head(BULK).to_csv(index=False).encode()
    ratios, singles, bulks = [], [], []
    for _ in range(ROUNDS):
        singles.append(per_second(calls, process, "score", single)[0])
        rows, start = 0, perf_counter()
        while perf_counter() - start < SECONDS:
            _scored(client, content, process, BULK_LOOK)
            rows += BULK
        bulks.append(rows / (perf_counter() - start))
        ratios.append(bulks[-1] / singles[-1])
    return (
        f"{BULK} rows in /batch: {median(bulks):.0f} rows a second, {median(ratios):.1f} times the "
        f"{median(singles):.0f} calls a second of /score short"
    )


def main() -> None:
    """Prints them."""
    ids = pd.read_parquet(DEMO_APPLICANTS, columns=[APPLICANT_ID])[APPLICANT_ID].head(500).tolist()
    print("\n".join(portfolio(ids)))


if __name__ == "__main__":
    main()
