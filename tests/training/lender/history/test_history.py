from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.tables_fixture import Row, table, tables_of
from training.dataset.history import history_frame
from training.lender.history import FEATURES
from training.tables.read import Tables, history_schema, read_tables

SAMPLE = Path(__file__).parents[4].parent / "shared" / "data" / "home-credit-sample"
BY_NAME = {feature.name: feature for feature in FEATURES}
CREDIT = {"SK_ID_CURR": 1, "CREDIT_ACTIVE": "Active", "CREDIT_CURRENCY": "currency 1", "DAYS_CREDIT": -100}
ASKED = {"SK_ID_CURR": 1, "NAME_CONTRACT_STATUS": "Approved", "DAYS_DECISION": -10}
PART = {"SK_ID_CURR": 1, "SK_ID_PREV": 5, "NUM_INSTALMENT_NUMBER": 1, "AMT_INSTALMENT": 100.0}
DAY = 1 / 365.25


def values(**rows: list[Row]) -> dict[str, float]:
    """The features of applicant 1 from these rows by table."""
    frame = history_frame(tables_of({name: table(name, given_rows) for name, given_rows in rows.items()}))
    return frame.drop(columns="SK_ID_CURR").iloc[0].to_dict()


def assert_values(found: dict[str, float], **expected: float) -> None:
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_features_are_named_and_worded_uniquely() -> None:
    for said in (
        [f.name for f in FEATURES],
        [f.label.en for f in FEATURES],
        [f.label.fr for f in FEATURES],
    ):
        assert len(set(said)) == len(said)


def test_features_are_declared_in_full() -> None:
    for feature in FEATURES:
        assert feature.unit in {"amount", "days", "months", "years", "share", "count", "ratio", ""}
        assert feature.theme in {"credit_bureau", "previous_loans", "repayment", "credit_card"}
        assert feature.direction in {-1, 0, 1}
        for words in (feature.label.en, feature.label.fr):
            assert words[0].isupper()
            assert not words.endswith(".")


def test_bureau_debts_and_arrears() -> None:
    found = values(
        bureau=[
            CREDIT | {"AMT_CREDIT_SUM": 100.0, "AMT_CREDIT_SUM_DEBT": 60.0, "CREDIT_TYPE": "Credit card"},
            CREDIT | {"AMT_CREDIT_SUM": 300.0, "AMT_CREDIT_SUM_DEBT": 40.0, "CREDIT_DAY_OVERDUE": 9},
            CREDIT | {"CREDIT_ACTIVE": "Closed", "AMT_CREDIT_SUM": 50.0, "AMT_CREDIT_SUM_DEBT": np.nan},
        ]
    )
    assert_values(
        found,
        bureau_count=3,
        bureau_active_credits_count=2,
        bureau_active_share=2 / 3,
        bureau_debt_sum=100,
        bureau_debt_mean=50,
        bureau_debt_over_credit=0.25,
        bureau_debt_over_credit_max=0.6,
        bureau_active_card_debt_sum=60,
        bureau_active_mortgage_debt_sum=np.nan,
        bureau_days_overdue_max=9,
        bureau_days_overdue_mean=3,
        bureau_overdue_share=1 / 3,
        bureau_closed_credit_sum=50,
    )


def test_bureau_times_are_positive_and_marks_are_missing() -> None:
    found = values(
        bureau=[
            CREDIT | {"DAYS_CREDIT": -365, "DAYS_CREDIT_ENDDATE": 365.25},
            CREDIT | {"DAYS_CREDIT": -730, "DAYS_CREDIT_ENDDATE": 31_199.0},
        ]
    )
    assert_values(
        found,
        bureau_age_min=365 * DAY,
        bureau_age_max=730 * DAY,
        bureau_active_left_max=12,
        bureau_active_left_mean=12,
        bureau_active_past_end_share=0,
        bureau_year_count=1,
    )


