"""An app under Locust's load: started, loaded, and what came of it."""

from __future__ import annotations

import csv
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.app import LONGEST_START, first_answer, resident_megabytes, running_app
from scoring.serving.settings import ROOT
from tests.databases import new_database, running_postgres
from tests.nginx import running_nginx

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
# In the words of a failure: how long to wait, and the number of the request.
OF_ONE_REQUEST = re.compile(r"about \d+ s|(?<=request_id\":\")\w+")

# Locust's figures on one kind of event, by the heading of its column.
Row = dict[str, str]


@dataclass(frozen=True)
class Running:
    """An app in one process or several: its address, its processes, and where its journal is."""

    url: str
    processes: list[int]
    journal: str

    @property
    def drawing(self) -> list[int]:
        """The processes that draw figures."""
        return [child for parent in self.processes for child in _children(parent)]

    @property
    def megabytes(self) -> float:
        """Resident memory, with that of the processes that draw; what they share counts in each."""
        return sum(resident_megabytes(each) for each in (*self.processes, *self.drawing))


def _children(process: int) -> list[int]:
    """The processes that a process has started, whichever of its threads did."""
    started = [path.read_text().split() for path in Path(f"/proc/{process}/task").glob("*/children")]
    return [int(child) for children in started for child in children]


@contextmanager
def running(processes: int, folder: Path) -> Iterator[Running]:
    """An app as it runs by itself, or so many before PostgreSQL and behind nginx."""
    with ExitStack() as stack:
        settings = {"JOURNAL_URL": f"sqlite:///{folder / 'journal.db'}", "CALLS_PER_MINUTE": "1000000"}
        if processes > 1:
            settings["JOURNAL_URL"] = new_database(stack.enter_context(running_postgres()))
            settings |= {"GRADIO_ROOT_PATH": "/credit", "FORWARDED_ALLOW_IPS": "127.0.0.1"}
        apps = [stack.enter_context(running_app(**settings)) for _ in range(processes)]
        for address, _ in apps:
            with httpx.Client(base_url=address, timeout=LONGEST_START) as client:
                first_answer(client)
        ports = [urlsplit(address).port or 0 for address, _ in apps]
        url = f"http://127.0.0.1:{ports[0]}"
        if processes > 1:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            url = stack.enter_context(running_nginx(folder, port, ports))
        yield Running(url, [process for _, process in apps], settings["JOURNAL_URL"])


def put_load(
    app: Running, folder: Path, kinds: Sequence[str], users: int, seconds: int, settings: Mapping[str, object]
) -> dict[str, Row]:
    """Has so many users of Locust put load on the app, and prints what could not be done.

    Args:
        app: what is loaded.
        folder: for Locust's tables.
        kinds: of users, by their class in the locustfile.
        users: how many in all, begun within two seconds.
        seconds: how long.
        settings: for the locustfile, as environment.

    Returns:
        Locust's figures by kind of event.
    """
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *kinds, "--headless", "-H", app.url]
    command += ["-u", str(users), "-r", str(max(1, users / 2)), "-t", f"{seconds}s", "--csv", str(folder / "load")]
    environment, quiet = {**os.environ, **{name: str(value) for name, value in settings.items()}}, subprocess.DEVNULL
    command += ["--only-summary", "--loglevel", "ERROR"]
    subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=quiet, stderr=quiet)
    failures: Counter[tuple[str, str]] = Counter()
    for row in csv.DictReader((folder / "load_failures.csv").read_text().splitlines()):
        failures[row["Name"], OF_ONE_REQUEST.sub("…", row["Error"])] += int(row["Occurrences"])
    for (name, error), times in failures.items():
        print(f"  {times} times in {name}: {error}")
    return {row["Name"]: row for row in csv.DictReader((folder / "load_stats.csv").read_text().splitlines())}
