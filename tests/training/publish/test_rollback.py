import pytest

from scoring.artifact.manifest import MANIFEST
from scoring.errors import ArtifactError, PublishError, ScoringError
from training.publish.rollback import rollback
from training.publish.version import Order, publish

NAME = "lender/credit"


@pytest.fixture
def two(api, first, second, few_defaults):
    """Two versions, the second served."""
    return [publish(api, Order(folder, NAME, tag)).commit for folder, tag in ((first, "v1"), (second, "v2"))]


def files(hub, revision):
    return {name: file.content for name, file in hub.repo(NAME).resolve(revision).files.items()}


def test_the_branch_holds_what_the_tag_holds_after_one_commit(hub, api, two):
    done = rollback(api, NAME, "v1")
    history = hub.repo(NAME).history("main")
    assert [commit.title for commit in history[:2]] == ["Roll back to v1", "Publish v2"]
    assert history[0].oid == done.commit
    assert files(hub, "main") == files(hub, "v1")
    assert hub.repo(NAME).tags == {"v1": two[0], "v2": two[1]}


def test_what_the_later_version_had_more_is_gone(hub, api, two):
    hub.repo(NAME).commit({"extra.json": b"{}"})
    rollback(api, NAME, "v1")
    assert "extra.json" not in files(hub, "main")


def test_rolling_back_again_changes_nothing(hub, api, two):
    done = rollback(api, NAME, "v1")
    assert rollback(api, NAME, "v1").commit == done.commit
    assert len(hub.repo(NAME).history("main")) == 4


def test_one_can_go_forward_again(hub, api, two):
    rollback(api, NAME, "v1")
    rollback(api, NAME, "v2")
    assert files(hub, "main") == files(hub, "v2")


def test_a_version_that_is_not_there_is_reported_with_those_that_are(api, two):
    with pytest.raises(PublishError, match="There are: v1, v2"):
        rollback(api, NAME, "v0")


def test_a_version_that_is_damaged_is_not_served(hub, api, two):
    broken = hub.repo(NAME).add(two[0], {"model.txt": b"tree"}, "damage")
    hub.repo(NAME).tags["v0"] = hub.repo(NAME).add(broken, {MANIFEST: files(hub, "v1")[MANIFEST] + b" "}, "damage")
    with pytest.raises(ArtifactError):
        rollback(api, NAME, "v0")
    assert hub.repo(NAME).branches["main"] == two[1]


@pytest.mark.parametrize(
    "point", ["GET .*/refs", r"GET .*/v1|GET .*/tree/", "PUT /lfs|POST .*/preupload", "POST .*/commit/"]
)
def test_a_rollback_that_fails_leaves_the_served_version(hub, api, two, point, monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    with hub.failing("refuse", point), pytest.raises(ScoringError):
        rollback(api, NAME, "v1")
    assert hub.repo(NAME).branches["main"] == two[1]
