"""Spoiled tables, from CSV to score: refused at some step, or scored like the clean ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from scoring.artifact.load import Artifact
from scoring.errors import ApplicantsFileError, TableError
from scoring.lender.roles import APPLICANT_ID
from scoring.portfolio.files import score_file
from scoring.schema.fields import fields
from tests.scoring.spoiled import WAYS
from training.dataset.applicants import write_applicants
from training.lender.roles import TEST

ROWS = 200
# Words of a library, which must not reach a reader.
INNER = ("Traceback", "duckdb", "Binder", "Conversion Error", "arrow", "dtype", "Exception")


def scored(rows: pd.DataFrame, artifact: Artifact, folder: Path) -> pd.DataFrame:
    folder.mkdir()
    rows.to_csv(folder / f"{TEST}.csv")
    write_applicants(folder, folder / "applicants.parquet")
    score_file(artifact, folder / "applicants.parquet", folder / "scores.parquet", reasons=False)
    return pd.read_parquet(folder / "scores.parquet")


@pytest.fixture(scope="module")
def clean(real_sample: Path) -> pd.DataFrame:
    rows = pd.read_parquet(real_sample / f"{TEST}.parquet").sort_values(APPLICANT_ID).iloc[::240][:ROWS]
    return rows[[APPLICANT_ID, *fields()]].reset_index(drop=True)


@pytest.fixture(scope="module")
def expected(clean: pd.DataFrame, artifact: Artifact, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return scored(clean, artifact, tmp_path_factory.mktemp("clean") / "tables")


@pytest.mark.real_data
@pytest.mark.parametrize("name", WAYS)
def test_no_decision_changes_without_a_word(
    clean: pd.DataFrame, expected: pd.DataFrame, artifact: Artifact, tmp_path: Path, name: str
) -> None:
    spoiled = WAYS[name].spoil(clean)
    if WAYS[name].follows == "read":
        pd.testing.assert_frame_equal(scored(spoiled, artifact, tmp_path / "tables"), expected)
        return
    with pytest.raises((TableError, ApplicantsFileError)) as refused:
        scored(spoiled, artifact, tmp_path / "tables")
    told = str(refused.value)
    assert not [word for word in INNER if word in told], told
    changed = [column for column in fields() if not spoiled[column].equals(clean[column])]
    assert any(column in told for column in changed)
