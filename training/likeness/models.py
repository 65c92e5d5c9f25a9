"""Compares synthetic with real rows by models: can they be told apart, and does what is learnt transfer?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold

from scoring.arrays import Floats
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature, frame_matrix, unjoined_application_features
from scoring.schema.fields import fields

FOLDS = 5
# Last digits depend on which tool wrote a file, and must not give a real applicant away.
DECIMALS = 10
SHOWN_GIVEAWAYS = 10
COMMON = {"objective": "binary", "deterministic": True, "force_col_wise": True, "verbosity": -1}
CLASSIFIER: dict[str, Any] = {**COMMON, "learning_rate": 0.1, "num_leaves": 31, "min_data_in_leaf": 40}
CLASSIFIER_ROUNDS = 150
RISK: dict[str, Any] = {
    **COMMON,
    "learning_rate": 0.06,
    "num_leaves": 8,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.2,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
}
RISK_ROUNDS = 250


@dataclass(frozen=True)
class Giveaway:
    """A column that separates synthetic from real rows, and its share of the classifier's gain."""

    name: str
    share: float


@dataclass(frozen=True)
class Distinction:
    """How well a classifier separates unseen real from synthetic rows: AUC (0.5: not at all), and by which columns."""

    auc: float
    rows: int
    giveaways: tuple[Giveaway, ...]


def distinction(synthetic: pd.DataFrame, real: pd.DataFrame, seed: int) -> Distinction:
    """Cross-validates LightGBM on equally many real and synthetic rows, on application fields alone.

    Each fold holds out the same row indices of both tables, so that a row that is in both cannot be trained on with
    one label and predicted with the other.
    """
    rows = min(len(synthetic), len(real))
    names = list(fields())
    both = pd.concat([table[names].sample(rows, random_state=seed) for table in (synthetic, real)], ignore_index=True)
    numeric = both.select_dtypes("number").columns
    both[numeric] = both[numeric].round(DECIMALS)
    both = both.astype({name: "category" for name in names if name not in numeric})
    is_real = np.repeat([0.0, 1.0], rows)
    predicted, gain = np.empty(2 * rows), np.zeros(len(names))
    for split in KFold(FOLDS, shuffle=True, random_state=seed).split(np.arange(rows)):
        seen, held_out = (np.append(part, rows + part) for part in split)
        booster = lgb.train(
            CLASSIFIER | {"seed": seed}, lgb.Dataset(both.iloc[seen], is_real[seen]), num_boost_round=CLASSIFIER_ROUNDS
        )
        predicted[held_out] = booster.predict(both.iloc[held_out])
        gain += booster.feature_importance("gain")
    order = np.argsort(-gain)[:SHOWN_GIVEAWAYS]
    giveaways = tuple(Giveaway(names[index], float(gain[index] / max(gain.sum(), 1e-12))) for index in order)
    return Distinction(float(roc_auc_score(is_real, predicted)), rows, giveaways)


def application_model_features(frame: pd.DataFrame) -> tuple[ModelFeature, ...]:
    """The model's application features, with the levels found in the frame."""
    features = (ModelFeature(feature, False) for feature in unjoined_application_features())
    return tuple(
        replace(item, levels=tuple(sorted(frame[item.feature.name].dropna().unique())))
        if item.feature.kind == "categorical"
        else item
        for item in features
    )


def fit_risk(matrix: Floats, outcomes: Floats, categorical: list[int], seed: int) -> lgb.Booster:
    """Fits a model of default, with the same settings for synthetic and real rows, with or without histories."""
    rows = lgb.Dataset(matrix, outcomes, categorical_feature=categorical)
    return lgb.train(RISK | {"seed": seed}, rows, num_boost_round=RISK_ROUNDS)


def categorical_indices(features: tuple[ModelFeature, ...]) -> list[int]:
    """Indices of the categorical features."""
    return [index for index, item in enumerate(features) if item.feature.kind == "categorical"]


def transferred(synthetic: pd.DataFrame, real: pd.DataFrame, seed: int) -> Floats:
    """Probabilities of default of all real rows, shape (n,), by a model trained on all synthetic rows.

    On application features alone.
    """
    features = application_model_features(synthetic)
    outcomes = synthetic[TARGET].to_numpy(float)
    booster = fit_risk(frame_matrix(synthetic, features), outcomes, categorical_indices(features), seed)
    return np.asarray(booster.predict(frame_matrix(real, features)))


def transfer_auc(synthetic: pd.DataFrame, real: pd.DataFrame, seed: int) -> float:
    """AUC on all real rows of a model trained on all synthetic rows, on application features alone."""
    return float(roc_auc_score(real[TARGET], transferred(synthetic, real, seed)))
