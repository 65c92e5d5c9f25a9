from __future__ import annotations

import gzip
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.errors import TableError
from tests.training.tables_fixture import applications, table, unlabelled_applications, write_folder
from training.tables import TEST, TRAIN, history_schema, read_tables, table_schema

ENDINGS = (".csv", ".csv.gz", ".parquet")


def folder_with(path: Path, ending: str = ".csv", **tables: pd.DataFrame) -> Path:
    return write_folder(path, {TRAIN: applications(1, 2)} | tables, ending)


def assert_refused(folder: Path, *words: str) -> None:
    with pytest.raises(TableError) as error:
        read_tables(folder)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_reads_every_format_alike(tmp_path: Path, ending: str) -> None:
    bureau = table(
        "bureau", [{"SK_ID_CURR": 1, "AMT_CREDIT_SUM": 12.5, "AMT_ANNUITY": np.nan, "CREDIT_TYPE": 'a, "b"'}]
    )
    read = read_tables(folder_with(tmp_path, ending, bureau=bureau)).history["bureau"].to_pandas()
    pd.testing.assert_frame_equal(read, bureau, check_dtype=False)


def test_types_are_the_declared_ones(tmp_path: Path) -> None:
    schema = read_tables(folder_with(tmp_path)).application_train.schema()
    names = {"integer": "int64", "number": "float64", "text": "string"}
    assert {name: str(kind) for name, kind in schema.items()} == {
        name: names[kind] for name, kind in table_schema(TRAIN).items()
    }


def test_whole_numbers_stored_otherwise_are_integers(tmp_path: Path) -> None:
    train = applications(1, 2).astype({"CNT_CHILDREN": "float64", "DAYS_BIRTH": "int32"})
    read = read_tables(folder_with(tmp_path, ".parquet", **{TRAIN: train})).application_train
    assert str(read.CNT_CHILDREN.type()) == "int64"
    assert str(read.DAYS_BIRTH.type()) == "int64"


def test_column_order_and_extra_columns_do_not_matter(tmp_path: Path) -> None:
    train = applications(1, 2)[list(table_schema(TRAIN))[::-1]].copy().assign(NOTE="x")
    assert list(read_tables(folder_with(tmp_path, **{TRAIN: train})).application_train.columns) == list(
        table_schema(TRAIN)
    )


def test_other_files_are_ignored(tmp_path: Path) -> None:
    (folder_with(tmp_path) / "coverage.parquet").write_bytes(b"not a table")
    assert read_tables(tmp_path).application_test is None


def test_nan_in_parquet_is_missing(tmp_path: Path) -> None:
    frame = pa.Table.from_pandas(applications(1, 2), preserve_index=False)
    place = frame.schema.get_field_index("AMT_ANNUITY")
    frame = frame.set_column(place, "AMT_ANNUITY", pa.array([np.nan, 1.0]))
    pq.write_table(frame, tmp_path / f"{TRAIN}.parquet")
    assert read_tables(tmp_path).application_train.AMT_ANNUITY.to_pyarrow().to_pylist() == [None, 1.0]


def test_absent_tables_are_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        tables = read_tables(folder_with(tmp_path))
    assert tables.absent == tuple(history_schema())
    (record,) = caplog.records
    assert "installments_payments" in record.getMessage()


