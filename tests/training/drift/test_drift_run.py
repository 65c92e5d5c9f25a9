"""The whole command on made-up tables: both reports, their contents, and the exit status."""

import json
import os
import socket
from functools import cache

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from scoring.artifact.load import load_artifact
from scoring.drift.report import PAGE, REPORT, read_drift_report
from scoring.errors import OutcomesError
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.fields import fields
from tests.training.tiny_artifacts import TINY
from training.__main__ import app
from training.drift.evidently_report import earlier_count
from training.drift.populations import current_population, has_learnt, reference_population
from training.drift.run import Question, drift, importances
from training.lender.history import FEATURES
from training.lender.synthetic.synthesize import synthesize

APPLICANTS = 2_000


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Applicants of before, with those of now in application_test: they earn more, their external score is low.

    One column has no value any more, and another never had one.
    """
    folder = tmp_path_factory.mktemp("tables")
    synthesize(APPLICANTS, 31, folder, progress=False)
    now = pd.read_parquet(folder / "application_test.parquet")
    train = folder / "application_train.parquet"
    before = pd.read_parquet(train)
    before = before.assign(COMMONAREA_AVG=np.nan)
    before[600:].to_parquet(train)
    now = pd.concat([now, before.loc[:599, now.columns]])
    moved = {"AMT_INCOME_TOTAL": now["AMT_INCOME_TOTAL"] * 1.5, "EXT_SOURCE_2": now["EXT_SOURCE_2"] / 2}
    moved |= {"OWN_CAR_AGE": np.nan, "COMMONAREA_AVG": np.nan}
    now.assign(**moved).to_parquet(folder / "application_test.parquet")
    return folder


@pytest.fixture(scope="module")
def outcomes(tables, tmp_path_factory):
    """Half of the applicants of now default, whatever their score."""
    ids = pd.read_parquet(tables / "application_test.parquet")[APPLICANT_ID]
    path = tmp_path_factory.mktemp("outcomes") / "outcomes.csv"
    pd.DataFrame({APPLICANT_ID: ids, "TARGET": np.arange(len(ids)) % 2}).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def written(tables, outcomes, tmp_path_factory):
    """The folder of a whole report, made while no connection could be opened."""
    out = tmp_path_factory.mktemp("report") / "drift"
    with pytest.MonkeyPatch.context() as patch:

        def refused(*_):
            raise AssertionError("a connection was opened")

        patch.setattr(socket.socket, "connect", refused)
        patch.setattr(socket, "getaddrinfo", refused)
        drift(Question(tables, tables, str(TINY), outcomes), out)
    return out


@pytest.fixture(scope="module")
def report(written):
    return read_drift_report(written)


def test_the_json_has_the_shape_that_programs_rely_on(written):
    content = json.loads((written / REPORT).read_text())
    assert {"share_drifted", "columns", "score", "decision"} <= content.keys()
    for column in content["columns"].values():
        assert {"drifted", "psi", "test", "p_value", "importance"} <= column.keys()
    for part in ("score", "decision"):
        assert {"drifted", "psi", "test", "p_value"} <= content[part].keys()


def test_every_raw_field_and_every_input_is_there_the_weightiest_first(report):
    artifact = load_artifact(TINY, "tiny")
    inputs = {item.feature.name for item in artifact.model.features}
    assert report.columns.keys() == fields().keys() | inputs
    weights = [column.importance for column in report.columns.values() if column.importance is not None]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) == pytest.approx(1)
    assert {name for name, column in report.columns.items() if column.importance is not None} == inputs


def test_what_drifted_is_what_was_moved_and_what_is_derived_from_it(report):
    assert {"AMT_INCOME_TOTAL", "EXT_SOURCE_2"} <= set(report.drifted)
    others = {name for name in report.drifted if not name.startswith("EXT_SOURCE")}
    histories = others & {feature.name for feature in FEATURES}
    # The loans of those in application_test are dearer, among real rows, too.
    assert others - histories == {"AMT_INCOME_TOTAL", "OWN_CAR_AGE", "INTEREST_RATE"}
    # Of those that the model reads, chance lets one drift.
    assert len(histories) <= 1
    assert [change.kind for change in report.columns["OWN_CAR_AGE"].changes] == ["all_missing"]
    assert report.columns["AMT_INCOME_TOTAL"].changes[-1].kind == "median"
    assert report.score.drifted
    assert report.score.current_mean > report.score.reference_mean
    assert report.decision.drifted
    assert report.share_drifted == len(report.drifted) / len(report.columns)


def test_the_weighted_share_is_that_of_the_drifted_inputs(report):
    weights = importances(load_artifact(TINY, "tiny"))
    assert report.weighted_share == pytest.approx(sum(weights.get(name, 0) for name in report.drifted))
    assert report.weighted_share > 0


def test_who_was_compared_and_with_which_model_is_reported(report, tables):
    before, now = (len(pd.read_parquet(tables / f"application_{part}.parquet")) for part in ("train", "test"))
    assert (report.reference.table, report.reference.applicants) == ("application_train", before)
    assert (report.current.table, report.current.applicants) == ("application_test", now)
    assert report.model == load_artifact(TINY, TINY.name).identity
    assert not report.reference_learnt


def test_estimate_and_outcomes_stand_beside_each_other_and_broken_calibration_is_reported(report):
    assert report.estimated.default_rate.high < 0.3
    assert report.realised.default_rate.value == pytest.approx(0.5, abs=0.01)
    assert report.realised.auc.low < 0.5 < report.realised.auc.high
    assert not report.calibration.holds


def test_the_page_for_people_starts_with_our_words_and_asks_no_other_host(written):
    page = (written / PAGE).read_text()
    body = page[page.index("<body>") :]
    assert body.index("Have the applicants changed?") < body.index("<script")
    assert "the median went from" in body
    for loading in ('src="http', "src='http", "<link", "url(http"):
        assert loading not in page


def test_evidently_is_told_not_to_track_before_it_is_imported():
    assert os.environ["DO_NOT_TRACK"] == "1"


def test_the_earlier_system_counted_numeric_columns_without_correction(tables):
    before, now = (pd.read_parquet(tables / f"application_{part}.parquet")[[*fields()]] for part in ("train", "test"))
    numeric = [name for name, field in fields().items() if field.type != "text"]
    found = earlier_count(before, now)
    assert found.columns == len(numeric) == 104
    assert 1 <= found.drifted < 20
    assert found.share == found.drifted / 104
    assert earlier_count(before, before).drifted == 0


def test_a_population_is_read_from_the_table_that_is_there(tables, tmp_path):
    (tmp_path / "application_train.parquet").symlink_to(tables / "application_train.parquet")
    assert current_population(tmp_path, with_history=False).side.table == "application_train"
    assert reference_population(tmp_path, with_history=False).side.table == "application_train"
    assert current_population(tables, with_history=False).side.table == "application_test"
    assert "TARGET" not in current_population(tmp_path, with_history=False).frame


def test_applicants_whom_the_model_has_learnt_from_are_known_again(tables, tmp_path):
    artifact = load_artifact(TINY, "tiny")
    reference = reference_population(tables, with_history=False)
    assert not has_learnt(artifact, reference)
    frame = reference.frame.copy()
    frame.loc[0, [*fields()]] = artifact.population.frame.loc[3, [*fields()]]
    assert has_learnt(artifact, type(reference)(reference.side, frame))


def test_outcomes_without_a_model_are_refused(tables, outcomes, tmp_path):
    with pytest.raises(OutcomesError, match=r"outcomes judge a model. Give its --artifact too"):
        drift(Question(tables, tables, outcomes=outcomes), tmp_path)


@pytest.fixture(scope="module")
def reading_once():
    """Both ways to read a population; each reads the same folder once."""
    return {read.__name__: cache(read) for read in (reference_population, current_population)}


@pytest.mark.parametrize(("fail_on", "status"), [("none", 0), ("column", 3), ("decision", 0), ("0.001", 3), ("1", 0)])
def test_the_exit_status_tells_a_scheduler(fail_on, status, tables, reading_once, tmp_path, monkeypatch):
    # What Evidently draws is tested above.
    monkeypatch.setattr("training.drift.run.evidently_page", lambda columns, summary: summary)
    for name, read in reading_once.items():
        monkeypatch.setattr(f"training.drift.run.{name}", read)
    folders = ["--reference", str(tables), "--current", str(tables), "--out", str(tmp_path)]
    ran = CliRunner().invoke(app, ["drift", *folders, "--fail-on", fail_on])
    assert ran.exit_code == status, ran.output
    assert "of 120 columns have drifted" in ran.output
    assert read_drift_report(tmp_path).score is None


def test_an_artifact_of_format_1_holds_no_importance():
    assert importances(load_artifact(TINY.with_name("1"), "tiny-1")) == {}
    assert sum(importances(load_artifact(TINY, "tiny")).values()) == pytest.approx(1)
