"""If any part of publishing fails or is stopped, the previous version stays, and the command can be run again."""

import re

import pytest
from huggingface_hub import HfApi

from scoring.errors import HubError, PublishError, ScoringError
from tests.training.lender_repo import NAME, commits, served, version_of
from training.gate import gate as gate_module
from training.publish.version import Order, publish

pytestmark = pytest.mark.usefixtures("few_defaults", "drawn_once")


REQUESTS = {
    "repo info": r"GET /api/models/lender/credit$",
    "refs": r"GET .*/refs",
    "served manifest": r"HEAD .*/manifest\.json",
    "tree": r"GET .*/tree/",
    "served model text": r"GET .*/resolve/.*/model\.txt",
    "card": r"POST /api/validate-yaml",
    "preupload": r"POST .*/preupload/",
    "batch of large files": r"POST .*/info/lfs/objects/batch",
    "large file": r"PUT /lfs/",
    "large file's receipt": r"POST /lfs/.*/verify",
    "commit": r"POST .*/commit/",
}
REFUSALS = [("status", 401), ("status", 403), ("status", 409), ("status", 429), ("cut", 0)]


@pytest.fixture
def impatient(monkeypatch):
    """The client's own retries without their waits."""
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("point", "kind", "status"),
    [(point, kind, 500) for point in REQUESTS for kind in ("status", "refuse")]
    + [("commit", kind, status) for kind, status in REFUSALS],
)
def test_a_publish_that_fails_anywhere_leaves_the_previous_version_and_can_be_done_again(
    hub, api, first, second, point, kind, status
):
    done = publish(api, Order(first, NAME, "v1"))
    before = len(hub.requests)
    with hub.failing(kind, REQUESTS[point], status=status), pytest.raises(ScoringError) as told:
        publish(api, Order(second, NAME, "v2"))
    assert any(re.search(REQUESTS[point], asked) for asked in hub.requests[before:])
    assert "\n" not in str(told.value)
    assert hub.repo(NAME).branches["main"] == done.commit
    assert hub.repo(NAME).tags == {"v1": done.commit}
    again = publish(api, Order(second, NAME, "v2"))
    assert hub.repo(NAME).tags == {"v1": done.commit, "v2": again.commit}
    assert version_of(hub) == "tiny-second"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", ["status", "refuse", "close"])
def test_a_repo_that_cannot_be_created_can_be_tried_again(hub, api, first, kind):
    hub.fail(kind, "POST /api/repos/create", times=9 if kind == "status" else 1)
    with pytest.raises(HubError):
        publish(api, Order(first, NAME, "v1"))
    hub.faults.clear()
    publish(api, Order(first, NAME, "v1"))
    assert version_of(hub) == "tiny-4"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("kind", "status"), [("status", 500), ("status", 403), ("close", 0), ("refuse", 0)])
def test_a_tag_that_fails_leaves_a_whole_version_and_the_same_command_finishes(hub, api, first, second, kind, status):
    publish(api, Order(first, NAME, "v1"))
    with hub.failing(kind, r"POST .*/tag/", status=status), pytest.raises(PublishError, match="only adds the tag"):
        publish(api, Order(second, NAME, "v2"))
    assert version_of(hub) == "tiny-second"
    head = hub.repo(NAME).branches["main"]
    again = publish(api, Order(second, NAME, "v2"))
    assert again.commit == head == hub.repo(NAME).tags["v2"]


def test_a_commit_whose_answer_is_lost_is_finished_by_the_same_command(hub, api, first, second):
    publish(api, Order(first, NAME, "v1"))
    hub.fail("close", "POST .*/commit/")
    with pytest.raises(HubError):
        publish(api, Order(second, NAME, "v2"))
    assert list(hub.repo(NAME).tags) == ["v1"]
    publish(api, Order(second, NAME, "v2"))
    assert hub.repo(NAME).tags["v2"] == hub.repo(NAME).branches["main"]
    assert commits(hub).count("Publish v2") == 1


def test_nothing_is_published_over_a_version_that_was_not_compared_with(hub, api, first, second, monkeypatch):
    """Somebody else publishes while the gate is at work."""
    publish(api, Order(first, NAME, "v1"))

    def meanwhile(*arguments):
        hub.repo(NAME).commit({"other.txt": b"theirs"})
        return gate_module.cost(*arguments)

    monkeypatch.setattr("training.publish.version.cost", meanwhile)
    with pytest.raises(HubError, match="somebody else"):
        publish(api, Order(second, NAME, "v2"))
    assert "other.txt" in served(hub)
    assert list(hub.repo(NAME).tags) == ["v1"]


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_a_token_that_may_not_write_is_refused_with_the_remedy(hub, api, first, second, who):
    done = publish(api, Order(first, NAME, "v1"))
    with pytest.raises(HubError, match="HF_TOKEN"):
        publish(HfApi(endpoint=hub.url, token=getattr(hub, who)), Order(second, NAME, "v2"))
    assert hub.repo(NAME).branches["main"] == done.commit


def test_an_interruption_before_the_commit_leaves_the_previous_version(hub, api, first, second, monkeypatch):
    done = publish(api, Order(first, NAME, "v1"))

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("training.publish.version.commit_exactly", interrupt)
    with pytest.raises(KeyboardInterrupt):
        publish(api, Order(second, NAME, "v2"))
    assert hub.repo(NAME).branches["main"] == done.commit
