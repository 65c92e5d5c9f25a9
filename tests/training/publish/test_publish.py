import json
import shutil
from dataclasses import replace

import pytest
from huggingface_hub import ModelCard

from scoring.artifact.load import load_artifact
from scoring.artifact.manifest import FILES, FORMAT, MANIFEST
from scoring.errors import ArtifactError, GateError, HubError, PublishError
from scoring.validation import FORMAT as PACK_FORMAT
from scoring.validation import PACK, Finding, Section, ValidatedRows, ValidationPack, write_pack
from tests.training.lender_repo import NAME, commits, served, version_of
from tests.training.tiny_artifacts import TINY, later_tables, variant
from training.gate.bounds import Bounds
from training.gate.gate import gate_of
from training.publish.hub import fetch_artifact
from training.publish.rollback import rollback
from training.publish.version import Order, publish, same_model

pytestmark = pytest.mark.usefixtures("few_defaults", "drawn_once")


def test_a_version_is_one_commit_with_a_tag_and_nothing_else(hub, api, first):
    done = publish(api, Order(first, NAME, "v1.0.0"))
    repo = hub.repo(NAME)
    assert done.commit == repo.branches["main"] == repo.tags["v1.0.0"]
    assert commits(hub) == ["Publish v1.0.0", "initial commit"]
    pictures = {"card/calibration.png", "card/cost.png"}
    assert set(served(hub)) == {".gitattributes", "README.md", MANIFEST, *FILES[FORMAT], *pictures}
    assert done.lines[-1] == f"commit {done.commit}"


def test_what_is_published_loads_and_says_the_same(hub, api, first):
    done = publish(api, Order(first, NAME, "v1.0.0"))
    (back, _), ours = fetch_artifact(api, NAME, done.commit), load_artifact(first, "ours")
    matrix = ours.population.matrix[:5]
    assert back.model.log_odds(matrix).tolist() == ours.model.log_odds(matrix).tolist()


def test_the_gate_is_in_the_artifact_and_on_the_card(hub, api, first, second):
    publish(api, Order(first, NAME, "v1.0.0"))
    done = publish(api, Order(second, NAME, "v1.1.0"))
    stored = gate_of(json.loads(served(hub)[MANIFEST]))
    assert stored.passed
    assert stored.against.startswith("v1.0.0 (commit ")
    assert [check.name for check in stored.checks][:2] == ["cost", "calibration"]
    card = served(hub)["README.md"].decode()
    for check in stored.checks:
        assert check.told in card
        assert any(check.told in line for line in done.lines)
    assert gate_of(json.loads((TINY / MANIFEST).read_text())) is None


def test_a_repo_is_created_as_private_where_that_is_asked_for(hub, api, first):
    publish(api, Order(first, NAME, "v1", private=True))
    assert hub.repo(NAME).private


def test_files_that_the_version_does_not_have_leave_the_branch_in_the_same_commit(hub, api, first, second):
    publish(api, Order(first, NAME, "v1"))
    hub.repo(NAME).commit({"notes.json": b"{}"})
    publish(api, Order(second, NAME, "v2"))
    assert "notes.json" not in served(hub)
    assert len(commits(hub)) == 4


def test_publishing_again_changes_nothing(hub, api, first):
    done = publish(api, Order(first, NAME, "v1"))
    before = len(hub.requests)
    again = publish(api, Order(first, NAME, "v1"))
    assert again.commit == done.commit
    assert "nothing was changed" in again.lines[0]
    assert not [asked for asked in hub.requests[before:] if not asked.startswith(("GET", "HEAD"))]


def test_publishing_again_says_where_another_version_is_served_meanwhile(api, first, second):
    publish(api, Order(first, NAME, "v1"))
    publish(api, Order(second, NAME, "v2"))
    assert "rollback --repo lender/credit --to v1" in publish(api, Order(first, NAME, "v1")).lines[1]


def test_a_version_is_compared_with_what_is_served_after_a_rollback(hub, api, first, second, tmp_path):
    publish(api, Order(first, NAME, "v1"))
    publish(api, Order(second, NAME, "v2"))
    head = rollback(api, NAME, "v1").commit
    publish(api, Order(variant(tmp_path / "third", "third"), NAME, "v3"))
    assert gate_of(json.loads(served(hub)[MANIFEST])).against == f"tiny-4 (commit {head[:12]})"


