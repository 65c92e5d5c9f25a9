"""The drift report is served with the model."""

from dataclasses import replace

import pytest

from scoring.artifact.in_words import DEMO_SOURCE
from scoring.artifact.load import load_artifact
from scoring.drift.report import REPORT, read_drift_report, write_drift_report
from scoring.errors import DriftReportError
from scoring.serving.live import Serving
from scoring.serving.settings import DEMO_ARTIFACT, DEMO_DRIFT, read_settings
from tests.hub.published import put_model
from tests.scoring.drift_example import REPORT as EXAMPLE


def test_the_bundled_report_is_about_the_bundled_model_and_light(artifact):
    report = read_drift_report(DEMO_DRIFT)
    assert report.is_about(artifact.identity)
    assert report.realised is not None
    assert [path.name for path in DEMO_DRIFT.iterdir()] == [REPORT]
    assert (DEMO_DRIFT / REPORT).stat().st_size < 200_000


def test_the_report_of_the_settings_is_served():
    assert Serving(read_settings({})).state.service.drift == read_drift_report(DEMO_DRIFT)


def test_without_one_there_is_none(tmp_path):
    assert Serving(replace(read_settings({}), drift_report=None)).state.service.drift is None


def test_a_newer_version_keeps_the_report_which_says_whom_it_is_about(hub, hub_home, settings, second, tmp_path):
    put_model(hub)
    about = replace(EXAMPLE, model=load_artifact(DEMO_ARTIFACT, DEMO_SOURCE).identity)
    write_drift_report(about, tmp_path)
    serving = Serving(replace(settings, drift_report=tmp_path))
    assert serving.state.service.drift.is_about(serving.state.service.artifact.identity)
    put_model(hub, second)
    serving.refresh()
    assert serving.state.service.drift == about
    assert not about.is_about(serving.state.service.artifact.identity)


def test_a_report_that_is_not_there_is_said_at_once(tmp_path):
    with pytest.raises(DriftReportError, match="there is no drift report"):
        Serving(replace(read_settings({}), drift_report=tmp_path))
