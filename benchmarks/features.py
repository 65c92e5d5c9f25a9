"""History features at growing sizes, and those of one table against the same in plain pandas.

`python -m benchmarks.features --applicants 19219 76878 307511` makes tables of each size up in a temporary folder and
measures `python -m training features` on them: minutes, and half a gigabyte of disk.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import ibis
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.timing import medians
from scoring.fields import APPLICANT_ID
from training.history import FEATURES
from training.history.bureau_balance import FEATURES as FEATURES_OF_MONTHS
from training.history.bureau_balance import NEVER, bureau_balance
from training.history.compose import WINDOWS
from training.synthesize import synthesize
from training.tables import history_schema

SEED = 1
ROUNDS = 3
# A sixteenth of the real applicants: seconds, and enough rows that starting a query does not count.
FEW = 19_219
LATE_STATES = [f"STATUS_{state}" for state in (1, 2, 3, 4, 5)]
COMPARED = [feature.feature.name for feature in FEATURES_OF_MONTHS]


def in_pandas(data: Path) -> pd.DataFrame:
    """`COMPARED` as well-known notebooks write such: one-hot states, a dictionary of aggregates, once per window."""
    months = pd.read_parquet(data / "bureau_balance.parquet")
    owners = pd.read_parquet(data / "bureau.parquet", columns=[APPLICANT_ID, "SK_ID_BUREAU", "CREDIT_ACTIVE"])
    months = pd.get_dummies(months, columns=["STATUS"])
    states = [column for column in months.columns if column.startswith("STATUS_")]
    which = {"MONTHS_BALANCE": ["max", "size"], **{state: ["sum", "max"] for state in states}}
    credits = _aggregated(months, which)
    for window in WINDOWS:
        recent = _aggregated(months[months["MONTHS_BALANCE"] >= -window.months], which)
        credits = credits.join(recent[["LATE", "WORST", "MONTHS_BALANCE_SIZE"]], rsuffix=f"_{window.key}")
    late = months[months[LATE_STATES].any(axis="columns")]
    credits["LAST_LATE"] = late.groupby("SK_ID_BUREAU")["MONTHS_BALANCE"].max()
    return _of_applicants(owners.merge(credits, left_on="SK_ID_BUREAU", right_index=True))


def _aggregated(months: pd.DataFrame, which: dict[str, list[str]]) -> pd.DataFrame:
    credits = months.groupby("SK_ID_BUREAU").agg(which)
    credits.columns = pd.Index(["_".join(names).upper() for names in credits.columns])
    credits["LATE"] = credits[[f"{state}_SUM" for state in LATE_STATES]].sum(axis="columns")
    severities = [int(state[-1]) * credits[f"{state}_MAX"] for state in LATE_STATES]
    credits["WORST"] = pd.concat(severities, axis="columns").max(axis="columns")
    return credits


def _of_applicants(credits: pd.DataFrame) -> pd.DataFrame:
    credits["LATE_SHARE"] = credits["LATE"] / credits["MONTHS_BALANCE_SIZE"]
    credits["OVER_MONTH"] = credits[[f"{state}_SUM" for state in LATE_STATES[1:]]].sum(axis="columns")
    grouped = credits.groupby(APPLICANT_ID)
    active = credits[credits["CREDIT_ACTIVE"] == "Active"].groupby(APPLICANT_ID)
    count, late = grouped["MONTHS_BALANCE_SIZE"].sum(), grouped["LATE"].sum()
    recent = {window.key: grouped[f"MONTHS_BALANCE_SIZE_{window.key}"].sum() for window in WINDOWS}
    late_recent = {window.key: grouped[f"LATE_{window.key}"].sum(min_count=1) for window in WINDOWS}
    year_share = late_recent["year"] / recent["year"]
    return pd.DataFrame(
        {
            "bureau_months_count": count,
            "bureau_months_length": grouped["MONTHS_BALANCE_SIZE"].mean(),
            "bureau_months_length_max": grouped["MONTHS_BALANCE_SIZE"].max(),
            "bureau_months_latest": -grouped["MONTHS_BALANCE_MAX"].max(),
            "bureau_months_unknown_share": grouped["STATUS_X_SUM"].sum() / count,
            "bureau_months_closed_share": grouped["STATUS_C_SUM"].sum() / count,
            "bureau_months_late_share": late / count,
            "bureau_months_late_share_max": grouped["LATE_SHARE"].max(),
            "bureau_months_over_month_share": grouped["OVER_MONTH"].sum() / count,
            "bureau_months_worst": grouped["WORST"].max(),
            "bureau_months_worst_mean": grouped["WORST"].mean(),
            "bureau_months_since_late": -grouped["LAST_LATE"].max().fillna(-NEVER),
            **{f"bureau_months_late_share_{key}": late_recent[key] / months for key, months in recent.items()},
            "bureau_months_late_year": late_recent["year"],
            "bureau_months_worst_year": grouped["WORST_year"].max(),
            "bureau_months_active_length": active["MONTHS_BALANCE_SIZE"].mean(),
            "bureau_months_active_late_share": active["LATE"].sum() / active["MONTHS_BALANCE_SIZE"].sum(),
            "bureau_months_late_trend": year_share - (late - late_recent["year"].fillna(0)) / (count - recent["year"]),
        }
    )


def in_duckdb(data: Path) -> pd.DataFrame:
    """`COMPARED` by the expression that the product runs."""
    connection = ibis.duckdb.connect()
    months, bureau = (connection.read_parquet(data / f"{name}.parquet") for name in ("bureau_balance", "bureau"))
    return bureau_balance(months, bureau).select(APPLICANT_ID, *COMPARED).to_pandas().set_index(APPLICANT_ID)


def ratio(data: Path) -> str:
    """`COMPARED` in pandas over DuckDB, file to frame, on the clock and in processor time.

    Raises:
        AssertionError: the values differ.
    """
    contenders = {"pandas": lambda: in_pandas(data), "duckdb": lambda: in_duckdb(data)}
    pd.testing.assert_frame_equal(
        in_pandas(data)[COMPARED], in_duckdb(data).sort_index()[COMPARED], check_dtype=False, rtol=1e-9
    )
    clock = medians(contenders, ROUNDS)
    processor = {name: _processor_seconds(run) for name, run in contenders.items()}
    return (
        f"features of bureau_balance: plain pandas takes {clock['pandas'] / clock['duckdb']:.1f} times as long "
        f"({clock['pandas']:.1f} s over {clock['duckdb']:.1f} s for {_rows(data, 'bureau_balance'):,} rows) "
        f"and {processor['pandas'] / processor['duckdb']:.1f} times the processor time"
    )


def _processor_seconds(run: Callable[[], object]) -> float:
    begun = process_time()
    run()
    return process_time() - begun


def _rows(data: Path, *names: str) -> int:
    return sum(pq.read_metadata(data / f"{name}.parquet").num_rows for name in names)


def speed() -> list[str]:
    """The ratio on a sixteenth of the real applicants."""
    with TemporaryDirectory() as scratch:
        synthesize(FEW, SEED, Path(scratch), progress=False)
        return [ratio(Path(scratch))]


def scale(data: Path, out: Path) -> str:
    """Time and peak memory of the command on a folder of tables, in a process of its own."""
    command = [sys.executable, "-m", "training", "features", "--data", str(data), "--out", str(out)]
    begun = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = perf_counter() - begun
    assert status == 0, "the command failed"
    rows = _rows(data, *history_schema())
    return (
        f"features, {len(FEATURES)} of {pq.read_metadata(out).num_rows:,} applicants with {rows:,} rows of history: "
        f"{seconds:.0f} s, peak {usage.ru_maxrss / 1024:.0f} MiB; {1e6 * seconds / rows:.2f} s per million rows, "
        f"{1e6 * (usage.ru_utime + usage.ru_stime) / rows:.2f} s of processor time"
    )


def _figures(sizes: list[int]) -> Iterator[str]:
    for applicants in sizes:
        with TemporaryDirectory() as scratch:
            data = Path(scratch) / "tables"
            synthesize(applicants, SEED, data, progress=False)
            yield scale(data, Path(scratch) / "features.parquet")
            if applicants == max(sizes):
                yield ratio(data)


def main() -> int:
    """Prints the figures of each size as they come."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.features", description=__doc__)
    parser.add_argument("--applicants", type=int, nargs="+", required=True, help="applicants with an outcome, per size")
    for line in _figures(parser.parse_args().applicants):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
