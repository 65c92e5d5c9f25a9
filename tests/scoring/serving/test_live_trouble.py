"""The served model while versions are bad, the hub fails or refuses, or the cache is broken."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from scoring.errors import (
    ApplicantsFileError,
    ArtifactExtraFileError,
    ArtifactFormatError,
    HubAccessError,
    HubRepoNotFoundError,
    HubRevisionNotFoundError,
    HubUnreachableError,
    ModelTextError,
    OutputError,
    UnexpectedFaultError,
)
from scoring.serving.live import Serving
from scoring.serving.settings import DEMO_APPLICANTS, read_settings
from tests.hub.published import MODEL, SMALL, artifact_folder, put_model
from tests.scoring.served import revision
from tests.sealed import reseal
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("hub_home")


def test_a_bad_newer_version_is_refused_logged_and_told_and_the_old_one_serves_on(hub, settings, second, caplog):
    first = put_model(hub, SMALL)
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
    first = put_model(hub, SMALL)
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
    first = put_model(hub, SMALL)
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
    first = put_model(hub, SMALL)
    Serving(settings)
    hub.repo(MODEL).commit({"model.pkl": b"\x80"})
    state = Serving(settings).state
    assert state.service.artifact.identity.revision == first
    assert isinstance(state.trouble, ArtifactExtraFileError)


def test_the_hub_down_at_the_start_leaves_the_last_verified_version_with_a_notice(hub, settings):
    first = put_model(hub, SMALL)
    Serving(settings)
    with hub.down():
        serving = Serving(settings)
        assert revision(serving) == first
        assert isinstance(serving.state.trouble, HubUnreachableError)
    serving.refresh()
    assert (revision(serving), serving.state.trouble) == (first, None)


def test_a_pinned_commit_needs_no_hub_once_it_is_verified(hub, settings):
    commit = put_model(hub, SMALL)
    pinned = replace(settings, artifact=replace(settings.artifact, revision=commit))
    Serving(pinned)
    with hub.down():
        state = Serving(pinned).state
    assert (state.revision, state.trouble) == (commit, None)


def test_the_hub_down_at_the_first_start_leaves_nothing_until_it_is_back(hub, settings):
    commit = put_model(hub, SMALL)
    with hub.down():
        serving = Serving(settings)
    assert serving.state.served is None
    with pytest.raises(HubUnreachableError, match="cannot be reached"):
        _ = serving.state.service
    serving.refresh()
    assert revision(serving) == commit


def test_a_version_that_was_never_verified_here_is_not_served_for_another(hub, settings):
    hub.repo(MODEL).tags["v1"] = put_model(hub, SMALL)
    Serving(settings)
    with hub.down():
        state = Serving(replace(settings, artifact=replace(settings.artifact, revision="v1"))).state
    assert state.served is None


def test_a_corrupt_cache_is_not_served_while_the_hub_is_down(hub, settings, hub_home):
    put_model(hub, SMALL)
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
    put_model(hub, SMALL)
    Serving(settings)
    environment = {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "MODEL_REPO": MODEL} | changed
    state = Serving(read_settings(environment)).state
    assert state.served is None
    assert isinstance(state.trouble, error)


def test_applicants_that_do_not_fit_the_newer_model_keep_the_old_one(hub, settings, tmp_path, second):
    first = put_model(hub, SMALL)
    table = pq.read_table(DEMO_APPLICANTS)
    pq.write_table(table, tmp_path / "applicants.parquet")
    named = replace(settings, applicants=tmp_path / "applicants.parquet")
    serving = Serving(named)
    pq.write_table(table.drop_columns(table.column_names[-700:]), tmp_path / "applicants.parquet")
    put_model(hub, second)
    serving.refresh()
    assert revision(serving) == first
    assert isinstance(serving.state.trouble, ApplicantsFileError)


@pytest.mark.parametrize("answer", ["answered", "explain", "similar"])
def test_a_version_that_cannot_give_every_answer_is_refused(hub, settings, second, monkeypatch, answer):
    first = put_model(hub, SMALL)
    serving = Serving(settings)
    put_model(hub, second)

    def fail(*_):
        raise ModelTextError("No such answer.")

    monkeypatch.setattr(f"scoring.serving.live.{answer}", fail)
    serving.refresh()
    assert revision(serving) == first
    assert isinstance(serving.state.trouble, ModelTextError)


def test_a_cache_that_cannot_be_written_is_reported(hub, settings, hub_home):
    put_model(hub, SMALL)
    hub_home.mkdir()
    (hub_home / "hub").write_text("in the way of the folder")
    state = Serving(settings).state
    assert isinstance(state.trouble, OutputError)
    assert "HF_HOME" in str(state.trouble)


@pytest.fixture
def mistyped(second):
    """A version that was sealed anew after words were written in the place of contributions."""
    content = json.loads((second / "explanation.json").read_text())
    wrong = dict.fromkeys(content["mean_contributions"], "0.1")
    (second / "explanation.json").write_text(json.dumps({**content, "mean_contributions": wrong}))
    reseal(second)
    return second


def test_the_thread_that_looks_for_versions_outlives_a_mistyped_one(hub, settings, mistyped, tmp_path):
    first = put_model(hub)
    serving = Serving(settings)
    put_model(hub, mistyped)
    serving.watch(0.001)
    until(lambda: serving.state.trouble)
    assert isinstance(serving.state.trouble, ArtifactFormatError)
    assert re.search(r"explanation\.json: mean_contributions\.\w+ is '0\.1'", str(serving.state.trouble))
    assert revision(serving) == first
    good = put_model(hub, artifact_folder(tmp_path / "third", "third"))
    until(lambda: revision(serving) == good)
    assert serving.state.trouble is None


def broken(monkeypatch):
    """A fault in this code that nobody foresaw."""

    def fail(*_):
        raise TypeError("can only concatenate str")

    monkeypatch.setattr("scoring.serving.live.explain", fail)


def test_an_unexpected_fault_is_logged_told_in_words_and_tried_again(hub, settings, second, monkeypatch, caplog):
    first = put_model(hub)
    serving = Serving(settings)
    newer = put_model(hub, second)
    with monkeypatch.context() as patched:
        broken(patched)
        serving.refresh()
    assert revision(serving) == first
    assert isinstance(serving.state.trouble, UnexpectedFaultError)
    assert "could not be tried because of an unexpected fault" in str(serving.state.trouble)
    assert "concatenate" not in str(serving.state.trouble)
    assert "Traceback" in caplog.text
    assert "can only concatenate str" in caplog.text
    serving.refresh()
    assert (revision(serving), serving.state.trouble) == (newer, None)


def test_an_unexpected_fault_at_the_start_leaves_the_last_verified_version(hub, settings, monkeypatch):
    first = put_model(hub)
    Serving(settings)
    opened = Serving._artifact
    faults = iter([True])

    def fail_once(*arguments):
        if next(faults, False):
            raise TypeError("can only concatenate str")
        return opened(*arguments)

    monkeypatch.setattr(Serving, "_artifact", fail_once)
    state = Serving(settings).state
    assert state.revision == first
    assert isinstance(state.trouble, UnexpectedFaultError)


def test_an_unexpected_fault_at_the_first_start_leaves_nothing_but_the_words(hub, settings, monkeypatch):
    put_model(hub)
    broken(monkeypatch)
    state = Serving(settings).state
    with pytest.raises(UnexpectedFaultError):
        _ = state.service
