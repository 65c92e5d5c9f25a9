"""What is served while versions come and go, the hub fails, and requests run."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scoring.errors import (
    ApplicantsFileError,
    ArtifactExtraFileError,
    ArtifactMissingError,
    HubAccessError,
    HubRepoNotFoundError,
    HubRevisionNotFoundError,
    HubUnreachableError,
    InvalidInputError,
    OutputError,
)
from scoring.service import assess, explain, score
from scoring.serving import Serving
from scoring.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, ROOT, Settings, read_settings
from tests.hub.published import MODEL, PEOPLE, artifact_folder, put_applicants, put_model, reseal
from tests.hub.server import Hub

pytestmark = pytest.mark.usefixtures("hub_home")


@pytest.fixture
def settings(hub: Hub) -> Settings:
    return read_settings(
        {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "MODEL_REPO": MODEL, "APPLICANTS": str(DEMO_APPLICANTS)}
    )


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """Another version: other calibration, so other probabilities."""
    folder = artifact_folder(tmp_path / "second", "second")
    calibration = json.loads((folder / "calibration.json").read_text())
    (folder / "calibration.json").write_text(json.dumps({**calibration, "intercept": calibration["intercept"] + 0.5}))
    reseal(folder)
    return folder


def version(serving: Serving) -> str:
    return serving.state.service.artifact.identity.version


def revision(serving: Serving) -> str:
    return serving.state.service.artifact.identity.revision


def test_local_files_are_served_without_a_hub(artifact):
    serving = Serving(read_settings({}))
    assert serving.state.service.artifact.identity == artifact.identity
    assert serving.state.service.applicants is not None
    assert serving.state.trouble is None


def test_local_files_that_cannot_be_served_are_refused_at_once(tmp_path):
    with pytest.raises(ArtifactMissingError):
        Serving(read_settings({"ARTIFACT": str(tmp_path)}))


def test_a_model_from_the_hub_answers_with_its_commit(hub, settings, some_ids):
    commit = put_model(hub)
    service = Serving(settings).state.service
    assessment = assess(service, some_ids[0], {}, "en")
    assert score(service, assessment).model.revision == commit
    assert explain(service, assessment).model.revision == commit
    assert score(service, assessment).model.source == f"{MODEL}@main"


def test_the_costs_of_the_settings_hold_for_a_model_from_the_hub(hub, settings):
    put_model(hub)
    serving = Serving(replace(settings, cost_ratio=5.0))
    assert serving.state.service.artifact.rule.costs.ratio == 5


def test_costs_that_do_not_fit_are_told(hub, settings):
    put_model(hub)
    state = Serving(replace(settings, cost_ratio=1e6)).state
    assert isinstance(state.trouble, InvalidInputError)
    assert state.served is None


def test_applicants_come_from_a_dataset_repo(hub, settings, some_ids):
    put_model(hub)
    put_applicants(hub)
    named = read_settings(
        {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "MODEL_REPO": MODEL, "APPLICANTS": f"{PEOPLE}@main"}
    )
    service = Serving(named).state.service
    assert service.applicants.find(some_ids[0]).applicant_id == some_ids[0]


def test_nothing_is_looked_for_unless_asked(hub, settings, second):
    first = put_model(hub)
    serving = Serving(settings)
    put_model(hub, second)
    assert revision(serving) == first


def test_a_newer_version_takes_over(hub, settings, second, caplog):
    first = put_model(hub)
    serving = Serving(settings)
    old = serving.state.service
    newer = put_model(hub, second)
    with caplog.at_level(logging.INFO, "scoring"):
        serving.refresh()
    assert (version(serving), revision(serving)) == ("second", newer)
    assert old.artifact.identity.revision == first
    assert newer in caplog.text


def test_the_same_version_is_not_opened_again(hub, settings):
    put_model(hub)
    serving = Serving(settings)
    before = serving.state.service
    hub.requests.clear()
    serving.refresh()
    assert serving.state.service is before
    assert len(hub.requests) == 1


def test_a_tag_is_served_until_the_setting_names_another(hub, settings, second):
    first = hub.repo(MODEL).tags["v1"] = put_model(hub)
    put_model(hub, second)
    serving = Serving(replace(settings, artifact=replace(settings.artifact, revision="v1")))
    serving.refresh()
    assert revision(serving) == first


def test_newer_applicants_take_over_with_the_model_as_it_is(hub, settings, tmp_path, applicants):
    put_model(hub)
    put_applicants(hub)
    serving = Serving(replace(settings, applicants=read_settings({"APPLICANTS": PEOPLE}).applicants))
    pq.write_table(pq.read_table(DEMO_APPLICANTS).slice(0, 50), tmp_path / "fewer.parquet")
    put_applicants(hub, tmp_path / "fewer.parquet")
    serving.refresh()
    assert len(serving.state.service.applicants) == 50


def test_a_bad_newer_version_is_refused_logged_and_told_and_the_old_one_serves_on(hub, settings, second, caplog):
    first = put_model(hub)
    serving = Serving(settings)
    hub.repo(MODEL).commit({"model.pkl": b"\x80"})
    serving.refresh()
    assert revision(serving) == first
    assert isinstance(serving.state.trouble, ArtifactExtraFileError)
    assert "model.pkl" in caplog.text
    hub.repo(MODEL).commit({"model.pkl": None})
    newer = put_model(hub, second)
    serving.refresh()
    assert (revision(serving), serving.state.trouble) == (newer, None)


def test_a_bad_version_that_is_taken_back_is_forgotten(hub, settings):
    first = put_model(hub)
    serving = Serving(settings)
    hub.repo(MODEL).commit({"manifest.json": None})
    serving.refresh()
    assert serving.state.trouble
    hub.repo(MODEL).branches["main"] = first
    serving.refresh()
    assert (revision(serving), serving.state.trouble) == (first, None)


@pytest.mark.parametrize("kind", ["status", "refuse", "truncate", "change"])
@pytest.mark.parametrize("skip", range(0, 24, 3))
def test_whatever_request_fails_the_old_version_serves_on_and_the_next_look_finds_the_new_one(
    hub, settings, second, kind, skip
):
    first = put_model(hub)
    serving = Serving(replace(settings, applicants=None))
    newer = put_model(hub, second)
    fault = hub.fail(kind, "", skip=skip, times=-1)
    serving.refresh()
    # A request beyond the last one fails nothing.
    assert revision(serving) == (first if serving.state.trouble else newer)
    hub.faults.remove(fault)
    serving.refresh()
    assert (revision(serving), serving.state.trouble) == (newer, None)


def test_a_bad_version_at_the_start_leaves_the_last_verified_one(hub, settings):
    first = put_model(hub)
    Serving(settings)
    hub.repo(MODEL).commit({"model.pkl": b"\x80"})
    state = Serving(settings).state
    assert state.service.artifact.identity.revision == first
    assert isinstance(state.trouble, ArtifactExtraFileError)


def test_the_hub_down_at_the_start_leaves_the_last_verified_version_with_a_notice(hub, settings):
    first = put_model(hub)
    Serving(settings)
    with hub.down():
        serving = Serving(settings)
        assert revision(serving) == first
        assert isinstance(serving.state.trouble, HubUnreachableError)
    serving.refresh()
    assert (revision(serving), serving.state.trouble) == (first, None)


def test_a_pinned_commit_needs_no_hub_once_it_is_verified(hub, settings):
    commit = put_model(hub)
    pinned = replace(settings, artifact=replace(settings.artifact, revision=commit))
    Serving(pinned)
    with hub.down():
        state = Serving(pinned).state
    assert (state.revision, state.trouble) == (commit, None)


def test_the_hub_down_at_the_first_start_leaves_nothing_until_it_is_back(hub, settings):
    commit = put_model(hub)
    with hub.down():
        serving = Serving(settings)
    assert serving.state.served is None
    with pytest.raises(HubUnreachableError, match="cannot be reached"):
        _ = serving.state.service
    serving.refresh()
    assert revision(serving) == commit


def test_a_version_that_was_never_verified_here_is_not_served_for_another(hub, settings):
    hub.repo(MODEL).tags["v1"] = put_model(hub)
    Serving(settings)
    with hub.down():
        state = Serving(replace(settings, artifact=replace(settings.artifact, revision="v1"))).state
    assert state.served is None


def test_a_corrupt_cache_is_not_served_while_the_hub_is_down(hub, settings, hub_home):
    put_model(hub)
    Serving(settings)
    for blob in (hub_home / "hub").rglob("blobs/*"):
        blob.write_bytes(blob.read_bytes()[:-1])
    with hub.down():
        serving = Serving(settings)
        assert serving.state.served is None
        assert isinstance(serving.state.trouble, HubUnreachableError)
    serving.refresh()
    assert serving.state.trouble is None


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"HF_TOKEN": "hf_stranger"}, HubRepoNotFoundError),
        ({"HF_TOKEN": "hf_wrong"}, HubAccessError),
        ({"MODEL_REPO": "lender/nothing"}, HubRepoNotFoundError),
        ({"MODEL_REVISION": "v9"}, HubRevisionNotFoundError),
        ({"APPLICANTS": "lender/nothing"}, HubRepoNotFoundError),
    ],
)
def test_what_the_hub_refuses_is_told_and_never_papered_over(hub, settings, changed, error):
    put_model(hub)
    Serving(settings)
    environment = {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "MODEL_REPO": MODEL} | changed
    state = Serving(read_settings(environment)).state
    assert state.served is None
    assert isinstance(state.trouble, error)


def test_applicants_that_do_not_fit_the_newer_model_keep_the_old_one(hub, settings, tmp_path, second):
    first = put_model(hub)
    table = pq.read_table(DEMO_APPLICANTS)
    pq.write_table(table, tmp_path / "applicants.parquet")
    named = replace(settings, applicants=tmp_path / "applicants.parquet")
    serving = Serving(named)
    pq.write_table(table.drop_columns(table.column_names[-700:]), tmp_path / "applicants.parquet")
    put_model(hub, second)
    serving.refresh()
    assert revision(serving) == first
    assert isinstance(serving.state.trouble, ApplicantsFileError)


def test_a_cache_that_cannot_be_written_is_told(hub, settings, hub_home):
    put_model(hub)
    hub_home.mkdir()
    (hub_home / "hub").write_text("in the way of the folder")
    state = Serving(settings).state
    assert isinstance(state.trouble, OutputError)
    assert "HF_HOME" in str(state.trouble)


def test_no_request_sees_half_of_two_models(hub, settings, second, some_ids):
    put_model(hub)
    serving = Serving(settings)
    probabilities = {
        revision(serving): score(
            serving.state.service, assess(serving.state.service, some_ids[0], {}, "en")
        ).probability
    }
    stop, seen = threading.Event(), set()

    def ask() -> None:
        while not stop.is_set():
            service = serving.state.service
            answer = score(service, assess(service, some_ids[0], {}, "en"))
            seen.add((answer.model.revision, answer.model.version, answer.probability))

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask) for _ in range(2)]
        for folder in (second, DEMO_ARTIFACT, second):
            put_model(hub, folder)
            serving.refresh()
            service = serving.state.service
            answer = score(service, assess(service, some_ids[0], {}, "en"))
            probabilities[revision(serving)] = answer.probability
        stop.set()
        for finished in asked:
            finished.result()
    assert len(seen) > 1
    assert {(found, probability) for found, _, probability in seen} <= set(probabilities.items())


STARTING = """
import sys
from scoring.serving import Serving
from scoring.settings import read_settings
state = Serving(read_settings()).state
print(state.revision, state.trouble)
"""


@pytest.mark.parametrize("cache", ["empty", "corrupt"])
def test_two_processes_may_start_on_the_same_cache_at_once(hub, settings, hub_home, cache):
    commit = put_model(hub)
    environment = {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": hub.reader,
        "HF_HOME": str(hub_home),
        "MODEL_REPO": MODEL,
        "APPLICANTS": str(DEMO_APPLICANTS),
        "HF_HUB_DISABLE_XET": "1",
        "OMP_NUM_THREADS": "1",
        "PATH": "",
    }

    def start() -> subprocess.Popen:
        command = [sys.executable, "-c", STARTING]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    if cache == "corrupt":
        Serving(settings)
        for blob in (hub_home / "hub").rglob("blobs/*"):
            blob.write_bytes(blob.read_bytes()[:-1])
    started = [start() for _ in range(2)]
    assert [process.communicate()[0].strip() for process in started] == [f"{commit} None"] * 2
