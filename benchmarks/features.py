"""History features at growing sizes, and those of one table against the same in plain pandas.

`python -m benchmarks.features --applicants 19219 76878 307511` makes tables of each size up in a temporary folder and
measures `python -m training features` on them: minutes, and half a gigabyte of disk.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.measured import measured
from benchmarks.timing import medians
from scoring.fields import APPLICANT_ID
from training.history.bureau import bureau_balance
from training.synthesize import synthesize
from training.tables import history_schema

SEED = 1
ROUNDS = 3
# A sixteenth of the real applicants: seconds, and enough rows that starting a query does not count.
FEW = 19_219
LATE_STATES = [f"STATUS_{state}" for state in (1, 2, 3, 4, 5)]
FEATURES = [
    f"bureau_months_{name}"
    for name in ("count length latest late_share late_year worst worst_mean worst_year unknown_share closed_share").split()
]


def in_pandas(data: Path) -> pd.DataFrame:
    """`FEATURES` as the well-known notebooks write such: one-hot states, a dictionary of aggregates, once per window."""
    months = pd.read_parquet(data / "bureau_balance.parquet")
    owners = pd.read_parquet(data / "bureau.parquet", columns=[APPLICANT_ID, "SK_ID_BUREAU"])
    months = pd.get_dummies(months, columns=["STATUS"])
    states = [column for column in months.columns if column.startswith("STATUS_")]
    which = {"MONTHS_BALANCE": ["max", "size"], **{state: ["sum", "max"] for state in states}}
    credits = _aggregated(months, which)
    year = _aggregated(months[months["MONTHS_BALANCE"] >= -12], which)
    credits = credits.join(year[["LATE", "WORST"]], rsuffix="_YEAR")
    return _of_applicants(owners.merge(credits, left_on="SK_ID_BUREAU", right_index=True))


def _aggregated(months: pd.DataFrame, which: dict[str, list[str]]) -> pd.DataFrame:
    credits = months.groupby("SK_ID_BUREAU").agg(which)
    credits.columns = pd.Index(["_".join(names).upper() for names in credits.columns])
    credits["LATE"] = credits[[f"{state}_SUM" for state in LATE_STATES]].sum(axis="columns")
    severities = [int(state[-1]) * credits[f"{state}_MAX"] for state in LATE_STATES]
    credits["WORST"] = pd.concat(severities, axis="columns").max(axis="columns")
    return credits


def _of_applicants(credits: pd.DataFrame) -> pd.DataFrame:
    grouped = credits.groupby(APPLICANT_ID)
    count = grouped["MONTHS_BALANCE_SIZE"].sum()
    return pd.DataFrame(
        {
            "bureau_months_count": count,
            "bureau_months_length": grouped["MONTHS_BALANCE_SIZE"].mean(),
            "bureau_months_latest": -grouped["MONTHS_BALANCE_MAX"].max(),
            "bureau_months_late_share": grouped["LATE"].sum() / count,
            "bureau_months_late_year": grouped["LATE_YEAR"].sum(min_count=1),
            "bureau_months_worst": grouped["WORST"].max(),
            "bureau_months_worst_mean": grouped["WORST"].mean(),
            "bureau_months_worst_year": grouped["WORST_YEAR"].max(),
            "bureau_months_unknown_share": grouped["STATUS_X_SUM"].sum() / count,
            "bureau_months_closed_share": grouped["STATUS_C_SUM"].sum() / count,
        }
    )


def in_duckdb(data: Path) -> pd.DataFrame:
    """`FEATURES` by the expression that the product runs."""
    connection = ibis.duckdb.connect()
    months, bureau = (connection.read_parquet(data / f"{name}.parquet") for name in ("bureau_balance", "bureau"))
    return bureau_balance(months, bureau).select(APPLICANT_ID, *FEATURES).to_pandas().set_index(APPLICANT_ID)
