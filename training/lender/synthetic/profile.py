"""Builds `profile.json`, the statistics of the real sample from which applicants are synthesised.

`build_profile` returns its content:

- `train`, `test`: for each drawn column, its tree (`grow`, `trees`), with statistics in the leaves;
- `building`: the scales of the modes and medians of a building's figures (`buildings.building_columns`);
- `risk`: each field's points of default risk; `traits`: mean and spread of them all and of what is derived from them;
- `history`: shares and quantiles of the histories (`history_profile`).

No applicant can be reconstructed: a leaf has at least `LEAF_ROWS` rows; a level's share or a shared value is kept only
if at least `FEWEST_ROWS` rows have it; any other number drawn lies between means over at least as many. Thresholds of
trees lie between two real values, and the knots of the risk are quantiles rounded to five digits. `write_profile`
rebuilds the file in about three minutes.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from training.lender.synthetic.applicants import trait_points
from training.lender.synthetic.columns import COMPUTED, DRAWN
from training.lender.synthetic.derived import Scales, building_scales, drawn_table
from training.lender.synthetic.history_profile import history_profile
from training.lender.synthetic.risk import LEVEL_FIELDS, NUMERIC_FIELDS, risk_by_field, risk_columns, risk_fields
from training.synthetic.grow import codes, grow_tree, significant
from training.synthetic.marginals import FEWEST_ROWS
from training.synthetic.sampling import Columns

KNOT_QUANTILES = (0.02, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95)
# Inverse penalty on risk points. In cross-validation on the sample they then have an AUC of 0.750 and a slope of 1.00,
# so that outcomes can be drawn at face value; with 0.05 the slope is 0.95, with 0.01 it is 1.12.
RIDGE = 0.02
TEST_LEAVES = 0.3  # share of the leaves of train applicants: no model is trained on test applicants


def build_profile(data: Path) -> dict[str, Any]:
    """Builds the profile of a sample in a folder of `application_train.parquet` and the other tables."""
    train = pd.read_parquet(data / "application_train.parquet")
    test = pd.read_parquet(data / "application_test.parquet")
    scales = building_scales(train)
    risk = risk_points(train)
    return {
        "train": trees(train, scales, 1.0),
        "test": trees(test, scales, TEST_LEAVES),
        "building": scales,
        "risk": risk,
        "traits": trait_scales(to_columns(train), risk),
        "history": history_profile(data),
    }


def trees(table: pd.DataFrame, scales: Scales, leaves: float) -> dict[str, Any]:
    """The tree of each drawn column; `leaves` scales their limits on leaves."""
    drawn = drawn_table(table, scales)
    coded: dict[str, np.ndarray] = {}
    grown = {}
    for column in DRAWN:
        before = list(coded)
        coded[column.name] = codes(drawn[column.name])
        grown[column.name] = grow_tree(column, drawn, coded, before, round(leaves * column.leaves))
        if column.name in COMPUTED:
            name, _ = COMPUTED[column.name]
            coded[name] = codes(drawn[name])
    return grown


def to_columns(table: pd.DataFrame) -> Columns:
    """A frame's columns as arrays by name."""
    return {str(name): table[name].to_numpy() for name in table.columns}


def trait_scales(application: Columns, risk: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Mean and standard deviation of the risk and traits that the application shows, and of the income's logarithm."""
    points = risk_by_field(application, risk)
    found = trait_points(points) | {
        "risk": np.sum(list(points.values()), axis=0),
        "income": np.log(application["AMT_INCOME_TOTAL"]),
    }
    return {
        name: {"mean": significant(float(values.mean())), "spread": significant(float(values.std()))}
        for name, values in found.items()
    }


def risk_points(train: pd.DataFrame) -> dict[str, Any]:
    """Points of the additive risk: logistic regression on piecewise linear fields and on levels."""
    fields = risk_fields(to_columns(train))
    knots = {
        name: [significant(knot) for knot in np.unique(np.nanquantile(fields[name], KNOT_QUANTILES))]
        for name in NUMERIC_FIELDS
    }
    levels = {}
    for name in LEVEL_FIELDS:
        counts = pd.Series(fields[name]).value_counts()
        levels[name] = sorted(counts.index[counts >= 10 * FEWEST_ROWS])
    design = risk_columns(fields, knots, levels).toarray()
    fit = LogisticRegression(C=RIDGE, max_iter=2000).fit(design, train["TARGET"])
    points = iter(np.round(fit.coef_[0], 3).tolist())
    numeric = {
        name: {"knots": at, "points": [next(points) for _ in at], "null": next(points)} for name, at in knots.items()
    }
    return {"numeric": numeric, "levels": {name: {level: next(points) for level in levels[name]} for name in levels}}


def write_profile(data: Path, out: Path) -> None:
    """Writes the profile of a sample as JSON."""
    out.write_text(json.dumps(build_profile(data), separators=(",", ":"), allow_nan=False) + "\n", encoding="utf-8")
