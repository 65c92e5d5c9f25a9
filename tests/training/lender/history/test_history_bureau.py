"""Credits at other lenders, by hand: windows, last credits, kinds, gaps, and their monthly states."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.lender.history.test_history import CREDIT, DAY, assert_values, values
from tests.training.tables_fixture import Row

MONTH = 12 / 365.25


def test_active_credits_weigh_by_debt_over_credit_annuity_and_months_left() -> None:
    found = values(
        bureau=[
            CREDIT | {"AMT_CREDIT_SUM": 100.0, "AMT_CREDIT_SUM_DEBT": 60.0, "AMT_ANNUITY": 10.0,
                      "DAYS_CREDIT_ENDDATE": 3 / MONTH},
            CREDIT | {"AMT_CREDIT_SUM": 300.0, "AMT_CREDIT_SUM_DEBT": 30.0, "DAYS_CREDIT_ENDDATE": -50.0},
            CREDIT | {"AMT_CREDIT_SUM": 0.0, "AMT_CREDIT_SUM_DEBT": 0.0, "DAYS_CREDIT_ENDDATE": 31_199.0},
            CREDIT | {"CREDIT_ACTIVE": "Closed", "AMT_CREDIT_SUM": 400.0},
        ]
    )  # fmt: skip
    assert_values(
        found,
        bureau_active_debt_over_credit_mean=(0.6 + 0.1) / 2,
        bureau_active_debt_over_credit_min=0.1,
        bureau_active_debt_over_annuity=6,
        bureau_active_monthly_debt_sum=20 + 30,
        bureau_active_credit_over_all=0.5,
        bureau_active_credit_std=np.std([100, 300, 0], ddof=1),
        bureau_active_left_sum=3,
        bureau_horizon_min=-50 * MONTH,
        bureau_horizon_max=3,
    )


def test_standard_deviation_of_a_single_credit_is_missing() -> None:
    found = values(bureau=[CREDIT | {"AMT_CREDIT_SUM": 100.0}])
    assert_values(found, bureau_active_credit_std=np.nan, bureau_age_std=np.nan, bureau_gap_mean=np.nan)


def test_closed_credits_tell_how_long_they_lasted() -> None:
    closed = {"CREDIT_ACTIVE": "Closed", "DAYS_CREDIT": -400, "DAYS_CREDIT_ENDDATE": -200.0}
    found = values(
        bureau=[
            CREDIT | closed | {"DAYS_ENDDATE_FACT": -300.0, "AMT_CREDIT_SUM": 10.0},
            CREDIT | closed | {"DAYS_ENDDATE_FACT": -42_023.0, "AMT_CREDIT_SUM": 50.0},
        ]
    )
    assert_values(
        found,
        bureau_closed_lasted_mean=100 * MONTH,
        bureau_closed_lasted_over_term_mean=0.5,
        bureau_closed_half_year_credits_count=0,
        bureau_closed_year_credits_count=1,
        bureau_closed_year_credit_sum=10,
        bureau_closed_end_max=300 * DAY,
    )


def test_arrears_of_the_past_count_over_credit_and_by_window() -> None:
    found = values(
        bureau=[
            CREDIT | {"DAYS_CREDIT": -100, "AMT_CREDIT_SUM": 100.0, "AMT_CREDIT_MAX_OVERDUE": 0.0},
            CREDIT | {"DAYS_CREDIT": -500, "AMT_CREDIT_SUM": 200.0, "AMT_CREDIT_MAX_OVERDUE": 50.0},
            CREDIT | {"DAYS_CREDIT": -600, "AMT_CREDIT_SUM": 200.0, "AMT_CREDIT_MAX_OVERDUE": np.nan},
        ]
    )
    assert_values(
        found,
        bureau_ever_overdue_share=0.5,
        bureau_worst_overdue_over_credit_max=0.25,
        bureau_year_worst_overdue_max=0,
        bureau_two_years_worst_overdue_max=50,
    )


def test_windows_hold_the_credits_opened_in_them() -> None:
    debts = {-91: 1.0, -92: 2.0, -183: 4.0, -365: 8.0, -366: 16.0, -730: 32.0, -731: 64.0}
    found = values(
        bureau=[
            CREDIT | {"DAYS_CREDIT": day, "AMT_CREDIT_SUM_DEBT": debt, "AMT_CREDIT_SUM": 100.0}
            for day, debt in debts.items()
        ]
    )
    assert_values(
        found,
        bureau_quarter_opened_count=1,
        bureau_quarter_debt_sum=1,
        bureau_half_year_count=3,
        bureau_half_year_debt_sum=7,
        bureau_year_count=4,
        bureau_year_debt_sum=15,
        bureau_year_debt_over_credit=15 / 400,
        bureau_two_years_opened_count=6,
        bureau_two_years_debt_sum=63,
        bureau_two_years_credit_sum=600,
    )


def test_last_credits_and_the_time_between_them() -> None:
    days = (-10, -40, -100, -100, -500)
    found = values(
        bureau=[
            CREDIT | {"SK_ID_BUREAU": number, "DAYS_CREDIT": day, "AMT_CREDIT_SUM": 100.0 * (number + 1),
                      "AMT_CREDIT_SUM_DEBT": 10.0, "CREDIT_TYPE": "Microloan" if number == 0 else "Credit card"}
            for number, day in enumerate(days)
        ]
    )  # fmt: skip
    # Of the two of day -100, that of 400 has the higher id: it is the third last.
    assert_values(
        found,
        bureau_last_credit=100,
        bureau_last_debt_over_credit=0.1,
        bureau_last_microloan_share=1,
        bureau_last_active_share=1,
        bureau_last_three_credit_mean=(100 + 200 + 400) / 3,
        bureau_last_three_debt_over_credit=30 / 700,
        bureau_last_three_microloan_share=1 / 3,
        bureau_last_three_age_max=100 * DAY,
        bureau_last_five_credit_mean=300,
        bureau_last_credit_trend=1 / 3,
        bureau_gap_last=30 * MONTH,
        bureau_gap_mean=490 / 4 * MONTH,
        bureau_gap_max=400 * MONTH,
        bureau_gap_std=np.std([30, 60, 0, 400], ddof=1) * MONTH,
        bureau_last_three_gap_trend=30 / (490 / 4),
    )


def test_common_kinds_have_figures_of_their_own() -> None:
    card = CREDIT | {"CREDIT_TYPE": "Credit card", "AMT_CREDIT_SUM": 100.0, "AMT_CREDIT_SUM_DEBT": 50.0}
    found = values(
        bureau=[
            card,
            card | {"CREDIT_ACTIVE": "Closed", "DAYS_CREDIT": -30, "AMT_CREDIT_SUM_DEBT": 0.0},
            CREDIT | {"CREDIT_TYPE": "Car loan", "AMT_CREDIT_SUM_DEBT": 70.0},
        ]
    )
    assert_values(
        found,
        bureau_active_card_credits_count=1,
        bureau_active_card_debt_over_credit=0.5,
        bureau_active_card_credit_sum=100,
        bureau_card_age_min=30 * DAY,
        bureau_active_consumer_credits_count=0,
        bureau_consumer_age_min=np.nan,
        bureau_active_car_debt_sum=70,
    )


def monthly(*months: tuple[int, int, str], active: bool = True) -> dict[str, float]:
    """The features of one applicant's monthly states (credit, month, state) of credits 7 and 8, the latter closed."""
    state: Row = {"CREDIT_ACTIVE": "Active" if active else "Closed"}
    return values(
        bureau=[CREDIT | state | {"SK_ID_BUREAU": 7}, CREDIT | {"SK_ID_BUREAU": 8, "CREDIT_ACTIVE": "Closed"}],
        bureau_balance=[{"SK_ID_BUREAU": i, "MONTHS_BALANCE": m, "STATUS": s} for i, m, s in months],
    )


