from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from scoring.errors import TableError
from tests.damage import damage
from tests.training.tables_fixture import applications, table, unlabelled_applications, write_folder
from training.dataset.history import history_expression
from training.dataset.history_file import write_features
from training.lender.history import FEATURES
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import TEST, TRAIN, history_schema, read_tables


def features_of(folder: Path, out: Path) -> pd.DataFrame:
    write_features(folder, out)
    return pd.read_parquet(out)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made-up")
    synthesize(300, 1, folder, progress=False)
    return folder


def test_one_row_per_applicant_in_order_with_every_feature(tmp_path: Path) -> None:
    tables = {TRAIN: applications(30, 10), TEST: unlabelled_applications(20)}
    found = features_of(write_folder(tmp_path, tables), tmp_path / "features.parquet")
    assert found["SK_ID_CURR"].tolist() == [10, 20, 30]
    assert list(found.columns) == ["SK_ID_CURR", *(feature.name for feature in FEATURES)]
    assert set(found.dtypes[1:].astype(str)) == {"float64"}


def test_the_file_is_the_expression_run(made_up: Path, tmp_path: Path) -> None:
    expected = history_expression(read_tables(made_up)).order_by("SK_ID_CURR").to_pandas()
    pd.testing.assert_frame_equal(features_of(made_up, tmp_path / "features.parquet"), expected, rtol=1e-12)


def test_histories_of_nobody_on_file_are_missing_features(tmp_path: Path) -> None:
    """Every history table is there and holds rows, none of an applicant."""
    orphans = {name: table(name, [{"SK_ID_CURR": 99, "SK_ID_BUREAU": 9}]) for name in history_schema()}
    folder = write_folder(tmp_path, {TRAIN: applications(1, 2)} | orphans)
    found = features_of(folder, tmp_path / "features.parquet")
    assert found["SK_ID_CURR"].tolist() == [1, 2]
    assert found.drop(columns="SK_ID_CURR").isna().all(axis=None)


def test_table_damaged_in_the_middle_is_reported(made_up: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made_up, tmp_path / "damaged")
    damage(folder / "bureau.parquet", "CREDIT_TYPE")
    with pytest.raises(TableError, match=r"bureau\.parquet: .* cut short or damaged"):
        write_features(folder, tmp_path / "features.parquet")
    assert not (tmp_path / "features.parquet").exists()
