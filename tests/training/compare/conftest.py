from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.training.compare.tiny import BUDGET, SEED
from training.compare import run
from training.compare.combination import Setting, setting
from training.compare.rows import Parts, Places, folds, part
from training.dataset.dataset import applicant_table
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import read_tables


@dataclass(frozen=True)
class Compared:
    """A finished comparison: its folder, its text, and the working directory under which MLflow's file lies."""

    out: Path
    told: str
    directory: Path


@pytest.fixture(scope="session")
def tables(tmp_path_factory) -> Path:
    """1,500 made-up applicants with one history table: the features of the others are missing for all of them."""
    folder = tmp_path_factory.mktemp("compared") / "tables"
    synthesize(1_500, 1, folder, progress=False)
    for path in folder.glob("*.parquet"):
        if path.stem not in ("application_train", "bureau"):
            path.unlink()
    return folder


@pytest.fixture(scope="session")
def parts(tables) -> Parts:
    return part(applicant_table(read_tables(tables), "train"), SEED)


@pytest.fixture(scope="session")
def shared(parts) -> Setting:
    return setting(parts, BUDGET, SEED)


@pytest.fixture(scope="session")
def places(parts) -> list[tuple[Places, Places]]:
    return folds(parts.learn, BUDGET.folds, SEED)


@pytest.fixture(scope="session")
def compared(tables, tmp_path_factory) -> Compared:
    """The comparison, uninterrupted, in this process, which may not reach for any network."""
    directory = tmp_path_factory.mktemp("comparison")

    def refuse(_, address):
        raise AssertionError(f"the comparison reached for {address}")

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setattr(socket.socket, "connect", refuse)
        told = run.compare(tables, directory / "out", BUDGET, SEED, jobs=1)
    return Compared(directory / "out", told, directory)
