"""The statistics of the real sample from which applicants are made up: shares, quantiles, correlations, risk points.

`build_profile(folder of the sample)` gives what `profile.json` holds. A share is kept only for a level with at least
`FEWEST_ROWS` rows and quantiles stop at 0.05 % and 99.95 %, so that no applicant can be read back.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

from training.synthetic.columns import (
    BUILDING_COLUMNS,
    BUILDING_ITEMS,
    CREDITWORTHINESS,
    GIVEN,
    NUMERIC,
    ORDERED_LEVELS,
    STRAIN,
)
from training.synthetic.history_profile import history_profile
from training.synthetic.marginals import marginal, shares
from training.synthetic.risk import LEVEL_FIELDS, NUMERIC_FIELDS, risk_fields
from training.synthetic.sampling import NOT_YET, joined

KNOT_QUANTILES = (0.02, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95)
NULL_SHARES = ("EXT_SOURCE_2", "AMT_GOODS_PRICE", "AMT_ANNUITY", "NAME_TYPE_SUITE", "OBS_30_CNT_SOCIAL_CIRCLE")
FEWEST_ROWS = 10
RIDGE = 0.02  # inverse strength of the penalty on risk points: a judgement, not tuned; `risk.SHARPNESS` makes up for it


def build_profile(data: Path) -> dict[str, Any]:
    """Profile of the real sample in `data`, a folder of `application_train.parquet` and the other tables."""
    train = derived(pd.read_parquet(data / "application_train.parquet"))
    test = derived(pd.read_parquet(data / "application_test.parquet"))
    order = {name: level_order(train, name) for name in ORDERED_LEVELS}
    scores = pd.DataFrame({name: normal_scores(train[name], order.get(name)) for name in (*NUMERIC, *ORDERED_LEVELS)})
    correlation = latent_correlation(scores)
    return {
        "train": part_profile(train, order),
        "test": part_profile(test, order),
        "correlation": [[round(value, 2) for value in row[: i + 1]] for i, row in enumerate(correlation.tolist())],
        "traits": trait_weights(scores, correlation, train["TARGET"]),
        "building": building_profile(train),
        "given": {name: given_shares(train, name, parents) for name, parents in GIVEN.items() if name != "DOCUMENTS"},
        "risk": risk_points(train),
        "history": history_profile(data),
    }


def derived(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the columns of `columns.py` which the table itself does not have."""
    cash = table["NAME_CONTRACT_TYPE"] == "Cash loans"
    goods = table["AMT_GOODS_PRICE"].where(cash)
    employed = table["DAYS_EMPLOYED"].where(table["DAYS_EMPLOYED"] != NOT_YET)
    documents = [name for name in table.columns if name.startswith("FLAG_DOCUMENT_")]
    flags = table[documents].to_numpy(dtype=str)
    return table.assign(
        AMT_GOODS_PRICE_CASH=goods,
        CREDIT_TO_GOODS=table["AMT_CREDIT"] / goods,
        CREDIT_TERM=table["AMT_CREDIT"] / table["AMT_ANNUITY"].where(cash),
        EMPLOYED_SHARE=employed / (table["DAYS_BIRTH"] + 16 * 365.25),
        REGISTRATION_SHARE=table["DAYS_REGISTRATION"] / table["DAYS_BIRTH"],
        REGION_MISMATCH=mismatch(table, "REG_REGION_NOT_LIVE", "REG_REGION_NOT_WORK", "LIVE_REGION_NOT_WORK", "REGION"),
        CITY_MISMATCH=mismatch(table, "REG_CITY_NOT_LIVE", "REG_CITY_NOT_WORK", "LIVE_CITY_NOT_WORK", "CITY"),
        EXT_SOURCE_1_KNOWN=table["EXT_SOURCE_1"].notna().astype(int),
        EXT_SOURCE_3_KNOWN=table["EXT_SOURCE_3"].notna().astype(int),
        REQUESTS_KNOWN=table["AMT_REQ_CREDIT_BUREAU_YEAR"].notna().astype(int),
        BUILDING_KNOWN=table[list(BUILDING_COLUMNS)].notna().sum(axis=1),
        AGE_BAND=age_band(table["DAYS_BIRTH"].to_numpy()),
        PARTNERED=table["NAME_FAMILY_STATUS"].isin(["Married", "Civil marriage"]).map({True: "yes", False: "no"}),
        DOCUMENTS=pd.Series(["".join(row) for row in flags], index=table.index),
    )


