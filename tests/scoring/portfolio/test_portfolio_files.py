"""`python -m scoring batch`: files of applicants and CSV, scored to the columns and figures of `/batch`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.__main__ import main
from scoring.applicants.store import ApplicantsFile
from scoring.artifact.load import Artifact
from scoring.errors import ApplicantsFileError, InvalidInputError, PortfolioError
from scoring.portfolio import files
from scoring.portfolio.files import score_file
from scoring.portfolio.writing import BARE, SCHEMA
from scoring.serving.service import Service, answered, assess
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT

ROWS = 300
HEADER, LINE = "AMT_INCOME_TOTAL,AMT_CREDIT,AMT_ANNUITY,DAYS_BIRTH", "150000,333000.125,20000,-12000"


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the first applicants on file."""
    path = tmp_path_factory.mktemp("files") / "few.parquet"
    pd.read_parquet(DEMO_APPLICANTS).head(ROWS).to_parquet(path, index=False)
    return path


@pytest.fixture(scope="module")
def scores(artifact: Artifact, few: Path) -> pd.DataFrame:
    score_file(artifact, few, few.with_name("scores.parquet"))
    return pd.read_parquet(few.with_name("scores.parquet"))


def test_everybody_is_scored_once_with_the_columns_of_batch(scores: pd.DataFrame, applicants: ApplicantsFile):
    assert list(scores.columns) == SCHEMA.names
    assert scores["SK_ID_CURR"].tolist() == applicants.ids[:ROWS].tolist()
    assert scores["row"].tolist() == list(range(1, ROWS + 1))
    assert scores["error"].isna().all()


def test_the_answers_are_those_of_score_to_the_last_bit(scores: pd.DataFrame, service: Service):
    for row in scores[::29].itertuples():
        answer = answered(service, assess(service, row.SK_ID_CURR, {}, "en"))
        assert (row.probability, row.threshold, row.points) == (answer.probability, answer.threshold, answer.points)
        assert row.decision == answer.decision
        reasons = [row.reason_1, row.reason_2, row.reason_3, row.reason_4]
        assert [label for label in reasons if isinstance(label, str)] == [each.label for each in answer.reasons]
        sure = answer.confidence
        assert sure is not None
        assert (row.past_applicants, row.past_defaulted) == (sure.nearest.applicants, sure.nearest.defaulted)
        assert (row.missing_fields, row.outside_learnt) == (sure.missing.fields, len(sure.outside))


def test_where_it_is_cut_into_parts_changes_nothing(
    artifact: Artifact, few: Path, scores: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 77)
    score_file(artifact, few, tmp_path / "scores.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "scores.parquet"), scores)


def test_without_reasons_there_are_decisions_alone(artifact: Artifact, few: Path, scores: pd.DataFrame, tmp_path: Path):
    score_file(artifact, few, tmp_path / "scores.csv", reasons=False)
    found = pd.read_csv(tmp_path / "scores.csv", float_precision="round_trip")
    assert list(found.columns) == BARE.names
    np.testing.assert_allclose(found["probability"], scores["probability"], rtol=1e-12)
    assert found["decision"].tolist() == scores["decision"].tolist()


def test_a_row_of_csv_that_is_not_allowed_gets_its_error(artifact: Artifact, service: Service, tmp_path: Path):
    sent = tmp_path / "sent.csv"
    sent.write_text("\n".join([HEADER, LINE, "150000,-5,20000,-12000", "1,2"]))
    assert score_file(artifact, sent, tmp_path / "scores.csv", "fr") == 3
    found = pd.read_csv(tmp_path / "scores.csv", float_precision="round_trip")
    new = dict(zip(HEADER.split(","), map(float, LINE.split(",")), strict=True))
    assert found["probability"][0] == answered(service, assess(service, None, new, "fr"), "short").probability
    assert found["error"].notna().tolist() == [False, True, True]
    assert found["error"][1].startswith("AMT_CREDIT")


def test_a_file_of_applicants_with_such_a_value_is_refused_whole(artifact: Artifact, few: Path, tmp_path: Path):
    spoiled = tmp_path / "spoiled.parquet"
    frame = pd.read_parquet(few)
    frame.loc[5, "AMT_CREDIT"] = -5.0
    frame.to_parquet(spoiled, index=False)
    with pytest.raises(ApplicantsFileError, match="Nobody was scored"):
        score_file(artifact, spoiled, tmp_path / "scores.csv")
    assert not (tmp_path / "scores.csv").exists()


def test_csv_that_cannot_be_read_leaves_no_file(artifact: Artifact, tmp_path: Path):
    sent = tmp_path / "sent.csv"
    sent.write_text(f'{HEADER}\n{LINE}\n"open,1,2,3')
    with pytest.raises(PortfolioError, match="not CSV"):
        score_file(artifact, sent, tmp_path / "scores.csv")
    assert list(tmp_path.iterdir()) == [sent]


def test_another_ending_is_refused_naming_those_allowed(artifact: Artifact, tmp_path: Path):
    with pytest.raises(InvalidInputError, match=r"\.xlsx.*\.parquet, \.csv"):
        score_file(artifact, DEMO_APPLICANTS, tmp_path / "scores.xlsx")


def test_an_interrupted_run_leaves_no_file(
    artifact: Artifact, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "scored_columns", interrupt)
    with pytest.raises(KeyboardInterrupt):
        score_file(artifact, few, tmp_path / "scores.parquet")
    assert list(tmp_path.iterdir()) == []


def test_the_command_scores_in_french(few: Path, tmp_path: Path):
    out = tmp_path / "scores.csv"
    arguments = ["--artifact", str(DEMO_ARTIFACT), "--applicants", str(few), "--out", str(out)]
    assert main(["batch", *arguments, "--language", "fr"]) == 0
    assert pd.read_csv(out)["reason_1"].str.contains("externe").any()


def test_the_command_says_an_error_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--artifact", str(tmp_path), "--applicants", str(DEMO_APPLICANTS), "--out", str(tmp_path / "s.csv")]
    assert main(["batch", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert len(said.strip().splitlines()) == 1
