"""Features of every family on random tables, compared with formulas in plain pandas, applicant by applicant."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from scoring.interest import MOST_PAID_OVER_CREDIT
from tests.training.aggregates.test_aggregates_interest import exact_rate
from tests.training.lender.history.test_history_random import APPLICANTS, ROWS, random_tables
from tests.training.tables_fixture import tables_of
from training.dataset.history import history_frame

MONTH = 365.25 / 12
Formula = Callable[[pd.DataFrame], float]


def over(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0 else np.nan


def total(values: pd.Series) -> float:
    return values.sum(min_count=1)


def days_between(days: pd.Series) -> pd.Series:
    """Of rows latest first: the days from each to the one before it in time."""
    return -days.diff().iloc[1:]


def debt_over_credit(rows: pd.DataFrame) -> float:
    known = rows[rows["AMT_CREDIT_SUM_DEBT"].notna()]
    return over(known["AMT_CREDIT_SUM_DEBT"].sum(), known["AMT_CREDIT_SUM"].sum())


def active(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["CREDIT_ACTIVE"] == "Active"]


def approved(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["NAME_CONTRACT_STATUS"] == "Approved"]


def opened(rows: pd.DataFrame, days: int) -> pd.DataFrame:
    return rows[rows["DAYS_CREDIT"] >= -days]


def decided(rows: pd.DataFrame, days: int) -> pd.DataFrame:
    return rows[rows["DAYS_DECISION"] >= -days]


def is_refused(rows: pd.DataFrame) -> pd.Series:
    return (rows["NAME_CONTRACT_STATUS"] == "Refused").astype(float)


# Each takes an applicant's credits, the latest first.
BUREAU: dict[str, Formula] = {
    "bureau_quarter_opened_count": lambda rows: len(opened(rows, 91)),
    "bureau_half_year_debt_sum": lambda rows: total(opened(rows, 183)["AMT_CREDIT_SUM_DEBT"]),
    "bureau_two_years_credit_sum": lambda rows: total(opened(rows, 730)["AMT_CREDIT_SUM"]),
    "bureau_year_debt_over_credit": lambda rows: debt_over_credit(opened(rows, 365)),
    "bureau_active_debt_over_credit": lambda rows: debt_over_credit(active(rows)),
    "bureau_active_credit_std": lambda rows: active(rows)["AMT_CREDIT_SUM"].std(),
    "bureau_active_age_std": lambda rows: active(rows)["DAYS_CREDIT"].std() / 365.25,
    "bureau_last_credit": lambda rows: rows["AMT_CREDIT_SUM"].iloc[0],
    "bureau_last_three_debt_over_credit": lambda rows: debt_over_credit(rows.head(3)),
    "bureau_last_three_credit_mean": lambda rows: rows.head(3)["AMT_CREDIT_SUM"].mean(),
    "bureau_last_five_debt_sum": lambda rows: total(rows.head(5)["AMT_CREDIT_SUM_DEBT"]),
    "bureau_last_three_credit_trend": lambda rows: over(
        rows.head(3)["AMT_CREDIT_SUM"].mean(), rows["AMT_CREDIT_SUM"].mean()
    ),
    "bureau_gap_mean": lambda rows: days_between(rows["DAYS_CREDIT"]).mean() / MONTH,
    "bureau_gap_std": lambda rows: days_between(rows["DAYS_CREDIT"]).std() / MONTH,
    "bureau_active_card_credits_count": lambda rows: (active(rows)["CREDIT_TYPE"] == "Credit card").sum(),
}
# Each takes an applicant's applications, the latest first.
PREVIOUS: dict[str, Formula] = {
    "previous_quarter_all_count": lambda rows: len(decided(rows, 91)),
    "previous_year_refused_share": lambda rows: is_refused(decided(rows, 365)).mean(),
    "previous_refused_two_years_all_count": lambda rows: is_refused(decided(rows, 730)).sum(),
    "previous_approved_year_credit_sum": lambda rows: total(approved(decided(rows, 365))["AMT_CREDIT"]),
    "previous_last_asked": lambda rows: rows["AMT_APPLICATION"].iloc[0],
    "previous_last_three_refused_share": lambda rows: is_refused(rows.head(3)).mean(),
    "previous_last_three_approved_credit_mean": lambda rows: approved(rows).head(3)["AMT_CREDIT"].mean(),
    "previous_last_five_age_mean": lambda rows: -rows.head(5)["DAYS_DECISION"].mean() / 365.25,
    "previous_last_three_asked_trend": lambda rows: over(
        rows.head(3)["AMT_APPLICATION"].mean(), rows["AMT_APPLICATION"].mean()
    ),
    "previous_rate_mean": lambda rows: rows["rate"].mean(),
    "previous_rate_max": lambda rows: rows["rate"].max(),
    "previous_approved_rate_min": lambda rows: approved(rows)["rate"].min(),
    "previous_gap_max": lambda rows: days_between(rows["DAYS_DECISION"]).max() / MONTH,
    "previous_gap_std": lambda rows: days_between(rows["DAYS_DECISION"]).std() / MONTH,
}


def late(rows: pd.DataFrame, least: int = 1) -> pd.Series:
    return rows["STATUS"].isin([str(state) for state in range(least, 6)]).astype(float)


def recent(rows: pd.DataFrame, months: int) -> pd.DataFrame:
    return rows[rows["MONTHS_BALANCE"] >= -months]


# Each takes the monthly states of an applicant's credits.
BALANCE: dict[str, Formula] = {
    "bureau_months_late_share": lambda rows: late(rows).mean(),
    "bureau_months_over_month_share": lambda rows: late(rows, 2).mean(),
    "bureau_months_late_share_quarter": lambda rows: late(recent(rows, 3)).mean(),
    "bureau_months_late_share_two_years": lambda rows: late(recent(rows, 24)).mean(),
    "bureau_months_since_late": lambda rows: -rows[late(rows) > 0]["MONTHS_BALANCE"].max() if late(rows).any() else 97,
    "bureau_months_late_trend": lambda rows: (
        late(recent(rows, 12)).mean() - late(rows[rows["MONTHS_BALANCE"] < -12]).mean()
    ),
    "bureau_months_late_share_max": lambda rows: late(rows).groupby(rows["SK_ID_BUREAU"]).mean().max(),
    "bureau_months_active_late_share": lambda rows: late(active(rows)).mean(),
}


def with_rates(rows: pd.DataFrame) -> pd.DataFrame:
    """The applications with their yearly rate, solved exactly."""

    def rate(credit: float, annuity: float, term: float) -> float:
        if not (credit > 0 and annuity > 0 and term > 0) or annuity * term / credit > MOST_PAID_OVER_CREDIT:
            return np.nan
        return exact_rate(credit, annuity, term) if annuity * term > credit else 0.0

    columns = rows[["AMT_CREDIT", "AMT_ANNUITY", "CNT_PAYMENT"]]
    return rows.assign(rate=[rate(*values) for values in columns.itertuples(index=False)])


@pytest.fixture(scope="module", params=[4, 5])
def case(request: pytest.FixtureRequest) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Random tables, and the features made of them, by applicant."""
    tables = {name: random_tables(request.param)[name] for name in ("bureau", "bureau_balance", "previous_application")}
    # An id of its own for each application, so that there is a last one.
    tables["previous_application"]["SK_ID_PREV"] = np.arange(ROWS)
    # Most applicants have several months on record, as in the lender's table.
    months = np.random.default_rng(request.param).integers(0, 30, len(tables["bureau_balance"]))
    tables["bureau_balance"]["SK_ID_BUREAU"] = months
    return tables, history_frame(tables_of(tables, range(APPLICANTS))).set_index("SK_ID_CURR")


