"""Measures the app: time from start to first answer, and memory after many requests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import httpx

from scoring.serving.settings import ROOT

REQUESTS = 200
LONGEST_START = 240
ATTEMPTS = 3


@contextmanager
def running_app(program: str | None = None, **settings: str) -> Iterator[tuple[str, int]]:
    """Runs the app, or a program in its place, with settings as a subprocess; yields its address and process id.

    Raises:
        RuntimeError: it does not start; with the end of what it wrote.
        TimeoutError: it is not ready within `LONGEST_START`.
    """
    with TemporaryDirectory() as folder:
        journal = f"sqlite:///{folder}/journal.db"
        process, port = _started(Path(folder) / "log", program, {"JOURNAL_URL": journal, **settings})
        try:
            yield f"http://127.0.0.1:{port}/gradio_api/call", process.pid
        finally:
            process.terminate()
            process.wait()


def _started(log: Path, program: str | None, settings: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """The app, ready, on a port that was free; somebody else may take that first, and then it is another."""
    for _ in range(ATTEMPTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # By default gradio takes the next port if this one is not served within five seconds, and nobody finds it.
        own = {"ALLOW_ANONYMOUS": "1", "GRADIO_SERVER_PORT": str(port), "GRADIO_NUM_PORTS": "1"}
        with log.open("wb") as written:
            process = subprocess.Popen(
                [sys.executable, "-c", program] if program else [sys.executable, "app.py"],
                cwd=ROOT,
                env={**os.environ, **own, **settings},
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        if _is_ready(process, f"http://127.0.0.1:{port}/ready"):
            return process, port
    raise RuntimeError(f"The app does not start: {log.read_text()[-1000:]}")


def _is_ready(process: subprocess.Popen[bytes], address: str) -> bool:
    """Waits until the app is ready; False if it ends before."""
    until = perf_counter() + LONGEST_START
    while process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(address, timeout=LONGEST_START).is_success:
                return True
        if perf_counter() > until:
            process.kill()
            raise TimeoutError(f"not ready within {LONGEST_START} s")
        sleep(0.1)
    return False


def call(client: httpx.Client, endpoint: str, inputs: list[object]) -> str:
    """Gets one answer over plain HTTP: posts the inputs, reads the event."""
    event = client.post(f"/{endpoint}", json={"data": inputs}).json()["event_id"]
    return client.get(f"/{endpoint}/{event}").text


def first_answer(client: httpx.Client) -> None:
    """Gets an answer, for which an app that has just started makes ready what later ones find."""
    call(client, "model", [])


def resident_megabytes(process: int) -> float:
    """A process's resident memory."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def app(ids: list[int]) -> list[str]:
    """Start, memory and latency, with the bundled artifact."""
    began = perf_counter()
    with running_app() as (address, process), httpx.Client(base_url=address, timeout=30) as client:
        first_answer(client)
        start = perf_counter() - began
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
