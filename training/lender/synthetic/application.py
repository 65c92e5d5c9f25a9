"""Turns the drawn columns (`columns.DRAWN`) into the application table."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scoring.units import DAYS_PER_YEAR
from training.lender.synthetic.buildings import building_columns
from training.lender.synthetic.columns import DOCUMENTS, EXTERNAL_SCORES, FEE, MISMATCHES, NOT_YET, REQUESTS, to_amounts
from training.lender.synthetic.rare import TOP_INCOME, TRAIN_ROWS, odd_counts
from training.synthetic.sampling import Columns, none_where, where_null

# Rare rows of the real train table, as shares of its 307,511 rows; the sample has too few of them for the profile.
RARE_INCOME_TYPES = {"Unemployed": 22, "Student": 18, "Businessman": 10}
EXTREME_INCOMES = 8
WHOLE_AMOUNT = 4_500.0  # nearly all goods prices and incomes are multiples of this
TENTH_AMOUNT = WHOLE_AMOUNT / 10  # share of the other incomes
LEAST_GOODS = 40_500.0
UNKNOWN_GOODS = 0.0095  # share of the train table's revolving loans
UNKNOWN_CITY_RATINGS = 1 / 48_744  # share of the test table's rows
WORKING_AGE = 18 * DAYS_PER_YEAR  # days; nobody works earlier


def make_application(
    drawn: Columns,
    is_test: NDArray[np.bool_],
    oddities: NDArray[np.object_],
    scales: Mapping[str, float],
    rng: np.random.Generator,
) -> Columns:
    """All columns of the application table but SK_ID_CURR and TARGET."""
    table = drawn | _people(drawn, is_test, oddities, rng)
    table |= _loan(table, is_test, rng)
    table |= _days(table, is_test, rng)
    table |= _flags(table, is_test, rng)
    table |= _counts(table)
    table |= {name: np.clip(table[name], 0.0, 1.0) for name in EXTERNAL_SCORES}
    table |= building_columns(table, scales)
    return table | odd_counts(table, oddities)


def _people(
    drawn: Columns, is_test: NDArray[np.bool_], oddities: NDArray[np.object_], rng: np.random.Generator
) -> Columns:
    """Income, work and family, including levels that only a few real rows have."""
    n = len(is_test)
    rare = np.array([*RARE_INCOME_TYPES, None], dtype=object)
    counts = np.array([*RARE_INCOME_TYPES.values(), 0]) / TRAIN_ROWS
    counts[-1] = 1 - counts.sum()
    chosen = rare[rng.choice(len(rare), n, p=counts)]
    chosen[oddities == "maternity leave"] = "Maternity leave"
    income_type = np.where(chosen == None, drawn["NAME_INCOME_TYPE"], chosen)  # noqa: E711
    idle = np.isin(income_type.astype(str), ("Pensioner", "Unemployed"))
    busy = np.where(drawn["ORGANIZATION_TYPE"] == "XNA", "Other", drawn["ORGANIZATION_TYPE"])
    unknown = oddities == "family"
    family = np.where(unknown, "Unknown", drawn["NAME_FAMILY_STATUS"])
    together = np.isin(family.astype(str), ("Married", "Civil marriage"))
    children = np.rint(drawn["CNT_CHILDREN"]).astype(np.int64)
    extreme = ~is_test & (rng.random(n) < EXTREME_INCOMES / TRAIN_ROWS)
    income = drawn["AMT_INCOME_TOTAL"]
    whole = np.rint(income / WHOLE_AMOUNT) * WHOLE_AMOUNT
    income = np.where(np.isclose(income % TENTH_AMOUNT, 0), income, whole)
    income = to_amounts(income * np.where(extreme, 10 ** rng.uniform(1, 2, n), 1.0))
    return {
        "AMT_INCOME_TOTAL": np.where(oddities == "income", TOP_INCOME, income),
        "NAME_INCOME_TYPE": income_type,
        "ORGANIZATION_TYPE": np.where(idle, "XNA", busy),
        "OCCUPATION_TYPE": none_where(idle, drawn["OCCUPATION_TYPE"]),
        "NAME_FAMILY_STATUS": family,
        "CNT_CHILDREN": children,
        "CNT_FAM_MEMBERS": where_null(children + 1.0 + together, unknown),
        "CODE_GENDER": np.where(oddities == "gender", "XNA", drawn["CODE_GENDER"]),
    }


def _loan(table: Columns, is_test: NDArray[np.bool_], rng: np.random.Generator) -> Columns:
    """Goods price, credit and annuity; a revolving loan's annuity is a twentieth of its limit."""
    revolving = table["NAME_CONTRACT_TYPE"] == "Revolving loans"
    goods = np.maximum(np.rint(table["AMT_GOODS_PRICE"] / WHOLE_AMOUNT) * WHOLE_AMOUNT, LEAST_GOODS)
    credit = to_amounts(goods * np.where(revolving, 1.0, np.nan_to_num(table["CREDIT_TO_GOODS"], nan=1.0)))
    factor = np.where(revolving, 0.05, np.nan_to_num(table["ANNUITY_FACTOR"], nan=0.05))
    annuity = to_amounts(credit * factor + FEE * (table["FEE"] == "yes") * ~revolving)
    unknown = revolving & ~is_test & (rng.random(len(goods)) < UNKNOWN_GOODS)
    return {
        "AMT_GOODS_PRICE": where_null(goods, unknown),
        "AMT_CREDIT": credit,
        "AMT_ANNUITY": where_null(annuity, rng.random(len(goods)) < np.where(is_test, 24 / 48_744, 12 / TRAIN_ROWS)),
    }