def test_bureau_months_count_lateness_per_credit_and_ignore_orphans() -> None:
    months = [(7, 0, "1"), (7, -1, "0"), (7, -20, "5"), (8, 0, "C"), (9, 0, "5")]
    found = values(
        bureau=[CREDIT | {"SK_ID_BUREAU": 7}, CREDIT | {"SK_ID_BUREAU": 8}],
        bureau_balance=[{"SK_ID_BUREAU": i, "MONTHS_BALANCE": m, "STATUS": s} for i, m, s in months],
    )
    assert_values(
        found,
        bureau_months_count=4,
        bureau_months_length=2,
        bureau_months_late_share=0.5,
        bureau_months_late_year=1,
        bureau_months_worst=5,
        bureau_months_worst_mean=2.5,
        bureau_months_worst_year=1,
        bureau_months_closed_share=0.25,
        bureau_months_unknown_share=0,
    )


def test_previous_decisions_and_marks_for_no_day() -> None:
    credit = {"AMT_APPLICATION": 80.0, "AMT_CREDIT": 100.0, "AMT_ANNUITY": 11.0, "CNT_PAYMENT": 10.0}
    running = {"DAYS_TERMINATION": 365_243.0, "DAYS_FIRST_DUE": -20.0}
    refused = {"NAME_CONTRACT_STATUS": "Refused", "CODE_REJECT_REASON": "HC", "DAYS_DECISION": -5}
    found = values(previous_application=[ASKED | credit | running, ASKED | refused])
    assert_values(
        found,
        previous_count=2,
        previous_refused_share=0.5,
        previous_last_refused_share=1,
        previous_reject_hc_share=0.5,
        previous_approved_interest_mean=0.1,
        previous_approved_running_count=1,
        previous_approved_running_annuity=11,
        previous_approved_ended_min=np.nan,
        previous_approved_first_due_max=20 * DAY,
        previous_last_credit=0,
        previous_last_approved_credit=100,
        previous_last_asked_over_credit=np.nan,
        previous_asked_over_credit_mean=0.8,
        previous_age_min=5 * DAY,
    )


def test_pos_balances_count_open_loans_and_days_past_due() -> None:
    months = [
        {"SK_ID_PREV": 5, "MONTHS_BALANCE": -2, "CNT_INSTALMENT": 10.0, "CNT_INSTALMENT_FUTURE": 4.0, "SK_DPD": 6},
        {"SK_ID_PREV": 5, "MONTHS_BALANCE": -1, "CNT_INSTALMENT": 10.0, "CNT_INSTALMENT_FUTURE": 3.0},
        {"SK_ID_PREV": 6, "MONTHS_BALANCE": -30, "NAME_CONTRACT_STATUS": "Completed", "CNT_INSTALMENT_FUTURE": 1.0},
    ]
    found = values(POS_CASH_balance=[{"SK_ID_CURR": 1} | row for row in months])
    assert_values(
        found,
        pos_loans=2,
        pos_months=3,
        pos_completed_share=0.5,
        pos_open_loans_count=1,
        pos_open_left_sum=3,
        pos_open_left_over_term=0.3,
        pos_days_late_max=6,
        pos_days_late_mean=2,
        pos_late_share=1 / 3,
        pos_late_loans_share=0.5,
        pos_latest=1,
        pos_oldest=30,
    )


