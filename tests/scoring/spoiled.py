"""Ways in which tables of applicants get spoiled, each with the required result: a refusal, or the clean reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from scoring.schema.fields import fields

Spoil = Callable[[pd.DataFrame], pd.DataFrame]
NUMBERS = [name for name, field in fields().items() if field.type != "text"]
TEXTS = [name for name, field in fields().items() if field.type == "text"]
NULLABLE = [name for name in NUMBERS if fields()[name].nullable]
SCORES = ["EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"]
NOT_EMPLOYED = 365_243


@dataclass(frozen=True)
class Way:
    """A way to spoil rows, its origin, and whether they are refused or read as if clean."""

    spoil: Spoil
    source: str
    follows: Literal["refused", "read"]


def each(names: list[str], change: Callable[[pd.Series], pd.Series]) -> Spoil:
    return lambda frame: frame.assign(**{name: change(frame[name]) for name in names})


def codes(values: pd.Series) -> pd.Series:
    return pd.Series(pd.factorize(values, sort=True)[0], index=values.index)


def turned(values: pd.Series) -> pd.Series:
    return values.where(values == NOT_EMPLOYED, -values)


WAYS = {
    "scores in percent": Way(each(SCORES, lambda x: x * 100), "a bureau's report", "refused"),
    "missing as -999": Way(each(NULLABLE, lambda x: x.fillna(-999)), "public notebooks", "refused"),
    "missing as -1": Way(each(NULLABLE, lambda x: x.fillna(-1)), "public notebooks", "refused"),
    "missing as 0": Way(each(NULLABLE, lambda x: x.fillna(0)), "df.fillna(0)", "refused"),
    "missing as the median": Way(each(SCORES, lambda x: x.fillna(x.median())), "SimpleImputer", "refused"),
    "a score of -1": Way(each(SCORES, lambda x: x * 0 - 1), "a bureau's mark for no hit", "refused"),
    "time in job turned": Way(each(["DAYS_EMPLOYED"], turned), "abs() in a pipeline", "refused"),
    "age turned": Way(each(["DAYS_BIRTH"], lambda x: -x), "abs() in a pipeline", "refused"),
    "age in years": Way(each(["DAYS_BIRTH"], lambda x: -x / 365.25), "feature engineering", "refused"),
    "birthdays as dates": Way(
        each(["DAYS_BIRTH"], lambda x: pd.Timestamp("2018-01-01") + pd.to_timedelta(x, unit="D")),
        "a core system",
        "refused",
    ),
    "birthdays as text": Way(
        each(["DAYS_BIRTH"], lambda x: (pd.Timestamp("2018-01-01") + pd.to_timedelta(x, unit="D")).astype(str)),
        "a CSV of a core system",
        "refused",
    ),
    "levels in lower case": Way(each(TEXTS, lambda x: x.str.lower()), "str.lower() before a join", "refused"),
    "levels with a blank": Way(each(TEXTS, lambda x: x + " "), "fixed-width exports", "read"),
    "levels as codes": Way(each(TEXTS, codes), "LabelEncoder", "refused"),
    "levels as codes in text": Way(each(TEXTS, lambda x: codes(x).astype(str)), "LabelEncoder and a CSV", "refused"),
    "amounts of 0": Way(each(["AMT_CREDIT", "AMT_ANNUITY"], lambda x: x * 0), "an empty form", "refused"),
    "income in thousands": Way(each(["AMT_INCOME_TOTAL"], lambda x: x / 1000), "a report's unit", "refused"),
    "amounts in cents": Way(each(["AMT_CREDIT"], lambda x: x * 100), "a payment system", "refused"),
    "monthly income": Way(each(["AMT_INCOME_TOTAL"], lambda x: x / 12), "a payslip", "refused"),
    "infinite": Way(each(["AMT_GOODS_PRICE"], lambda x: x / 0), "a division", "refused"),
    "flags as 0/1": Way(each(["FLAG_OWN_CAR"], lambda x: (x == "Y").astype(int)), "get_dummies", "read"),
    "flags as booleans": Way(each(["FLAG_OWN_CAR"], lambda x: x == "Y"), "Parquet of a database", "read"),
    "flags as y/n": Way(each(["FLAG_OWN_CAR"], lambda x: x.str.lower()), "str.lower()", "read"),
    "flags as yes/no": Way(each(["FLAG_OWN_CAR"], lambda x: x.map({"Y": "yes", "N": "no"})), "a spreadsheet", "read"),
    "number flags as booleans": Way(each(["FLAG_PHONE", "FLAG_DOCUMENT_3"], lambda x: x == 1), "a database", "read"),
    "missing text as nan": Way(each(TEXTS, lambda x: x.fillna("nan")), "astype(str)", "read"),
    "missing text as empty": Way(each(TEXTS, lambda x: x.fillna("")), 'fillna("")', "read"),
    "categories": Way(each(TEXTS, lambda x: x.astype("category")), "astype('category')", "read"),
    "numbers as text": Way(each(["AMT_CREDIT", "CNT_CHILDREN"], lambda x: x.astype(str)), "dtype=str", "read"),
    "whole numbers as floats": Way(each(["CNT_CHILDREN", "DAYS_BIRTH"], lambda x: x.astype(float)), "a join", "read"),
    "single precision": Way(each(["DAYS_EMPLOYED"], lambda x: x.astype("float32")), "reduce_mem_usage", "read"),
}  # fmt: skip
