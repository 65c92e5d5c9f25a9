"""Turns the real application table into the columns to draw (`columns.DRAWN`), for `profile.build_profile`."""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pandas as pd

from training.lender.synthetic.buildings import TOTAL_AREA, alike_average, alike_median, lived_in_apartments, total_area
from training.lender.synthetic.columns import (
    AMOUNT_STEP,
    BUILDING_ITEMS,
    COMPUTED,
    DOCUMENTS,
    DRAWN,
    FEE,
    MISMATCHES,
    NOT_YET,
)

# An annuity factor shared by this many rows is on the lender's price list, which has some two hundred.
FACTOR_ROWS = 20
# Averages, modes and medians are written with four decimals.
WRITTEN, ALIKE = 1e-5, 1.6e-4

DECIMALS = 12

Scales = dict[str, float]
# Scales to try: this many on either side of the ratio of the means, at this distance.
TRIED_SCALES, SCALE_STEP = 400, 2e-5


def drawn_table(table: pd.DataFrame, scales: Scales) -> pd.DataFrame:
    """The drawn and computed columns of real applications; numbers are float64 with NaN, levels are text with None."""
    factor, fee = annuity_factors(table)
    cash = table["NAME_CONTRACT_TYPE"] == "Cash loans"
    employed = table["DAYS_EMPLOYED"].where(table["DAYS_EMPLOYED"] != NOT_YET)
    found = table.assign(
        REGION_RATINGS=_joined(table, ["REGION_RATING_CLIENT", "REGION_RATING_CLIENT_W_CITY"], "|"),
        REGION_POPULATION_RELATIVE=table["REGION_POPULATION_RELATIVE"].round(6),
        REGION_MISMATCH=_joined(table, MISMATCHES["REGION"]),
        CITY_MISMATCH=_joined(table, MISMATCHES["CITY"]),
        DOCUMENT_FLAGS=_joined(table, DOCUMENTS),
        CREDIT_TO_GOODS=(table["AMT_CREDIT"] / table["AMT_GOODS_PRICE"]).round(4).where(cash),
        AMT_GOODS_PRICE=table["AMT_GOODS_PRICE"].fillna(table["AMT_CREDIT"]),
        ANNUITY_FACTOR=factor,
        FEE=fee,
        DAYS_EMPLOYED=employed,
        REGISTRATION_AGE=table["DAYS_REGISTRATION"] - table["DAYS_BIRTH"],
        ID_AGE=table["DAYS_ID_PUBLISH"] - table["DAYS_BIRTH"],
        OBS_FEWER=table["OBS_30_CNT_SOCIAL_CIRCLE"] - table["OBS_60_CNT_SOCIAL_CIRCLE"],
        DEF_FEWER=table["DEF_30_CNT_SOCIAL_CIRCLE"] - table["DEF_60_CNT_SOCIAL_CIRCLE"],
        TOTAL_AGREES=total_agrees(table),
        **building_ratios(table, scales),
    )
    found = found.assign(BUILDING_LIKENESS=building_likeness(found))
    columns = pd.DataFrame(
        {
            drawn.name: (
                found[drawn.name].astype(object).where(found[drawn.name].notna(), None).map(_text, na_action="ignore")
                if drawn.kind == "level"
                else same_digits(found[drawn.name].astype(float))
            )
            for drawn in DRAWN
        }
    )
    return columns.assign(**{name: formula(columns[source].to_numpy()) for source, (name, formula) in COMPUTED.items()})


def same_digits(column: pd.Series) -> pd.Series:
    """Unifies numbers that differ in their last digits only, from having passed through several tools."""
    counts = column.dropna().value_counts()
    usual = counts.groupby(counts.index.to_numpy().round(DECIMALS)).idxmax()
    return column.round(DECIMALS).map(usual)


def _text(level: object) -> str:
    return str(level)


def _joined(table: pd.DataFrame, names: Sequence[str], between: str = "") -> pd.Series:
    texts = [table[name].astype(int).astype(str) for name in names]
    return reduce(lambda left, right: left.str.cat(right, sep=between), texts)


