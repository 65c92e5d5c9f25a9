"""A comparison whose disk fills up."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from scoring.errors import OutputError
from tests.full_disk import files_below
from training.compare.full_disk import reporting_full_disk
from training.compare.search import open_storage


def test_no_room_for_the_studies_is_said_with_the_remedy(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"the disk is full\. Make room; what was finished is kept"),
        files_below(1_000),
        reporting_full_disk(tmp_path),
    ):
        open_storage(tmp_path / "study.db")


def test_no_room_for_a_trial_is_said_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    study = optuna.create_study(storage=open_storage(path), study_name="one")
    with (
        pytest.raises(OutputError, match="the disk is full"),
        files_below(path.stat().st_size),
        reporting_full_disk(tmp_path),
    ):
        study.optimize(lambda trial: trial.suggest_float("rate", 0, 1), n_trials=500)


def test_no_room_for_a_result_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the disk is full"), files_below(10), reporting_full_disk(tmp_path):
        (tmp_path / "result.json").write_text("{}" * 100)


def test_another_mistake_of_the_database_is_not_hidden(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'study.db'}")
    with (
        pytest.raises(OperationalError, match="no such table"),
        reporting_full_disk(tmp_path),
        engine.connect() as connection,
    ):
        connection.execute(text("select * from absent"))
