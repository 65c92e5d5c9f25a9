"""Measures history features at growing sizes, and those of two tables against plain pandas.

`python -m benchmarks.features --applicants 19219 76878 307511` generates tables of each size in a temporary folder and
measures `python -m training features` on them, and `python -m training applicants`, which adds scenarios. It takes
minutes, and two gigabytes of disk.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import ibis
import pandas as pd
import pyarrow.parquet as pq
from ibis.expr import types as ir

from benchmarks.plain_pandas import instalments_by_applicant, months_by_window
from benchmarks.timing import medians
from scoring.lender.roles import APPLICANT_ID
from training.lender.history import FEATURES
from training.lender.history.bureau_balance import bureau_balance
from training.lender.history.instalments import installments_payments
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import history_schema

SEED = 1
ROUNDS = 3
# A sixteenth of the real number: takes seconds, with enough rows for the overhead of queries not to matter.
MANY = 19_219
# Applicants for whom pandas calls a Python function each: takes ten seconds.
FEW = 1_000
TRAINING = (sys.executable, "-m", "training")
BALANCE, PAYMENTS = "bureau_balance", "installments_payments"


def _run(data: Path, expression: Callable[..., ir.Table], *names: str) -> pd.DataFrame:
    connection = ibis.duckdb.connect()
    tables = [connection.read_parquet(data / f"{name}.parquet") for name in names]
    return expression(*tables).to_pandas().set_index(APPLICANT_ID).sort_index()


def per_window(data: Path) -> str:
    """Time for all features of bureau_balance in pandas, by an aggregate per window, relative to DuckDB.

    Raises:
        AssertionError: the values differ.
    """
    in_duckdb = partial(_run, data, bureau_balance, BALANCE, "bureau")
    ratio = _ratio(partial(months_by_window, data), in_duckdb)
    return (
        f"features of bureau_balance, plain pandas with an aggregate per window: {ratio}, {_rows(data, BALANCE):,} rows"
    )


def per_applicant(data: Path) -> str:
    """Time for some features of installments_payments in pandas, by a function per applicant, relative to DuckDB.

    Raises:
        AssertionError: the values differ.
    """
    in_duckdb = partial(_run, data, installments_payments, PAYMENTS)
    ratio = _ratio(partial(instalments_by_applicant, data), in_duckdb)
    return (
        f"features of {PAYMENTS}, plain pandas with a function per applicant: {ratio}, {_rows(data, PAYMENTS):,} rows"
    )


def _ratio(in_pandas: Callable[[], pd.DataFrame], in_duckdb: Callable[[], pd.DataFrame]) -> str:
    """Elapsed and processor time."""
    expected, found = in_pandas(), in_duckdb()
    pd.testing.assert_frame_equal(expected, found[expected.columns], check_dtype=False, rtol=1e-9, atol=1e-9)
    clock = medians({"pandas": in_pandas, "duckdb": in_duckdb}, ROUNDS)
    processor = _processor_seconds(in_pandas) / _processor_seconds(in_duckdb)
    return (
        f"{clock['pandas'] / clock['duckdb']:.1f} times as long ({clock['pandas']:.1f} s for {len(expected.columns)} "
        f"features over {clock['duckdb']:.1f} s for {len(found.columns)}), {processor:.1f} times the processor time"
    )


def _processor_seconds(run: Callable[[], object]) -> float:
    begun = process_time()
    run()
    return process_time() - begun


def _rows(data: Path, *names: str) -> int:
    return sum(pq.read_metadata(data / f"{name}.parquet").num_rows for name in names)


def speed() -> list[str]:
    """The ratios on synthetic applicants."""
    with TemporaryDirectory() as many, TemporaryDirectory() as few:
        synthesize(MANY, SEED, Path(many), progress=False)
        synthesize(FEW, SEED, Path(few), progress=False)
        return [per_window(Path(many)), per_applicant(Path(few))]


def scale(command: str, data: Path, out: Path) -> str:
    """Time and peak memory of a command on a folder of tables, run as a subprocess."""
    begun = perf_counter()
    process = subprocess.Popen([*TRAINING, command, "--data", str(data), "--out", str(out)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = perf_counter() - begun
    assert status == 0, "the command failed"
    rows = _rows(data, *history_schema())
    return (
        f"{command}, {len(FEATURES)} of {pq.read_metadata(out).num_rows:,} applicants with {rows:,} rows of history: "
        f"{seconds:.0f} s, {out.stat().st_size / 1e6:.0f} MB, peak {usage.ru_maxrss / 1024:.0f} MiB; "
        f"{1e6 * seconds / rows:.2f} s per million rows, "
        f"{1e6 * (usage.ru_utime + usage.ru_stime) / rows:.2f} s of processor time"
    )


def _figures(sizes: list[int]) -> Iterator[str]:
    for applicants in sizes:
        with TemporaryDirectory() as scratch:
            data = Path(scratch) / "tables"
            # In a process of its own: the peak of whoever starts a command counts as the command's.
            subprocess.run(
                [*TRAINING, "synthesize", "--applicants", str(applicants), "--seed", str(SEED), "--out", str(data)],
                stdout=subprocess.DEVNULL,
                check=True,
            )
            yield scale("features", data, Path(scratch) / "features.parquet")
            yield scale("applicants", data, Path(scratch) / "applicants.parquet")
            if applicants == max(sizes):
                yield per_window(data)


def main() -> int:
    """Prints each size's figures as they are measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.features", description=__doc__)
    parser.add_argument("--applicants", type=int, nargs="+", required=True, help="applicants with an outcome, per size")
    for line in _figures(parser.parse_args().applicants):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
