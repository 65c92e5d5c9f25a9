"""Measures the cost of checking all values: `python -m benchmarks.checks [--applicants N] [--data DIR]`.

It is compared with the cost of reading, which any use of the tables incurs: parsing text once into Parquet, then
reading every value once. The check is the pass of `training.tables.checks.inspect`. Both are run on the same tables in
the same process, and the least processor time of three runs counts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from ibis.expr import types as ir

from training.lender.synthetic.synthesize import synthesize
from training.tables.checks import inspect
from training.tables.definitions import table_definitions
from training.tables.engines import duckdb_connection
from training.tables.read import typed, types, yes_no
from training.tables.reading import read_source
from training.tables.sources import table_sources

REPEATS = 3
SEED = 1
APPLICANTS = 20_000


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the fastest of several runs."""
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def scan(table: ir.Table) -> None:
    """Reads every value once, by hashing each column and discarding the result."""
    table.agg(**{name: table[name].hash().max() for name in table.columns}).to_pyarrow()


@dataclass(frozen=True)
class Cost:
    """Rows of the tables, and processor seconds to read all values once and to check them."""

    rows: int
    reading: float
    checks: float

    def __str__(self) -> str:
        more = self.checks / self.reading
        return f"{self.rows:,} rows; read in {self.reading:.2f} s, checked in {self.checks:.2f} s on top: {more:.1%}"


def measure(folder: Path, store: Path) -> Cost:
    """The cost of reading a folder's tables, text converted to Parquet included, without and with the check."""
    rows, text, bare, checks = 0, 0.0, 0.0, 0.0
    for name, source in table_sources(folder).items():
        definitions = table_definitions(name)
        own = store / f"{folder.name}-{name}"
        own.mkdir()
        start = time.process_time()
        read = read_source(source, types(definitions), yes_no(definitions), own)
        text += time.process_time() - start
        spill = own / "spill"
        spill.mkdir(exist_ok=True)
        stored = duckdb_connection(spill).read_parquet(read.path)
        table = typed(stored, definitions)
        rows += int(table.count().execute())
        bare += seconds(partial(scan, table))
        checks += seconds(partial(inspect, stored, table, definitions))
    return Cost(rows, text + bare, checks)


def made_up(applicants: int = APPLICANTS) -> Iterator[str]:
    """The cost of the check on synthetic tables, as Parquet and as CSV."""
    with TemporaryDirectory(prefix="checks-") as scratch:
        for kind in ("parquet", "csv"):
            folder = Path(scratch) / kind
            synthesize(applicants, SEED, folder, kind, progress=False)
            yield f"checks of {kind} tables: {measure(folder, Path(scratch))}"


def main() -> None:
    """Prints the cost of the check on synthetic tables, or on those of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applicants", type=int, default=APPLICANTS, help="made-up applicants")
    parser.add_argument("--data", type=Path, help="folder of tables to read in place of made-up ones")
    options = parser.parse_args()
    if options.data is None:
        for line in made_up(options.applicants):
            print(line, flush=True)
        return
    with TemporaryDirectory(prefix="checks-") as scratch:
        print(measure(options.data, Path(scratch)))


if __name__ == "__main__":
    main()
