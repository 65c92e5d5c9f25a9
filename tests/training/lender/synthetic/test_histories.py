"""Made-up histories hang together, hold the real traps and carry signal."""

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tests.training.lender.synthetic.expected import HISTORIES, SENTINEL, null_together


def test_ids_of_credits_and_applications_are_keys(tables: dict[str, pd.DataFrame]) -> None:
    assert tables["bureau"]["SK_ID_BUREAU"].is_unique
    assert tables["bureau"]["SK_ID_BUREAU"].min() >= 5_000_000
    assert tables["previous_application"]["SK_ID_PREV"].is_unique
    assert tables["previous_application"]["SK_ID_PREV"].min() >= 1_000_001


@pytest.mark.parametrize(
    ("table", "identifier"),
    [
        ("bureau_balance", "SK_ID_BUREAU"),
        ("POS_CASH_balance", "SK_ID_PREV"),
        ("credit_card_balance", "SK_ID_PREV"),
    ],
)
def test_a_month_of_a_credit_has_one_row(tables: dict[str, pd.DataFrame], table: str, identifier: str) -> None:
    assert not tables[table].duplicated([identifier, "MONTHS_BALANCE"]).any()
    assert tables[table]["MONTHS_BALANCE"].between(-96, 0 if table == "bureau_balance" else -1).all()


@pytest.mark.parametrize("table", [name for name in HISTORIES if name != "bureau_balance"])
def test_histories_belong_to_applicants(tables: dict[str, pd.DataFrame], both: pd.DataFrame, table: str) -> None:
    assert tables[table]["SK_ID_CURR"].isin(both["SK_ID_CURR"]).all()


@pytest.mark.parametrize("table", ["POS_CASH_balance", "installments_payments", "credit_card_balance"])
def test_some_payments_belong_to_no_previous_application(tables: dict[str, pd.DataFrame], table: str) -> None:
    orphans = ~tables[table]["SK_ID_PREV"].isin(tables["previous_application"]["SK_ID_PREV"])

    assert 0.01 < orphans.mean() < 0.5


def test_payments_follow_from_approved_applications(tables: dict[str, pd.DataFrame]) -> None:
    previous = tables["previous_application"].set_index("SK_ID_PREV")
    for table in ("POS_CASH_balance", "installments_payments", "credit_card_balance"):
        paid = previous.index.intersection(tables[table]["SK_ID_PREV"].unique())
        assert (previous.loc[paid, "NAME_CONTRACT_STATUS"] == "Approved").all()


def test_some_monthly_statuses_belong_to_no_bureau_credit(tables: dict[str, pd.DataFrame]) -> None:
    ids = pd.Series(tables["bureau_balance"]["SK_ID_BUREAU"].unique())

    assert 0.03 < (~ids.isin(tables["bureau"]["SK_ID_BUREAU"])).mean() < 0.08


@pytest.mark.parametrize(
    ("table", "share", "rows"),
    [
        ("bureau", 0.858, 5.61),
        ("previous_application", 0.951, 4.93),
        ("POS_CASH_balance", 0.947, 29.7),
        ("installments_payments", 0.953, 40.1),
        ("credit_card_balance", 0.291, 37.1),
    ],
)
def test_coverage_and_rows_per_applicant(
    tables: dict[str, pd.DataFrame], both: pd.DataFrame, table: str, share: float, rows: float
) -> None:
    per_applicant = tables[table].groupby("SK_ID_CURR").size()

    assert len(per_applicant) / len(both) == pytest.approx(share, abs=0.02)
    assert per_applicant.mean() == pytest.approx(rows, rel=0.12)


def test_bureau_balance_covers_all_credits_of_some_applicants(tables: dict[str, pd.DataFrame]) -> None:
    bureau, balance = tables["bureau"], tables["bureau_balance"]
    covered = bureau["SK_ID_BUREAU"].isin(balance["SK_ID_BUREAU"])

    assert set(covered.groupby(bureau["SK_ID_CURR"]).mean()) == {0.0, 1.0}
    assert covered.mean() == pytest.approx(0.451, abs=0.03)
    assert len(balance) / balance["SK_ID_BUREAU"].nunique() == pytest.approx(33.4, rel=0.12)


