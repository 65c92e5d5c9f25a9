"""Applicants: latent traits, and the application table that follows from them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from training.synthetic.buildings import building_columns
from training.synthetic.columns import EXTERNAL_SCORES, GIVEN, NUMERIC, ORDERED_LEVELS, REQUESTS
from training.synthetic.rare import TOP_INCOME, TRAIN_ROWS, odd_counts
from training.synthetic.sampling import (
    NOT_YET,
    Columns,
    draw_levels,
    draw_levels_by,
    from_normal,
    joined,
    none_where,
    to_amounts,
    where_null,
)

# How much of each trait's spread the application shows; the histories tell of the rest.
SHOWN_CREDITWORTHINESS = 0.6
SHOWN_STRAIN = 0.5
# Rare rows of the real train table, as shares of its 307,511 rows (the sample has too few of them for the profile).
RARE_INCOME_TYPES = {"Unemployed": 22, "Student": 18, "Businessman": 10}
EXTREME_INCOMES = 8
WHOLE_DAYS = ("DAYS_BIRTH", "DAYS_ID_PUBLISH", "DAYS_LAST_PHONE_CHANGE")
WHOLE_COUNTS = ("OBS_30_CNT_SOCIAL_CIRCLE", "DEF_30_CNT_SOCIAL_CIRCLE", "HOUR_APPR_PROCESS_START", "OWN_CAR_AGE")


@dataclass(frozen=True)
class Applicants:
    """n made-up applicants; every array has n rows.

    `creditworthiness` and `strain` are standard normal; their `hidden_` parts are what the application doesn't show.
    `income_score` is the normal score of the income.
    """

    ids: NDArray[np.int64]
    is_test: NDArray[np.bool_]
    creditworthiness: NDArray[np.float64]
    strain: NDArray[np.float64]
    hidden_creditworthiness: NDArray[np.float64]
    hidden_strain: NDArray[np.float64]
    income_score: NDArray[np.float64]
    application: Columns


@cache
def profile() -> Mapping[str, Any]:
    """The statistics of the real sample, `profile.json`."""
    return json.loads((files("training.synthetic") / "profile.json").read_text(encoding="utf-8"))


@cache
def trait_factor() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Trait weights on the copula's normals, shape (2, k), and the Cholesky factor of traits and normals, (2 + k)²."""
    triangle = profile()["correlation"]
    size = len(triangle)
    correlation = np.zeros((size, size))
    for row, values in enumerate(triangle):
        correlation[row, : row + 1] = values
        correlation[: row + 1, row] = values
    traits = profile()["traits"]
    shown = np.sqrt([[SHOWN_CREDITWORTHINESS], [SHOWN_STRAIN]])
    weights = shown * np.array([traits["creditworthiness"], traits["strain"]])
    between = weights @ correlation @ weights.T
    joint = np.block([[between, weights @ correlation], [correlation @ weights.T, correlation]])
    joint[0, 0] = joint[1, 1] = 1.0
    return weights, np.linalg.cholesky(joint + 1e-6 * np.eye(size + 2)).astype(np.float64)


def make_applicants(
    ids: NDArray[np.int64], is_test: NDArray[np.bool_], oddities: NDArray[np.object_], rng: np.random.Generator
) -> Applicants:
    """Applicants with their traits and the columns of the application table, all but SK_ID_CURR and TARGET.

    `oddities` are those of `rare.plan_oddities`.
    """
    weights, factor = trait_factor()
    normals = rng.standard_normal((len(ids), len(factor))) @ factor.T
    traits, normals = normals[:, :2], normals[:, 2:]
    hidden = traits - normals @ weights.T
    scores = dict(zip((*NUMERIC, *ORDERED_LEVELS), normals.T, strict=True))
    application = make_application(scores, is_test, oddities, rng)
    return Applicants(
        ids, is_test, traits[:, 0], traits[:, 1], hidden[:, 0], hidden[:, 1], scores["AMT_INCOME_TOTAL"], application
    )


