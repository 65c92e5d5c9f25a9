"""Made-up tables that the tests of this folder share."""

from pathlib import Path

import pandas as pd
import pytest

from tests.training.lender.synthetic.expected import APPLICANTS
from training.lender.synthetic import rare
from training.lender.synthetic.synthesize import synthesize


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made-up")
    synthesize(APPLICANTS, 7, out, progress=False)
    return out


@pytest.fixture(scope="session")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


@pytest.fixture(scope="session")
def both(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([tables["application_train"], tables["application_test"]], ignore_index=True)


@pytest.fixture(scope="session")
def oddities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """Two thousand applicants with the rare values of six hundred thousand."""
    out = tmp_path_factory.mktemp("oddities")
    with pytest.MonkeyPatch.context() as patch:
        for rows in ("TRAIN_ROWS", "BUREAU_ROWS", "PREVIOUS_ROWS", "CARD_ROWS"):
            patch.setattr(f"training.lender.synthetic.rare.{rows}", getattr(rare, rows) // 300)
        patch.setattr("training.lender.synthetic.loans.POS_ROWS", rare.POS_ROWS // 300)
        patch.setattr("training.lender.synthetic.cards.CARD_ROWS", rare.CARD_ROWS // 300)
        synthesize(2_000, 5, out, progress=False)
    return {path.stem: pd.read_parquet(path) for path in out.glob("*.parquet")}
