"""The loopback hub, through the real client."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, snapshot_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.hub.repos import File
from tests.hub.server import Hub

NAME = "lender/credit"
TEXT, BINARY = b"hello\n" * 100, bytes(range(256)) * 8


@pytest.fixture
def api(hub: Hub) -> HfApi:
    return HfApi(endpoint=hub.url, token=hub.writer)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "model.txt").write_bytes(TEXT)
    (tmp_path / "folder" / "reference.parquet").write_bytes(BINARY)
    (tmp_path / "folder" / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Card\n")
    return tmp_path / "folder"


@pytest.fixture
def published(api: HfApi, folder: Path) -> str:
    """The hash of a first commit with a text file, a large one and a card."""
    api.create_repo(NAME)
    return api.upload_folder(repo_id=NAME, folder_path=folder).oid


def downloaded(hub: Hub, cache: Path, revision: str = "main", token: str | None = None) -> Path:
    return Path(
        snapshot_download(NAME, endpoint=hub.url, token=token or hub.reader, revision=revision, cache_dir=cache)
    )


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_what_is_uploaded_comes_back(hub, api, folder, tmp_path, kind):
    api.create_repo(NAME, repo_type=kind, space_sdk="gradio" if kind == "space" else None)
    done = api.upload_folder(repo_id=NAME, repo_type=kind, folder_path=folder)
    back = snapshot_download(NAME, repo_type=kind, endpoint=hub.url, token=hub.reader, cache_dir=tmp_path / "cache")
    assert Path(back).name == done.oid == api.repo_info(NAME, repo_type=kind).sha
    assert (Path(back) / "model.txt").read_bytes() == TEXT
    assert (Path(back) / "reference.parquet").read_bytes() == BINARY


def test_the_listing_says_size_and_hash(api, published):
    listed = {file.path: file for file in api.list_repo_tree(NAME, recursive=True)}
    assert set(listed) == {".gitattributes", "README.md", "model.txt", "reference.parquet"}
    assert listed["reference.parquet"].lfs.sha256 == hashlib.sha256(BINARY).hexdigest()
    assert listed["model.txt"].blob_id == hashlib.sha1(b"blob %d\0" % len(TEXT) + TEXT).hexdigest()
    assert [info.size for info in api.get_paths_info(NAME, ["model.txt", "no.txt"])] == [len(TEXT)]


def test_files_in_folders_are_listed_with_their_folders(hub, api):
    api.create_repo(NAME)
    hub.repo(NAME).commit({"a/b/c.txt": b"c", "d.txt": b"d"})
    assert [entry.path for entry in api.list_repo_tree(NAME, recursive=True)][1:] == ["a", "a/b", "a/b/c.txt", "d.txt"]
    assert [entry.path for entry in api.list_repo_tree(NAME)] == [".gitattributes", "a", "d.txt"]
    assert [entry.path for entry in api.list_repo_tree(NAME, "a")] == ["a/b"]


def test_a_commit_on_a_parent_that_is_no_longer_the_head_is_refused(api, published):
    second = api.upload_file(path_or_fileobj=b"2", path_in_repo="x.txt", repo_id=NAME, parent_commit=published)
    with pytest.raises(HfHubHTTPError) as refused:
        api.upload_file(path_or_fileobj=b"3", path_in_repo="x.txt", repo_id=NAME, parent_commit=published)
    assert refused.value.response.status_code == 412
    assert api.repo_info(NAME).sha == second.oid


def test_several_operations_are_one_commit(api, published):
    operations = [CommitOperationAdd("new.txt", b"new"), CommitOperationDelete("model.txt")]
    done = api.create_commit(NAME, operations, commit_message="swap", commit_description="why", parent_commit=published)
    assert "model.txt" not in api.list_repo_files(NAME)
    assert "new.txt" in api.list_repo_files(NAME)
    history = api.list_repo_commits(NAME)
    assert [commit.commit_id for commit in history][:2] == [done.oid, published]
    assert (history[0].title, history[0].message) == ("swap", "why")


def test_a_pull_request_leaves_the_branch_alone(hub, api, published, tmp_path):
    done = api.upload_file(path_or_fileobj=b"2", path_in_repo="x.txt", repo_id=NAME, create_pr=True)
    assert done.pr_url == f"{hub.url}/{NAME}/discussions/1"
    assert api.repo_info(NAME).sha == published
    assert (downloaded(hub, tmp_path, "refs/pr/1") / "x.txt").read_bytes() == b"2"
    assert [pull.ref for pull in api.list_repo_refs(NAME, include_pull_requests=True).pull_requests] == ["refs/pr/1"]


def test_tags_stay_where_they_are(hub, api, published, tmp_path):
    api.create_tag(NAME, tag="v1.0.0")
    api.upload_file(path_or_fileobj=b"2", path_in_repo="model.txt", repo_id=NAME)
    assert {tag.name: tag.target_commit for tag in api.list_repo_refs(NAME).tags} == {"v1.0.0": published}
    assert (downloaded(hub, tmp_path, "v1.0.0") / "model.txt").read_bytes() == TEXT
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_tag(NAME, tag="v1.0.0")
    assert refused.value.response.status_code == 409
    api.delete_tag(NAME, tag="v1.0.0")
    assert api.list_repo_refs(NAME).tags == []


def test_branches_come_and_go(api, published):
    api.create_branch(NAME, branch="next/try")
    done = api.upload_file(path_or_fileobj=b"2", path_in_repo="x.txt", repo_id=NAME, revision="next/try")
    assert api.repo_info(NAME, revision="next/try").sha == done.oid
    assert api.repo_info(NAME).sha == published
    api.delete_branch(NAME, branch="next/try")
    assert [found.name for found in api.list_repo_refs(NAME).branches] == ["main"]


def test_what_is_not_there_is_distinguished(hub, api, published):
    with pytest.raises(RepositoryNotFoundError):
        api.repo_info("lender/nothing")
    with pytest.raises(RevisionNotFoundError):
        api.repo_info(NAME, revision="v9")
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(NAME, "nothing.txt")


def test_a_private_repo_is_there_only_for_its_own(hub, api):
    api.create_repo(NAME, private=True)
    assert HfApi(endpoint=hub.url, token=hub.reader).repo_info(NAME).private
    for token in (hub.stranger, False):
        with pytest.raises(RepositoryNotFoundError):
            HfApi(endpoint=hub.url, token=token).repo_info(NAME)


@pytest.mark.parametrize("token", ["reader", "stranger"])
def test_a_token_without_the_right_to_write_is_refused(hub, api, published, token):
    other = HfApi(endpoint=hub.url, token=getattr(hub, token))
    for change in (
        lambda: other.create_repo("lender/other"),
        lambda: other.upload_file(path_or_fileobj=b"2", path_in_repo="x.txt", repo_id=NAME),
        lambda: other.create_tag(NAME, tag="v1"),
        lambda: other.create_branch(NAME, branch="b"),
        lambda: other.auth_check(NAME, write=True),
    ):
        with pytest.raises(HfHubHTTPError) as refused:
            change()
        assert refused.value.response.status_code == 403
    assert api.repo_info(NAME).sha == published


def test_a_wrong_token_is_reported_as_such(hub, published):
    with pytest.raises(HfHubHTTPError, match="Invalid"):
        HfApi(endpoint=hub.url, token="hf_wrong").whoami()
    assert HfApi(endpoint=hub.url, token=hub.reader).whoami()["name"] == "app"


def test_a_repo_is_created_once(api, published):
    api.create_repo(NAME, exist_ok=True)
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_repo(NAME)
    assert refused.value.response.status_code == 409
    api.delete_repo(NAME)
    assert not api.repo_exists(NAME)


def test_a_space_has_variables(hub, api):
    api.create_repo(NAME, repo_type="space", space_sdk="gradio")
    api.add_space_variable(NAME, "MODEL_REPO", "lender/model")
    api.add_space_secret(NAME, "HF_TOKEN", "secret")
    assert {key: found.value for key, found in api.get_space_variables(NAME).items()} == {"MODEL_REPO": "lender/model"}
    assert api.get_space_runtime(NAME).stage == "RUNNING"


def test_an_upload_that_dies_in_the_middle_leaves_the_branch_alone(hub, api, published, folder):
    (folder / "reference.parquet").write_bytes(BINARY * 1000)
    with hub.failing("cut", "PUT /lfs/"), pytest.raises(RuntimeError, match=r"reference\.parquet"):
        api.upload_folder(repo_id=NAME, folder_path=folder)
    assert api.repo_info(NAME).sha == published
    assert api.upload_folder(repo_id=NAME, folder_path=folder).oid == api.repo_info(NAME).sha


def test_a_commit_may_be_made_although_its_answer_is_lost(hub, api, published, folder):
    (folder / "model.txt").write_bytes(b"other")
    hub.fail("close", "POST .*/commit/")
    with pytest.raises(httpx2.RemoteProtocolError):
        api.upload_folder(repo_id=NAME, folder_path=folder)
    assert hub.repo(NAME).resolve("main").files["model.txt"].content == b"other"


def test_a_request_may_be_refused_before_it_has_an_effect(hub, api, published, folder):
    (folder / "model.txt").write_bytes(b"other")
    hub.fail("refuse", "POST .*/commit/")
    with pytest.raises(httpx2.RemoteProtocolError):
        api.upload_folder(repo_id=NAME, folder_path=folder)
    assert api.repo_info(NAME).sha == published


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_a_status_may_be_served_instead(hub, api, published, status):
    hub.fail("status", "GET /api/models", status=status)
    with pytest.raises(HfHubHTTPError) as refused:
        api.repo_info(NAME)
    assert refused.value.response.status_code == status
    assert api.repo_info(NAME).sha == published


def test_a_fault_may_wait_for_its_turn(hub, api, published):
    hub.fail("status", "GET /api/models", skip=1, times=1)
    api.repo_info(NAME)
    with pytest.raises(HfHubHTTPError):
        api.repo_info(NAME)
    api.repo_info(NAME)


def test_a_changed_byte_may_be_served(hub, published, tmp_path):
    hub.fail("change", r"GET .*/model\.txt")
    found = (downloaded(hub, tmp_path) / "model.txt").read_bytes()
    assert len(found) == len(TEXT)
    assert sum(one != other for one, other in zip(found, TEXT, strict=True)) == 1


def test_a_truncated_download_goes_on_where_it_ended(hub, published, tmp_path):
    hub.fail("truncate", r"GET .*/reference\.parquet")
    assert (downloaded(hub, tmp_path) / "reference.parquet").read_bytes() == BINARY
    assert sum("reference.parquet" in asked for asked in hub.requests if asked.startswith("GET")) == 2


def test_another_etag_may_be_served(hub, published, tmp_path):
    hub.fail("etag", r"HEAD .*/model\.txt")
    link = downloaded(hub, tmp_path) / "model.txt"
    assert link.resolve().name == "0000"


def test_a_slow_answer_runs_into_the_clients_patience(hub, api, published):
    hub.fail("slow", "GET /api/models", seconds=1)
    with pytest.raises(httpx2.TimeoutException):
        api.model_info(NAME, timeout=0.1)


def test_nobody_listens_while_the_hub_is_down(hub, api, published, tmp_path):
    with hub.down():
        with pytest.raises(httpx2.TransportError):
            api.repo_info(NAME)
        with pytest.raises(LocalEntryNotFoundError):
            downloaded(hub, tmp_path)
    assert api.repo_info(NAME).sha == published


def test_names_and_sizes_that_no_client_would_send_can_be_committed(hub, api, published):
    hub.repo(NAME).commit({"../out.txt": b"out", "model.txt": File(b"small", claimed=2**30)})
    listed = {file.path: getattr(file, "size", None) for file in api.list_repo_tree(NAME, recursive=True)}
    assert listed["../out.txt"] == 3
    assert listed["model.txt"] == 2**30