def test_monthly_status_stays_closed_once_closed(tables: dict[str, pd.DataFrame]) -> None:
    balance = tables["bureau_balance"].sort_values(["SK_ID_BUREAU", "MONTHS_BALANCE"])
    closed = balance["STATUS"] == "C"
    reopened = closed.groupby(balance["SK_ID_BUREAU"]).shift(fill_value=False) & ~closed

    assert set(balance["STATUS"]) == {"C", "X", *"012345"}
    assert not reopened.any()


def test_closed_credits_have_a_closing_day_and_owe_nothing(tables: dict[str, pd.DataFrame]) -> None:
    bureau = tables["bureau"]
    closed = bureau[bureau["CREDIT_ACTIVE"] == "Closed"]
    active = bureau[bureau["CREDIT_ACTIVE"] == "Active"]

    assert (closed["DAYS_ENDDATE_FACT"] <= 0).all()
    assert (closed["AMT_CREDIT_SUM_DEBT"].dropna() == 0).all()
    assert active["DAYS_ENDDATE_FACT"].isna().all()
    assert active["AMT_CREDIT_SUM_DEBT"].gt(0).mean() > 0.5


@pytest.mark.parametrize(
    ("column", "share"),
    [
        ("DAYS_FIRST_DRAWING", 0.937),
        ("DAYS_FIRST_DUE", 0.040),
        ("DAYS_LAST_DUE_1ST_VERSION", 0.093),
        ("DAYS_LAST_DUE", 0.212),
        ("DAYS_TERMINATION", 0.228),
    ],
)
def test_dates_not_yet_reached_hold_the_sentinel(tables: dict[str, pd.DataFrame], column: str, share: float) -> None:
    known = tables["previous_application"][column].dropna()

    assert (known == SENTINEL).mean() == pytest.approx(share, abs=0.08)


def test_previous_applications_name_unknowns_in_words(tables: dict[str, pd.DataFrame]) -> None:
    previous = tables["previous_application"]

    assert (previous["CODE_REJECT_REASON"] == "XAP").mean() == pytest.approx(0.81, abs=0.05)
    assert (previous["NAME_CASH_LOAN_PURPOSE"].isin(["XAP", "XNA"])).mean() > 0.9
    assert (previous["SELLERPLACE_AREA"] == -1).mean() > 0.3
    assert set(previous["FLAG_LAST_APPL_PER_CONTRACT"]) == {"Y", "N"}


@pytest.mark.parametrize(
    "columns",
    [
        [f"{what}_DRAWINGS_{where}_CURRENT" for what in ("AMT", "CNT") for where in ("ATM", "POS", "OTHER")],
        ["AMT_INST_MIN_REGULARITY", "CNT_INSTALMENT_MATURE_CUM"],
    ],
    ids=["drawings by place", "instalments"],
)
def test_card_columns_are_null_together(tables: dict[str, pd.DataFrame], columns: list[str]) -> None:
    assert null_together(tables["credit_card_balance"], columns)


def test_payment_is_null_with_its_day(tables: dict[str, pd.DataFrame]) -> None:
    assert null_together(tables["installments_payments"], ["DAYS_ENTRY_PAYMENT", "AMT_PAYMENT"])


def test_histories_tell_of_the_target(tables: dict[str, pd.DataFrame]) -> None:
    target = tables["application_train"].set_index("SK_ID_CURR")["TARGET"]
    payments, bureau = tables["installments_payments"], tables["bureau"]
    late = (payments["DAYS_ENTRY_PAYMENT"] > payments["DAYS_INSTALMENT"]).groupby(payments["SK_ID_CURR"]).mean()
    active = (bureau["CREDIT_ACTIVE"] == "Active").groupby(bureau["SK_ID_CURR"]).sum()

    for history in (late, active):
        known = history.reindex(target.index).dropna()
        assert roc_auc_score(target.loc[known.index], known) > 0.53


def test_external_scores_rank_the_target_as_in_reality(tables: dict[str, pd.DataFrame]) -> None:
    train = tables["application_train"].dropna(subset=["EXT_SOURCE_2", "EXT_SOURCE_3"])

    assert 0.60 < roc_auc_score(train["TARGET"], -train["EXT_SOURCE_2"]) < 0.72
    assert 0.60 < roc_auc_score(train["TARGET"], -train["EXT_SOURCE_3"]) < 0.74
