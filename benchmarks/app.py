"""Measures the app: time from start to first answer, and memory after many requests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import httpx

from scoring.serving.settings import ROOT

REQUESTS = 200
LONGEST_START = 240


@contextmanager
def running_app(program: str | None = None, **settings: str) -> Iterator[tuple[str, int]]:
    """Runs the app, or a program in its place, with settings as a subprocess; yields its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with TemporaryDirectory() as folder:
        own = {"ALLOW_ANONYMOUS": "1", "GRADIO_SERVER_PORT": str(port), "JOURNAL_URL": f"sqlite:///{folder}/journal.db"}
        process = subprocess.Popen(
            [sys.executable, "-c", program] if program else [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, **own, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://127.0.0.1:{port}/gradio_api/call", process.pid
        finally:
            process.terminate()
            process.wait()


def call(client: httpx.Client, endpoint: str, inputs: list[object]) -> str:
    """Gets one answer over plain HTTP: posts the inputs, reads the event."""
    event = client.post(f"/{endpoint}", json={"data": inputs}).json()["event_id"]
    return client.get(f"/{endpoint}/{event}").text


def first_answer(client: httpx.Client) -> float:
    """Waits for the app's first answer and returns the seconds that it took.

    Raises:
        TimeoutError: it does not answer within `LONGEST_START`.
    """
    start = perf_counter()
    while perf_counter() - start < LONGEST_START:
        try:
            call(client, "model", [])
        except httpx.TransportError:
            sleep(0.1)
        else:
            return perf_counter() - start
    raise TimeoutError(f"no answer within {LONGEST_START} s")


def resident_megabytes(process: int) -> float:
    """A process's resident memory."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def app(ids: list[int]) -> list[str]:
    """Start, memory and latency, with the bundled artifact."""
    with running_app() as (address, process), httpx.Client(base_url=address, timeout=30) as client:
        start = first_answer(client)
        before, taken = resident_megabytes(process), []
        for number in range(REQUESTS):
            inputs = [ids[number % len(ids)], {"AMT_CREDIT": 100_000 + 1_000 * number}, "en"]
            began = perf_counter()
            call(client, ("score", "explain")[number % 2], inputs)
            taken.append(perf_counter() - began)
        after = resident_megabytes(process)
    return [
        f"app: first answer {start:.1f} s after starting; {after:.0f} MB after {REQUESTS} requests "
        f"({after / before:.2f} times the {before:.0f} MB before them); median request {1e3 * median(taken):.0f} ms"
    ]
