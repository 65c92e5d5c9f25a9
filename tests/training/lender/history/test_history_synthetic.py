"""The history of made-up applicants: every feature says something, nothing is infinite, empty tables are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.errors import TableError
from tests.training.tables_fixture import applications, table, write_folder
from training.dataset.history import history_frame
from training.lender.history import FEATURES
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import read_tables


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The history features of a few hundred made-up applicants."""
    folder = tmp_path_factory.mktemp("made-up")
    synthesize(applicants=400, seed=3, out=folder, progress=False)
    return history_frame(read_tables(folder)).set_index("SK_ID_CURR")


def test_no_feature_is_missing_for_everyone_or_infinite(made_up: pd.DataFrame) -> None:
    assert made_up.columns[made_up.isna().all()].empty
    assert not np.isinf(made_up).any(axis=None)


def test_shares_lie_between_nothing_and_all(made_up: pd.DataFrame) -> None:
    shares = made_up[[feature.name for feature in FEATURES if feature.unit == "share"]]
    assert shares.min().min() >= 0
    assert shares.max().max() <= 1


@pytest.mark.parametrize("name", ["POS_CASH_balance", "installments_payments", "credit_card_balance"])
def test_a_history_without_rows_is_refused(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path, {"application_train": applications(1), name: table(name, [])})
    with pytest.raises(TableError, match=f"{name}.*no rows.*Export it again"):
        read_tables(tmp_path)
