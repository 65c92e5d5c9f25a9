"""Earlier applications to this lender, by hand: windows, last applications, levels, gaps."""

from __future__ import annotations

import numpy as np

from tests.training.aggregates.test_aggregates_interest import exact_rate
from tests.training.lender.history.test_history import ASKED, DAY, assert_values, values

REFUSED = ASKED | {"NAME_CONTRACT_STATUS": "Refused"}
MONTH = 12 / 365.25


def test_rates_of_approved_and_refused_applications() -> None:
    loan = {"AMT_CREDIT": 1000.0, "CNT_PAYMENT": 12.0}
    found = values(
        previous_application=[
            ASKED | loan | {"AMT_ANNUITY": 100.0, "DAYS_DECISION": -10},
            ASKED | loan | {"AMT_ANNUITY": 90.0, "DAYS_DECISION": -300},
            REFUSED | loan | {"AMT_ANNUITY": 110.0},
        ]
    )
    cheap, medium, dear = (exact_rate(1000, annuity, 12) for annuity in (90, 100, 110))
    assert_values(
        found,
        previous_rate_min=cheap,
        previous_rate_max=dear,
        previous_refused_rate_mean=dear,
        previous_approved_rate_mean=(cheap + medium) / 2,
        previous_approved_half_year_rate_mean=medium,
        previous_last_approved_rate=medium,
        previous_last_approved_rate_trend=medium / ((cheap + medium) / 2),
        previous_last_approved_credit_over_annuity=10,
    )


def test_windows_hold_the_applications_decided_in_them() -> None:
    found = values(
        previous_application=[
            REFUSED | {"DAYS_DECISION": -91, "AMT_APPLICATION": 10.0},
            ASKED | {"DAYS_DECISION": -92, "AMT_APPLICATION": 30.0, "AMT_CREDIT": 40.0},
            ASKED | {"DAYS_DECISION": -700, "AMT_APPLICATION": 80.0, "AMT_CREDIT": 80.0},
            ASKED | {"DAYS_DECISION": -731},
        ]
    )
    assert_values(
        found,
        previous_quarter_all_count=1,
        previous_refused_quarter_all_count=1,
        previous_half_year_all_count=2,
        previous_half_year_refused_share=0.5,
        previous_half_year_asked_mean=20,
        previous_approved_half_year_credit_sum=40,
        previous_year_refused_share=0.5,
        previous_approved_two_years_all_count=2,
        previous_two_years_refused_share=1 / 3,
        previous_approved_two_years_credit_sum=120,
    )


def test_last_applications_and_the_time_between_them() -> None:
    days = (-10, -40, -100, -100, -500)
    found = values(
        previous_application=[
            (REFUSED if number == 0 else ASKED)
            | {"SK_ID_PREV": number, "DAYS_DECISION": day, "AMT_APPLICATION": 100.0 * (number + 1),
               "AMT_CREDIT": 100.0 * (number + 1)}
            for number, day in enumerate(days)
        ]
    )  # fmt: skip
    assert_values(
        found,
        previous_last_asked=100,
        previous_last_three_asked_mean=(100 + 200 + 400) / 3,
        previous_last_three_refused_share=1 / 3,
        previous_last_five_refused_share=1 / 5,
        previous_last_five_asked_mean=300,
        previous_last_approved_asked=200,
        previous_last_three_approved_credit_mean=(200 + 400 + 300) / 3,
        previous_last_five_approved_age_mean=(40 + 100 + 100 + 500) / 4 * DAY,
        previous_last_three_asked_trend=(700 / 3) / 300,
        previous_last_approved_credit_trend=200 / 350,
        previous_gap_last=30 * MONTH,
        previous_gap_mean=490 / 4 * MONTH,
        previous_gap_max=400 * MONTH,
        previous_gap_std=np.std([30, 60, 0, 400], ddof=1) * MONTH,
    )


def test_levels_of_all_the_last_and_the_last_approved() -> None:
    cash = {"NAME_CONTRACT_TYPE": "Cash loans", "NAME_YIELD_GROUP": "high", "PRODUCT_COMBINATION": "Cash X-Sell: low"}
    phone = {"NAME_CONTRACT_TYPE": "Consumer loans", "PRODUCT_COMBINATION": "POS mobile without interest"}
    found = values(
        previous_application=[
            REFUSED | phone | {"CODE_REJECT_REASON": "SCO", "DAYS_DECISION": -5},
            ASKED | cash | {"NAME_CLIENT_TYPE": "New", "DAYS_DECISION": -50},
            ASKED | phone | {"DAYS_DECISION": -500},
            ASKED | phone | {"DAYS_DECISION": -600, "NAME_GOODS_CATEGORY": "Computers"},
        ]
    )
    assert_values(
        found,
        previous_reject_sco_share=0.25,
        previous_mobile_free_share=0.75,
        previous_computers_share=0.25,
        previous_last_reject_sco_share=1,
        previous_last_reject_hc_share=0,
        previous_last_mobile_free_share=1,
        previous_last_cash_share=0,
        previous_last_approved_cash_share=1,
        previous_last_approved_yield_high_share=1,
        previous_last_approved_cash_offered_low_share=1,
        previous_last_approved_new_client_share=1,
        previous_last_approved_mobile_free_share=0,
    )


def test_without_an_approval_there_is_no_last_approved() -> None:
    found = values(previous_application=[REFUSED | {"AMT_APPLICATION": 10.0}])
    assert_values(
        found, previous_last_asked=10, previous_last_approved_asked=np.nan, previous_last_approved_cash_share=np.nan
    )


def test_down_payments_and_repayment_before_and_after_plan() -> None:
    plan = {"DAYS_LAST_DUE_1ST_VERSION": -100.0, "DAYS_DECISION": -400}
    found = values(
        previous_application=[
            ASKED | plan | {"DAYS_LAST_DUE": -130.0, "DAYS_FIRST_DUE": -360.0, "AMT_DOWN_PAYMENT": 20.0},
            ASKED | plan | {"DAYS_LAST_DUE": -90.0, "DAYS_FIRST_DUE": 365_243.0, "AMT_DOWN_PAYMENT": np.nan},
            ASKED | {"AMT_ANNUITY": 10.0, "DAYS_LAST_DUE_1ST_VERSION": 2 / MONTH, "DAYS_LAST_DUE": 365_243.0},
        ]
    )
    assert_values(
        found,
        previous_approved_early_max=30,
        previous_approved_after_max=10,
        previous_approved_grace_mean=(40 + 10) / 2,
        previous_approved_due_sum=20,
        previous_down_max=20,
        previous_approved_down_sum=20,
    )
