"""Credit cards by hand, and against plain pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.training.lender.history.test_history import assert_values, values
from tests.training.pandas_formulas import Formula, assert_agrees_with_pandas
from tests.training.tables_fixture import Row


def month(ago: int, card: int = 5, **given: object) -> Row:
    """The state of a card so many months ago."""
    return {"SK_ID_CURR": 1, "SK_ID_PREV": card, "MONTHS_BALANCE": -ago, **given}


def drawings(atm: float, pos: float, other: float) -> dict[str, object]:
    """What was drawn in a month; one drawing per kind that there is any of."""
    kinds = {"ATM": atm, "POS": pos, "OTHER": other}
    return {
        "AMT_DRAWINGS_CURRENT": atm + pos + other,
        "CNT_DRAWINGS_CURRENT": sum(amount > 0 for amount in kinds.values()),
        **{f"AMT_DRAWINGS_{kind}_CURRENT": amount for kind, amount in kinds.items()},
        **{f"CNT_DRAWINGS_{kind}_CURRENT": float(amount > 0) for kind, amount in kinds.items()},
    }


def test_use_of_the_limit_in_windows() -> None:
    uses = {2: 0.95, 5: 0.6, 12: 1.2, 24: 0.2, 30: 0.05}
    months = [month(ago, AMT_BALANCE=100 * use, AMT_CREDIT_LIMIT_ACTUAL=100) for ago, use in uses.items()]
    assert_values(
        values(credit_card_balance=months),
        card_use_mean=0.6,
        card_quarter_use_mean=0.95,
        card_half_year_use_max=0.95,
        card_year_use_max=1.2,
        card_two_years_use_mean=2.95 / 4,
        card_year_over_limit_share=1 / 3,
        card_high_use_share=2 / 5,
        card_quarter_high_use_share=1,
        card_quarter_balance_mean=95,
        card_year_balance_max=120,
    )


@pytest.mark.parametrize(("owing", "unused"), [((), 30), ((30,), 30), ((4, 30), 4)])
def test_time_without_a_balance_runs_from_the_last_debt_or_else_the_first_month(
    owing: tuple[int, ...], unused: int
) -> None:
    months = [month(ago, AMT_BALANCE=9.0 if ago in owing else -1.0) for ago in (1, 4, 30)]
    assert_values(values(credit_card_balance=months), card_unused=unused)


def test_drawings_by_kind() -> None:
    unknown = dict.fromkeys(drawings(0, 0, 0), np.nan) | {"AMT_DRAWINGS_CURRENT": 500.0, "CNT_DRAWINGS_CURRENT": 2}
    months = [
        month(3, **drawings(60, 0, 0)),
        month(4, **drawings(0, 30, 10)),
        month(20, **drawings(0, 0, 0)),
        month(40, **unknown),
    ]
    assert_values(
        values(credit_card_balance=months),
        card_atm_mean=20,
        card_atm_max=60,
        card_year_atm_mean=30,
        card_pos_mean=10,
        card_pos_drawings_mean=1 / 3,
        card_year_pos_drawings_mean=1 / 2,
        card_other_mean=10 / 3,
        card_other_drawings_mean=1 / 3,
        card_cash_share=0.6,
        card_drawn_max=500,
        card_year_drawn_max=60,
        card_quarter_drawn_mean=60,
        card_drew_share=3 / 4,
        card_last_drawing=3,
        card_year_drawings_max=2,
    )


def test_a_card_never_used_has_no_last_drawing_or_payment() -> None:
    found = values(credit_card_balance=[month(1), month(2)])
    assert_values(found, card_last_drawing=np.nan, card_last_payment=np.nan, card_cash_share=np.nan)


def test_payments_over_the_minimum_and_over_what_was_owed() -> None:
    def paying(ago: int, paid: float, minimum: float, balance: float) -> Row:
        given = {"AMT_PAYMENT_TOTAL_CURRENT": paid, "AMT_INST_MIN_REGULARITY": minimum, "AMT_BALANCE": balance}
        return month(ago, **given)

    months = [
        paying(1, 10, 10, 90),
        paying(2, 4, 10, 100),
        paying(8, 50, 10, 50),
        paying(20, 100, 0, -3),
        paying(21, 7, np.nan, 0),
    ]
    assert_values(
        values(credit_card_balance=months),
        card_payment_over_minimum=164 / 30,
        card_quarter_payment_over_minimum=14 / 20,
        card_payment_over_owed=171 / 411,
        card_quarter_payment_over_owed=14 / 204,
        card_minimum_only_share=2 / 3,
        card_minimum_missed_share=1 / 3,
        card_half_year_minimum_only_share=1,
        card_year_minimum_missed_share=1 / 3,
        card_last_payment=1,
        card_payment_max=100,
        card_latest_payment=10,
        card_latest_minimum=10,
        card_quarter_payment_mean=7,
    )


def test_owing_nothing_counts_as_having_paid_all_and_no_month_as_unknown() -> None:
    found = values(credit_card_balance=[month(20, AMT_BALANCE=0.0)])
    assert_values(found, card_payment_over_owed=1, card_year_payment_over_owed=np.nan, card_payment_over_minimum=np.nan)


def test_limits_and_their_changes() -> None:
    limits = {30: 100, 20: 300, 6: 300, 1: 150}
    months = [month(ago, AMT_CREDIT_LIMIT_ACTUAL=limit) for ago, limit in limits.items()]
    assert_values(
        values(credit_card_balance=months),
        card_limit_min=100,
        card_limits=3,
        card_latest_limit=150,
        card_latest_limit_over_highest=0.5,
        card_year_limit_mean=225,
    )


def test_arrears_and_status() -> None:
    months = [
        month(2, SK_DPD=4, NAME_CONTRACT_STATUS="Active"),
        month(9, SK_DPD=45, SK_DPD_DEF=3, NAME_CONTRACT_STATUS="Active"),
        month(20, SK_DPD=90, NAME_CONTRACT_STATUS="Completed"),
        month(1, NAME_CONTRACT_STATUS="Completed"),
    ]
    assert_values(
        values(credit_card_balance=months),
        card_quarter_days_late_max=4,
        card_year_days_late_max=45,
        card_two_years_days_late_max=90,
        card_year_days_late_mean=49 / 3,
        card_month_late_share=1 / 2,
        card_year_late_share=2 / 3,
        card_latest_days_late=0,
        card_large_days_late_max=3,
        card_clean=2,
        card_completed_share=1 / 2,
    )


def recent(rows: pd.DataFrame, months: int) -> pd.DataFrame:
    return rows[rows["MONTHS_BALANCE"] >= -months]


def use(rows: pd.DataFrame) -> pd.Series:
    limit = rows["AMT_CREDIT_LIMIT_ACTUAL"]
    return rows["AMT_BALANCE"] / limit.where(limit > 0)


FORMULAS: dict[str, Formula] = {
    "card_two_years_use_max": lambda rows: use(recent(rows, 24)).max(),
    "card_half_year_balance_mean": lambda rows: recent(rows, 6)["AMT_BALANCE"].mean(),
    "card_quarter_drawings_mean": lambda rows: recent(rows, 3)["CNT_DRAWINGS_CURRENT"].mean(),
    "card_year_pos_mean": lambda rows: recent(rows, 12)["AMT_DRAWINGS_POS_CURRENT"].mean(),
    "card_limits": lambda rows: rows["AMT_CREDIT_LIMIT_ACTUAL"].nunique(),
    "card_year_late_share": lambda rows: (recent(rows, 12)["SK_DPD"] > 0).mean(),
    "card_instalments_mean": lambda rows: rows["CNT_INSTALMENT_MATURE_CUM"].mean(),
}


@pytest.mark.parametrize("seed", [1, 2])
def test_random_months_as_in_plain_pandas(seed: int) -> None:
    assert_agrees_with_pandas("credit_card_balance", FORMULAS, seed)
