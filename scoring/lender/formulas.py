"""The formula of every derived feature, from arrays of raw fields and history by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Columns, Floats
from scoring.files import read_table
from scoring.interest import yearly_interest
from scoring.lender import FOLDER
from scoring.lender.roles import NOT_EMPLOYED
from scoring.lender.terms import likely_term
from scoring.units import DAYS_PER_YEAR, MONTHS_PER_YEAR

# Age from which Reg B protects an applicant from being scored down for it (12 CFR 1002.2(o)).
ELDERLY = 62
# In the real sample, the number of applicants who were granted a loan doubles at this age and they default more often:
# the lender was stricter with younger ones.
SELECTED_BELOW = 27
REVOLVING = "Revolving loans"
EXTERNAL_SCORES = ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3")
# Weights by how well each predicts default (reference: modelling 3: AUC 3 ~ 2 > 1); a judgement, not tuned.
EXTERNAL_WEIGHTS = (2.0, 3.0, 3.5)
ADDRESS_MISMATCHES = (
    "REG_REGION_NOT_LIVE_REGION",
    "REG_REGION_NOT_WORK_REGION",
    "LIVE_REGION_NOT_WORK_REGION",
    "REG_CITY_NOT_LIVE_CITY",
    "REG_CITY_NOT_WORK_CITY",
    "LIVE_CITY_NOT_WORK_CITY",
)


def _derived(name: str, columns: Columns) -> Floats:
    """A derived feature that others are made of: as it is among the columns if it was computed before."""
    return columns[name] if name in columns else FORMULAS[name](columns)


def _divide(numerator: Floats, denominator: NDArray) -> Floats:
    """The quotient; missing if the denominator is 0 or either is missing (never infinite)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = numerator / denominator
    return np.where(np.isfinite(quotient), quotient, np.nan)


def _ratio(numerator: str, denominator: str) -> Callable[[Columns], Floats]:
    return lambda columns: _divide(columns[numerator], columns[denominator])


def _years_before(name: str) -> Callable[[Columns], Floats]:
    return lambda columns: -columns[name] / DAYS_PER_YEAR


def _young_or_elderly(columns: Columns) -> Floats:
    """Both age features may only lower the risk, and the elderly have the better of each.

    So nobody would be scored better at any age below 62 (Reg B, 12 CFR 1002.2(v) and 1002.6(b)(2)), while the young,
    of whom lenders granted the safer only, need not be scored as their elders are.
    """
    age = _years_before("DAYS_BIRTH")(columns)
    return np.where(np.isnan(age), np.nan, (age < SELECTED_BELOW) | (age >= ELDERLY))


def _employed_years(columns: Columns) -> Floats:
    days = columns["DAYS_EMPLOYED"]
    return np.where(days == NOT_EMPLOYED, np.nan, -days / DAYS_PER_YEAR)


def _not_employed(columns: Columns) -> Floats:
    days = columns["DAYS_EMPLOYED"]
    return np.where(np.isnan(days), np.nan, days == NOT_EMPLOYED)


def _external_scores(columns: Columns) -> tuple[Floats, Floats, Floats]:
    return columns["EXT_SOURCE_1"], columns["EXT_SOURCE_2"], columns["EXT_SOURCE_3"]


def _external_mean(columns: Columns) -> Floats:
    scores = np.array(_external_scores(columns))
    known = ~np.isnan(scores)
    return _divide(np.where(known, scores, 0.0).sum(axis=0), known.sum(axis=0))


def _external_extreme(choose: np.ufunc) -> Callable[[Columns], Floats]:
    return lambda columns: reduce(choose, _external_scores(columns))


def _external_weighted(columns: Columns) -> Floats:
    scores = np.array(_external_scores(columns))
    missing = np.isnan(scores)
    weights = np.where(missing, 0.0, np.array(EXTERNAL_WEIGHTS)[:, None])
    return _divide((np.where(missing, 0.0, scores) * weights).sum(axis=0), weights.sum(axis=0))


def _product(first: str, second: str) -> Callable[[Columns], Floats]:
    return lambda columns: columns[first] * columns[second]


def _fields(prefix: str) -> list[str]:
    return [row["name"] for row in read_table(FOLDER / "fields.csv") if row["name"].startswith(prefix)]


def _sum(names: Iterable[str]) -> Callable[[Columns], Floats]:
    added = tuple(names)
    return lambda columns: reduce(np.add, (columns[name] for name in added))


def _annuity_loan_ratio(columns: Columns) -> Floats:
    """Amount over instalment, missing for revolving credit: it has no term."""
    revolving = columns["NAME_CONTRACT_TYPE"] == REVOLVING
    return np.where(revolving, np.nan, _divide(columns["AMT_CREDIT"], columns["AMT_ANNUITY"]))


def _likely_term(columns: Columns) -> Floats:
    return likely_term(_annuity_loan_ratio(columns))


def _interest_rate(columns: Columns) -> Floats:
    return yearly_interest(_annuity_loan_ratio(columns), _derived("LIKELY_TERM", columns))


