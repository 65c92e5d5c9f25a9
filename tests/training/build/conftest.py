"""The made-up tables that both kinds of model are trained on, and what a training reads from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from tests.shared import made_once
from training.build import train
from training.dataset.dataset import applicant_table
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import read_tables


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of 5,000 applicants with a known outcome."""
    return made_once(tmp_path_factory, "tables-5000", lambda folder: synthesize(5_000, 7, folder, progress=False))


@pytest.fixture(scope="session")
def frame(data: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What every training on these tables learns from."""

    def make(path: Path) -> None:
        applicant_table(read_tables(data), "train").to_pickle(path)

    return pd.read_pickle(made_once(tmp_path_factory, "frame-5000.pickle", make))


@contextmanager
def tables_read(frame: pd.DataFrame) -> Iterator[None]:
    """A training finds its tables read: that takes a third of the time and is the same every time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "applicant_table", lambda *_: frame.copy())
        yield


@pytest.fixture
def read_already(frame: pd.DataFrame) -> Iterator[None]:
    """Within a test, the tables are read already."""
    with tables_read(frame):
        yield
