"""What is served while versions come and go."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from scoring.errors import (
    ArtifactMissingError,
    InvalidInputError,
)
from scoring.serving.live import Serving
from scoring.serving.service import assess, explain, score
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_VALIDATION, read_settings
from scoring.validation import PACK, read_pack
from tests.hub.published import MODEL, PEOPLE, SMALL, put_applicants, put_model
from tests.scoring.served import revision, version

pytestmark = pytest.mark.usefixtures("hub_home")


def test_local_files_are_served_without_a_hub(artifact):
    serving = Serving(read_settings({}))
    assert serving.state.service.artifact.identity == artifact.identity
    assert serving.state.service.applicants is not None
    assert serving.state.trouble is None


def test_local_files_that_cannot_be_served_are_refused_at_once(tmp_path):
    with pytest.raises(ArtifactMissingError):
        Serving(read_settings({"ARTIFACT": str(tmp_path)}))


def test_a_model_from_the_hub_answers_with_its_commit(hub, settings, some_ids):
    commit = put_model(hub, SMALL)
    service = Serving(settings).state.service
    assessment = assess(service, some_ids[0], {}, "en")
    assert score(service, assessment).model.revision == commit
    assert explain(service, assessment).model.revision == commit
    assert score(service, assessment).model.source == f"{MODEL}@main"


def test_the_costs_of_the_settings_hold_for_a_model_from_the_hub(hub, settings):
    put_model(hub, SMALL)
    serving = Serving(replace(settings, cost_ratio=5.0))
    assert serving.state.service.artifact.rule.costs.ratio == 5


def test_costs_that_do_not_fit_are_told(hub, settings):
    put_model(hub, SMALL)
    state = Serving(replace(settings, cost_ratio=1e6)).state
    assert isinstance(state.trouble, InvalidInputError)
    assert state.served is None


def test_applicants_come_from_a_dataset_repo(hub, settings, some_ids):
    put_model(hub, SMALL)
    put_applicants(hub)
    named = read_settings(
        {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "MODEL_REPO": MODEL, "APPLICANTS": f"{PEOPLE}@main"}
    )
    service = Serving(named).state.service
    assert service.applicants.find(some_ids[0]).applicant_id == some_ids[0]


def test_the_pack_that_was_published_with_a_model_is_shown_with_it(hub, settings, tmp_path):
    version = shutil.copytree(SMALL, tmp_path / "version")
    shutil.copyfile(DEMO_VALIDATION / PACK, version / PACK)
    put_model(hub, version)
    service = Serving(settings).state.service
    assert service.validation == replace(read_pack(DEMO_VALIDATION), model=service.artifact.identity)


def test_a_pack_that_cannot_be_read_keeps_no_model_from_being_served(hub, settings, tmp_path, caplog):
    version = shutil.copytree(SMALL, tmp_path / "version")
    (version / PACK).write_text('{"format": 1}')
    put_model(hub, version)
    assert Serving(settings).state.service.validation is None
    assert "The validation pack is not shown" in caplog.text


def test_nothing_is_looked_for_unless_asked(hub, settings, second):
    first = put_model(hub, SMALL)
    serving = Serving(settings)
    put_model(hub, second)
    assert revision(serving) == first


def test_a_newer_version_takes_over(hub, settings, second, caplog):
    first = put_model(hub, SMALL)
    serving = Serving(settings)
    old = serving.state.service
    newer = put_model(hub, second)
    with caplog.at_level(logging.INFO, "scoring"):
        serving.refresh()
    assert (version(serving), revision(serving)) == ("second", newer)
    assert old.artifact.identity.revision == first
    assert newer in caplog.text


def test_the_same_version_is_not_opened_again(hub, settings):
    put_model(hub, SMALL)
    serving = Serving(settings)
    before = serving.state.service
    hub.requests.clear()
    serving.refresh()
    assert serving.state.service is before
    # Whether there is a newer version, and whether a newer drift report.
    assert [asked.rsplit("/", 1)[1] for asked in hub.requests] == ["main", "drift"]


def test_a_tag_is_served_until_the_setting_names_another(hub, settings, second):
    first = hub.repo(MODEL).tags["v1"] = put_model(hub, SMALL)
    put_model(hub, second)
    serving = Serving(replace(settings, artifact=replace(settings.artifact, revision="v1")))
    serving.refresh()
    assert revision(serving) == first


def test_newer_applicants_take_over_with_the_model_as_it_is(hub, settings, tmp_path, applicants):
    put_model(hub, SMALL)
    put_applicants(hub)
    serving = Serving(replace(settings, applicants=read_settings({"APPLICANTS": PEOPLE}).applicants))
    pq.write_table(pq.read_table(DEMO_APPLICANTS).slice(0, 50), tmp_path / "fewer.parquet")
    put_applicants(hub, tmp_path / "fewer.parquet")
    serving.refresh()
    assert len(serving.state.service.applicants) == 50
