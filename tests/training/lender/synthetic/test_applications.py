"""Made-up applications hold the real schema, its traps and its marginals."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.training.lender.synthetic.expected import APPLICANTS, HISTORIES, SENTINEL, expected_columns, null_together
from training.lender.synthetic.columns import BUILDING_ITEMS, REQUESTS


@pytest.mark.parametrize("table", ["application_train", "application_test", *HISTORIES])
def test_columns_have_the_real_names_order_and_types(folder: Path, table: str) -> None:
    schema = pq.read_schema(folder / f"{table}.parquet")

    found = [(field.name, str(field.type)) for field in schema]

    assert found == [(name, kind) for name, kind, _ in expected_columns(table)]


@pytest.mark.parametrize("table", ["application_train", "application_test", *HISTORIES])
def test_only_nullable_columns_hold_nulls(tables: dict[str, pd.DataFrame], table: str) -> None:
    required = [name for name, _, nullable in expected_columns(table) if not nullable]

    nulls = tables[table][required].isna().sum()

    assert nulls[nulls > 0].to_dict() == {}


def test_train_has_the_asked_rows_and_test_the_real_proportion(tables: dict[str, pd.DataFrame]) -> None:
    assert len(tables["application_train"]) == APPLICANTS
    assert len(tables["application_test"]) == round(APPLICANTS * 48_744 / 307_511)


def test_applicant_ids_are_unique_disjoint_and_interleaved(tables: dict[str, pd.DataFrame]) -> None:
    train, test = tables["application_train"]["SK_ID_CURR"], tables["application_test"]["SK_ID_CURR"]
    ids = pd.concat([train, test])

    assert sorted(ids) == list(range(100_001, 100_001 + len(ids)))
    assert abs(test.mean() - train.mean()) < 0.05 * len(ids)


def test_default_rate_is_the_real_one(tables: dict[str, pd.DataFrame]) -> None:
    assert tables["application_train"]["TARGET"].mean() == pytest.approx(0.0807, abs=0.003)


def test_marker_tells_that_the_data_are_made_up(folder: Path) -> None:
    marker = json.loads((folder / "SYNTHETIC.json").read_text(encoding="utf-8"))

    assert marker == {"applicants": APPLICANTS, "seed": 7, "generator": 8}


def test_employment_sentinel_goes_with_pensioners_without_work(both: pd.DataFrame) -> None:
    idle = both["DAYS_EMPLOYED"] == SENTINEL

    assert 0.15 < idle.mean() < 0.22
    assert (idle == both["NAME_INCOME_TYPE"].isin(["Pensioner", "Unemployed"])).all()
    assert (idle == (both["ORGANIZATION_TYPE"] == "XNA")).all()
    assert (idle == (both["FLAG_EMP_PHONE"] == 0)).all()
    assert both.loc[idle, "OCCUPATION_TYPE"].isna().all()


def test_days_are_at_most_zero_and_within_a_life(both: pd.DataFrame) -> None:
    days = both[["DAYS_BIRTH", "DAYS_REGISTRATION", "DAYS_ID_PUBLISH", "DAYS_LAST_PHONE_CHANGE"]]
    employed = both["DAYS_EMPLOYED"].where(both["DAYS_EMPLOYED"] != SENTINEL)

    assert (days.max() <= 0).all()
    assert both["DAYS_BIRTH"].between(-25_300, -7_300).all()
    assert (employed.dropna() <= 0).all()
    assert ((employed - both["DAYS_BIRTH"]).dropna() >= 16 * 365).all()
    assert (both["DAYS_ID_PUBLISH"] >= both["DAYS_BIRTH"]).all()


@pytest.mark.parametrize(
    "columns",
    [
        list(REQUESTS),
        [f"{kind}_{days}_CNT_SOCIAL_CIRCLE" for kind in ("OBS", "DEF") for days in (30, 60)],
        *([f"{item}_{kind}" for kind in ("AVG", "MODE", "MEDI")] for item in BUILDING_ITEMS),
    ],
    ids=lambda columns: columns[0],
)
def test_columns_of_one_source_are_null_together(both: pd.DataFrame, columns: list[str]) -> None:
    assert null_together(both, columns)


def test_car_age_is_known_for_car_owners_only(both: pd.DataFrame) -> None:
    assert (both["OWN_CAR_AGE"].notna() == (both["FLAG_OWN_CAR"] == "Y")).all()


def test_family_members_count_the_applicant_partner_and_children(both: pd.DataFrame) -> None:
    partner = both["NAME_FAMILY_STATUS"].isin(["Married", "Civil marriage"])

    known = both["NAME_FAMILY_STATUS"] != "Unknown"

    assert (both["CNT_FAM_MEMBERS"] == 1 + partner + both["CNT_CHILDREN"])[known].all()


def test_amounts_are_multiples_of_the_scale_and_heap(both: pd.DataFrame) -> None:
    amounts = both[["AMT_INCOME_TOTAL", "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE"]]

    assert np.allclose((amounts / 4.5).dropna() % 1, 0)
    assert (both["AMT_INCOME_TOTAL"] % 22_500 == 0).mean() > 0.6
    assert (both["AMT_GOODS_PRICE"] % 45_000 == 0).mean() > 0.3


def test_credit_over_annuity_is_a_plausible_term(both: pd.DataFrame) -> None:
    term = (both["AMT_CREDIT"] / both["AMT_ANNUITY"]).dropna()
    revolving = both["NAME_CONTRACT_TYPE"] == "Revolving loans"

    assert term.between(7, 47).all()
    assert term[revolving.loc[term.index]].median() == pytest.approx(20, abs=0.1)


def test_defaults_in_the_social_circle_are_at_most_the_observed(both: pd.DataFrame) -> None:
    circle = both[[f"{kind}_{days}_CNT_SOCIAL_CIRCLE" for kind in ("OBS", "DEF") for days in (30, 60)]].dropna()

    assert (circle["DEF_30_CNT_SOCIAL_CIRCLE"] <= circle["OBS_30_CNT_SOCIAL_CIRCLE"]).all()
    assert (circle["DEF_60_CNT_SOCIAL_CIRCLE"] <= circle["DEF_30_CNT_SOCIAL_CIRCLE"]).all()
    assert (circle["OBS_60_CNT_SOCIAL_CIRCLE"] <= circle["OBS_30_CNT_SOCIAL_CIRCLE"]).all()
