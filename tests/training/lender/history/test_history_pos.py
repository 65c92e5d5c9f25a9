"""Instalment loans by hand, month by month and loan by loan, and against plain pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.training.lender.history.test_history import assert_values, values
from tests.training.pandas_formulas import Formula, assert_agrees_with_pandas
from tests.training.tables_fixture import Row


def month(ago: int, loan: int = 5, **given: object) -> Row:
    """The state of a loan so many months ago."""
    return {"SK_ID_CURR": 1, "SK_ID_PREV": loan, "MONTHS_BALANCE": -ago, "NAME_CONTRACT_STATUS": "Active", **given}


def test_windows_hold_the_months_up_to_their_last() -> None:
    months = [month(3, SK_DPD=1), month(4, SK_DPD=2), month(12, SK_DPD=9), month(13, SK_DPD=40), month(25, SK_DPD=70)]
    assert_values(
        values(POS_CASH_balance=months),
        pos_quarter_days_late_max=1,
        pos_half_year_days_late_max=2,
        pos_year_days_late_max=9,
        pos_two_years_days_late_max=40,
        pos_days_late_max=70,
        pos_year_days_late_mean=4,
        pos_quarter_months_count=1,
        pos_year_months_count=3,
        pos_year_months_late=3,
        pos_year_week_late_share=1 / 3,
        pos_month_late_share=2 / 5,
    )


def test_a_window_without_months_counts_none_and_is_missing_otherwise() -> None:
    found = values(POS_CASH_balance=[month(30, SK_DPD=3)])
    assert_values(
        found,
        pos_year_months_count=0,
        pos_year_started_count=0,
        pos_year_days_late_max=np.nan,
        pos_year_late_share=np.nan,
        pos_year_late_change=np.nan,
    )


def test_arrears_of_the_last_year_are_compared_with_those_before() -> None:
    months = [month(1, SK_DPD=6), month(2), month(20, SK_DPD=4), month(21, SK_DPD=0), month(22), month(23)]
    assert_values(values(POS_CASH_balance=months), pos_year_days_late_change=3 - 1, pos_year_late_change=1 / 2 - 1 / 4)


@pytest.mark.parametrize(("late", "clean"), [((), 30), ((30,), 30), ((7, 30), 7)])
def test_time_without_arrears_runs_from_the_last_late_month_or_else_the_first(
    late: tuple[int, ...], clean: int
) -> None:
    months = [month(ago, SK_DPD=5 if ago in late else 0, SK_DPD_DEF=0) for ago in (1, 7, 30)]
    assert_values(values(POS_CASH_balance=months), pos_clean=clean, pos_large_clean=30)


def test_open_loans_by_what_is_left_of_them() -> None:
    months = [
        month(2, 5, CNT_INSTALMENT=10.0, CNT_INSTALMENT_FUTURE=5.0, SK_DPD=8),
        month(1, 5, CNT_INSTALMENT=10.0, CNT_INSTALMENT_FUTURE=4.0, SK_DPD=3),
        month(1, 6, CNT_INSTALMENT=30.0, CNT_INSTALMENT_FUTURE=8.0),
        month(1, 7, CNT_INSTALMENT=np.nan, CNT_INSTALMENT_FUTURE=6.0),
        month(9, 8, CNT_INSTALMENT=12.0, CNT_INSTALMENT_FUTURE=0.0, NAME_CONTRACT_STATUS="Completed"),
    ]
    assert_values(
        values(POS_CASH_balance=months),
        pos_open_loans_count=3,
        pos_open_left_sum=18,
        pos_open_left_mean=6,
        pos_open_left_max=8,
        pos_open_left_over_term=12 / 40,
        pos_open_days_late_max=3,
        pos_quarter_left_over_term=17 / 50,
        pos_quarter_left_mean=23 / 4,
    )


def test_a_loan_whose_term_has_shrunk_at_its_end_was_repaid_early() -> None:
    months = [
        month(20, 5, CNT_INSTALMENT=12.0, CNT_INSTALMENT_FUTURE=12.0),
        month(15, 5, CNT_INSTALMENT=5.0, CNT_INSTALMENT_FUTURE=0.0, NAME_CONTRACT_STATUS="Completed"),
        month(50, 6, CNT_INSTALMENT=6.0, CNT_INSTALMENT_FUTURE=0.0, NAME_CONTRACT_STATUS="Completed"),
        month(2, 7, CNT_INSTALMENT=24.0, CNT_INSTALMENT_FUTURE=20.0),
    ]
    assert_values(
        values(POS_CASH_balance=months),
        pos_completed_share=2 / 3,
        pos_completed_early_share=1 / 2,
        pos_completed_saved_mean=3.5,
        pos_completed_saved_max=7,
        pos_completed_ended_min=15,
        pos_completed_ended_mean=32.5,
        pos_last_three_early_share=1 / 3,
        pos_two_years_started_count=2,
        pos_half_year_started_count=1,
    )


def test_the_last_loans_are_those_that_began_last() -> None:
    loans = [  # began so many months ago, term, days past due
        (40, 6.0, 90),
        (30, 8.0, 0),
        (20, 10.0, 5),
        (10, 12.0, 0),
        (10, 18.0, 2),
    ]
    months = [
        month(ago, loan, CNT_INSTALMENT=term, CNT_INSTALMENT_FUTURE=term / 2, SK_DPD=days)
        for loan, (ago, term, days) in enumerate(loans)
    ]
    assert_values(
        values(POS_CASH_balance=months),
        pos_last_term=18,
        pos_last_started=10,
        pos_last_days_late=2,
        pos_last_length=1,
        pos_last_left_over_term=0.5,
        pos_last_three_term_mean=40 / 3,
        pos_last_three_days_late_max=5,
        pos_last_three_late_share_mean=2 / 3,
        pos_last_five_days_late_max=90,
        pos_term_min=6,
        pos_term_max=18,
        pos_term_spread=np.std([6, 8, 10, 12, 18]),
        pos_late_loans_share=3 / 5,
        pos_week_late_loans_share=1 / 5,
    )


def test_loans_demanded_back_and_purchases_returned() -> None:
    months = [
        month(3, 5, NAME_CONTRACT_STATUS="Demand"),
        month(4, 5, SK_DPD=1),
        month(3, 6, NAME_CONTRACT_STATUS="Amortized debt"),
        month(3, 7, NAME_CONTRACT_STATUS="Returned to the store"),
        month(3, 8, NAME_CONTRACT_STATUS="Signed"),
    ]
    assert_values(
        values(POS_CASH_balance=months),
        pos_demanded_share=1 / 2,
        pos_returned_share=1 / 4,
        pos_signed_share=1 / 5,
        pos_active_share=1 / 5,
        pos_worst_late_share=1 / 2,
    )


def recent(rows: pd.DataFrame, months: int) -> pd.DataFrame:
    return rows[rows["MONTHS_BALANCE"] >= -months]


def last_loans(rows: pd.DataFrame, number: int) -> list[pd.DataFrame]:
    """Each of the last loans, its months in order of time; of two rows of a month, the larger term last."""
    loans = [loan.sort_values(["MONTHS_BALANCE", "CNT_INSTALMENT"]) for _, loan in rows.groupby("SK_ID_PREV")]
    return sorted(loans, key=lambda loan: (-loan["MONTHS_BALANCE"].iloc[0], -loan["SK_ID_PREV"].iloc[0]))[:number]


FORMULAS: dict[str, Formula] = {
    "pos_two_years_late_share": lambda rows: (recent(rows, 24)["SK_DPD"] > 0).mean(),
    "pos_half_year_left_mean": lambda rows: recent(rows, 6)["CNT_INSTALMENT_FUTURE"].mean(),
    "pos_days_late_mean": lambda rows: rows["SK_DPD"].mean(),
    "pos_year_large_days_late_max": lambda rows: recent(rows, 12)["SK_DPD_DEF"].max(),
    "pos_length_mean": lambda rows: len(rows) / rows["SK_ID_PREV"].nunique(),
    "pos_last_length": lambda rows: len(last_loans(rows, 1)[0]),
    "pos_last_three_late_share_mean": lambda rows: np.mean([(r["SK_DPD"] > 0).mean() for r in last_loans(rows, 3)]),
    "pos_last_five_days_late_max": lambda rows: max(r["SK_DPD"].max() for r in last_loans(rows, 5)),
    "pos_term_mean": lambda rows: pd.Series(
        [r["CNT_INSTALMENT"].dropna().iloc[-1] for r in last_loans(rows, 99) if r["CNT_INSTALMENT"].notna().any()]
    ).mean(),
}


@pytest.mark.parametrize("seed", [1, 2])
def test_random_months_as_in_plain_pandas(seed: int) -> None:
    assert_agrees_with_pandas("POS_CASH_balance", FORMULAS, seed)
