"""Spoiled applicants are refused or read as if clean: no batch changes a decision silently."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.applicants.store import ApplicantsFile
from scoring.artifact.load import Artifact
from scoring.checks.unlike import unlike
from scoring.errors import ApplicantsFileError
from scoring.lender.roles import APPLICANT_ID
from scoring.portfolio.files import score_file
from scoring.schema.fields import fields
from scoring.serving.batch import score_frame
from tests.scoring.spoiled import WAYS

ROWS = 200
# Words of a library, which must not reach a reader.
INNER = ("Traceback", "arrow", "numpy", "dtype", "ufunc", "pandas", "Error:")


def real_rows(sample: Path, artifact: Artifact) -> pd.DataFrame:
    """Real applications without history, for the bundled model."""
    rows = pd.read_parquet(sample / "application_test.parquet").sort_values(APPLICANT_ID).iloc[::240][:ROWS]
    rows = rows[[APPLICANT_ID, *fields()]].reset_index(drop=True)
    return pd.concat([rows, pd.DataFrame(np.nan, rows.index, list(artifact.history_names))], axis=1)


@pytest.fixture(scope="module")
def made_up(applicants: ApplicantsFile) -> pd.DataFrame:
    return pd.concat(applicants.batches(), ignore_index=True).head(ROWS)


@pytest.fixture(scope="module")
def made_up_scores(artifact: Artifact, made_up: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return scored(artifact, made_up, tmp_path_factory.mktemp("made-up"))


@pytest.fixture(scope="module")
def real(real_sample: Path, artifact: Artifact) -> pd.DataFrame:
    return real_rows(real_sample, artifact)


@pytest.fixture(scope="module")
def real_scores(artifact: Artifact, real: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return scored(artifact, real, tmp_path_factory.mktemp("real"))


def scored(artifact: Artifact, frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    frame.to_parquet(folder / "applicants.parquet", index=False)
    score_file(artifact, folder / "applicants.parquet", folder / "scores.parquet", reasons=False)
    return pd.read_parquet(folder / "scores.parquet")


def assert_told(error: BaseException) -> None:
    assert not [word for word in INNER if word in str(error)], str(error)


def check(artifact: Artifact, clean: pd.DataFrame, expected: pd.DataFrame, name: str, folder: Path) -> None:
    way, spoiled = WAYS[name], WAYS[name].spoil(clean)
    if way.follows == "read":
        pd.testing.assert_frame_equal(scored(artifact, spoiled, folder), expected)
        bare = score_frame(artifact, spoiled)
        pd.testing.assert_frame_equal(bare, expected[list(bare)], check_dtype=False)
        return
    with pytest.raises(ApplicantsFileError) as refused:
        scored(artifact, spoiled, folder)
    assert_told(refused.value)
    changed = [column for column in fields() if not spoiled[column].equals(clean[column])]
    assert any(f"column {column}" in str(refused.value) for column in changed)
    assert not (folder / "scores.parquet").exists()


@pytest.mark.parametrize("name", WAYS)
def test_spoiled_made_up_applicants(
    artifact: Artifact, made_up: pd.DataFrame, made_up_scores: pd.DataFrame, tmp_path: Path, name: str
) -> None:
    check(artifact, made_up, made_up_scores, name, tmp_path)


@pytest.mark.real_data
@pytest.mark.parametrize("name", WAYS)
def test_spoiled_real_applicants(
    artifact: Artifact, real: pd.DataFrame, real_scores: pd.DataFrame, tmp_path: Path, name: str
) -> None:
    check(artifact, real, real_scores, name, tmp_path)


@pytest.mark.real_data
def test_sound_parts_of_the_real_sample_are_never_called_another_unit(real_sample: Path, artifact: Artifact) -> None:
    rows = pd.read_parquet(real_sample / "application_test.parquet")
    parts = [rows.sample(200, random_state=seed) for seed in range(20)]
    parts += [part for name in ("NAME_CONTRACT_TYPE", "NAME_INCOME_TYPE", "OCCUPATION_TYPE", "NAME_HOUSING_TYPE")
              for _, part in rows.groupby(name) if len(part) >= 30]  # fmt: skip
    told = [str(each) for part in parts for each in unlike(part, artifact.population.frame) if each.refused]
    assert told == []
