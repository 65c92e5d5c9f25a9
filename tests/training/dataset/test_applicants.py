from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scoring.applicants.scenarios import COLUMN
from scoring.schema.fields import fields
from tests.training.tables_fixture import applications, table, unlabelled_applications, write_folder
from training.dataset.applicants import write_applicants
from training.lender.history import FEATURES
from training.tables.read import TEST, TRAIN


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bureau = table("bureau", [{"SK_ID_CURR": 2, "AMT_CREDIT_SUM": 5.0}])
    return write_folder(
        tmp_path_factory.mktemp("data"),
        {TRAIN: applications(*range(2, 4002, 2)), TEST: unlabelled_applications(1), "bureau": bureau},
    )


@pytest.fixture(scope="module")
def written(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> pq.ParquetFile:
    out = tmp_path_factory.mktemp("out") / "applicants.parquet"
    assert write_applicants(folder, out) == 2001
    return pq.ParquetFile(out)


def test_file_holds_every_applicant_in_order(written: pq.ParquetFile) -> None:
    history = [feature.name for feature in FEATURES]
    assert written.schema_arrow.names == ["SK_ID_CURR", *fields(), *history, COLUMN]
    assert written.read(["SK_ID_CURR"]).column(0).to_pylist() == [1, *range(2, 4002, 2)]


def test_file_is_in_small_compressed_groups(written: pq.ParquetFile) -> None:
    assert [written.metadata.row_group(group).num_rows for group in range(2)] == [2000, 1]
    assert written.metadata.row_group(0).column(0).compression == "ZSTD"


def test_unknown_history_is_null(written: pq.ParquetFile) -> None:
    assert written.read(["bureau_credit_sum"]).column(0).slice(0, 3).to_pylist() == [None, 5.0, None]


def test_interrupted_run_leaves_what_was_there(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "applicants.parquet"
    out.write_bytes(b"yesterday's")

    def fail(writer: object, table: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(KeyboardInterrupt):
        write_applicants(folder, out)
    assert out.read_bytes() == b"yesterday's"
    assert {path.name for path in tmp_path.iterdir()} == {"applicants.parquet"}


def test_nobody_needs_an_outcome_to_be_scored(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {TRAIN: applications(5, 6).drop(columns="TARGET")})
    assert write_applicants(folder, tmp_path / "applicants.parquet") == 2
