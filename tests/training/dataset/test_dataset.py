from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.errors import TableError
from scoring.schema.fields import fields
from tests.training.tables_fixture import applications, table, tables_of, unlabelled_applications, write_folder
from training.dataset.dataset import applicant_table, fingerprint
from training.lender.history import FEATURES
from training.tables.read import TEST, TRAIN, read_tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    train = applications(30, 10, TARGET=1)
    train["CODE_GENDER"] = [None, "F"]
    train["FLAG_MOBIL"] = [np.nan, 1]
    bureau = table("bureau", [{"SK_ID_CURR": 20, "AMT_CREDIT_SUM": 5.0}, {"SK_ID_CURR": 99}])
    tables = {TRAIN: train, TEST: unlabelled_applications(20), "bureau": bureau}
    return write_folder(tmp_path_factory.mktemp("tables"), tables)


@pytest.fixture(scope="module")
def everyone(folder: Path) -> pd.DataFrame:
    return applicant_table(read_tables(folder), "all")


def test_everyone_is_there_once_in_order_of_id(everyone: pd.DataFrame) -> None:
    assert everyone["SK_ID_CURR"].tolist() == [10, 20, 30]
    assert everyone.index.equals(pd.RangeIndex(3))


def test_columns_are_id_raw_fields_and_history(everyone: pd.DataFrame) -> None:
    assert list(everyone.columns) == ["SK_ID_CURR", *fields(), *(feature.name for feature in FEATURES)]


def test_history_stands_beside_its_applicant(everyone: pd.DataFrame) -> None:
    assert everyone["bureau_credit_sum"].isna().tolist() == [True, False, True]
    assert everyone["bureau_credit_sum"][1] == 5


def test_types(everyone: pd.DataFrame) -> None:
    types = everyone.dtypes.astype(str)
    assert types["CNT_CHILDREN"] == "int64"
    assert types["FLAG_MOBIL"] == "float64"
    assert types["AMT_CREDIT"] == "float64"
    assert types["CODE_GENDER"] == "str"
    assert types["bureau_credit_sum"] == "float32"
    assert everyone["CODE_GENDER"].isna().tolist() == [False, False, True]


def test_train_has_the_outcome_and_test_has_not(folder: Path) -> None:
    tables = read_tables(folder)
    train, test = applicant_table(tables, "train"), applicant_table(tables, "test")
    assert list(train.columns[:2]) == ["SK_ID_CURR", "TARGET"]
    assert train["TARGET"].tolist() == [1, 1]
    assert "TARGET" not in test
    assert test["SK_ID_CURR"].tolist() == [20]


def test_absent_part_is_said() -> None:
    with pytest.raises(TableError, match=TEST):
        applicant_table(tables_of({}), "test")


def test_fingerprint_tells_any_change_of_the_tables_and_nothing_else(tmp_path: Path, folder: Path) -> None:
    tables = {TRAIN: applications(1)}
    first = fingerprint(write_folder(tmp_path, tables))
    (tmp_path / "notes.txt").write_text("not a table")
    assert fingerprint(write_folder(tmp_path, tables)) == first
    assert fingerprint(write_folder(tmp_path, {TRAIN: applications(2)})) != first
    assert len(first) == 64
