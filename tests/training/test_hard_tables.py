"""Valid but difficult tables: training gives a right result or says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.applicants.store import open_applicants
from scoring.artifact.load import Artifact, load_artifact
from scoring.errors import TableError, TrainingError
from scoring.lender.roles import APPLICANT_ID
from scoring.serving.batch import score_frame
from tests.damage import damage
from tests.training.compare.tiny import BUDGET, SEED
from tests.training.quick import quick_recipe
from training.build.train import train
from training.compare.run import compare
from training.dataset.applicants import write_applicants
from training.lender.synthetic.synthesize import synthesize
from training.tables.read import TEST, TRAIN

NEW_LEVEL, KNOWN_LEVEL = "Student", "Working"
NOBODY = 900_000_000


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with quick_recipe():
        yield


def rewrite(path: Path, **values: object) -> pd.DataFrame:
    frame = pd.read_parquet(path).assign(**values)
    frame.to_parquet(path, index=False)
    return frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Credits of nobody here, no POS table, and an income type that only applicants to be scored have."""
    folder = tmp_path_factory.mktemp("hard")
    synthesize(2_000, 3, folder, progress=False)
    (folder / "POS_CASH_balance.parquet").unlink()
    credits = pd.read_parquet(folder / "bureau.parquet")
    rewrite(folder / "bureau.parquet", SK_ID_CURR=credits[APPLICANT_ID] + NOBODY)
    rewrite(folder / f"{TEST}.parquet", NAME_INCOME_TYPE=NEW_LEVEL)
    income = pd.read_parquet(folder / f"{TRAIN}.parquet")["NAME_INCOME_TYPE"]
    rewrite(folder / f"{TRAIN}.parquet", NAME_INCOME_TYPE=income.replace(NEW_LEVEL, KNOWN_LEVEL))
    return folder


@pytest.fixture(scope="module")
def artifact(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    out = tmp_path_factory.mktemp("hard-model") / "model"
    train(folder, out)
    return load_artifact(out, "test")


def test_a_table_without_a_row_for_any_applicant_adds_nothing(artifact: Artifact) -> None:
    names = {item.feature.name for item in artifact.model.features}
    assert not [name for name in names if name.startswith(("bureau_", "pos_"))]
    assert [name for name in names if name.startswith(("instalment", "previous_", "card_"))]


def test_a_level_that_training_never_saw_is_scored_as_unknown(folder: Path, artifact: Artifact, tmp_path: Path) -> None:
    write_applicants(folder, tmp_path / "applicants.parquet")
    open_applicants(tmp_path / "applicants.parquet", artifact.history_names)
    every = pd.read_parquet(tmp_path / "applicants.parquet")
    new = every[every["NAME_INCOME_TYPE"] == NEW_LEVEL]
    assert len(new) == len(pd.read_parquet(folder / f"{TEST}.parquet"))
    scores = score_frame(artifact, new)
    assert scores["probability"].between(0, 1, inclusive="neither").all()
    unknown = score_frame(artifact, new.assign(NAME_INCOME_TYPE=None))
    np.testing.assert_array_equal(scores["probability"], unknown["probability"])


@pytest.mark.parametrize("run", [train, partial(compare, budget=BUDGET, seed=SEED)], ids=["train", "compare"])
def test_a_hundred_applicants_are_refused_with_what_is_needed(
    folder: Path, tmp_path: Path, run: Callable[[Path, Path], object]
) -> None:
    few = tmp_path / "few"
    few.mkdir()
    pd.read_parquet(folder / f"{TRAIN}.parquet").head(100).to_parquet(few / f"{TRAIN}.parquet")
    with pytest.raises(TrainingError, match=r"applicants with TARGET = 1 .* at least 100 of each\. Add applicants"):
        run(few, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_damaged_parquet_file_is_named_by_training(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in (TRAIN, "previous_application"):
        pd.read_parquet(folder / f"{name}.parquet").to_parquet(broken / f"{name}.parquet")
    damage(broken / "previous_application.parquet", "AMT_CREDIT")
    with pytest.raises(TableError, match=r"previous_application\.parquet"):
        train(broken, tmp_path / "model")
