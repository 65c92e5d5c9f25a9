"""Instalments by hand, all together and loan by loan, and against plain pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.training.lender.history.test_history import assert_values, values
from tests.training.pandas_formulas import Formula, assert_agrees_with_pandas
from tests.training.tables_fixture import Row

MONTH = 365.25 / 12


def instalment(
    days_ago: float, late: float = 0.0, due: float = 100.0, paid: float | None = None, **given: object
) -> Row:
    """An instalment due so many days ago and paid so many days later (if below zero: earlier)."""
    return {
        "SK_ID_CURR": 1,
        "SK_ID_PREV": 5,
        "NUM_INSTALMENT_VERSION": 1.0,
        "NUM_INSTALMENT_NUMBER": 9,
        "DAYS_INSTALMENT": -days_ago,
        "DAYS_ENTRY_PAYMENT": late - days_ago,
        "AMT_INSTALMENT": due,
        "AMT_PAYMENT": due if paid is None else paid,
        **given,
    }


def test_windows_hold_the_instalments_due_since() -> None:
    rows = [
        instalment(91, late=1),
        instalment(183, late=3),
        instalment(365, late=-6),
        instalment(730, late=9),
        instalment(731, late=40),
    ]
    assert_values(
        values(installments_payments=rows),
        instalments_quarter_late_max=1,
        instalments_half_year_late_max=3,
        instalments_year_late_mean=4 / 3,
        instalments_two_years_late_max=9,
        instalments_late_max=40,
        instalments_late_sum=53,
        instalments_year_early_mean=2,
        instalments_quarter_all_count=1,
        instalments_two_years_all_count=4,
        instalments_two_years_week_late_share=1 / 4,
        instalments_month_late_share=1 / 5,
        instalments_clean=91 / MONTH,
        instalments_week_clean=730 / MONTH,
    )


def test_the_last_instalments_are_those_due_last() -> None:
    rows = [instalment(10 * place, late=place, due=50.0 * place, paid=40.0) for place in range(1, 13)]
    assert_values(
        values(installments_payments=rows),
        instalments_last_late=1,
        instalments_last_due=50,
        instalments_last_early=0,
        instalments_last_paid_over_due=0.8,
        instalments_last_three_late_mean=2,
        instalments_last_three_unpaid_sum=10 + 60 + 110,
        instalments_last_five_late_max=5,
        instalments_last_five_due_mean=150,
        instalments_last_ten_late_mean=5.5,
        instalments_last_ten_week_late_share=3 / 10,
        instalments_last_ten_paid_over_due=400 / 2_750,
    )


def test_instalments_due_on_one_day_are_ordered_by_loan_and_number() -> None:
    same_day = [instalment(30, late=loan, SK_ID_PREV=loan) for loan in (7, 9, 8)]
    assert_values(
        values(installments_payments=[*same_day, instalment(31, late=99)]),
        instalments_last_late=9,
        instalments_last_three_late_mean=8,
    )


def test_first_instalments_and_their_default() -> None:
    rows = [
        instalment(500, late=20, due=100.0, paid=30.0, NUM_INSTALMENT_NUMBER=1),
        instalment(470, late=0, NUM_INSTALMENT_NUMBER=2),
        instalment(90, late=-10, SK_ID_PREV=6, NUM_INSTALMENT_NUMBER=1),
    ]
    assert_values(
        values(installments_payments=rows),
        instalments_first_late_max=20,
        instalments_first_late_share=1 / 2,
        instalments_first_early_mean=5,
        instalments_first_unpaid_max=70,
        instalments_first_unpaid_share=1 / 2,
        instalments_first_paid_over_due=130 / 200,
        instalment_loans_last_first_late=0,
    )


def test_lateness_is_compared_with_earlier_and_followed_over_time() -> None:
    rows = [instalment(100, late=6), instalment(300, late=0), instalment(500, late=2), instalment(700, late=0)]
    times, late = np.array([-100, -300, -500, -700]) / 365.25, np.array([6, 0, 2, 0])
    assert_values(
        values(installments_payments=rows),
        instalments_year_late_change=3 - 1,
        instalments_year_late_share_change=0,
        instalments_late_slope=np.polyfit(times, late, 1)[0],
    )


def test_a_single_instalment_has_no_slope_and_no_change() -> None:
    assert_values(
        values(installments_payments=[instalment(100, late=6)]),
        instalments_late_slope=np.nan,
        instalments_year_late_change=np.nan,
        instalments_due_spread=0,
    )


def test_amounts_due_per_month_of_the_last_year() -> None:
    rows = [instalment(days, due=120.0) for days in (10, 40, 6 * MONTH)] + [instalment(900, due=600.0)]
    assert_values(
        values(installments_payments=rows),
        instalments_year_monthly_due=360 / 6,
        instalments_year_due_sum=360,
        instalments_due_sum=960,
        instalments_due_max=600,
        instalments_due_min=120,
        instalments_year_due_trend=120 / 240,
        instalments_due_spread=np.std([120, 120, 120, 600]),
    )


def test_one_recent_instalment_counts_for_a_whole_month() -> None:
    assert_values(values(installments_payments=[instalment(2, due=70.0)]), instalments_year_monthly_due=70)


def test_parts_of_a_payment_and_what_was_paid_late_by_amount() -> None:
    rows = [
        instalment(50, late=0, due=100.0, paid=60.0),
        instalment(50, late=4, due=100.0, paid=40.0),
        instalment(80, late=0, due=300.0),
        instalment(110, due=500.0, paid=0.0) | {"DAYS_ENTRY_PAYMENT": np.nan, "AMT_PAYMENT": np.nan},
    ]
    assert_values(
        values(installments_payments=rows),
        instalments_parts_share=1 / 3,
        instalments_late_amount_share=100 / 400,
        instalments_year_unpaid_sum=500,
        instalments_year_least_paid=0,
        instalments_cards_share=0,
    )


def test_loans_by_their_instalments() -> None:
    loans = {  # loan: instalments as (due so many days ago, days late, due, plan)
        1: [(900, 40, 10.0, 1.0), (870, 0, 10.0, 1.0)],
        2: [(500, 0, 20.0, 1.0), (470, 0, 60.0, 2.0)],
        3: [(200, 5, 30.0, 0.0)],
        4: [(100, 8, 40.0, 1.0), (70, 2, 40.0, 1.0)],
    }
    rows = [
        instalment(days, late=late, due=due, SK_ID_PREV=loan, NUM_INSTALMENT_VERSION=plan)
        for loan, instalments in loans.items()
        for days, late, due, plan in instalments
    ]
    assert_values(
        values(installments_payments=rows),
        instalment_loans_count=4,
        instalment_loans_late_share=3 / 4,
        instalment_loans_week_late_share=2 / 4,
        instalment_loans_month_late_share=1 / 4,
        instalment_loans_late_share_max=1,
        instalment_loans_late_share_mean=2.5 / 4,
        instalment_loans_late_mean_max=20,
        instalment_loans_plans_mean=1 / 4,
        instalment_loans_peak_max=60 / 40,
        instalment_loans_due_max=80,
        instalment_loans_number_min=1,
        instalment_loans_last_late_mean=5,
        instalment_loans_last_late_max=8,
        instalment_loans_last_started=100 / MONTH,
        instalment_loans_last_due_mean=40,
        instalment_loans_last_three_late_max_max=8,
        instalment_loans_last_five_late_max_max=40,
        instalment_loans_last_three_late_share_mean=2 / 3,
        instalments_cards_share=1 / 7,
    )


def per_instalment(table: pd.DataFrame) -> pd.DataFrame:
    """One row per instalment with what was due, paid and how late, as the product computes it."""
    keys = ["SK_ID_CURR", "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT"]
    rows = table.groupby(keys, dropna=False).agg(
        due=("AMT_INSTALMENT", "max"), paid=("AMT_PAYMENT", "sum"), paid_day=("DAYS_ENTRY_PAYMENT", "max")
    )
    rows = rows.reset_index().sort_values(
        ["DAYS_INSTALMENT", "SK_ID_PREV", "NUM_INSTALMENT_NUMBER", "NUM_INSTALMENT_VERSION"], ascending=False
    )
    rows["late"] = (rows["paid_day"] - rows["DAYS_INSTALMENT"]).clip(lower=0)
    rows["unpaid"] = (rows["due"] - rows["paid"]).clip(lower=0)
    return rows


def recent(rows: pd.DataFrame, days: int) -> pd.DataFrame:
    return rows[rows["DAYS_INSTALMENT"] >= -days]


def share_late(rows: pd.DataFrame) -> float:
    return (rows["late"].dropna() > 0).mean()


def over(rows: pd.DataFrame) -> float:
    return rows["paid"].sum() / rows["due"].sum() if rows["due"].sum() > 0 else np.nan


FORMULAS: dict[str, Formula] = {
    "instalments_half_year_late_share": lambda rows: share_late(recent(rows, 183)),
    "instalments_two_years_late_mean": lambda rows: recent(rows, 730)["late"].mean(),
    "instalments_last_late": lambda rows: rows["late"].iloc[0],
    "instalments_last_three_late_share": lambda rows: share_late(rows.head(3)),
    "instalments_last_five_late_max": lambda rows: rows.head(5)["late"].max(),
    "instalments_last_three_unpaid_sum": lambda rows: rows.head(3)["unpaid"].sum(min_count=1),
    "instalments_quarter_paid_over_due": lambda rows: over(recent(rows, 91)),
    "instalments_year_late_change": lambda rows: (
        recent(rows, 365)["late"].mean() - rows[rows["DAYS_INSTALMENT"] < -365]["late"].mean()
    ),
    "instalment_loans_late_mean_max": lambda rows: rows.groupby("SK_ID_PREV")["late"].mean().max(),
    "instalment_loans_paid_over_due_min": lambda rows: rows.groupby("SK_ID_PREV").apply(over).min(),
}


@pytest.mark.parametrize("seed", [1, 2])
def test_random_instalments_as_in_plain_pandas(seed: int) -> None:
    assert_agrees_with_pandas("installments_payments", FORMULAS, seed, per_instalment)
