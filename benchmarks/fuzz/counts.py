"""How many inputs there were, over as many runs as add to one file."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from time import process_time

COLUMNS = ("target", "by", "seed", "inputs", "answered", "seconds")
ADDED_EVERY = 1_000


class Counts:
    """Counts the inputs of one run, and adds a line to the file for every so many.

    Args:
        path: the file; it is made if it is not there.
        target: what is tried.
        by: what makes up the inputs, such as "hypothesis".
        seed: of the first of them.
    """

    def __init__(self, path: Path, target: str, by: str, seed: int) -> None:
        self._path, self._run = path, (target, by, seed)
        self._inputs = self._answered = 0
        self._began = process_time()

    def add(self, answered: bool) -> None:
        """Counts an input in which nothing was found."""
        self._inputs += 1
        self._answered += answered
        if self._inputs == ADDED_EVERY:
            self.write()

    def write(self) -> None:
        """Adds what was counted since the last line, with its processor time in seconds."""
        line = (*self._run, self._inputs, self._answered, f"{process_time() - self._began:.2f}")
        with self._path.open("a", newline="") as file:
            csv.writer(file).writerow(line)
        self._inputs = self._answered = 0
        self._began = process_time()


def table(path: Path) -> str:
    """All that the file counts, as a table with a line for each target and one for all."""
    sums: dict[str, Counter[str]] = {}
    with path.open(newline="") as file:
        for line in csv.DictReader(file, COLUMNS):
            for name in (line["target"], "all"):
                counted = {column: float(line[column]) for column in COLUMNS[3:]}
                sums.setdefault(name, Counter()).update(counted)
    sums["all"] = sums.pop("all", Counter())
    heading = ["| target | inputs | answered | processor time, s |", "|---|---|---|---|"]
    lines = [
        f"| {name} | {of['inputs']:,.0f} | {of['answered']:,.0f} | {of['seconds']:,.0f} |" for name, of in sums.items()
    ]
    return "\n".join([*heading, *lines])