def annuity_factors(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """AMT_ANNUITY without fee over AMT_CREDIT, and "yes" if it includes the fee; both null for revolving loans.

    The lender's annuity is the credit times a factor from a price list, for three in four plus a fee of 130.50, then
    rounded to a multiple of 4.5. A row pays the fee if its factor without the fee is shared by more rows.
    """
    cash = table[(table["NAME_CONTRACT_TYPE"] == "Cash loans") & table["AMT_ANNUITY"].notna()]
    credit, annuity = cash["AMT_CREDIT"].to_numpy(float), cash["AMT_ANNUITY"].to_numpy(float)
    without, within = annuity / credit, (annuity - FEE) / credit
    voters = np.append(without, within)
    for _ in range(3):
        fee = _votes(within, voters) > _votes(without, voters)
        voters = np.where(fee, within, without)
    factor = _on_price_list(credit, annuity - FEE * fee)
    text = pd.Series(np.where(fee, "yes", "no"), index=cash.index)
    return pd.Series(factor, index=cash.index).reindex(table.index), text.reindex(table.index)


def _votes(factor: np.ndarray, voters: np.ndarray) -> np.ndarray:
    values, counts = np.unique(voters.round(5), return_counts=True)
    indices = np.searchsorted(values, factor.round(5)).clip(0, len(values) - 1)
    return np.where(values[indices] == factor.round(5), counts[indices], 0)


def _on_price_list(credit: np.ndarray, annuity: np.ndarray) -> np.ndarray:
    """Each row's factor: from the price list if one yields the annuity, otherwise the row's own."""
    factor = annuity / credit
    left = np.ones(len(credit), dtype=bool)
    values, counts = np.unique(factor.round(5), return_counts=True)
    for value in values[np.argsort(-counts, kind="stable")][: (counts >= FACTOR_ROWS).sum()]:
        rows = left & (np.abs(factor - value) < 5e-6 + 0.5 * AMOUNT_STEP / credit)
        if rows.sum() < FACTOR_ROWS:
            continue
        listed = round(float((credit[rows] @ annuity[rows]) / (credit[rows] @ credit[rows])), 7)
        rows &= np.abs(listed * credit - annuity) < 0.6 * AMOUNT_STEP
        factor[rows] = listed
        left &= ~rows
    return factor


def building_scales(train: pd.DataFrame) -> Scales:
    """For each item, the scales that make mode and average, and median and average, equal on the most rows."""
    return {f"{item}_{kind}": _scale(train, item, kind) for item in BUILDING_ITEMS for kind in ("MODE", "MEDI")}


def _scale(train: pd.DataFrame, item: str, kind: str) -> float:
    pair = train[[f"{item}_AVG", f"{item}_{kind}"]].dropna().to_numpy()
    average, scaled = pair[(pair > 0).all(axis=1) & (pair < 1).all(axis=1)].T
    ratio = (1 - scaled) / (1 - average) if item.startswith("YEARS") else scaled / average
    tried = [1.0, *(np.median(ratio) + SCALE_STEP * np.arange(-TRIED_SCALES, TRIED_SCALES + 1))]
    alike = np.array([_share_alike(average, scaled, item, kind, scale) for scale in tried])
    best = np.flatnonzero(alike == alike.max())
    return round(float(tried[best[len(best) // 2]]), 5)


def _share_alike(average: np.ndarray, scaled: np.ndarray, item: str, kind: str, scale: float) -> float:
    if kind == "MODE":
        return float((np.abs(alike_average(scaled, item, scale).round(4) - average) < WRITTEN).mean())
    exact = alike_average(average, item, 1.0)
    return float((np.abs(alike_median(exact, item, scale).round(4) - scaled) < WRITTEN).mean())


def building_ratios(table: pd.DataFrame, scales: Scales) -> dict[str, pd.Series]:
    """Averages, medians and inhabited apartments as shares of the values if they were equal, so 1 if they are."""
    expected = {}
    for item in BUILDING_ITEMS:
        mode, average, median = (f"{item}_{kind}" for kind in ("MODE", "AVG", "MEDI"))
        exact = alike_average(table[mode].to_numpy(), item, scales[mode])
        expected[average] = (average, exact)
        known = table[average].to_numpy()
        exact = np.where(np.abs(exact - known) <= ALIKE, exact, known)
        expected[median] = (median, alike_median(exact, item, scales[median]))
    lived_in = lived_in_apartments(table["APARTMENTS_MODE"].to_numpy(), scales)
    expected["LIVING_SHARE"] = ("LIVINGAPARTMENTS_MODE", lived_in)
    return {name: _ratio(table[column], values) for name, (column, values) in expected.items()}


def _ratio(values: pd.Series, expected: np.ndarray) -> pd.Series:
    alike = ((values - expected).abs() <= ALIKE) | (expected <= 0)
    return (values / np.where(expected > 0, expected, 1.0)).where(~alike, 1.0).where(values.notna())


def total_agrees(table: pd.DataFrame) -> pd.Series:
    """Whether TOTALAREA_MODE is the sum of its parts: "yes", "no", or null."""
    gap = (table["TOTALAREA_MODE"] - total_area({name: table[name].to_numpy() for name in TOTAL_AREA})).abs()
    return (gap <= ALIKE).map({True: "yes", False: "no"}).where(gap.notna())


def building_likeness(table: pd.DataFrame) -> pd.Series:
    """For how many known items average and median are equal, as in "all|most"; null if none is known."""
    words = []
    for kind in ("AVG", "MEDI"):
        ratios = table[[f"{item}_{kind}" for item in BUILDING_ITEMS]]
        share = (ratios == 1).sum(axis=1) / ratios.notna().sum(axis=1)
        words.append(pd.Series(np.select([share == 1, share >= 0.5], ["all", "most"], "few"), index=table.index))
    known = table[[f"{item}_AVG" for item in BUILDING_ITEMS]].notna().any(axis=1)
    return words[0].str.cat(words[1], sep="|").where(known)
