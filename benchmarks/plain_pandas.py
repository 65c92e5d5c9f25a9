"""History features in plain pandas, in the two styles found in published solutions of this competition.

Simple aggregates are a dictionary passed to `groupby().agg()`, repeated for each time window. Features of the last
rows, and trends, are Python functions of one applicant's rows (as in minerva-ml's open solution, in
src/feature_extraction.py, and in those based on it).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from scoring.lender.roles import APPLICANT_ID
from scoring.units import DAYS_PER_YEAR
from training.aggregates.compose import WINDOWS
from training.lender.history.bureau_balance import NEVER

LATE_STATES = [f"STATUS_{state}" for state in (1, 2, 3, 4, 5)]


def months_by_window(data: Path) -> pd.DataFrame:
    """All features of bureau_balance: one-hot statuses and a dictionary of aggregates for each window."""
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


INSTALMENT = [APPLICANT_ID, "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT"]
LATEST_FIRST = ["days_ago", "SK_ID_PREV", "NUM_INSTALMENT_NUMBER", "NUM_INSTALMENT_VERSION"]


def instalments_by_applicant(data: Path) -> pd.DataFrame:
    """Punctuality and completeness of instalments by window and over the last few, and the trend."""
    payments = pd.read_parquet(data / "installments_payments.parquet")
    rows = payments.groupby(INSTALMENT, as_index=False).agg(
        due=("AMT_INSTALMENT", "max"), paid=("AMT_PAYMENT", "sum"), paid_day=("DAYS_ENTRY_PAYMENT", "max")
    )
    rows["days_ago"] = -rows["DAYS_INSTALMENT"]
    rows["late"] = (rows["paid_day"] - rows["DAYS_INSTALMENT"]).clip(lower=0)
    rows["early"] = (rows["DAYS_INSTALMENT"] - rows["paid_day"]).clip(lower=0)
    rows = rows.sort_values(LATEST_FIRST, ascending=[True, False, False, False])
    by_applicant = rows.set_index(APPLICANT_ID).groupby(level=0)
    found = {applicant: _of_applicant(of_one) for applicant, of_one in by_applicant}
    return pd.DataFrame(found).T.rename_axis(APPLICANT_ID)


def _of_applicant(rows: pd.DataFrame) -> pd.Series:
    parts = {"instalments": rows}
    parts |= {f"instalments_{window.key}": rows[rows["days_ago"] <= window.days] for window in WINDOWS}
    parts |= {"instalments_last_ten": rows.head(10), "instalments_last_three": rows.head(3)}
    found = {"instalments_late_slope": _yearly_slope(rows)}
    for name, part in parts.items():
        due = part["due"].sum()
        found[f"{name}_late_mean"] = part["late"].mean()
        found[f"{name}_late_max"] = part["late"].max()
        found[f"{name}_early_mean"] = part["early"].mean()
        found[f"{name}_paid_over_due"] = part["paid"].sum() / due if due > 0 else np.nan
    return pd.Series(found)


def _yearly_slope(rows: pd.DataFrame) -> float:
    known = rows.dropna(subset=["late"])
    if known["days_ago"].nunique() < 2:
        return np.nan
    return float(np.polyfit(-known["days_ago"], known["late"], 1)[0] * DAYS_PER_YEAR)