def assert_equal(found: pd.DataFrame, rows: pd.DataFrame, formulas: dict[str, Formula], tolerance: float) -> None:
    for applicant, own in rows.groupby("SK_ID_CURR"):
        expected = {name: float(formula(own)) for name, formula in formulas.items()}
        told = found.loc[applicant, list(expected)].to_dict()
        assert told == pytest.approx(expected, rel=tolerance, abs=tolerance, nan_ok=True), f"applicant {applicant}"


def test_bureau_features_are_as_pandas_computes_them(case: tuple[dict[str, pd.DataFrame], pd.DataFrame]) -> None:
    tables, found = case
    latest_first = tables["bureau"].sort_values(["DAYS_CREDIT", "SK_ID_BUREAU"], ascending=False)
    assert_equal(found, latest_first, BUREAU, 1e-6)


def test_previous_features_are_as_pandas_computes_them(case: tuple[dict[str, pd.DataFrame], pd.DataFrame]) -> None:
    tables, found = case
    latest_first = tables["previous_application"].sort_values(["DAYS_DECISION", "SK_ID_PREV"], ascending=False)
    assert_equal(found, with_rates(latest_first), PREVIOUS, 1e-6)


def test_monthly_features_are_as_pandas_computes_them(case: tuple[dict[str, pd.DataFrame], pd.DataFrame]) -> None:
    tables, found = case
    owners = tables["bureau"][["SK_ID_BUREAU", "SK_ID_CURR", "CREDIT_ACTIVE"]]
    assert_equal(found, tables["bureau_balance"].merge(owners, on="SK_ID_BUREAU"), BALANCE, 1e-6)
