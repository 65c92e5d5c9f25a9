"""The load of a branch on an app of its own, and what comes of it:

python -m benchmarks.load                       50 advisers and 5 calls a second, five minutes, one process
python -m benchmarks.load --processes 2         the same before PostgreSQL and behind nginx
python -m benchmarks.load --overload 5 --seconds 60 --advisers 10 --thinking 2
                                                a minute each: as usual, five times as much, and 30 s later
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from benchmarks.load.runs import Row, Running, put_load, running
from scoring.journal.journal import EntryFilter, open_journal

RECOVERY_SECONDS = 30
MOST_DECISIONS = 1_000_000
# One of Locust's users makes all visits, another all calls.
KINDS = ("Adviser", "Program")


def measured(app: Running, folder: Path, options: argparse.Namespace, times: float = 1) -> Row:
    """Puts that load on the app and prints what came of it; returns Locust's figures on edits."""
    kept = folder / "acknowledged"
    own = {"ADVISERS": times * options.advisers, "THINKING": options.thinking, "CALLS": times * options.calls}
    load, memory = os.getloadavg()[0], app.megabytes
    print(f"{own['ADVISERS']:g} advisers who think {own['THINKING']:g} s, {own['CALLS']:g} calls a second:")
    rows = put_load(app, folder, KINDS, len(KINDS), options.seconds, {**own, "ACKNOWLEDGED": kept})
    for name, row in rows.items():
        counts = f"{int(row['Request Count']):7,} of which {int(row['Failure Count']):,} failed"
        print(f"  {name:<12} {counts}; median {row['50%']} ms, p95 {row['95%']} ms, p99 {row['99%']} ms")
    entries = {int(line) for line in kept.read_text().split()} if kept.exists() else set()
    decided = open_journal(app.journal).entries(EntryFilter(kind="decision", limit=MOST_DECISIONS))
    found = {each.number for each in decided}
    print(f"  {len(entries)} decisions acknowledged so far, of which the journal lacks {len(entries - found)}")
    print(f"  memory {memory:.0f} MB before, {app.megabytes:.0f} after; load {load:.1f} and {os.getloadavg()[0]:.1f}")
    return rows.get("edit", {})


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
        before = measured(app, Path(name), options)
        if options.overload:
            measured(app, Path(name), options, options.overload)
            sleep(RECOVERY_SECONDS)
            after = measured(app, Path(name), options)
            print(f"p95 of an edit: {before.get('95%')} ms before, {after.get('95%')} ms {RECOVERY_SECONDS} s after")
    return 0


if __name__ == "__main__":
    sys.exit(main())
