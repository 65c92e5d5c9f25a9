"""The history features of made-up applicants: every one says something, and says it in finite figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from training.dataset.history import history_frame
from training.lender.history import FEATURES
from training.tables.read import read_tables


@pytest.fixture(scope="module")
def features(folder: Path) -> pd.DataFrame:
    return history_frame(read_tables(folder)).set_index("SK_ID_CURR")


def test_every_feature_is_known_of_someone(features: pd.DataFrame) -> None:
    assert features.columns[features.isna().all()].tolist() == []


def test_no_feature_is_infinite(features: pd.DataFrame) -> None:
    assert not np.isinf(features).any(axis=None)


def test_shares_and_years_are_plausible(features: pd.DataFrame) -> None:
    shares = features[[feature.name for feature in FEATURES if feature.unit == "share"]]
    assert ((shares >= -0.001) & (shares <= 1.001) | shares.isna()).all(axis=None)
    years = features[[feature.name for feature in FEATURES if feature.unit == "years"]]
    assert ((years >= 0) & (years <= 50) | years.isna()).all(axis=None)