def test_late_months_by_window_and_trend() -> None:
    found = monthly((7, 0, "1"), (7, -3, "0"), (7, -6, "2"), (8, -13, "0"), (8, -24, "3"), (8, -25, "X"))
    assert_values(
        found,
        bureau_months_late_share_quarter=1 / 2,
        bureau_months_late_share_half_year=2 / 3,
        bureau_months_late_share_year=2 / 3,
        bureau_months_late_share_two_years=3 / 5,
        bureau_months_late_trend=2 / 3 - 1 / 3,
        bureau_months_over_month_share=2 / 6,
        bureau_months_late_share_max=2 / 3,
        bureau_months_length_max=3,
        bureau_months_since_late=0,
        bureau_months_active_late_share=2 / 3,
        bureau_months_active_length=3,
    )


@pytest.mark.parametrize(("months", "since"), [([(7, -5, "0")], 97), ([(7, -96, "1"), (7, -2, "C")], 96)])
def test_never_late_is_longer_ago_than_any_record(months: list[tuple[int, int, str]], since: int) -> None:
    assert_values(monthly(*months), bureau_months_since_late=since)


def test_a_record_without_recent_months_has_no_recent_share() -> None:
    found = monthly((8, -40, "1"), active=False)
    assert_values(
        found,
        bureau_months_late_share=1,
        bureau_months_late_share_year=np.nan,
        bureau_months_late_trend=np.nan,
        bureau_months_active_late_share=np.nan,
    )
