"""A model in a repo on the hub: loaded as it was published, or refused by name; over the real client and HTTP."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import HfApi, try_to_load_from_cache

from scoring.artifact.load import Artifact
from scoring.artifact.manifest import FILES, FORMAT, MANIFEST
from scoring.errors import (
    ApplicantsFileError,
    ArtifactExtraFileError,
    ArtifactFormatError,
    ArtifactMissingError,
    ArtifactPathError,
    ArtifactTamperedError,
    ArtifactTooLargeError,
    FeatureOrderError,
    HubAccessError,
    HubRepoNotFoundError,
    HubRevisionNotFoundError,
    HubUnreachableError,
    ModelTextError,
)
from scoring.serving.hub import newest_commit, remember
from scoring.serving.published import applicants_file, load_published, model_files
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, HubPlace
from tests.hub.published import MODEL, PEOPLE, put_applicants, put_model
from tests.hub.repos import File
from tests.hub.server import Hub
from tests.sealed import reseal

PLACE = HubPlace(MODEL, "main", "model")
EVERY_FILE = (MANIFEST, *FILES[FORMAT])

pytestmark = pytest.mark.usefixtures("hub_home")


@pytest.fixture
def api(hub: Hub) -> HfApi:
    return HfApi(endpoint=hub.url, token=hub.reader)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO_ARTIFACT, tmp_path / "artifact"))


def load(api: HfApi, place: HubPlace = PLACE) -> Artifact:
    commit = newest_commit(api, place)
    return load_published(place, commit, model_files(api, place, commit))


def kept(api: HfApi) -> str:
    """Loads the model and remembers it as verified, as the app does; its commit."""
    commit = newest_commit(api, PLACE)
    paths = model_files(api, PLACE, commit)
    remember(PLACE, commit, paths)
    return commit


def in_cache(name: str, commit: str) -> Path:
    found = try_to_load_from_cache(MODEL, name, revision=commit)
    assert isinstance(found, str)
    return Path(found)


def test_a_published_model_is_the_model_that_was_published(hub, api, artifact):
    commit = put_model(hub)
    loaded = load(api)
    assert (loaded.identity.revision, loaded.identity.source) == (commit, f"{MODEL}@main")
    assert loaded.identity.version == artifact.identity.version
    matrix = artifact.population.matrix[:20]
    np.testing.assert_array_equal(loaded.model.log_odds(matrix), artifact.model.log_odds(matrix))


@pytest.mark.parametrize("revision", ["v1.0.0", "next/try", "commit"])
def test_a_tag_a_branch_and_a_commit_stay_where_they_are(hub, api, folder, revision):
    first, repo = put_model(hub), hub.repo(MODEL)
    repo.tags["v1.0.0"] = repo.branches["next/try"] = first
    reseal(folder, version="other")
    put_model(hub, folder)
    place = HubPlace(MODEL, first if revision == "commit" else revision, "model")
    assert load(api, place).identity.revision == first
    assert load(api).identity.version == "other"


def test_only_the_artifacts_own_files_are_downloaded(hub, api):
    put_model(hub)
    load(api)
    fetched = {asked.rsplit("/", 1)[1] for asked in hub.requests if asked.startswith("GET") and "/resolve/" in asked}
    assert fetched == set(EVERY_FILE)


def test_a_model_that_was_verified_is_loaded_again_without_a_download(hub, api):
    put_model(hub)
    kept(api)
    hub.requests.clear()
    load(api)
    assert hub.requests == [f"GET /api/models/{MODEL}/revision/main"]


@pytest.mark.parametrize("name", FILES[FORMAT])
def test_a_byte_that_was_changed_before_the_commit_is_refused(hub, api, folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    put_model(hub, folder)
    with pytest.raises(ArtifactTamperedError, match=rf"{MODEL}@\w{{40}}/{name}"):
        load(api)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_byte_that_changes_on_the_way_is_mended_by_another_download(hub, api, name):
    put_model(hub)
    hub.fail("change", f"GET .*/{name}")
    load(api)
    assert sum(asked.endswith(name) for asked in hub.requests if asked.startswith("GET")) == 2


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_byte_that_changes_on_every_way_is_refused(hub, api, name):
    put_model(hub)
    with hub.failing("change", f"GET .*/{name}"), pytest.raises(ArtifactTamperedError, match=name):
        load(api)
    load(api)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_missing_file_is_refused_before_the_model_is_downloaded(hub, api, name):
    put_model(hub)
    hub.repo(MODEL).commit({name: None})
    with pytest.raises(ArtifactMissingError, match=f"lacks {name}"):
        load(api)
    assert not [asked for asked in hub.requests if asked.endswith("model.txt")]


@pytest.mark.parametrize(
    "name", ["model.pkl", "run.sh", "scoring/schema/features.py", "tool", "libmodel.so", "old.txt", "pytorch_model.bin"]
)
def test_a_program_or_a_pickle_beside_the_model_is_refused_and_never_downloaded(hub, api, name):
    put_model(hub)
    hub.repo(MODEL).commit({name: b"\x80"})
    with pytest.raises(ArtifactExtraFileError, match=name):
        load(api)
    assert not [asked for asked in hub.requests if asked.endswith(name)]


def test_a_newer_format_is_refused_saying_so(hub, api):
    put_model(hub)
    manifest = json.loads((DEMO_ARTIFACT / MANIFEST).read_text()) | {"format": FORMAT + 1}
    hub.repo(MODEL).commit({MANIFEST: json.dumps(manifest).encode(), "news.json": b"{}"})
    readable = f"format {FORMAT + 1}, while this code reads 1, 2, 3, {FORMAT}. Update"
    with pytest.raises(ArtifactFormatError, match=readable):
        load(api)


def test_features_in_another_order_are_refused(hub, api, folder):
    features = json.loads((folder / "features.json").read_text())
    (folder / "features.json").write_text(json.dumps([features[1], features[0], *features[2:]]))
    reseal(folder)
    put_model(hub, folder)
    with pytest.raises(FeatureOrderError, match="same order"):
        load(api)


def test_a_truncated_model_text_is_refused_even_if_sealed_anew(hub, api, folder):
    text = (folder / "model.txt").read_bytes()
    (folder / "model.txt").write_bytes(text[: len(text) // 2])
    reseal(folder)
    put_model(hub, folder)
    with pytest.raises(ModelTextError, match=r"model\.txt: no complete LightGBM model"):
        load(api)


@pytest.mark.parametrize("name", ["../model.txt", "card/../../model.txt", "/model.txt", "..\\model.txt"])
def test_a_name_that_leads_out_is_refused_before_anything_is_downloaded(hub, api, name):
    put_model(hub)
    hub.repo(MODEL).commit({name: b"x"})
    with pytest.raises(ArtifactPathError, match="leads out"):
        load(api)
    assert not [asked for asked in hub.requests if "/resolve/" in asked]


def test_a_link_is_served_as_its_text_and_refused(hub, api):
    put_model(hub)
    hub.repo(MODEL).commit({"calibration.json": b"../../etc/passwd"})
    with pytest.raises(ArtifactTamperedError, match=r"calibration\.json"):
        load(api)


@pytest.mark.parametrize("name", [MANIFEST, "model.txt", "reference.parquet"])
def test_a_file_of_a_gigabyte_is_refused_before_it_is_downloaded(hub, api, name):
    put_model(hub)
    hub.repo(MODEL).commit({name: File(b"small", lfs=True, claimed=2**30)})
    with pytest.raises(ArtifactTooLargeError, match=rf"{name}: 1,073,741,824 bytes"):
        load(api)
    assert not [asked for asked in hub.requests if asked.endswith(name)]


def test_a_repo_that_does_not_exist_is_named(api):
    with pytest.raises(HubRepoNotFoundError, match=r"lender/nothing: no model repo .* HF_TOKEN"):
        newest_commit(api, HubPlace("lender/nothing", "main", "model"))


def test_a_revision_that_does_not_exist_is_named(hub, api):
    put_model(hub)
    with pytest.raises(HubRevisionNotFoundError, match=r"no tag, branch or commit 'v9'"):
        newest_commit(api, HubPlace(MODEL, "v9", "model"))


def test_a_token_of_somebody_else_is_refused(hub):
    put_model(hub)
    with pytest.raises(HubRepoNotFoundError, match="the token may not know of it"):
        newest_commit(HfApi(endpoint=hub.url, token=hub.stranger), PLACE)


def test_a_token_that_is_none_is_refused(hub):
    put_model(hub)
    with pytest.raises(HubAccessError, match="HF_TOKEN"):
        newest_commit(HfApi(endpoint=hub.url, token="hf_wrong"), PLACE)


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_without_the_right_is_refused(hub, api, status):
    put_model(hub)
    hub.fail("status", "GET /api/models", status=status)
    with pytest.raises(HubAccessError, match=f"answered {status}"):
        newest_commit(api, PLACE)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_hub_in_trouble_is_not_there(hub, api, status):
    put_model(hub)
    with hub.failing("status", "", status=status), pytest.raises(HubUnreachableError, match=f"answered {status}"):
        newest_commit(api, PLACE)


def test_a_hub_that_is_down_is_named_with_the_remedy(hub, api):
    put_model(hub)
    with hub.down(), pytest.raises(HubUnreachableError, match=r"cannot be reached .* HF_ENDPOINT"):
        newest_commit(api, PLACE)


LISTED, ASKED, GIVEN = r"GET .*/revision/\w{40}", r"HEAD .*/reference\.parquet", r"GET .*/reference\.parquet"


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        *((kind, pattern) for kind in ("status", "refuse") for pattern in (LISTED, ASKED, GIVEN)),
        ("truncate", LISTED),
        ("truncate", GIVEN),
    ],
)
def test_trouble_at_any_request_leaves_a_cache_that_is_good_for_the_next_try(hub, api, kind, pattern):
    commit = put_model(hub)
    with hub.failing(kind, pattern), pytest.raises(HubUnreachableError):
        model_files(api, PLACE, commit)
    assert load(api).identity.revision == commit


@pytest.mark.parametrize("pattern", [LISTED, ASKED, GIVEN])
def test_no_request_is_waited_for_for_ever(hub, api, monkeypatch, pattern):
    monkeypatch.setattr("scoring.serving.hub.SECONDS", 0.2)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DOWNLOAD_TIMEOUT", 0.2)
    monkeypatch.setattr("huggingface_hub.file_download._ETAG_RETRY_TIMEOUT", 0.2)
    commit = put_model(hub)
    with hub.failing("slow", pattern, seconds=1), pytest.raises(HubUnreachableError):
        model_files(api, PLACE, commit)


def test_a_wrong_etag_does_no_harm(hub, api):
    commit = put_model(hub)
    hub.fail("etag", r"HEAD .*/model\.txt")
    assert load(api).identity.revision == commit


def corrupted(path: Path) -> None:
    content = bytearray(path.resolve().read_bytes())
    content[len(content) // 2] ^= 1
    path.resolve().write_bytes(content)


DAMAGE = {
    "changed": corrupted,
    "truncated": lambda path: path.resolve().write_bytes(path.read_bytes()[:-1]),
    "emptied": lambda path: path.resolve().write_bytes(b""),
    "gone": lambda path: path.unlink(),
    "left as a dead link": lambda path: path.resolve().unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", [MANIFEST, "model.txt", "reference.parquet"])
def test_a_corrupt_cache_heals_itself(hub, api, name, damage):
    commit = put_model(hub)
    kept(api)
    path = in_cache(name, commit)
    good = path.read_bytes()
    DAMAGE[damage](path)
    assert load(api).identity.revision == commit
    assert in_cache(name, commit).read_bytes() == good


def test_a_memory_that_cannot_be_read_is_no_memory(hub, api, hub_home):
    put_model(hub)
    commit = kept(api)
    for record in (hub_home / "assets").rglob("*.json"):
        record.write_text("{")
    assert load(api).identity.revision == commit


def test_a_file_of_applicants_is_cached_like_a_model(hub, api):
    commit, place = put_applicants(hub), HubPlace(PEOPLE, "main", "dataset")
    path = applicants_file(api, place, commit)["applicants.parquet"]
    assert path.read_bytes() == DEMO_APPLICANTS.read_bytes()
    corrupted(path)
    assert applicants_file(api, place, commit)["applicants.parquet"].read_bytes() == DEMO_APPLICANTS.read_bytes()


def test_a_repo_without_applicants_is_refused_with_the_remedy(hub, api):
    hub.create(PEOPLE, "dataset")
    place = HubPlace(PEOPLE, "main", "dataset")
    with pytest.raises(ApplicantsFileError, match=r"must hold one of applicants\.arrow and"):
        applicants_file(api, place, newest_commit(api, place))
