"""Same seed, same bytes; another seed, other applicants."""

from pathlib import Path

import pandas as pd
import pytest

from training.lender.synthetic.synthesize import synthesize


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
def test_same_seed_gives_the_same_bytes(tmp_path: Path, file_format: str) -> None:
    for run in ("first", "second"):
        synthesize(200, 3, tmp_path / run, file_format, progress=False)

    first = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}

    assert len(first) == 9
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()}


def test_another_seed_gives_other_applicants(tmp_path: Path) -> None:
    for seed in (1, 2):
        synthesize(200, seed, tmp_path / str(seed), progress=False)

    incomes = [
        pd.read_parquet(tmp_path / str(seed) / "application_train.parquet")["AMT_INCOME_TOTAL"] for seed in (1, 2)
    ]

    assert not incomes[0].equals(incomes[1])


def test_csv_holds_what_parquet_holds(tmp_path: Path) -> None:
    synthesize(200, 3, tmp_path / "parquet", "parquet", progress=False)
    synthesize(200, 3, tmp_path / "csv", "csv", progress=False)

    for path in (tmp_path / "parquet").glob("*.parquet"):
        expected = pd.read_parquet(path)
        found = pd.read_csv(tmp_path / "csv" / f"{path.stem}.csv", keep_default_na=False, na_values=[""])
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_chunks_join_without_a_repeated_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.lender.synthetic.synthesize.CHUNK", 100)

    synthesize(400, 3, tmp_path, progress=False)

    assert pd.read_parquet(tmp_path / "bureau.parquet")["SK_ID_BUREAU"].is_unique
    assert pd.read_parquet(tmp_path / "previous_application.parquet")["SK_ID_PREV"].is_unique
    assert pd.read_parquet(tmp_path / "application_train.parquet")["SK_ID_CURR"].is_unique


def test_no_applicants_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        synthesize(0, 1, tmp_path)