def test_a_tag_is_never_moved(hub, api, first, second):
    done = publish(api, Order(first, NAME, "v1"))
    with pytest.raises(PublishError, match="a tag is never moved"):
        publish(api, Order(second, NAME, "v1"))
    assert hub.repo(NAME).tags == {"v1": done.commit}
    assert version_of(hub) == "tiny-4"


def test_a_pull_request_leaves_the_served_version_and_is_opened_once(hub, api, first, second):
    publish(api, Order(first, NAME, "v1"))
    proposed = publish(api, Order(second, NAME, "v2", create_pr=True))
    assert version_of(hub) == "tiny-4"
    assert list(hub.repo(NAME).tags) == ["v1"]
    assert any("/discussions/1" in line for line in proposed.lines)
    assert publish(api, Order(second, NAME, "v2", create_pr=True)).commit == proposed.commit
    assert len(hub.repo(NAME).pulls) == 1
    # Merged on the hub: the same command then adds the tag.
    hub.repo(NAME).branches["main"] = proposed.commit
    assert publish(api, Order(second, NAME, "v2")).commit == hub.repo(NAME).tags["v2"] == proposed.commit


@pytest.fixture
def worse(tmp_path):
    """Held-out probabilities in reverse: who is risky is called safe."""
    return variant(
        tmp_path / "worse",
        "worse",
        reference=lambda frame: frame.assign(PROBABILITY=frame["PROBABILITY"].to_numpy()[::-1]),
    )


def test_a_worse_version_is_stopped_and_each_failure_is_told(hub, api, first, worse):
    done = publish(api, Order(first, NAME, "v1"))
    with pytest.raises(GateError, match="--force") as stopped:
        publish(api, Order(worse, NAME, "v2"))
    assert "FAILED  cost: " in str(stopped.value)
    assert "passed  directions: " in str(stopped.value)
    assert hub.repo(NAME).branches["main"] == done.commit
    assert list(hub.repo(NAME).tags) == ["v1"]


def test_a_first_version_that_fails_by_itself_leaves_no_repo(hub, api, worse):
    with pytest.raises(GateError, match="FAILED  calibration"):
        publish(api, Order(worse, NAME, "v1"))
    assert not api.repo_exists(NAME)


def test_a_written_reason_publishes_all_the_same_and_is_stored(hub, api, first, worse):
    publish(api, Order(first, NAME, "v1"))
    publish(api, Order(worse, NAME, "v2", reason="Regulator asked for it"))
    stored = gate_of(json.loads(served(hub)[MANIFEST]))
    assert not stored.passed
    assert stored.reason == "Regulator asked for it"
    assert (
        "Published although a check failed.** The maintainer's reason: Regulator" in served(hub)["README.md"].decode()
    )
    assert commits(hub)[0] == "Publish v2 although a check failed"


def test_a_reason_that_was_not_needed_is_not_kept(hub, api, first):
    publish(api, Order(first, NAME, "v1", reason="to be sure"))
    assert gate_of(json.loads(served(hub)[MANIFEST])).reason is None


@pytest.mark.parametrize(("tag", "reason"), [("-v1", None), ("v 1", None), ("", None), ("v1", " ")])
def test_a_name_or_reason_that_is_none_is_refused_before_anything_is_asked(hub, api, first, tag, reason):
    with pytest.raises(PublishError):
        publish(api, Order(first, NAME, tag, reason=reason))
    assert hub.requests == []


def test_a_damaged_artifact_is_refused_before_anything_is_asked(hub, api, tmp_path):
    folder = shutil.copytree(TINY, tmp_path / "damaged")
    (folder / "model.txt").write_text("tree")
    with pytest.raises(ArtifactError):
        publish(api, Order(folder, NAME, "v1"))
    assert hub.requests == []


def test_an_artifact_of_an_older_format_is_not_published_anew(api):
    with pytest.raises(PublishError, match="of format 1"):
        publish(api, Order(TINY.parent / "1", NAME, "v1"))


def test_a_first_look_is_not_published_whatever_the_reason(hub, api, tmp_path):
    folder = tmp_path / "quick"
    shutil.copytree(TINY, folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "quick": True}))
    with pytest.raises(PublishError, match="trained with --quick"):
        publish(api, Order(folder, NAME, "v1", reason="we want it"))
    assert hub.requests == []


def test_a_broken_current_version_can_be_replaced_with_a_reason(hub, api, first, second):
    publish(api, Order(first, NAME, "v1"))
    hub.repo(NAME).commit({"model.txt": b"tree"})
    with pytest.raises(GateError, match="cannot be compared"):
        publish(api, Order(second, NAME, "v2"))
    publish(api, Order(second, NAME, "v2", reason="mends a broken upload"))
    assert version_of(hub) == "tiny-second"


