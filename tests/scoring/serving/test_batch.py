import numpy as np
import pandas as pd
import pytest

from scoring.__main__ import main
from scoring.applicants.scenarios import COLUMN
from scoring.errors import ApplicantsFileError, InvalidInputError
from scoring.serving.batch import score_file, score_frame
from scoring.serving.service import assess, score
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT

REASONS = ["reason_1", "reason_2", "reason_3", "reason_4"]
COLUMNS = ["SK_ID_CURR", "probability", "threshold", "points", "decision", "score_band"]


@pytest.fixture(scope="module")
def scores(artifact, tmp_path_factory):
    out = tmp_path_factory.mktemp("batch") / "scores.parquet"
    score_file(artifact, DEMO_APPLICANTS, out)
    return pd.read_parquet(out)


def test_everybody_is_scored_once_with_the_columns_promised(scores, applicants):
    assert list(scores.columns) == COLUMNS + REASONS
    assert scores["SK_ID_CURR"].tolist() == applicants.ids.tolist()


def test_batch_and_service_give_the_same_answer(scores, service, some_ids):
    rows = scores.set_index("SK_ID_CURR")
    for applicant_id in some_ids:
        answer, row = score(service, assess(service, applicant_id, {}, "en")), rows.loc[applicant_id]
        assert row["probability"] == pytest.approx(answer.probability, abs=1e-12)
        assert row["threshold"] == answer.threshold
        assert row["points"] == pytest.approx(answer.points, abs=1e-9)
        assert (row["decision"], row["score_band"]) == (answer.decision, answer.score_band)
        told = [label for label in row[REASONS] if isinstance(label, str)]
        assert told == [reason.label for reason in answer.reasons]


def test_where_the_file_is_cut_into_batches_changes_nothing(artifact, applicants):
    whole = pd.concat([score_frame(artifact, batch, "en", reasons=False) for batch in applicants.batches(10**6)])
    parts = pd.concat([score_frame(artifact, batch, "en", reasons=False) for batch in applicants.batches(333)])
    np.testing.assert_array_equal(whole["probability"], parts["probability"])


@pytest.mark.parametrize("beside", [{}, {COLUMN: "as text"}, {COLUMN: 1.5}, {"APPLICATION_DATE": "2026-01-31"}])
def test_what_a_file_of_applicants_holds_beside_what_is_scored_changes_nothing(artifact, scores, beside):
    frame = pd.read_parquet(DEMO_APPLICANTS).head(20).assign(**beside)
    assert COLUMN in frame
    found = score_frame(artifact, frame, "en")
    pd.testing.assert_frame_equal(found, scores.head(20), check_dtype=False, rtol=1e-12)


def test_another_column_of_other_than_numbers_is_refused_by_name(artifact):
    frame = pd.read_parquet(DEMO_APPLICANTS).head(20).assign(bureau_debt=[[1.0]] * 20)
    with pytest.raises(ApplicantsFileError, match="column bureau_debt holds other than numbers"):
        score_frame(artifact, frame, "en")


def test_csv_and_parquet_hold_the_same(artifact, scores, tmp_path):
    score_file(artifact, DEMO_APPLICANTS, tmp_path / "scores.csv", reasons=False)
    found = pd.read_csv(tmp_path / "scores.csv", float_precision="round_trip")
    assert list(found.columns) == COLUMNS
    np.testing.assert_allclose(found["probability"], scores["probability"], rtol=1e-15)
    assert found["decision"].tolist() == scores["decision"].tolist()


def test_another_ending_is_refused_naming_those_allowed(artifact, tmp_path):
    with pytest.raises(InvalidInputError, match=r"\.xlsx.*\.parquet, \.csv"):
        score_file(artifact, DEMO_APPLICANTS, tmp_path / "scores.xlsx")


def test_an_interrupted_run_leaves_no_file(artifact, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("scoring.serving.batch.score_frame", interrupt)
    with pytest.raises(KeyboardInterrupt):
        score_file(artifact, DEMO_APPLICANTS, tmp_path / "scores.parquet")
    assert list(tmp_path.iterdir()) == []


def test_the_command_scores_in_french(tmp_path):
    few, out = tmp_path / "few.parquet", tmp_path / "scores.csv"
    pd.read_parquet(DEMO_APPLICANTS).head(200).to_parquet(few, index=False)
    arguments = ["--artifact", str(DEMO_ARTIFACT), "--applicants", str(few), "--out", str(out)]
    assert main(["batch", *arguments, "--language", "fr"]) == 0
    scores = pd.read_csv(out)
    assert scores["reason_1"].str.contains("externe").any()
    assert scores["score_band"].str.startswith("Classe ").all()


def test_the_command_says_an_error_on_one_line(tmp_path, capsys):
    arguments = ["--artifact", str(tmp_path), "--applicants", str(DEMO_APPLICANTS), "--out", str(tmp_path / "s.csv")]
    assert main(["batch", *arguments]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert len(told.strip().splitlines()) == 1
