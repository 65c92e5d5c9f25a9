from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shared import made_once
from tests.training.compare.tiny import BUDGET, SEED
from training.compare import run
from training.compare.combination import Setting, setting
from training.compare.rows import Indices, Parts, folds, part
from training.dataset.dataset import applicant_table
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import read_tables

TOLD = "told.md"


@dataclass(frozen=True)
class Compared:
    """A finished comparison: its folder, its text, and the working directory under which MLflow's file lies."""

    out: Path
    told: str
    directory: Path


@pytest.fixture(scope="session")
def tables(tmp_path_factory) -> Path:
    """1,500 made-up applicants with one history table: the features of the others are missing for all of them."""

    def make(folder: Path) -> None:
        synthesize(1_500, 1, folder, progress=False)
        for path in folder.glob("*.parquet"):
            if path.stem not in ("application_train", "bureau"):
                path.unlink()

    return made_once(tmp_path_factory, "compared-tables", make)


@pytest.fixture(scope="session")
def parts(tables) -> Parts:
    return part(applicant_table(read_tables(tables), "train"), SEED)


@pytest.fixture(scope="session")
def shared(parts) -> Setting:
    return setting(parts, BUDGET, SEED)


@pytest.fixture(scope="session")
def places(parts) -> list[tuple[Indices, Indices]]:
    return folds(parts.learn, BUDGET.folds, SEED)


@pytest.fixture(scope="session")
def compared(tables, tmp_path_factory) -> Compared:
    """The comparison, uninterrupted, in a process of the tests, which may not reach for any network."""

    def refuse(_, address):
        raise AssertionError(f"the comparison reached for {address}")

    def make(directory: Path) -> None:
        directory.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(directory)
            patch.delenv("MLFLOW_TRACKING_URI", raising=False)
            patch.setattr(socket.socket, "connect", refuse)
            told = run.compare(tables, directory / "out", BUDGET, SEED, jobs=1)
        (directory / TOLD).write_text(told)

    directory = made_once(tmp_path_factory, "comparison", make)
    return Compared(directory / "out", (directory / TOLD).read_text(), directory)
