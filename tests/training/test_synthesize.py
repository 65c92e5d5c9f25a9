"""Made-up data hold the real schema, its traps and its signal."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from training.synthesize import synthesize
from training.synthetic import rare
from training.synthetic.columns import BUILDING_ITEMS, REQUESTS
from training.synthetic.rare import plan_oddities

APPLICANTS = 5_000
SENTINEL = 365_243
ROOT = Path(__file__).parents[2]
HISTORIES = (
    "bureau",
    "bureau_balance",
    "previous_application",
    "POS_CASH_balance",
    "installments_payments",
    "credit_card_balance",
)
ARROW = {"integer": "int64", "number": "double", "text": "string"}


def listed(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def expected_columns(table: str) -> list[tuple[str, str, bool]]:
    """Name, type and whether null is allowed, in order, for one of the eight tables."""
    if table in HISTORIES:
        rows = [row for row in listed("training/tables.csv") if row["table"] == table]
        return [(row["column"], ARROW[row["type"]], row["nullable"] == "yes") for row in rows]
    fields = [(row["name"], ARROW[row["type"]], row["nullable"] == "yes") for row in listed("scoring/fields.csv")]
    target = [("TARGET", "int64", False)] if table == "application_train" else []
    return [("SK_ID_CURR", "int64", False), *target, *fields]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made-up")
    synthesize(APPLICANTS, 7, out, progress=False)
    return out


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def both(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([tables["application_train"], tables["application_test"]], ignore_index=True)


@pytest.fixture(scope="module")
def oddities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """Two thousand applicants with the rare values of six hundred thousand."""
    out = tmp_path_factory.mktemp("oddities")
    with pytest.MonkeyPatch.context() as patch:
        for rows in ("TRAIN_ROWS", "BUREAU_ROWS", "PREVIOUS_ROWS", "CARD_ROWS"):
            patch.setattr(f"training.synthetic.rare.{rows}", getattr(rare, rows) // 300)
        patch.setattr("training.synthetic.loans.POS_ROWS", rare.POS_ROWS // 300)
        patch.setattr("training.synthetic.cards.CARD_ROWS", rare.CARD_ROWS // 300)
        synthesize(2_000, 5, out, progress=False)
    return {path.stem: pd.read_parquet(path) for path in out.glob("*.parquet")}


def null_together(table: pd.DataFrame, columns: list[str]) -> bool:
    nulls = table[columns].isna()
    return bool(nulls.any(axis=None)) and bool((nulls.all(axis=1) == nulls.any(axis=1)).all())


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

    assert marker == {"applicants": APPLICANTS, "seed": 7, "generator": 2}


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

    assert roc_auc_score(train.loc[known], days.loc[known]) == pytest.approx(0.51, abs=0.05)


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_same_seed_gives_the_same_bytes(tmp_path: Path, file_format: str) -> None:
    for run in ("first", "second"):
        synthesize(200, 3, tmp_path / run, file_format, progress=False)

    first = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}

    assert len(first) == 9
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()}


def test_another_seed_gives_other_applicants(tmp_path: Path) -> None:
    for seed in (1, 2):
        synthesize(200, seed, tmp_path / str(seed), progress=False)

    incomes = [
        pd.read_parquet(tmp_path / str(seed) / "application_train.parquet")["AMT_INCOME_TOTAL"] for seed in (1, 2)
    ]

    assert not incomes[0].equals(incomes[1])


def test_csv_holds_what_parquet_holds(tmp_path: Path) -> None:
    synthesize(200, 3, tmp_path / "parquet", "parquet", progress=False)
    synthesize(200, 3, tmp_path / "csv", "csv", progress=False)

    for path in (tmp_path / "parquet").glob("*.parquet"):
        expected = pd.read_parquet(path)
        found = pd.read_csv(tmp_path / "csv" / f"{path.stem}.csv", keep_default_na=False, na_values=[""])
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_chunks_join_without_a_repeated_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.synthesize.CHUNK", 100)

    synthesize(400, 3, tmp_path, progress=False)

    assert pd.read_parquet(tmp_path / "bureau.parquet")["SK_ID_BUREAU"].is_unique
    assert pd.read_parquet(tmp_path / "previous_application.parquet")["SK_ID_PREV"].is_unique
    assert pd.read_parquet(tmp_path / "application_train.parquet")["SK_ID_CURR"].is_unique


def test_no_applicants_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        synthesize(0, 1, tmp_path)
