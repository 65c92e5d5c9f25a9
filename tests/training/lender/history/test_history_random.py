"""Random tables: directions hold, nothing is infinite, every way of running the expressions agrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.training.tables_fixture import table, tables_of
from training.dataset.history import history_expression, history_frame
from training.lender.history import FEATURES
from training.tables.read import history_schema

BY_NAME = {feature.name: feature for feature in FEATURES}

# What may never lower the risk, per table: the raw column and how a random row of it is worsened.
LATER_STATE = {"0": "1", "C": "1", "1": "3", "3": "5", "5": "5"}
WORSE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("bureau", "AMT_CREDIT_SUM_DEBT"): lambda value: value + 70,
    ("bureau", "AMT_CREDIT_SUM_OVERDUE"): lambda value: value + 70,
    ("bureau", "AMT_CREDIT_MAX_OVERDUE"): lambda value: value + 70,
    ("bureau", "CREDIT_DAY_OVERDUE"): lambda value: value + 8,
    ("bureau_balance", "STATUS"): LATER_STATE.__getitem__,
    ("POS_CASH_balance", "SK_DPD"): lambda value: value + 8,
    ("POS_CASH_balance", "SK_DPD_DEF"): lambda value: value + 8,
    ("installments_payments", "DAYS_ENTRY_PAYMENT"): lambda value: value + 8,
    ("installments_payments", "AMT_PAYMENT"): lambda value: value - 7,
    ("credit_card_balance", "SK_DPD"): lambda value: value + 8,
    ("credit_card_balance", "SK_DPD_DEF"): lambda value: value + 8,
    ("credit_card_balance", "AMT_BALANCE"): lambda value: value + 70,
}
# What sets the present against the past: worse months long ago make the last year look better.
COMPARISONS = {"bureau_months_late_trend", *(f.name for f in FEATURES if f.factor.endswith("_trend"))}
APPLICANTS, ROWS = 40, 160


def random_tables(seed: int) -> dict[str, pd.DataFrame]:
    """Every history table with a few random rows per applicant; some values missing."""
    generator = np.random.default_rng(seed)
    return {name: _random_table(name, generator) for name in history_schema()}


def _random_table(name: str, generator: np.random.Generator) -> pd.DataFrame:
    levels = {
        "CREDIT_ACTIVE": ["Active", "Closed"],
        "CREDIT_TYPE": ["Credit card", "Mortgage", "Consumer credit", "Car loan", "Microloan"],
        "STATUS": ["0", "1", "3", "5"],
        "NAME_CONTRACT_STATUS": ["Approved", "Refused", "Active", "Completed"],
    }
    frame = table(name, [{}] * ROWS)
    for column, kind in history_schema()[name].items():
        if kind == "text":
            frame[column] = generator.choice(levels.get(column, ["XNA"]), ROWS)
        elif column.startswith("SK_ID_"):
            frame[column] = generator.integers(0, APPLICANTS, ROWS) if column != "SK_ID_BUREAU" else np.arange(ROWS)
        elif column.startswith(("DAYS", "MONTHS")):
            frame[column] = -generator.integers(0, 40, ROWS) * (1 if column.startswith("MONTHS") else 20)
        elif column.startswith(("SK_DPD", "CREDIT_DAY")):
            frame[column] = generator.integers(0, 3, ROWS) * 5
        else:
            frame[column] = generator.integers(0, 5, ROWS) * 50
        if kind == "number":
            frame[column] = frame[column].astype("float64").mask(generator.random(ROWS) < 0.1)
    if name == "previous_application":
        frame["DAYS_TERMINATION"] = frame["DAYS_TERMINATION"].mask(generator.random(ROWS) < 0.2, 365_243)
        # So few months that what is paid is about the credit: an annuity loan.
        frame["CNT_PAYMENT"] = frame["CNT_PAYMENT"] / 50
    return frame


@pytest.fixture(scope="module")
def random_case() -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Random tables and the features of their applicants."""
    tables = random_tables(seed=1)
    return tables, history_frame(tables_of(tables, range(APPLICANTS)))


@pytest.mark.parametrize(("name", "column"), WORSE)
def test_worse_raw_values_move_features_only_in_their_direction(
    random_case: tuple[dict[str, pd.DataFrame], pd.DataFrame], name: str, column: str
) -> None:
    tables, before = random_case
    raw = tables[name][column]
    chosen = np.random.default_rng(3).random(ROWS) < 0.3
    worse = raw.mask(chosen, raw.map(WORSE[name, column], na_action="ignore")).astype(raw.dtype)
    changed = {name: tables[name].assign(**{column: worse})}
    if name == "bureau_balance":
        changed["bureau"] = tables["bureau"]
    after = history_frame(tables_of(changed, range(APPLICANTS)))
    _assert_directed(before, after[[c for c in after.columns if after[c].notna().any()]], f"{name}.{column}")


def _assert_directed(before: pd.DataFrame, after: pd.DataFrame, cause: str) -> None:
    moved = 0
    for name in after.columns.drop(["SK_ID_CURR", *COMPARISONS], errors="ignore"):
        change = after[name].to_numpy() - before[name].to_numpy()
        assert (before[name].isna() == after[name].isna()).all(), f"{cause} makes {name} missing"
        rise = change[~np.isnan(change)] * BY_NAME[name].direction
        assert (rise >= 0).all(), f"{cause} moves {name} against its direction"
        assert BY_NAME[name].direction or not (np.abs(change) > 0).any(), f"{cause} moves {name}, which is free"
        moved += bool((rise > 0).any())
    assert moved, f"{cause} moves nothing"


def test_never_infinite(random_case: tuple[dict[str, pd.DataFrame], pd.DataFrame]) -> None:
    _, frame = random_case
    assert not np.isinf(frame.drop(columns="SK_ID_CURR")).any(axis=None)
    assert frame.notna().any(axis=0).all(), "every feature has a value somewhere"


def test_frame_is_the_expression_run() -> None:
    tables = tables_of({name: random_tables(2)[name] for name in ("bureau", "bureau_balance")}, range(APPLICANTS))
    whole = history_expression(tables).order_by("SK_ID_CURR").to_pandas()
    assert set(whole.dtypes[1:].astype(str)) == {"float64"}
    pd.testing.assert_frame_equal(
        history_frame(tables), whole.astype(dict.fromkeys(BY_NAME, "float32")), check_exact=False
    )