def _days(table: Columns, is_test: NDArray[np.bool_], rng: np.random.Generator) -> Columns:
    """Whole days before the application, or the sentinel for those who are not employed."""
    born = np.rint(table["DAYS_BIRTH"])
    idle = table["ORGANIZATION_TYPE"] == "XNA"
    employed = np.minimum(np.rint(np.nan_to_num(table["DAYS_EMPLOYED"], nan=-1000.0)), 0.0)
    too_early = np.maximum(born + WORKING_AGE - employed, 0.0)
    phone = np.minimum(np.rint(table["DAYS_LAST_PHONE_CHANGE"]), 0.0) + 0.0
    return {
        "DAYS_BIRTH": born.astype(np.int64),
        "DAYS_EMPLOYED": np.where(idle, NOT_YET, np.minimum(employed + 2 * too_early, 0.0)).astype(np.int64),
        "DAYS_REGISTRATION": _after_birth(born, table["REGISTRATION_AGE"]) + 0.0,
        "DAYS_ID_PUBLISH": _after_birth(born, table["ID_AGE"]).astype(np.int64),
        "DAYS_LAST_PHONE_CHANGE": where_null(phone, ~is_test & (rng.random(len(born)) < 1 / TRAIN_ROWS)),
        "OWN_CAR_AGE": where_null(np.nan_to_num(np.rint(table["OWN_CAR_AGE"]), nan=9.0), table["FLAG_OWN_CAR"] == "N"),
    }


def _after_birth(born: NDArray[np.float64], age: NDArray[np.float64]) -> NDArray[np.float64]:
    """The day, relative to the application, on which somebody reached an age in days; mirrored if after it."""
    return np.clip(-np.abs(born + np.rint(age)), born, 0.0)


def _flags(table: Columns, is_test: NDArray[np.bool_], rng: np.random.Generator) -> Columns:
    """Phones, documents, region ratings and address mismatches."""
    n = len(is_test)
    flags: Columns = {
        "FLAG_MOBIL": (rng.random(n) >= 1 / TRAIN_ROWS).astype(np.int64),
        "FLAG_EMP_PHONE": (table["ORGANIZATION_TYPE"] != "XNA").astype(np.int64),
    }
    whole = ("FLAG_WORK_PHONE", "FLAG_CONT_MOBILE", "FLAG_PHONE", "FLAG_EMAIL", "HOUR_APPR_PROCESS_START")
    flags |= {name: np.rint(table[name].astype(float)).astype(np.int64) for name in whole}
    for area, names in MISMATCHES.items():
        flags |= _digits(table[f"{area}_MISMATCH"], names)
    flags |= _digits(table["DOCUMENT_FLAGS"], DOCUMENTS)
    ratings = _digits(table["REGION_RATINGS"], ("REGION_RATING_CLIENT", "", "REGION_RATING_CLIENT_W_CITY"))
    unknown = is_test & (rng.random(n) < UNKNOWN_CITY_RATINGS)
    ratings["REGION_RATING_CLIENT_W_CITY"] = np.where(unknown, -1, ratings["REGION_RATING_CLIENT_W_CITY"])
    return flags | ratings


def _digits(texts: NDArray[np.object_], names: tuple[str, ...]) -> Columns:
    """Splits texts like "011" into a column per digit; positions without a name are skipped."""
    letters = texts.astype(f"U{len(names)}").view("U1").reshape(len(texts), len(names))
    return {name: letters[:, index].astype(np.int64) for index, name in enumerate(names) if name}


def _counts(table: Columns) -> Columns:
    """Whole counts; in the social circle, defaults never exceed observations, nor those of 60 days those of 30."""
    unknown = np.isnan(table["AMT_REQ_CREDIT_BUREAU_YEAR"])
    counts: Columns = {name: where_null(np.nan_to_num(np.rint(table[name])), unknown) for name in REQUESTS}
    observed = np.rint(table["OBS_30_CNT_SOCIAL_CIRCLE"])
    unknown = np.isnan(observed)
    defaulted = np.minimum(np.nan_to_num(np.rint(table["DEF_30_CNT_SOCIAL_CIRCLE"])), observed)
    seen_longer = np.maximum(observed - np.nan_to_num(np.rint(table["OBS_FEWER"])), 0.0)
    longer = np.maximum(defaulted - np.nan_to_num(np.rint(table["DEF_FEWER"])), 0.0)
    return counts | {
        "OBS_30_CNT_SOCIAL_CIRCLE": observed,
        "DEF_30_CNT_SOCIAL_CIRCLE": where_null(defaulted, unknown),
        "OBS_60_CNT_SOCIAL_CIRCLE": seen_longer,
        "DEF_60_CNT_SOCIAL_CIRCLE": np.minimum(longer, seen_longer),
    }