def test_an_instalment_paid_in_parts_is_as_late_as_its_last_part() -> None:
    found = values(
        installments_payments=[
            PART | {"DAYS_INSTALMENT": -50.0, "DAYS_ENTRY_PAYMENT": -60.0, "AMT_PAYMENT": 40.0},
            PART | {"DAYS_INSTALMENT": -50.0, "DAYS_ENTRY_PAYMENT": -40.0, "AMT_PAYMENT": 60.0},
            PART | {"DAYS_INSTALMENT": -500.0, "DAYS_ENTRY_PAYMENT": -504.0, "AMT_PAYMENT": 75.0},
            PART | {"DAYS_INSTALMENT": -600.0, "DAYS_ENTRY_PAYMENT": np.nan, "AMT_PAYMENT": np.nan},
        ]
    )
    assert_values(
        found,
        instalments_count=3,
        instalments_year_all_count=1,
        instalments_late_max=10,
        instalments_late_mean=5,
        instalments_early_max=4,
        instalments_late_share=0.5,
        instalments_year_late_share=1,
        instalments_unpaid_sum=125,
        instalments_unpaid_share=2 / 3,
        instalments_paid_over_due=175 / 300,
        instalments_least_paid=0,
        instalments_year_paid_over_due=1,
    )


def test_card_use_and_latest_month() -> None:
    months = [
        {"MONTHS_BALANCE": -1, "AMT_BALANCE": 20.0, "AMT_CREDIT_LIMIT_ACTUAL": 0},
        {"MONTHS_BALANCE": -2, "AMT_BALANCE": 50.0, "AMT_CREDIT_LIMIT_ACTUAL": 100, "SK_DPD": 4},
        {"MONTHS_BALANCE": -20, "AMT_BALANCE": 150.0, "AMT_CREDIT_LIMIT_ACTUAL": 100, "AMT_DRAWINGS_CURRENT": 8.0,
         "AMT_DRAWINGS_ATM_CURRENT": 2.0},
        {"MONTHS_BALANCE": -30, "AMT_DRAWINGS_CURRENT": 9.0, "AMT_DRAWINGS_ATM_CURRENT": np.nan},
    ]  # fmt: skip
    found = values(credit_card_balance=[{"SK_ID_CURR": 1, "SK_ID_PREV": 5} | row for row in months])
    assert_values(
        found,
        card_months=4,
        card_count=1,
        card_use_mean=1,
        card_use_max=1.5,
        card_over_limit_share=0.5,
        card_latest_balance=20,
        card_latest_use=0.5,
        card_cash_share=0.25,
        card_year_cash_share=np.nan,
        card_days_late_max=4,
        card_late_share=0.25,
    )


def test_no_history_is_missing_not_zero() -> None:
    rows = {name: table(name, [{"SK_ID_CURR": 99, "SK_ID_BUREAU": 1, "SK_ID_PREV": 1}]) for name in history_schema()}
    frame = history_frame(tables_of(rows, ids=(2, 1)))
    assert frame["SK_ID_CURR"].tolist() == [1, 2]
    assert frame.drop(columns="SK_ID_CURR").isna().all(axis=None)


def test_absent_tables_leave_the_same_columns_missing() -> None:
    frame = history_frame(tables_of({}, ids=(1, 2)))
    assert list(frame.columns) == ["SK_ID_CURR", *BY_NAME]
    assert frame.drop(columns="SK_ID_CURR").isna().all(axis=None)
    assert set(frame.dtypes[1:].astype(str)) == {"float32"}


@pytest.mark.real_data
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the shared sample of real rows is not on this machine")
def test_real_sample() -> None:
    tables: Tables = read_tables(SAMPLE)
    frame = history_frame(tables).set_index("SK_ID_CURR")
    assert frame.index.is_unique
    assert not np.isinf(frame).any(axis=None)
    years = frame[[feature.name for feature in FEATURES if feature.unit == "years"]]
    assert ((years >= 0) & (years <= 50) | years.isna()).all(axis=None)
    shares = frame[[feature.name for feature in FEATURES if feature.unit == "share"]]
    assert ((shares >= -0.001) & (shares <= 1.001) | shares.isna()).all(axis=None)
    filled = {feature.theme for feature in FEATURES if frame[feature.name].notna().any()}
    assert filled == {"credit_bureau", "previous_loans", "repayment", "credit_card"}


def test_french_labels_never_part_from_their_colon_at_a_line_end() -> None:
    assert not [feature.name for feature in FEATURES if " :" in feature.label.fr]