def make_application(
    scores: Columns, is_test: NDArray[np.bool_], oddities: NDArray[np.object_], rng: np.random.Generator
) -> Columns:
    """Application columns from the normal score of each copula column; train and test have their own marginals."""
    table: Columns = {}
    for part, rows in (("train", ~is_test), ("test", is_test)):
        statistics = profile()[part]
        for name in NUMERIC:
            values = from_normal(statistics["numeric"][name], scores[name])
            table[name] = np.where(rows, values, table.get(name, values))
        for name in ORDERED_LEVELS:
            levels = draw_levels(statistics["levels"][name], ndtr(scores[name]))
            table[name] = np.where(rows, levels, table.get(name, levels))
        table |= _amounts(table, scores, statistics["numeric"], rows)
        null_shares = statistics["null_shares"]
        for name in null_shares:
            null = rng.random(len(rows)) < null_shares[name]
            table[f"{name}_NULL"] = np.where(rows, null, table.get(f"{name}_NULL", null))
    table |= _people(table, is_test, oddities, rng)
    table |= _days(table)
    table |= _flags(table, is_test, rng)
    table |= _counts(table, rng)
    table |= building_columns(table, scores, is_test, profile(), rng)
    table |= _nulls(table, is_test, rng)
    return table | odd_counts(table, oddities)