def test_versions_that_held_out_nobody_in_common_need_labelled_tables(hub, api, first, tmp_path):
    publish(api, Order(first, NAME, "v1"))
    elsewhere = variant(tmp_path / "else", "else", reference=lambda frame: frame.assign(EXT_SOURCE_1=0.5))
    with pytest.raises(GateError, match="0 applicants that both trainings held out"):
        publish(api, Order(elsewhere, NAME, "v2"))
    publish(api, Order(elsewhere, NAME, "v2", data=later_tables(tmp_path / "later")))
    checks = gate_of(json.loads(served(hub)[MANIFEST])).checks
    assert [check.name for check in checks][:2] == ["cost", "calibration on --data"]
    assert checks[0].figures["applicants"] == 300


def test_a_margin_is_part_of_the_result(hub, api, first, second):
    publish(api, Order(first, NAME, "v1"))
    publish(api, Order(second, NAME, "v2", margin=0.01))
    assert gate_of(json.loads(served(hub)[MANIFEST])).checks[0].figures["margin"] == 0.01


def test_bounds_on_groups_stop_a_version_only_where_they_are_asked_for(hub, api, first):
    bounds = Bounds(least_approval_ratio=0.99, attributes=("CODE_GENDER",))
    with pytest.raises(GateError, match=r"FAILED  approval ratio of groups: lowest .* while at least 0\.99"):
        publish(api, Order(first, NAME, "v1", bounds=bounds))
    publish(api, Order(first, NAME, "v1", bounds=Bounds(least_approval_ratio=0.01)))
    stored = gate_of(json.loads(served(hub)[MANIFEST]))
    assert {check.name for check in stored.checks} >= {"approval ratio of groups", "explanations"}


def test_explanations_are_compared_with_the_version_that_is_replaced(hub, api, first, second):
    publish(api, Order(first, NAME, "v1"))
    assert "| features that tell 90 % of a score, median |  |" in served(hub)["README.md"].decode()
    publish(api, Order(second, NAME, "v2"))
    median = f"{load_artifact(first, 'first').quality.compacity.median:.3g}"
    assert f"| features that tell 90 % of a score, median | {median} | {median} |" in served(hub)["README.md"].decode()


def test_the_card_is_one_that_the_hub_reads(hub, api, first):
    publish(api, Order(first, NAME, "v1"))
    data = ModelCard(served(hub)["README.md"].decode()).data
    assert data.pipeline_tag == "tabular-classification"
    assert {result.metric_type for result in data.eval_results} >= {"roc_auc", "cost_per_applicant"}


def test_manifests_of_one_model_are_told_from_others():
    manifest = json.loads((TINY / MANIFEST).read_text())
    assert same_model(manifest, {**manifest, "gate": {"against": None}})
    assert not same_model(manifest, {**manifest, "version": "other"})
    assert not same_model(manifest, None)


def test_a_wrong_name_of_a_repo_is_refused(api, first):
    with pytest.raises(HubError, match="ORG/NAME"):
        publish(api, replace(Order(first, NAME, "v1"), repo="a/b/c"))


def test_the_gate_can_require_the_validation_pack(hub, api, first, tmp_path):
    model = load_artifact(first, first.name).identity
    beyond = Finding("gini", "Gini 0.1", "DeLong", 0.1, 0.4, None, "outside")
    section = Section("discrimination", "Does it rank?", "", "", [], [beyond], [])
    rows = ValidatedRows("later", None, 300, 30)
    write_pack(ValidationPack(PACK_FORMAT, model, None, rows, "0" * 64, [section]), tmp_path)
    with pytest.raises(GateError, match="1 out of bound: gini"):
        publish(api, Order(first, NAME, "v1", pack=tmp_path))
    assert hub.repos == {}


def test_the_pack_is_published_with_the_version(hub, api, first, tmp_path):
    model = load_artifact(first, first.name).identity
    rows = ValidatedRows("later", None, 300, 30)
    write_pack(ValidationPack(PACK_FORMAT, model, None, rows, "0" * 64, []), tmp_path)
    publish(api, Order(first, NAME, "v1", pack=tmp_path))
    assert hub.repo(NAME).resolve("v1").files[PACK].content == (tmp_path / PACK).read_bytes()
