"""Odd texts by way of the commands, as files of their users: read as `/score` reads them, or refused by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from scoring.lender.roles import APPLICANT_ID
from scoring.schema.fields import fields
from scoring.serving.settings import DEMO_ARTIFACT, ROOT
from tests.training.odd_texts import CELLS, COLUMNS, REFUSED, by_score, plain, write_cells
from training.lender.roles import TRAIN


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    write_cells(folder)
    return folder


@pytest.fixture(scope="module")
def expected() -> list[object]:
    """What `/score` reads in each of the cells."""
    return [value for name in COLUMNS for value in by_score(fields()[name])]


def run(scratch: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """A command whose temporary files go to `scratch`, where none may be left."""
    scratch.mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stderr
    assert list(scratch.iterdir()) == []
    return ran


def test_applicants_with_odd_texts_are_refused_by_column(folder: Path, tmp_path: Path) -> None:
    ran = run(tmp_path / "scratch", "training", "applicants", "--data", folder, "--out", tmp_path / "out.parquet")
    assert ran.returncode == 2
    assert all(f"{name}: " in ran.stderr for name in COLUMNS)
    assert not (tmp_path / "out.parquet").exists()


def test_applicants_are_read_as_by_score_or_left_out(folder: Path, tmp_path: Path, expected: list[object]) -> None:
    out = tmp_path / "out.parquet"
    options = ["--data", folder, "--out", out, "--quarantine", tmp_path / "rows.csv", "--quarantine-limit", 1]
    ran = run(tmp_path / "scratch", "training", "applicants", *options)
    assert ran.returncode == 0, ran.stderr
    kept = pd.read_parquet(out, columns=[APPLICANT_ID, *COLUMNS]).set_index(APPLICANT_ID).to_dict("index")
    found = [plain(kept[place][name]) if place in kept else REFUSED for place, (name, _text) in enumerate(CELLS, 1)]
    assert dict(zip(CELLS, found, strict=True)) == dict(zip(CELLS, expected, strict=True))


def test_batch_gives_an_error_where_score_refuses(folder: Path, tmp_path: Path, expected: list[object]) -> None:
    out = tmp_path / "scores.parquet"
    options = ["--artifact", DEMO_ARTIFACT, "--applicants", folder / f"{TRAIN}.csv", "--out", out]
    ran = run(tmp_path / "scratch", "scoring", "batch", *options)
    assert ran.returncode == 0, ran.stderr
    errors = pd.read_parquet(out)["error"].fillna("").tolist()
    refused = [value == REFUSED for value in expected]
    assert dict(zip(CELLS, map(bool, errors), strict=True)) == dict(zip(CELLS, refused, strict=True))
    assert all(error.startswith(name) for error, (name, _text) in zip(errors, CELLS, strict=True) if error)