def _amounts(
    table: Columns, scores: Columns, marginals: Mapping[str, Any], rows: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    """Goods price, credit and annuity; a revolving loan's annuity is a twentieth of its limit."""
    revolving = table["NAME_CONTRACT_TYPE"] == "Revolving loans"
    limit = from_normal(marginals["AMT_GOODS_PRICE_REVOLVING"], scores["AMT_GOODS_PRICE"])
    goods = to_amounts(np.where(revolving, limit, table["AMT_GOODS_PRICE"]))
    credit = to_amounts(np.where(revolving, goods, goods * table["CREDIT_TO_GOODS"]))
    annuity = to_amounts(np.where(revolving, credit / 20, credit / table["CREDIT_TERM"]))
    amounts = {"AMT_GOODS_PRICE": goods, "AMT_CREDIT": credit, "AMT_ANNUITY": annuity}
    return {name: np.where(rows, amount, table.get(name, amount)) for name, amount in amounts.items()}


def _people(
    table: Columns, is_test: NDArray[np.bool_], oddities: NDArray[np.object_], rng: np.random.Generator
) -> Columns:
    """Income, work and family: each drawn given age, gender and what came before."""
    n = len(is_test)
    extreme = ~is_test & (rng.random(n) < EXTREME_INCOMES / TRAIN_ROWS)
    income = table["AMT_INCOME_TOTAL"] * np.where(extreme, 10 ** rng.uniform(1, 2, n), 1.0)
    people: Columns = {
        "AMT_INCOME_TOTAL": np.where(oddities == "income", TOP_INCOME, to_amounts(income)),
        "AGE_BAND": (table["DAYS_BIRTH"] / -365.25 // 5 * 5).astype(int).astype(str).astype(object),
    }
    _draw_given(people, table, "NAME_INCOME_TYPE", rng)
    rare = np.array([*RARE_INCOME_TYPES, None], dtype=object)
    counts = np.array([*RARE_INCOME_TYPES.values(), 0]) / TRAIN_ROWS
    counts[-1] = 1 - counts.sum()
    chosen = rare[rng.choice(len(rare), n, p=counts)]
    chosen[oddities == "maternity leave"] = "Maternity leave"
    people["NAME_INCOME_TYPE"] = np.where(chosen == None, people["NAME_INCOME_TYPE"], chosen)  # noqa: E711
    for name in ("OCCUPATION_TYPE", "ORGANIZATION_TYPE", "NAME_FAMILY_STATUS"):
        _draw_given(people, table, name, rng)
    unknown = oddities == "family"
    people["NAME_FAMILY_STATUS"] = np.where(unknown, "Unknown", people["NAME_FAMILY_STATUS"])
    idle = np.isin(people["NAME_INCOME_TYPE"].astype(str), ("Pensioner", "Unemployed"))
    people["OCCUPATION_TYPE"] = none_where(idle, people["OCCUPATION_TYPE"])
    busy = np.where(people["ORGANIZATION_TYPE"] == "XNA", "Other", people["ORGANIZATION_TYPE"])
    people["ORGANIZATION_TYPE"] = np.where(idle, "XNA", busy)
    together = np.isin(people["NAME_FAMILY_STATUS"].astype(str), ("Married", "Civil marriage"))
    people["PARTNERED"] = np.where(together, "yes", "no").astype(object)
    _draw_given(people, table, "CNT_CHILDREN", rng)
    people["CNT_CHILDREN"] = people["CNT_CHILDREN"].astype(np.int64)
    people["CNT_FAM_MEMBERS"] = where_null(people["CNT_CHILDREN"] + 1.0 + together, unknown)
    for name in ("NAME_TYPE_SUITE", "WEEKDAY_APPR_PROCESS_START"):
        _draw_given(people, table, name, rng)
    people["CODE_GENDER"] = np.where(oddities == "gender", "XNA", table["CODE_GENDER"])
    return people


def _draw_given(people: Columns, table: Columns, name: str, rng: np.random.Generator) -> None:
    known = table | people
    uniform = rng.random(len(table["DAYS_BIRTH"]))
    shares_by_key = profile()["given"][name]
    if not GIVEN[name]:
        people[name] = draw_levels(shares_by_key["*"], uniform)
        return
    # The profile writes a null parent as "nan".
    parents = [np.where(known[parent] == None, "nan", known[parent]) for parent in GIVEN[name]]  # noqa: E711
    people[name] = draw_levels_by(shares_by_key, joined(*parents), uniform)


def _days(table: Columns) -> Columns:
    """Whole days before the application; the sentinel of those who aren't employed."""
    idle = table["ORGANIZATION_TYPE"] == "XNA"
    born = np.rint(table["DAYS_BIRTH"])
    employed = np.minimum(np.rint(table["EMPLOYED_SHARE"] * (born + 16 * 365.25)), 0)
    days = {name: np.minimum(np.rint(table[name]), 0) for name in WHOLE_DAYS}
    return days | {
        "DAYS_BIRTH": born.astype(np.int64),
        "DAYS_EMPLOYED": np.where(idle, NOT_YET, employed).astype(np.int64),
        "DAYS_REGISTRATION": np.minimum(np.rint(table["REGISTRATION_SHARE"] * born), 0.0) + 0.0,
        "DAYS_ID_PUBLISH": np.maximum(days["DAYS_ID_PUBLISH"], born).astype(np.int64),
        "DAYS_LAST_PHONE_CHANGE": days["DAYS_LAST_PHONE_CHANGE"] + 0.0,
    }


def _flags(table: Columns, is_test: NDArray[np.bool_], rng: np.random.Generator) -> Columns:
    """Phones, documents and mismatches of addresses."""
    n = len(is_test)
    flags: Columns = {
        "FLAG_MOBIL": (rng.random(n) >= 1 / TRAIN_ROWS).astype(np.int64),
        "FLAG_EMP_PHONE": (table["ORGANIZATION_TYPE"] != "XNA").astype(np.int64),
    }
    whole = ("FLAG_WORK_PHONE", "FLAG_CONT_MOBILE", "FLAG_PHONE", "FLAG_EMAIL", "REGION_RATING_CLIENT")
    flags |= {name: table[name].astype(np.int64) for name in whole}
    for place in ("REGION", "CITY"):
        kinds = (f"REG_{place}_NOT_LIVE_{place}", f"REG_{place}_NOT_WORK_{place}", f"LIVE_{place}_NOT_WORK_{place}")
        for position, name in enumerate(kinds):
            flags[name] = table[f"{place}_MISMATCH"].astype("U3").view("U1").reshape(n, 3)[:, position].astype(np.int64)
    rating = draw_levels_by(
        profile()["given"]["REGION_RATING_CLIENT_W_CITY"], table["REGION_RATING_CLIENT"], rng.random(n)
    ).astype(np.int64)
    unknown = is_test & (rng.random(n) < 1 / 48_744)
    flags["REGION_RATING_CLIENT_W_CITY"] = np.where(unknown, -1, rating)
    documents = np.empty(n, dtype=object)
    keys = joined(table["NAME_CONTRACT_TYPE"], table["NAME_INCOME_TYPE"])
    for part, rows in (("train", ~is_test), ("test", is_test)):
        documents[rows] = draw_levels_by(profile()[part]["documents"], keys[rows], rng.random(int(rows.sum())))
    handed_in = documents.astype("U20").view("U1").reshape(n, 20).astype(np.int64)
    return flags | {f"FLAG_DOCUMENT_{number}": handed_in[:, number - 2] for number in range(2, 22)}


def _counts(table: Columns, rng: np.random.Generator) -> Columns:
    """Whole counts; of the social circle, defaults are at most the observed and 60 days at most 30 days."""
    counts: Columns = {name: np.rint(table[name]) for name in (*WHOLE_COUNTS, *REQUESTS)}
    observed = counts["OBS_30_CNT_SOCIAL_CIRCLE"]
    defaulted = np.minimum(counts["DEF_30_CNT_SOCIAL_CIRCLE"], observed)
    longer = draw_levels_by(
        profile()["given"]["DEF_60_CNT_SOCIAL_CIRCLE"], defaulted.astype(str).astype(object), rng.random(len(observed))
    )
    fewer = (rng.random(len(observed)) < 0.035) & (observed > 0)
    seen_longer = observed - fewer
    return counts | {
        "HOUR_APPR_PROCESS_START": counts["HOUR_APPR_PROCESS_START"].astype(np.int64),
        "DEF_30_CNT_SOCIAL_CIRCLE": defaulted,
        "OBS_60_CNT_SOCIAL_CIRCLE": seen_longer,
        "DEF_60_CNT_SOCIAL_CIRCLE": np.minimum(np.minimum(longer.astype(float), defaulted), seen_longer),
    }


def _nulls(table: Columns, is_test: NDArray[np.bool_], rng: np.random.Generator) -> Columns:
    """The columns with their nulls: alone, or together where one source gives several columns."""
    circle = table["OBS_30_CNT_SOCIAL_CIRCLE_NULL"]
    cash = table["NAME_CONTRACT_TYPE"] == "Cash loans"
    nulls: dict[str, NDArray[np.bool_]] = {
        "EXT_SOURCE_1": table["EXT_SOURCE_1_KNOWN"] == "0",
        "EXT_SOURCE_2": table["EXT_SOURCE_2_NULL"],
        "EXT_SOURCE_3": table["EXT_SOURCE_3_KNOWN"] == "0",
        "AMT_ANNUITY": table["AMT_ANNUITY_NULL"],
        "AMT_GOODS_PRICE": ~cash & (table["AMT_GOODS_PRICE_NULL"] | (~is_test & (rng.random(len(cash)) < 0.0095))),
        "OWN_CAR_AGE": table["FLAG_OWN_CAR"] == "N",
        "DAYS_LAST_PHONE_CHANGE": ~is_test & (rng.random(len(cash)) < 1 / TRAIN_ROWS),
    }
    nulls |= dict.fromkeys(REQUESTS, table["REQUESTS_KNOWN"] == "0")
    nulls |= {f"{kind}_CNT_SOCIAL_CIRCLE": circle for kind in ("OBS_30", "DEF_30", "OBS_60", "DEF_60")}
    scores = {name: np.clip(table[name], 0.0, 1.0) for name in EXTERNAL_SCORES}
    values = table | scores
    suite = none_where(table["NAME_TYPE_SUITE_NULL"], table["NAME_TYPE_SUITE"])
    return {name: where_null(values[name], null) for name, null in nulls.items()} | {"NAME_TYPE_SUITE": suite}
