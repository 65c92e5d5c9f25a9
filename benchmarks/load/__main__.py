"""The load of a branch on an app of its own, and what comes of it:

python -m benchmarks.load                       50 advisers and 5 calls a second, five minutes, one process
python -m benchmarks.load --processes 2         the same before PostgreSQL and behind nginx
python -m benchmarks.load --overload 5 --seconds 60 --advisers 10 --thinking 2
                                                a minute each: as usual, five times as much, and 30 s later
"""

from __future__ import annotations

import argparse
import csv
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from urllib.parse import urlsplit

import httpx

from benchmarks.app import LONGEST_START, first_answer, resident_megabytes, running_app
from scoring.journal.journal import EntryFilter, open_journal
from scoring.serving.settings import ROOT
from tests.databases import new_database, running_postgres
from tests.nginx import running_nginx

RECOVERY_SECONDS = 30
MOST_DECISIONS = 1_000_000
LOCUSTFILE = Path(__file__).with_name("locustfile.py")


@dataclass(frozen=True)
class Running:
    """An app in one process or several: its address, its processes, and where its journal is."""

    url: str
    processes: list[int]
    journal: str

    @property
    def megabytes(self) -> float:
        """Resident memory, with that of the processes that draw; what they share counts in each."""
        return sum(resident_megabytes(each) for parent in self.processes for each in (parent, *_children(parent)))


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


def put_load(app: Running, folder: Path, options: argparse.Namespace, times: float = 1) -> dict[str, str]:
    """Has Locust put that load on it, and prints what came of it; returns Locust's figures on edits."""
    kept = folder / "acknowledged"
    own = {"ADVISERS": times * options.advisers, "THINKING": options.thinking, "CALLS": times * options.calls}
    environment = {**os.environ, **{name: str(value) for name, value in own.items()}, "ACKNOWLEDGED": str(kept)}
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "-u", "2", "-r", "2", "-H", app.url]
    more = ["-t", f"{options.seconds}s", "--csv", str(folder / "load"), "--only-summary", "--loglevel", "ERROR"]
    load, memory = os.getloadavg()[0], app.megabytes
    quiet = subprocess.DEVNULL
    subprocess.run([*command, *more], cwd=ROOT, env=environment, check=False, stdout=quiet, stderr=quiet)
    rows = list(csv.DictReader((folder / "load_stats.csv").read_text().splitlines()))
    print(f"{own['ADVISERS']:g} advisers who think {own['THINKING']:g} s, {own['CALLS']:g} calls a second:")
    for row in rows:
        counts = f"{int(row['Request Count']):7,} of which {int(row['Failure Count']):,} failed"
        print(f"  {row['Name']:<12} {counts}; median {row['50%']} ms, p95 {row['95%']} ms, p99 {row['99%']} ms")
    for row in csv.DictReader((folder / "load_failures.csv").read_text().splitlines()):
        print(f"  {row['Occurrences']} times in {row['Name']}: {row['Error']}")
    entries = {int(line) for line in kept.read_text().split()} if kept.exists() else set()
    decided = open_journal(app.journal).entries(EntryFilter(kind="decision", limit=MOST_DECISIONS))
    found = {each.number for each in decided}
    print(f"  {len(entries)} decisions acknowledged so far, of which the journal lacks {len(entries - found)}")
    print(f"  memory {memory:.0f} MB before, {app.megabytes:.0f} after; load {load:.1f} and {os.getloadavg()[0]:.1f}")
    return next(row for row in rows if row["Name"] == "edit")


def main() -> int:
    """Runs the app, puts the load on it, and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--advisers", type=float, default=50)
    parser.add_argument("--thinking", type=float, default=10, help="seconds between two events of one adviser")
    parser.add_argument("--calls", type=float, default=5, help="of programs, a second")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--overload", type=float, help="how many times as much, between two stretches as usual")
    options = parser.parse_args()
    with TemporaryDirectory() as name, running(options.processes, Path(name)) as app:
        before = put_load(app, Path(name), options)
        if options.overload:
            put_load(app, Path(name), options, options.overload)
            sleep(RECOVERY_SECONDS)
            after = put_load(app, Path(name), options)
            print(f"p95 of an edit: {before['95%']} ms before, {after['95%']} ms {RECOVERY_SECONDS} s after")
    return 0


if __name__ == "__main__":
    sys.exit(main())
