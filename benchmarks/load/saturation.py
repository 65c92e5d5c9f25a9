"""Where the app saturates, and what does: `python -m benchmarks.load.saturation [--processes 2]`.

A closed loop: each adviser thinks, sends an event of the page and waits for its answer. Their number doubles until p95
of an edit exceeds a second. For a quiet machine: processes are told apart by what they are called.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from contextlib import suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.load.runs import Running, put_load, running

LONGEST_EDIT_MS = 1_000
FEWEST = 10
TICKS = os.sysconf("SC_CLK_TCK")
# Whose a process is, by a word of its command.
CALLED = {"postgres": "database", "nginx": "nginx"}
# Of its bound, from which something counts as saturated.
FULL = 0.9


def processor_seconds(app: Running) -> dict[str, float]:
    """What has been used of the processors so far, by whom; what is not the app's is mostly the load's own."""
    known = dict.fromkeys(app.drawing, "drawing") | dict.fromkeys(app.processes, "app")
    used: dict[str, float] = defaultdict(float)
    for path in Path("/proc").glob("[0-9]*/stat"):
        # One that ends meanwhile.
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            command = path.with_name("cmdline").read_text()
            called = next((who for word, who in CALLED.items() if word in command), "")
            name = known.get(int(path.parent.name), called)
            if name:
                used[name] += (int(fields[11]) + int(fields[12])) / TICKS
    user, nice, system, _idle, _waiting, *interrupts = map(int, Path("/proc/stat").read_text().split()[1:8])
    used["load and others"] = (user + nice + system + sum(interrupts)) / TICKS - sum(used.values())
    return used


def saturated(shares: dict[str, float], processes: int) -> list[str]:
    """What is used up, by the processors that each used on average."""
    bounds = {"interpreter lock": (shares.get("app", 0.0), processes)}
    bounds["database"] = (shares.get("database", 0.0), 1)
    bounds["drawing"] = (shares.get("drawing", 0.0), max(1, (os.cpu_count() or 1) - 1) * processes)
    bounds["processors of the machine"] = (sum(shares.values()), os.cpu_count() or 1)
    return [name for name, (share, bound) in bounds.items() if share >= FULL * bound]


def main() -> int:
    """Prints a line for each number of advisers."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load.saturation")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--thinking", type=float, default=10, help="seconds between two events of one adviser")
    parser.add_argument("--seconds", type=int, default=120, help="with each number of advisers")
    options = parser.parse_args()
    with TemporaryDirectory() as name, running(options.processes, Path(name)) as app:
        for step in count():
            advisers, began, before = FEWEST * 2**step, perf_counter(), processor_seconds(app)
            own = {"THINKING": options.thinking}
            rows = put_load(app, Path(name), ["Desk"], advisers, options.seconds, own)
            elapsed = perf_counter() - began
            shares = {who: (used - before.get(who, 0)) / elapsed for who, used in processor_seconds(app).items()}
            edit, every, full = rows["edit"], rows["Aggregated"], saturated(shares, options.processes)
            rate = f"{float(every['Requests/s']):.1f} events a second, {every['Failure Count']} failed"
            print(f"{advisers} advisers: {rate}; edit median {edit['50%']} ms, p95 {edit['95%']} ms")
            print(f"  processors: {', '.join(f'{who} {share:.2f}' for who, share in shares.items())}")
            print(f"  saturated: {', '.join(full) or 'nothing'}", flush=True)
            if int(edit["95%"]) > LONGEST_EDIT_MS:
                return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
