import pytest

from scoring.errors import HubError
from training.publish.rollback import rollback
from training.publish.version import Order, publish
from training.publish.versions import version_table, versions

NAME = "lender/credit"


@pytest.fixture(autouse=True)
def two(api, first, second, few_defaults):
    """Two versions, the second served."""
    return [publish(api, Order(folder, NAME, tag)).commit for folder, tag in ((first, "v1"), (second, "v2"))]


def test_each_tag_is_listed_with_date_figures_and_gate(api, two):
    listed = {version.tag: version for version in versions(api, NAME)}
    assert [listed["v1"].commit, listed["v2"].commit] == two
    assert listed["v1"].version == "tiny-4"
    assert listed["v1"].created.startswith("20")
    assert 0.5 < listed["v1"].auc < 1
    assert listed["v2"].gate == "passed"


def test_the_served_version_is_marked_after_a_rollback_too(api):
    assert [version.tag for version in versions(api, NAME) if version.served] == ["v2"]
    rollback(api, NAME, "v1")
    assert [version.tag for version in versions(api, NAME) if version.served] == ["v1"]


def test_a_tag_without_an_artifact_is_left_out(hub, api):
    hub.repo(NAME).tags["empty"] = hub.repo(NAME).history("main")[-1].oid
    assert {version.tag for version in versions(api, NAME)} == {"v1", "v2"}


def test_the_table_has_a_line_per_version_and_an_arrow_at_the_served_one(api):
    lines = version_table(versions(api, NAME)).splitlines()
    assert len(lines) == 3
    assert [line.split()[1] for line in lines if line.startswith("->")] == ["v2"]


def test_a_repo_that_is_not_there_is_reported(api):
    with pytest.raises(HubError, match="no model repo"):
        versions(api, "lender/nothing")
