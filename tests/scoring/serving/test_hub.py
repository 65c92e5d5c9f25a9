"""Errors of the hub or the cache, in words."""

import errno
import json

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import OfflineModeIsEnabled

from scoring.errors import HubRepoNotFoundError, HubUnreachableError, OutputError
from scoring.serving.hub import hub_errors, newest_commit, remember, remembered
from scoring.serving.settings import HubPlace

PLACE = HubPlace("lender/credit", "main", "model")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_cache_that_cannot_be_written_to_is_named_with_the_remedy(code):
    with pytest.raises(OutputError, match=r"blob: not written: .*HF_HOME"), hub_errors(PLACE):
        raise OSError(code, "no", "blob")


def test_being_told_to_stay_offline_is_no_hub():
    with pytest.raises(HubUnreachableError, match="offline"), hub_errors(PLACE):
        raise OfflineModeIsEnabled("offline")


@pytest.mark.parametrize("content", ["<html>Sign in</html>", '{"siblings": [{"filename": "model.txt"}]}'])
def test_an_answer_that_cannot_be_read_is_no_hub(content):
    with pytest.raises(HubUnreachableError, match=r"answer cannot be read .*HF_ENDPOINT"), hub_errors(PLACE):
        [sibling["rfilename"] for sibling in json.loads(content)["siblings"]]


def test_a_name_that_cannot_be_a_repos_is_refused():
    with pytest.raises(HubRepoNotFoundError, match="Set ORG/NAME"):
        newest_commit(HfApi(), HubPlace("a..b/c", "main", "model"))


def test_a_commit_stands_for_itself_and_asks_nobody(hub):
    assert newest_commit(None, HubPlace("lender/credit", "a" * 40, "model")) == "a" * 40
    assert hub.requests == []


def test_each_revision_is_remembered_by_itself(hub_home, tmp_path):
    (tmp_path / "file").write_text("content")
    for revision in ("main", "Main", "refs/pr/1", "feature/main"):
        assert remembered(HubPlace("lender/credit", revision, "model")) is None
        remember(HubPlace("lender/credit", revision, "model"), revision, {"file": tmp_path / "file"})
        assert remembered(HubPlace("lender/credit", revision, "model")).commit == revision
    assert remembered(HubPlace("lender/credit", "main", "dataset")) is None
    assert remembered(HubPlace("lender/other", "main", "model")) is None
