"""Evidently's part of the report: a page of distributions, and the count that the earlier system made."""

from __future__ import annotations

import os
from collections.abc import Sequence

# Evidently reads this on import: nothing about the applicants may leave the machine.
os.environ["DO_NOT_TRACK"] = "1"

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import DriftedColumnsCount, ValueDrift

from scoring.drift.report import EarlierCount
from training.drift.column import Column

# Up to so many distinct values, a number was a category to the Evidently versions of the earlier system's time.
EARLIER_FEW_VALUES = 5
MISSING = "missing"


def evidently_page(columns: Sequence[Column], summary: str) -> str:
    """A page with the distributions of each column and their stability index, below `summary`.

    Evidently rejects columns without any value on one side; only the summary mentions those.
    """
    drawn = [column for column in columns if not (_is_empty(column, "reference") or _is_empty(column, "current"))]
    reference, current = _datasets(drawn)
    report = Report([ValueDrift(column=column.name, method="psi") for column in drawn])
    page: str = report.run(current, reference).get_html_str(as_iframe=False)
    head, body, rest = page.partition("<body>")
    return head + body + summary + rest


def _is_empty(column: Column, side: str) -> bool:
    return column.is_quantity and bool(np.isnan(getattr(column, side)).all())


def earlier_count(reference: pd.DataFrame, current: pd.DataFrame) -> EarlierCount:
    """The number of numeric raw fields that the earlier system would have reported as drifted.

    It used the stability index (0.1) for categories and the Kolmogorov-Smirnov test (5 %, uncorrected) for the rest.
    Evidently rejects a column that is empty on one side; such a column counts as drifted if the other side is not
    empty.
    """
    names = [name for name in reference.columns if pd.api.types.is_numeric_dtype(reference[name])]
    empty = pd.DataFrame({"reference": reference[names].isna().all(), "current": current[names].isna().all()})
    emptied = int((empty["reference"] != empty["current"]).sum())
    counted = [name for name in names if not empty.loc[name].any()]
    few = [name for name in counted if reference[name].nunique() <= EARLIER_FEW_VALUES]
    kinds = DataDefinition(numerical_columns=[name for name in counted if name not in few], categorical_columns=few)
    sides = [Dataset.from_pandas(side[counted], kinds) for side in (current, reference)]
    report = Report([DriftedColumnsCount(columns=counted, cat_method="psi", num_method="ks")])
    (found,) = report.run(*sides).dict()["metrics"]
    drifted = int(found["value"]["count"]) + emptied
    return EarlierCount(len(names), drifted, drifted / len(names))


def _datasets(columns: Sequence[Column]) -> tuple[Dataset, Dataset]:
    quantities = [column.name for column in columns if column.is_quantity]
    kinds = DataDefinition(
        numerical_columns=quantities,
        categorical_columns=[column.name for column in columns if not column.is_quantity],
    )
    reference, current = (
        Dataset.from_pandas(pd.DataFrame({column.name: _named(column, side) for column in columns}), kinds)
        for side in ("reference", "current")
    )
    return reference, current


def _named(column: Column, side: str) -> pd.Series:
    values = getattr(column, side)
    if column.is_quantity:
        return pd.Series(values)
    levels = np.array([*column.levels, MISSING], dtype=object)
    return pd.Series(levels[np.where(np.isnan(values), len(column.levels), values).astype(np.int64)])
