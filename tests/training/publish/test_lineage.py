"""What a published version records about earlier ones, read as the app reads it."""

import json
import re

import pytest

from scoring.artifact.lineage import gate_result, lineage_of
from scoring.artifact.load import load_artifact
from scoring.artifact.manifest import MANIFEST
from tests.training.lender_repo import NAME, served
from tests.training.tiny_artifacts import TINY
from training.publish.diff import diff
from training.publish.version import Order, publish, same_model

pytestmark = pytest.mark.usefixtures("few_defaults", "drawn_once")

LINE = {
    "model": "LightGBM",
    "strategy": "none",
    "figures": {
        name: {"value": 0.5, "low": 0.4, "high": 0.6}
        for name in ("cost", "auc", "average_precision", "brier", "calibration_error", "recall")
    },
}


def told(hub):
    return json.loads(served(hub)[MANIFEST])


def test_the_first_version_has_nothing_before_it(hub, api, first):
    publish(api, Order(first, NAME, "v1"))
    lineage = lineage_of(told(hub))
    assert (lineage.tag, lineage.versions, lineage.changes, lineage.comparison) == ("v1", [], None, [])


def test_a_later_version_names_the_earlier_ones_with_their_gates(hub, api, first, second):
    for folder, tag in ((first, "v1"), (second, "v2")):
        publish(api, Order(folder, NAME, tag))
    lineage, before = lineage_of(told(hub)), load_artifact(first, "first")
    (past,) = lineage.versions
    assert (past.tag, past.version, past.gate) == ("v1", before.identity.version, "passed")
    assert past.auc == before.metrics["held_out"]["auc"]


def test_what_changed_is_what_diff_finds(hub, api, first, second):
    for folder, tag in ((first, "v1"), (second, "v2")):
        publish(api, Order(folder, NAME, tag))
    found = diff(load_artifact(first, "first"), load_artifact(second, "second"))
    changes = lineage_of(told(hub)).changes
    assert changes.version == found.versions[0]
    assert changes.figures == found.figures
    assert changes.applicants == found.applicants
    assert {(flip.before, flip.after): flip.applicants for flip in changes.flips} == {
        flip: count for flip, count in found.flips.items() if count
    }
    assert changes.thresholds[0] is not None


def test_the_gate_is_read_as_it_was_written(hub, api, first):
    publish(api, Order(first, NAME, "v1"))
    gate, stored = gate_result(told(hub)), told(hub)["gate"]
    assert [check.name for check in gate.checks] == [check["name"] for check in stored["checks"]]
    assert gate.failed == []
    assert gate_result(json.loads((TINY / MANIFEST).read_text())) is None


def test_the_table_of_other_models_is_kept_with_its_intervals(hub, api, first, tmp_path):
    fingerprint = json.loads((first / MANIFEST).read_text())["data_fingerprint"]
    (tmp_path / "comparison.json").write_text(json.dumps([LINE]))
    (tmp_path / "settings.json").write_text(json.dumps({"data_fingerprint": fingerprint}))
    publish(api, Order(first, NAME, "v1", comparison=tmp_path))
    (line,) = lineage_of(told(hub)).comparison
    assert (line.model, line.strategy) == ("LightGBM", "none")
    assert (line.figures["cost"].low, line.figures["cost"].high) == (0.4, 0.6)
    assert re.search(r"\| LightGBM \| none \| 0.5000 \(0.4000 to 0.6000\)", served(hub)["README.md"].decode())


def test_a_model_is_the_same_with_and_without_its_lineage():
    manifest = json.loads((TINY / MANIFEST).read_text())
    assert same_model(manifest, {**manifest, "lineage": {"tag": "v1"}})
