"""The drift report beside a model on the hub: loaded if possible, and never in a model's way."""

import logging
from dataclasses import replace

import pytest
from huggingface_hub import HfApi

from scoring.drift.report import PAGE, REPORT, write_drift_report
from scoring.errors import HubRepoNotFoundError
from scoring.serving.live import Serving
from tests.hub.published import MODEL, put_model
from tests.scoring.drift_example import REPORT as EXAMPLE
from tests.scoring.served import version
from training.drift.upload import upload

LATER = replace(EXAMPLE, created="2026-12-02T12:00:00+00:00")


@pytest.fixture
def api(hub, hub_home):
    """A maintainer's client."""
    return HfApi(endpoint=hub.url, token=hub.writer)


def written(report, folder):
    folder.mkdir(exist_ok=True)
    write_drift_report(report, folder)
    (folder / PAGE).write_text("<script>alert(1)</script>")
    return folder


def test_an_upload_is_a_commit_with_both_reports_on_a_branch_that_no_version_is_on(hub, api, tmp_path):
    served = put_model(hub)
    commit = upload(api, MODEL, written(EXAMPLE, tmp_path / "first"))
    repo = hub.repo(MODEL)
    assert set(repo.resolve("drift").files) - {".gitattributes"} == {REPORT, PAGE}
    assert (repo.branches["main"], repo.branches["drift"]) == (served, commit)
    later = upload(api, MODEL, written(LATER, tmp_path / "later"))
    assert repo.branches["drift"] == later != commit


def test_an_upload_to_a_repo_that_is_not_there_is_refused(api, tmp_path):
    with pytest.raises(HubRepoNotFoundError, match="no model repo of that name"):
        upload(api, MODEL, written(EXAMPLE, tmp_path / "first"))


def test_the_report_beside_the_model_is_served_and_a_later_one_takes_its_place(hub, api, settings, tmp_path):
    put_model(hub)
    serving = Serving(settings)
    assert serving.state.service.drift is None
    for report in (EXAMPLE, LATER):
        upload(api, MODEL, written(report, tmp_path / "report"))
        serving.refresh()
        assert serving.state.service.drift == report
        assert serving.state.trouble is None
    state = serving.state
    serving.refresh()
    assert serving.state.served is state.served


def test_a_later_report_that_is_none_leaves_the_one_that_is_shown(hub, api, settings, tmp_path):
    put_model(hub)
    upload(api, MODEL, written(EXAMPLE, tmp_path / "report"))
    serving = Serving(settings)
    hub.repo(MODEL).commit({REPORT: b"{}"}, branch="drift")
    serving.refresh()
    assert serving.state.service.drift == EXAMPLE


def test_markup_from_the_hub_is_not_even_downloaded(hub, api, settings, tmp_path):
    put_model(hub)
    upload(api, MODEL, written(EXAMPLE, tmp_path / "report"))
    before = len(hub.requests)
    Serving(settings)
    assert not [asked for asked in hub.requests[before:] if PAGE in asked]


def test_the_report_of_the_settings_comes_before_the_hubs(hub, api, settings, tmp_path):
    put_model(hub)
    upload(api, MODEL, written(EXAMPLE, tmp_path / "report"))
    own = written(LATER, tmp_path / "own")
    assert Serving(replace(settings, drift_report=own)).state.service.drift == LATER


@pytest.mark.parametrize("files", [{REPORT: b"{}"}, {"notes.json": b"{}"}, {REPORT: b""}])
def test_a_report_that_is_none_keeps_no_model_from_being_served(files, hub, hub_home, settings, caplog):
    put_model(hub)
    repo = hub.repo(MODEL)
    repo.branches["drift"] = repo.branches["main"]
    repo.commit(files, branch="drift")
    with caplog.at_level(logging.WARNING):
        serving = Serving(settings)
    assert version(serving)
    assert serving.state.service.drift is None
    assert serving.state.trouble is None
    assert "The newest drift report is not shown" in caplog.text