def mismatch(table: pd.DataFrame, first: str, second: str, third: str, where: str) -> pd.Series:
    """The three flags of the region or city as one text: "011"."""
    flags = table[[f"{name}_{where}" for name in (first, second, third)]].astype(str)
    return flags.iloc[:, 0] + flags.iloc[:, 1] + flags.iloc[:, 2]


def age_band(days_birth: np.ndarray) -> np.ndarray:
    """Five-year age bands as text: "40" for 40 to 44 years."""
    return (days_birth / -365.25 // 5 * 5).astype(int).astype(str).astype(object)


def level_order(train: pd.DataFrame, name: str) -> list[str]:
    """Levels from the lowest to the highest default rate; the numbers of `BUILDING_KNOWN` keep their own order."""
    column = train[name].dropna()
    if name == "BUILDING_KNOWN":
        return [str(level) for level in sorted(column.unique())]
    counts = column.value_counts()
    levels = counts.index[counts >= FEWEST_ROWS]
    rates = train["TARGET"].groupby(column).mean()
    return [str(level) for level in rates.loc[levels].sort_values().index]


def normal_scores(column: pd.Series, order: list[str] | None) -> pd.Series:
    """Normal scores of the mid-ranks, NaN for nulls; levels rank in the given order."""
    known = column.dropna()
    values = known if order is None else known.astype(str).map({level: rank for rank, level in enumerate(order)})
    values = values.dropna()
    scores = ndtri((rankdata(values) - 0.5) / len(values))
    return pd.Series(scores, index=values.index).reindex(column.index)


def latent_correlation(scores: pd.DataFrame) -> np.ndarray:
    """Correlation of the normals behind the scores, shape (columns, columns), positive definite.

    A column with few levels shows only part of its normal; dividing the covariance by both variances gives the
    correlation before the cut to levels, to first order.
    """
    variances = scores.var().to_numpy()
    latent = (scores.cov(min_periods=200).fillna(0.0).to_numpy() / np.outer(variances, variances)).clip(-0.97, 0.97)
    np.fill_diagonal(latent, 1.0)
    values, vectors = np.linalg.eigh(latent)
    nearest = vectors @ np.diag(values.clip(0.02, None)) @ vectors.T
    spread = np.sqrt(np.diag(nearest))
    return nearest / np.outer(spread, spread)


def part_profile(table: pd.DataFrame, order: dict[str, list[str]]) -> dict[str, Any]:
    """Marginals, level shares and null shares of the train or of the test applicants."""
    revolving = table["NAME_CONTRACT_TYPE"] == "Revolving loans"
    numeric = {name: marginal(table[name]) for name in NUMERIC} | {
        f"{item}_{kind}": marginal(table[f"{item}_{kind}"]) for item in BUILDING_ITEMS for kind in ("MODE", "MEDI")
    }
    return {
        "numeric": numeric
        | {
            "AMT_GOODS_PRICE": marginal(table.loc[~revolving, "AMT_GOODS_PRICE"]),
            "AMT_GOODS_PRICE_REVOLVING": marginal(table.loc[revolving, "AMT_CREDIT"]),
        },
        "levels": {name: shares(table[name], order[name]) for name in ORDERED_LEVELS},
        "documents": given_shares(table, "DOCUMENTS", GIVEN["DOCUMENTS"]),
        "null_shares": {name: round(float(table[name].isna().mean()), 6) for name in NULL_SHARES},
    }


def given_shares(table: pd.DataFrame, name: str, parents: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Shares of the levels of a column per combination of its parents' levels, and for all rows as "*"."""
    overall = {"*": shares(table[name])}
    if not parents:
        return overall
    keys = joined(*(table[parent].astype(str).to_numpy() for parent in parents))
    return overall | {
        str(key): found
        for key, rows in table.groupby(keys)
        if len(rows) >= 10 * FEWEST_ROWS and (found := shares(rows[name]))
    }


def building_profile(train: pd.DataFrame) -> dict[str, Any]:
    """How alike the three kinds of a building item are, and the share of each item that is known."""
    known = train[list(BUILDING_COLUMNS)].notna()
    pairs = {
        f"{item}_{kind}": round(float(train[f"{item}_AVG"].corr(train[f"{item}_{kind}"], method="spearman")), 3)
        for item in BUILDING_ITEMS
        for kind in ("MODE", "MEDI")
    }
    return {"likeness": pairs, "known_shares": {name: round(float(known[name].mean()), 4) for name in BUILDING_COLUMNS}}


def trait_weights(scores: pd.DataFrame, correlation: np.ndarray, target: pd.Series) -> dict[str, list[float]]:
    """Weights on the copula's normals of what the application shows of each latent trait, unit variance."""
    fitted = LogisticRegression(C=0.05, max_iter=500).fit(scores.fillna(0.0), target).coef_[0]
    risk = pd.Series(fitted, index=scores.columns)
    traits = {}
    for trait, names, sign in (("creditworthiness", CREDITWORTHINESS, -1.0), ("strain", STRAIN, 1.0)):
        weights = sign * risk.where(risk.index.isin(names), 0.0).to_numpy()
        traits[trait] = [round(value, 4) for value in weights / np.sqrt(weights @ correlation @ weights)]
    return traits


def risk_points(train: pd.DataFrame) -> dict[str, Any]:
    """Points of the additive risk: logistic regression on piecewise linear fields and on levels."""
    fields = risk_fields({str(name): train[name].to_numpy() for name in train.columns})
    blocks: list[np.ndarray] = []
    curves: dict[str, list[float]] = {}
    levels: dict[str, list[str]] = {}
    for name in NUMERIC_FIELDS:
        values = fields[name].astype(float)
        curves[name] = [significant(knot) for knot in np.unique(np.nanquantile(values, KNOT_QUANTILES))]
        blocks.append(hat_basis(values, curves[name]))
    for name in LEVEL_FIELDS:
        text = fields[name].astype(str)
        counts = pd.Series(text).value_counts()
        levels[name] = sorted(counts.index[counts >= 10 * FEWEST_ROWS])
        blocks.append((text[:, None] == np.array(levels[name])).astype(float))
    design = np.column_stack(blocks)
    fit = LogisticRegression(C=RIDGE, max_iter=2000).fit(design, train["TARGET"])
    points = iter(np.round(fit.coef_[0], 3).tolist())
    numeric = {
        name: {"knots": knots, "points": [next(points) for _ in knots], "null": next(points)}
        for name, knots in curves.items()
    }
    return {"numeric": numeric, "levels": {name: {level: next(points) for level in levels[name]} for name in levels}}


def hat_basis(values: np.ndarray, knots: list[float]) -> np.ndarray:
    """Linear interpolation between knots as columns, and a last column for nulls, shape (n, knots + 1)."""
    null = np.isnan(values)
    hats = [np.where(null, 0.0, np.interp(values, knots, row)) for row in np.eye(len(knots))]
    return np.column_stack([*hats, null.astype(float)])


def significant(value: float) -> float:
    """Five significant digits: enough for a statistic."""
    return float(f"{value:.5g}")


def write_profile(data: Path, out: Path) -> None:
    """Write the profile of the sample in `data` as JSON to `out`."""
    out.write_text(json.dumps(build_profile(data), separators=(",", ":"), allow_nan=False) + "\n", encoding="utf-8")