def test_no_such_folder(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none", "none", "no such folder")


def test_no_application_table(tmp_path: Path) -> None:
    assert_refused(write_folder(tmp_path, {"bureau": table("bureau", [{}])}), TRAIN, TEST)


def test_same_table_in_two_formats(tmp_path: Path) -> None:
    folder_with(tmp_path, ".csv")
    assert_refused(folder_with(tmp_path, ".parquet"), f"{TRAIN}.csv", f"{TRAIN}.parquet", "Keep one")


def test_same_applicant_in_train_and_test(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, **{TEST: unlabelled_applications(2, 3)})
    assert_refused(folder, f"{TRAIN}.csv", f"{TEST}.csv", "SK_ID_CURR", "(2)", "Remove")


MISTAKES = {
    "missing column": (lambda t: t.drop(columns="AMT_CREDIT"), "AMT_CREDIT", "Add it"),
    "misspelled column": (lambda t: t.rename(columns={"AMT_CREDIT": "AMT_CREDITS"}), "AMT_CREDIT ", "Add it"),
    "no TARGET": (lambda t: t.drop(columns="TARGET"), "TARGET", "Add it"),
    "text in a number": (lambda t: t.assign(AMT_CREDIT=["1", "much"]), "AMT_CREDIT", "number"),
    "fraction in an integer": (lambda t: t.assign(CNT_CHILDREN=[0.5, 1]), "CNT_CHILDREN", "whole number"),
    "infinite": (lambda t: t.assign(AMT_CREDIT=[np.inf, 1]), "AMT_CREDIT", "finite"),
    "same id twice": (lambda t: t.assign(SK_ID_CURR=[7, 7]), "SK_ID_CURR", "(7). Keep one row"),
    "no id": (lambda t: t.assign(SK_ID_CURR=[1, None]), "SK_ID_CURR", "missing"),
    "no id, twice": (lambda t: t.assign(SK_ID_CURR=[None, None]), "SK_ID_CURR", "missing"),
    "large id twice": (lambda t: t.assign(SK_ID_CURR=1_234_567), "SK_ID_CURR", "(1234567)"),
    "no outcome": (lambda t: t.assign(TARGET=[1, None]), "TARGET", "missing"),
    "third outcome": (lambda t: t.assign(TARGET=[1, 2]), "TARGET", "must be 0 or 1"),
    "no rows": (lambda t: t.head(0), "SK_ID_CURR", "no rows"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("mistake", "ending"), [*((mistake, ".csv") for mistake in MISTAKES), ("text in a number", ".parquet")]
)
def test_mistake_names_file_column_and_remedy(tmp_path: Path, mistake: str, ending: str) -> None:
    spoil, column, remedy = MISTAKES[mistake]
    folder = folder_with(tmp_path, ending, **{TRAIN: spoil(applications(1, 2))})
    assert_refused(folder, f"{TRAIN}{ending}", column, remedy)


def test_text_column_holding_numbers(tmp_path: Path) -> None:
    train = applications(1, 2).assign(CODE_GENDER=[1.5, 2.5])
    assert_refused(folder_with(tmp_path, ".parquet", **{TRAIN: train}), "CODE_GENDER", "Write text")


def test_column_there_twice(tmp_path: Path) -> None:
    path = folder_with(tmp_path) / f"{TRAIN}.csv"
    path.write_text(path.read_text().replace("SK_ID_CURR", "TARGET,SK_ID_CURR", 1))
    assert_refused(tmp_path, f"{TRAIN}.csv", "TARGET", "Keep one")


def test_missing_key_in_a_history_table(tmp_path: Path) -> None:
    bureau = table("bureau", [{"SK_ID_CURR": 1}]).assign(SK_ID_BUREAU=[None])
    assert_refused(folder_with(tmp_path, bureau=bureau), "bureau.csv", "SK_ID_BUREAU", "Give every row one")


@pytest.mark.parametrize("ending", ENDINGS)
def test_truncated_file(tmp_path: Path, ending: str) -> None:
    path = folder_with(tmp_path, ending, **{TRAIN: applications(*range(2000))}) / f"{TRAIN}{ending}"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert_refused(tmp_path, f"{TRAIN}{ending}", "column", "export it again")


@pytest.mark.parametrize("ending", ENDINGS)
def test_unreadable_file(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"{TRAIN}{ending}").write_bytes(bytes(range(128, 256)) * 10)
    assert_refused(tmp_path, f"{TRAIN}{ending}", "column", "export it again")


def test_file_of_no_bytes(tmp_path: Path) -> None:
    with gzip.open(tmp_path / f"{TRAIN}.csv.gz", "wb"):
        pass
    assert_refused(tmp_path, f"{TRAIN}.csv.gz", "empty", "Export it again")