def _total_interest(columns: Columns) -> Floats:
    """The yearly interest times the years of the term, as a share of the amount."""
    return _derived("INTEREST_RATE", columns) * _derived("LIKELY_TERM", columns) / MONTHS_PER_YEAR


def _interest_at_risk(columns: Columns) -> Floats:
    return _derived("INTEREST_RATE", columns) * (1 - _derived("EXT_SOURCES_MEAN", columns))


def _income_per_dependant(columns: Columns) -> Floats:
    return columns["AMT_INCOME_TOTAL"] / (1 + columns["CNT_CHILDREN"])


def _car_age_to_employed(columns: Columns) -> Floats:
    return _divide(columns["OWN_CAR_AGE"], _employed_years(columns))


def _all_instalments_to_income(columns: Columns) -> Floats:
    running = np.nan_to_num(columns["previous_approved_running_annuity"])
    return _divide(columns["AMT_ANNUITY"] + running, columns["AMT_INCOME_TOTAL"])


def _down_payment(columns: Columns) -> Floats:
    return columns["AMT_GOODS_PRICE"] - columns["AMT_CREDIT"]


FORMULAS: dict[str, Callable[[Columns], Floats]] = {
    "EXT_SOURCES_MEAN": _external_mean,
    "EXT_SOURCES_MIN": _external_extreme(np.fmin),
    "EXT_SOURCES_MAX": _external_extreme(np.fmax),
    "EXT_SOURCES_PRODUCT": _product("EXT_SOURCE_2", "EXT_SOURCE_3"),
    "EXT_SOURCES_WEIGHTED": _external_weighted,
    "EXT_SOURCES_PRODUCT_12": _product("EXT_SOURCE_1", "EXT_SOURCE_2"),
    "EXT_SOURCES_PRODUCT_13": _product("EXT_SOURCE_1", "EXT_SOURCE_3"),
    "CREDIT_TERM": _ratio("AMT_CREDIT", "AMT_ANNUITY"),
    "LIKELY_TERM": _likely_term,
    "INTEREST_RATE": _interest_rate,
    "TOTAL_INTEREST": _total_interest,
    "INTEREST_AT_RISK": _interest_at_risk,
    "CREDIT_TO_INCOME": _ratio("AMT_CREDIT", "AMT_INCOME_TOTAL"),
    "ANNUITY_TO_INCOME": _ratio("AMT_ANNUITY", "AMT_INCOME_TOTAL"),
    "CREDIT_TO_GOODS": _ratio("AMT_CREDIT", "AMT_GOODS_PRICE"),
    "DOWN_PAYMENT": _down_payment,
    "GOODS_TO_INCOME": _ratio("AMT_GOODS_PRICE", "AMT_INCOME_TOTAL"),
    "ANNUITY_TO_LARGEST_INSTALMENT": _ratio("AMT_ANNUITY", "instalments_due_max"),
    "ANNUITY_TO_PREVIOUS": _ratio("AMT_ANNUITY", "previous_approved_annuity_mean"),
    "CREDIT_TO_PREVIOUS": _ratio("AMT_CREDIT", "previous_approved_credit_max"),
    "BUREAU_DEBT_TO_INCOME": _ratio("bureau_active_debt_sum", "AMT_INCOME_TOTAL"),
    "BUREAU_DEBT_TO_CREDIT": _ratio("bureau_active_debt_sum", "AMT_CREDIT"),
    "CARD_BALANCE_TO_INCOME": _ratio("card_latest_balance", "AMT_INCOME_TOTAL"),
    "ALL_INSTALMENTS_TO_INCOME": _all_instalments_to_income,
    "INCOME_PER_DEPENDANT": _income_per_dependant,
    "AGE_YEARS": _years_before("DAYS_BIRTH"),
    "YOUNG_OR_ELDERLY": _young_or_elderly,
    "EMPLOYED_YEARS": _employed_years,
    "NOT_EMPLOYED": _not_employed,
    "CAR_AGE_TO_EMPLOYED": _car_age_to_employed,
    "REGISTRATION_YEARS": _years_before("DAYS_REGISTRATION"),
    "ID_DOCUMENT_YEARS": _years_before("DAYS_ID_PUBLISH"),
    "PHONE_YEARS": _years_before("DAYS_LAST_PHONE_CHANGE"),
    "SOCIAL_CIRCLE_DEFAULT_SHARE": _ratio("DEF_30_CNT_SOCIAL_CIRCLE", "OBS_30_CNT_SOCIAL_CIRCLE"),
    "ADDRESS_MISMATCHES": _sum(ADDRESS_MISMATCHES),
    "DOCUMENTS_PROVIDED": _sum(_fields("FLAG_DOCUMENT_")),
    "BUREAU_ENQUIRIES": _sum(_fields("AMT_REQ_CREDIT_BUREAU_")),
}


def ages(columns: Columns) -> Floats:
    """The age of each applicant in years; NaN if not on file."""
    return _years_before("DAYS_BIRTH")(columns)


def at_age(columns: Columns, years: float) -> Columns:
    """The same applicants, all set to one age in years."""
    return {**columns, "DAYS_BIRTH": np.full_like(columns["DAYS_BIRTH"], -years * DAYS_PER_YEAR)}
