"""Pipelines from rows to a fitted classifier: selection, imputation, scaling, resampling, encoding, model.

A pipeline has two halves. The preparation (columns, then resampling) does not depend on hyperparameters, so that each
fold is prepared once for all trials; the head (encoding of levels, then the model) is fitted in each trial. Both learn
only from the rows passed in, and resampling never touches the rows to predict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from imblearn import FunctionSampler
from imblearn.base import SamplerMixin
from imblearn.over_sampling import SMOTENC
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import RandomUnderSampler
from lightgbm import LGBMClassifier
from numpy.typing import NDArray
from scipy.sparse import spmatrix
from sklearn.base import TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectFromModel
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, QuantileTransformer, StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from scoring.arrays import Floats
from training.compare.combination import Combination, Setting, Strategy
from training.compare.models import Parameters
from training.compare.rows import Rows

# A missing level or flag counts as a level of its own.
MISSING_LEVEL = -1.0
# With weights, scikit-learn computes bin edges one at a time, a minute per fit: quantities are binned beforehand.
WEIGHTED_HISTOGRAM = Combination("Histogram boosting", Strategy.CLASS_WEIGHTS)
RANKS = 250


def binning() -> FunctionTransformer:
    """Bins ranks between 0 and 1 into RANKS steps; missing values stay missing."""
    return FunctionTransformer(lambda ranks: np.rint(ranks * RANKS), feature_names_out="one-to-one")


def _selector(shared: Setting) -> SelectFromModel:
    """Keeps the quantities with the most gain in a short boosting run; empty and constant ones are dropped."""
    scout = LGBMClassifier(
        n_estimators=50,
        num_leaves=15,
        colsample_bytree=0.5,
        max_bin=63,
        importance_type="gain",
        n_jobs=1,
        deterministic=True,
        force_col_wise=True,
        verbose=-1,
        random_state=shared.seed,
    )
    return SelectFromModel(scout, threshold=1e-9, max_features=min(shared.budget.features, shared.quantities))


def _columns(combination: Combination, shared: Setting) -> ColumnTransformer:
    steps: list[tuple[str, TransformerMixin]] = [("select", _selector(shared))]
    if combination.kind.complete or combination.strategy is Strategy.SMOTE:
        steps += [("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]
    if combination == WEIGHTED_HISTOGRAM:
        steps += [("rank", QuantileTransformer(n_quantiles=RANKS, random_state=shared.seed)), ("bin", binning())]
    levels = SimpleImputer(strategy="constant", fill_value=MISSING_LEVEL, keep_empty_features=True)
    return ColumnTransformer(
        [
            ("levels", levels, list(range(shared.coded))),
            ("quantities", Pipeline(steps), list(range(shared.coded, shared.coded + shared.quantities))),
        ],
        verbose_feature_names_out=False,
    )


class DenseInverse(OneHotEncoder):
    """Decodes via a dense matrix: scikit-learn's sparse decoding takes three quarters of SMOTENC's time."""

    def inverse_transform(self, X: spmatrix) -> NDArray:  # noqa: N803
        """Decodes a sparse matrix of 0 and 1 to levels."""
        return super().inverse_transform(X.toarray())


def _sampler(strategy: Strategy, shared: Setting) -> SamplerMixin:
    if strategy is Strategy.SMOTE:
        encoder = DenseInverse(handle_unknown="ignore", dtype=np.float32)
        coded = list(range(shared.coded))
        return SMOTENC(categorical_features=coded, categorical_encoder=encoder, random_state=shared.seed)
    if strategy is Strategy.UNDERSAMPLING:
        return RandomUnderSampler(random_state=shared.seed)
    return FunctionSampler(validate=False)


def preparation(combination: Combination, shared: Setting) -> Pipeline:
    """Selection, imputation, scaling and resampling; output frames keep the names of the columns."""
    steps = [("columns", _columns(combination, shared)), ("resample", _sampler(combination.strategy, shared))]
    return Pipeline(steps).set_output(transform="pandas")


def head(combination: Combination, parameters: Parameters, shared: Setting) -> Pipeline:
    """The encoding of levels, and the model."""
    one_hot = ColumnTransformer(
        [
            (
                "levels",
                OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32),
                list(range(shared.categorical)),
            )
        ],
        remainder="passthrough",
        verbose_feature_names_out=False,
    )
    model = combination.kind.build(parameters, shared.budget, shared.categorical, shared.seed)
    encode = one_hot if combination.kind.one_hot else "passthrough"
    return Pipeline([("encode", encode), ("model", model)]).set_output(transform="pandas")


def fit_parameters(combination: Combination, outcomes: Sequence[int] | NDArray, shared: Setting) -> dict[str, Any]:
    """Further arguments to `fit`: class weights, and LightGBM's categorical columns."""
    given: dict[str, Any] = {}
    if combination.strategy is Strategy.CLASS_WEIGHTS:
        given["model__sample_weight"] = compute_sample_weight("balanced", outcomes)
    if combination.model == "LightGBM":
        given["model__categorical_feature"] = list(range(shared.categorical))
    return given


@dataclass(frozen=True)
class Prepared:
    """A prepared fold: rows to learn from, which are resampled, and rows to predict."""

    learn: Rows
    predict: pd.DataFrame


def prepare(combination: Combination, learn: Rows, predict: pd.DataFrame, shared: Setting) -> Prepared:
    """Prepares a fold, fitting on `learn` alone."""
    fitted = preparation(combination, shared)
    inputs, outcomes = fitted.fit_resample(learn.inputs, learn.outcomes)
    return Prepared(Rows(inputs, np.asarray(outcomes)), fitted[:-1].transform(predict))


def fit_head(combination: Combination, parameters: Parameters, rows: Rows, shared: Setting) -> Pipeline:
    """Fits a head on prepared rows."""
    given = fit_parameters(combination, rows.outcomes, shared)
    return head(combination, parameters, shared).fit(rows.inputs, rows.outcomes, **given)


def fit_whole(combination: Combination, parameters: Parameters, rows: Rows, shared: Setting) -> Pipeline:
    """Fits both halves as one pipeline on raw rows, as a served model would be."""
    steps = [*preparation(combination, shared).steps, *head(combination, parameters, shared).steps]
    return Pipeline(steps).fit(rows.inputs, rows.outcomes, **fit_parameters(combination, rows.outcomes, shared))


def default_probabilities(fitted: Pipeline, inputs: pd.DataFrame) -> Floats:
    """The probability of default of each row, shape (n,)."""
    return np.asarray(fitted.predict_proba(inputs)[:, 1], dtype=np.float64)
