"""The rarest values of the real tables are made up too, at their real rates."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tests.training.lender.synthetic.expected import null_together
from training.lender.synthetic import rare
from training.lender.synthetic.columns import REQUESTS
from training.lender.synthetic.rare import plan_oddities


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_full_table_has_as_many_oddities_as_the_real_one(seed: int) -> None:
    is_test = np.arange(307_511 + 48_744) < 48_744

    planned = plan_oddities(is_test, np.random.default_rng(seed))
    found = pd.Series(planned[~is_test]).value_counts().to_dict()

    assert pd.isna(planned[is_test]).all()
    assert found == rare.ODDITIES


@pytest.mark.parametrize(
    ("column", "level"),
    [("CODE_GENDER", "XNA"), ("NAME_FAMILY_STATUS", "Unknown"), ("NAME_INCOME_TYPE", "Maternity leave")],
)
def test_levels_of_a_few_train_rows_are_never_in_test(
    oddities: dict[str, pd.DataFrame], column: str, level: str
) -> None:
    assert 1 <= (oddities["application_train"][column] == level).sum() <= 15
    assert not (oddities["application_test"][column] == level).any()


def test_family_members_are_null_where_the_family_status_is_unknown(oddities: dict[str, pd.DataFrame]) -> None:
    train = oddities["application_train"]

    assert (train["CNT_FAM_MEMBERS"].isna() == (train["NAME_FAMILY_STATUS"] == "Unknown")).all()


def test_extremes_of_one_application_are_the_real_ones(oddities: dict[str, pd.DataFrame]) -> None:
    train = oddities["application_train"]
    circle = [f"{kind}_{days}_CNT_SOCIAL_CIRCLE" for kind in ("OBS", "DEF") for days in (30, 60)]
    popular = train[train["OBS_30_CNT_SOCIAL_CIRCLE"] == 348]

    assert train["AMT_INCOME_TOTAL"].max() == 117_000_000
    assert train["AMT_REQ_CREDIT_BUREAU_QRT"].max() == 261
    assert popular[circle].drop_duplicates().to_numpy().tolist() == [[348, 344, 34, 24]]
    assert null_together(train, list(REQUESTS))
    assert null_together(train, circle)


def test_extremes_of_bureau_credits_are_near_the_real_ones(oddities: dict[str, pd.DataFrame]) -> None:
    bureau = oddities["bureau"]

    assert -42_060 <= bureau["DAYS_CREDIT_ENDDATE"].min() < -41_700
    assert 31_000 < bureau["DAYS_CREDIT_ENDDATE"].max() <= 31_199
    assert -42_023 <= bureau["DAYS_ENDDATE_FACT"].min() < -41_700
    assert -41_947 <= bureau["DAYS_CREDIT_UPDATE"].min() < -41_600
    assert bureau["AMT_ANNUITY"].max() == pytest.approx(118_453_400)
    assert 0 < (bureau["AMT_CREDIT_SUM_DEBT"] < 0).mean() < 0.01
    assert (bureau["AMT_CREDIT_SUM_LIMIT"] < 0).any()


def test_overpaid_cards_have_negative_balances(oddities: dict[str, pd.DataFrame]) -> None:
    cards = oddities["credit_card_balance"]
    balances = cards[["AMT_BALANCE", "AMT_RECEIVABLE_PRINCIPAL", "AMT_RECIVABLE", "AMT_TOTAL_RECEIVABLE"]]
    drawings = cards[["AMT_DRAWINGS_CURRENT", "AMT_DRAWINGS_ATM_CURRENT"]]

    assert (balances < 0).any().all()
    assert balances.min().min() >= -420_250.2
    assert ((balances < 0).mean() < 0.05).all()
    assert drawings.min().between(-6_827.3, -0.01).all()


def test_previous_applications_of_type_xna_have_no_product(oddities: dict[str, pd.DataFrame]) -> None:
    previous = oddities["previous_application"]
    unnamed = previous["NAME_CONTRACT_TYPE"] == "XNA"

    assert unnamed.any()
    assert (unnamed == previous["PRODUCT_COMBINATION"].isna()).all()
    assert (previous.loc[unnamed, "AMT_CREDIT"] == 0).all()


def test_loans_for_cars_come_from_car_dealers(oddities: dict[str, pd.DataFrame]) -> None:
    previous = oddities["previous_application"]
    cars = previous["NAME_PORTFOLIO"] == "Cars"

    assert cars.any()
    assert (cars == (previous["CHANNEL_TYPE"] == "Car dealer")).all()
    assert previous.loc[cars, "AMT_APPLICATION"].between(600_000, 1_800_000).all()


def test_rare_statuses_of_loans_and_cards_exist(oddities: dict[str, pd.DataFrame]) -> None:
    assert {"Canceled", "XNA", "Demand"} < set(oddities["POS_CASH_balance"]["NAME_CONTRACT_STATUS"])
    assert {"Refused", "Approved"} < set(oddities["credit_card_balance"]["NAME_CONTRACT_STATUS"])


@pytest.mark.parametrize(
    ("table", "zeros", "mean", "longest"),
    [("POS_CASH_balance", 0.97, 11.6, 4_231), ("credit_card_balance", 0.96, 9.3, 3_260)],
)
def test_most_days_past_due_come_from_forgotten_remainders(
    tables: dict[str, pd.DataFrame], table: str, zeros: float, mean: float, longest: int
) -> None:
    days, counted = tables[table]["SK_DPD"], tables[table]["SK_DPD_DEF"]

    assert (days == 0).mean() == pytest.approx(zeros, abs=0.01)
    assert days.mean() == pytest.approx(mean, rel=0.4)
    assert 1_500 < days.max() <= longest
    assert counted.mean() < 0.3 * days.mean()
    assert (counted <= days).all()


@pytest.mark.parametrize("table", ["POS_CASH_balance", "credit_card_balance"])
def test_days_past_due_hardly_tell_of_the_target(tables: dict[str, pd.DataFrame], table: str) -> None:
    days = tables[table].groupby("SK_ID_CURR")["SK_DPD"].mean()
    train = tables["application_train"].set_index("SK_ID_CURR")["TARGET"]
    known = train.index.intersection(days.index)

    # Four standard errors of an AUC near a half, with so many defaults among far more applicants.
    chance = 4 / np.sqrt(12 * train.loc[known].sum())
    assert roc_auc_score(train.loc[known], days.loc[known]) == pytest.approx(0.51, abs=chance)
