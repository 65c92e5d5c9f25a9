"""The risk of default as a sum of points over fields, and the probability that TARGET is drawn with."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import brentq
from scipy.special import expit

from scoring.interest import yearly_interest
from scoring.lender.formulas import REVOLVING
from scoring.lender.terms import likely_term
from scoring.units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from training.lender.synthetic.columns import EXTERNAL_SCORES, NOT_YET, REQUESTS
from training.synthetic.sampling import Columns

DEFAULT_RATE = 0.080729  # share of TARGET = 1 over the 307,511 real rows
CREDITWORTHINESS_POINTS = 0.85  # log-odds per unit of the creditworthiness that the application does not show
STRAIN_POINTS = 0.7  # log-odds per unit of the strain that the application does not show
# Outcomes are drawn this much sharper than real ones: a model of balanced outcomes stops learning so early that it
# would be too cautious by as much on real applicants (docs/accuracy.md).
SHARPER = 1.1

NUMERIC_FIELDS = (
    *EXTERNAL_SCORES, "EXT_SOURCE_MEAN", "EXT_SOURCE_LOWEST", "DAYS_BIRTH", "YEARS_EMPLOYED", "DAYS_REGISTRATION",
    "DAYS_ID_PUBLISH", "DAYS_LAST_PHONE_CHANGE", "AMT_INCOME_TOTAL", "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE",
    "CREDIT_TERM", "LIKELY_TERM", "INTEREST_RATE", "TOTAL_INTEREST", "CREDIT_TO_GOODS", "ANNUITY_TO_INCOME",
    "OWN_CAR_AGE", "REGION_POPULATION_RELATIVE", "CNT_CHILDREN", "DEF_30_CNT_SOCIAL_CIRCLE", "DEF_60_CNT_SOCIAL_CIRCLE",
    "HOUR_APPR_PROCESS_START", "TOTALAREA_MODE", "FLOORSMAX_AVG", *REQUESTS[2:],
)  # fmt: skip
LEVEL_FIELDS = (
    "NAME_CONTRACT_TYPE", "CODE_GENDER", "FLAG_OWN_CAR", "FLAG_OWN_REALTY", "NAME_INCOME_TYPE", "NAME_EDUCATION_TYPE",
    "NAME_FAMILY_STATUS", "NAME_HOUSING_TYPE", "OCCUPATION_TYPE", "ORGANIZATION_TYPE", "FLAG_WORK_PHONE", "FLAG_PHONE",
    "FLAG_EMAIL", "REGION_RATING_CLIENT_W_CITY", "REG_CITY_NOT_LIVE_CITY", "REG_CITY_NOT_WORK_CITY",
    "FLAG_DOCUMENT_3", "FLAG_DOCUMENT_13", "FLAG_DOCUMENT_16", "FLAG_DOCUMENT_18", "WALLSMATERIAL_MODE",
)  # fmt: skip


def risk_fields(application: Columns) -> Columns:
    """The fields that carry risk, with the usual lending ratios: an array of n rows per field.

    Numbers are float64 with NaN for null, levels are text with "" for null.
    """
    scores = np.column_stack([application[name] for name in EXTERNAL_SCORES])
    known = np.maximum((~np.isnan(scores)).sum(axis=1), 1)
    mean = np.where(np.isnan(scores).all(axis=1), np.nan, np.nansum(scores, axis=1) / known)
    lowest = np.where(np.isnan(mean), np.nan, np.min(np.where(np.isnan(scores), np.inf, scores), axis=1))
    employed = application["DAYS_EMPLOYED"]
    revolving = application["NAME_CONTRACT_TYPE"] == REVOLVING
    credit_term = application["AMT_CREDIT"] / application["AMT_ANNUITY"]
    months = np.where(revolving, np.nan, likely_term(credit_term))
    rate = yearly_interest(credit_term, months)
    fields = application | {
        "EXT_SOURCE_MEAN": mean,
        "EXT_SOURCE_LOWEST": lowest,
        "YEARS_EMPLOYED": np.where(employed == NOT_YET, np.nan, employed / -DAYS_PER_YEAR),
        "CREDIT_TERM": credit_term,
        "LIKELY_TERM": months,
        "INTEREST_RATE": rate,
        "TOTAL_INTEREST": rate * months / MONTHS_PER_YEAR,
        "CREDIT_TO_GOODS": application["AMT_CREDIT"] / application["AMT_GOODS_PRICE"],
        "ANNUITY_TO_INCOME": application["AMT_ANNUITY"] / application["AMT_INCOME_TOTAL"],
    }
    numbers = {name: fields[name].astype(float) for name in NUMERIC_FIELDS}
    levels = {name: np.where(pd.isna(fields[name]), "", fields[name].astype(str)) for name in LEVEL_FIELDS}
    return numbers | levels


def risk_by_field(application: Columns, points: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
    """Log-odds of default that each field adds, shape (n,) per field.

    `points["numeric"]` interpolates between knots and has its own points for a null; `points["levels"]` maps a level,
    "" for null, to its points, 0 for a level that the profile had too few rows of.
    """
    fields = risk_fields(application)
    found = {}
    for name, curve in points["numeric"].items():
        values = fields[name]
        found[name] = np.where(np.isnan(values), curve["null"], np.interp(values, curve["knots"], curve["points"]))
    for name, by_level in points["levels"].items():
        levels, codes = np.unique(fields[name], return_inverse=True)
        found[name] = np.array([by_level.get(level, 0.0) for level in levels])[codes]
    return found


def risk_columns(
    fields: Columns, knots: Mapping[str, Sequence[float]], levels: Mapping[str, Sequence[str]]
) -> sparse.csr_matrix:
    """A column for each knot, null and level that has points of risk, so that risk is the columns times the points.

    `fields` come from `risk_fields`; the shape is (n, points), numbers first.
    """
    blocks = [_hats(fields[name], at) for name, at in knots.items()]
    blocks += [(fields[name][:, None] == np.array(list(named))).astype(float) for name, named in levels.items()]
    return sparse.hstack([sparse.csr_matrix(block) for block in blocks], format="csr")


def _hats(values: NDArray[np.float64], knots: Sequence[float]) -> NDArray[np.float64]:
    """A basis for linear interpolation between knots, with a last column for nulls, shape (n, knots + 1)."""
    null = np.isnan(values)
    hats = [np.where(null, 0.0, np.interp(values, knots, row)) for row in np.eye(len(knots))]
    return np.column_stack([*hats, null.astype(float)])


def application_risk(application: Columns, points: Mapping[str, Any]) -> NDArray[np.float64]:
    """Log-odds of default that the application shows, up to a constant, shape (n,)."""
    return np.sum(list(risk_by_field(application, points).values()), axis=0)


def default_probability(
    risk: NDArray[np.float64], hidden_creditworthiness: NDArray[np.float64], hidden_strain: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probability of default whose mean over the rows is the real default rate, shape (n,).

    The hidden parts of traits do not show in the application, only in the histories. Their spread flattens the risk
    that the application shows, so that risk is stretched by the usual factor for a logit with normal noise: the
    application alone then has the odds that were measured, but for being `SHARPER`.
    """
    hidden = SHARPER * (STRAIN_POINTS * hidden_strain - CREDITWORTHINESS_POINTS * hidden_creditworthiness)
    log_odds = SHARPER * risk * np.sqrt(1 + 0.346 * hidden.var()) + hidden
    log_odds = log_odds - log_odds.mean()
    intercept = brentq(lambda shift: expit(log_odds + shift).mean() - DEFAULT_RATE, -30.0, 30.0)
    return expit(log_odds + intercept)
