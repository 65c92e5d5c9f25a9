"""Measures the endpoints at saturation, beside one that does nothing: `python -m benchmarks.programs`.

All are called in the same run, in turns, over one round trip of HTTP: on a shared machine only their ratio is of use,
and the processor time that the app needs for an answer, which others' work changes least.
"""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import httpx

from benchmarks.app import first_answer, running_app
from scoring.applicants.store import open_applicants
from scoring.serving.settings import DEMO_APPLICANTS

CALLERS = 24
ROUNDS = 5
SECONDS = 4.0
# app.py with one more endpoint.
WITH_NOTHING = """
import gc, time, gradio as gr, app
from scoring.interface.endpoints import answering
from scoring.interface.named import Endpoint
from scoring.interface.theme import launch_options

def nothing() -> dict:
    return {}

with app.demo:
    gr.api(answering(Endpoint(None, nothing, dict), app.calls), api_name="nothing", queue=False)
gc.collect()
gc.freeze()
app.demo.launch(**launch_options(), app_kwargs=app.app_options(), prevent_thread_lock=True)
time.sleep(3600)
"""


def processor_seconds(process: int) -> float:
    """What a process has used so far, and those that it waited for."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def per_second(address: str, process: int, endpoint: str, inputs: Iterator[list[object]]) -> tuple[float, float]:
    """Answers a second, each caller sending its next call when the last is answered; and processor time of each.

    Raises:
        RuntimeError: a call was not answered.
    """
    place = urlsplit(address)
    path = f"{place.path.removesuffix('call')}run/{endpoint}"
    until, counts, lock = perf_counter() + SECONDS, [], threading.Lock()

    def calls() -> None:
        connection, count = HTTPConnection(str(place.hostname), place.port), 0
        while perf_counter() < until:
            with lock:
                body = json.dumps({"data": next(inputs)})
            connection.request("POST", path, body, {"content-type": "application/json"})
            answer = connection.getresponse()
            received = answer.read()
            if answer.status != 200:
                raise RuntimeError(received.decode())
            count += 1
        counts.append(count)

    started, used = perf_counter(), processor_seconds(process)
    threads = [threading.Thread(target=calls) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered = sum(counts)
    return answered / (perf_counter() - started), (processor_seconds(process) - used) / answered


def programs(ids: list[int]) -> list[str]:
    """Answers a second of `/score`, in full and in short, and of an endpoint that does nothing."""
    amounts = itertools.count(100_000)
    calls = {
        "nothing": itertools.repeat([]),
        "score short": ([one, {"AMT_CREDIT": next(amounts)}, "en", "short"] for one in itertools.cycle(ids)),
        "score full": ([one, {"AMT_CREDIT": next(amounts)}, "en"] for one in itertools.cycle(ids)),
    }
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    with running_app(program=WITH_NOTHING, CALLS_PER_MINUTE="1000000") as (address, process):
        with httpx.Client(base_url=address, timeout=30) as client:
            first_answer(client)
        for name, inputs in list(calls.items()) * ROUNDS:
            measured[name].append(per_second(address, process, name.split()[0], inputs))
    nothing = measured["nothing"]
    return [
        f"/{name}: {median(rate for rate, _ in rounds):.0f} a second, "
        f"{median(rate / other for (rate, _), (other, _) in zip(rounds, nothing, strict=True)):.2f} times /nothing; "
        f"{1e3 * median(used for _, used in rounds):.1f} ms of processor time"
        for name, rounds in measured.items()
    ]


def main() -> None:
    """Prints how often a second each is answered."""
    ids = open_applicants(DEMO_APPLICANTS, ()).ids[:500].tolist()
    print("\n".join(programs(ids)))


if __name__ == "__main__":
    main()
