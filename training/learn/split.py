"""The split into training and held-out applicants, and the model's features."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from scoring.arrays import Floats
from scoring.errors import TrainingError
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature, application_features, frame_matrix
from scoring.schema.fields import Feature
from training.lender.history import FEATURES
from training.lender.roles import TRAIN

HELD_OUT_SHARE = 0.20
# With fewer defaults, folds have too few for early stopping, calibration or a threshold.
FEWEST_DEFAULTS = 100


def split(frame: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The training applicants, and the held-out fifth, as `split_rows` parts them."""
    learn, held_out = split_rows(frame, seed)
    return frame.iloc[learn], frame.iloc[held_out]


def split_rows(frame: pd.DataFrame, seed: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """The ascending places of the training applicants, and of the held-out fifth.

    Raises:
        TrainingError: too few applicants with or without payment difficulties to learn from.
    """
    defaults = int(frame[TARGET].sum())
    if min(defaults, len(frame) - defaults) < FEWEST_DEFAULTS:
        raise TrainingError(
            f"{TRAIN} has {defaults} applicants with {TARGET} = 1 and {len(frame) - defaults} with 0; "
            f"training needs at least {FEWEST_DEFAULTS} of each. Add applicants whose outcome is known."
        )
    learn, held_out = train_test_split(
        np.arange(len(frame)), test_size=HELD_OUT_SHARE, stratify=frame[TARGET], random_state=seed
    )
    return np.sort(learn), np.sort(held_out)


def model_features(frame: pd.DataFrame) -> tuple[ModelFeature, ...]:
    """All features of the model, with their levels and range in these training rows."""
    application = [ModelFeature(feature, False, _levels(feature, frame)) for feature in application_features()]
    features = (*application, *(ModelFeature(feature, True) for feature in FEATURES))
    matrix = frame_matrix(frame, features)
    return tuple(_with_range(item, matrix[:, index]) for index, item in enumerate(features))


def _levels(feature: Feature, frame: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(frame[feature.name].dropna().unique())) if feature.kind == "categorical" else ()


def _with_range(item: ModelFeature, values: Floats) -> ModelFeature:
    if item.feature.kind != "quantitative" or np.isnan(values).all():
        return item
    return ModelFeature(item.feature, item.history, (), float(np.nanmin(values)), float(np.nanmax(values)))
