import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from scoring.artifact.load import load_artifact
from scoring.artifact.manifest import write_json
from scoring.errors import PublishError
from scoring.serving.settings import DEMO_ARTIFACT
from tests.sealed import reseal
from tests.training.tiny_artifacts import TINY, variant
from training.publish.diff import diff, difference_lines, open_version
from training.publish.version import Order, publish


@pytest.fixture(scope="module")
def tiny():
    return load_artifact(TINY, "tiny")


@pytest.fixture
def stricter(tmp_path):
    """The tiny model with every probability raised."""
    folder = variant(
        tmp_path / "stricter",
        "stricter",
        "calibration.json",
        lambda calibration: {**calibration, "intercept": calibration["intercept"] + 1.0},
    )
    metrics = json.loads((folder / "metrics.json").read_text())
    write_json(folder / "metrics.json", metrics | {"held_out": {**metrics["held_out"], "cost": 0.9}})
    reseal(folder)
    return load_artifact(folder, "stricter")


def test_a_version_does_not_differ_from_itself(tiny):
    found = diff(tiny, tiny)
    assert (found.added, found.removed, sum(found.flips.values())) == ([], [], 0)
    assert found.applicants == 200
    assert any(line.startswith("unchanged threshold") for line in difference_lines(found))


def test_decisions_that_flip_are_counted_by_hand(tiny, stricter):
    found = diff(tiny, stricter)
    matrix, terms = tiny.population.matrix, tiny.rule.terms(tiny.population.columns)
    refused = [artifact.model.log_odds(matrix) for artifact in (tiny, stricter)]
    before, after = (terms.decide(1 / (1 + np.exp(-log_odds))) for log_odds in refused)
    assert found.flips["approve", "refuse"] == int(((before == 0) & (after == 2)).sum()) > 10
    assert found.flips["refuse", "approve"] == 0
    assert found.figures["cost"][1] == 0.9
    assert f"  approve -> refuse: {found.flips['approve', 'refuse']}" in difference_lines(found)


def test_explanations_stand_side_by_side(tiny):
    shorter = replace(tiny, quality=replace(tiny.quality, compacity=replace(tiny.quality.compacity, median=4.0)))
    told = difference_lines(diff(tiny, shorter))
    was = f"{tiny.quality.compacity.median:.3g}"
    assert f"explanations, features that tell 90 % of a score, median: {was} -> 4" in told


def test_what_an_older_version_does_not_know_is_said(tiny):
    told = difference_lines(diff(load_artifact(TINY.parent / "2", "older"), tiny))
    assert any(line.startswith("explanations, reasons that are still told then: unknown -> ") for line in told)


def test_features_that_came_and_went_are_named(tiny, artifact):
    found = diff(tiny, artifact)
    assert set(found.added).isdisjoint(found.removed)
    assert len(found.added) == len(artifact.model.features) - len(tiny.model.features) + len(found.removed)
    assert f"{len(found.added) - 20} more" in " ".join(difference_lines(found))


def test_versions_of_other_tables_are_compared_on_the_later_ones_applicants(tiny, artifact):
    found = diff(tiny, artifact)
    assert found.applicants == len(artifact.population.frame)
    assert "applicants held out by demo-" in found.source


def test_a_history_that_only_the_earlier_model_reads_is_taken_from_its_own_artifact(tiny, tmp_path):
    """The same held-out applicants; the later artifact holds no history that the earlier model needs."""
    history = list(tiny.history_names)
    other = variant(tmp_path / "other", "other", reference=lambda frame: frame.assign(**{history[0]: np.nan}))
    later = load_artifact(other, "other")
    from training.publish.diff import _applicants

    later.population.frame.drop(columns=history[0], inplace=True)
    frame, _ = _applicants(tiny, later)
    known = tiny.population.frame[history[0]].dropna()
    assert sorted(frame[history[0]].dropna()) == sorted(known)


def test_a_format_1_artifact_can_be_compared(tiny):
    old = load_artifact(TINY.parent / "1", "old")
    assert diff(old, tiny).versions == ("tiny-1", "tiny-4")


def test_a_version_is_a_folder_or_a_tag_on_the_hub(api, first):
    publish(api, Order(first, "lender/credit", "v1"))
    assert open_version(api, str(DEMO_ARTIFACT)).identity.version.startswith("demo")
    assert open_version(api, "lender/credit@v1").identity.version == "tiny-4"
    with pytest.raises(PublishError, match="ORG/NAME@TAG"):
        open_version(api, "no-such-folder")


def test_a_damaged_folder_is_refused(api, tmp_path):
    from scoring.errors import ArtifactError

    folder = shutil.copytree(TINY, tmp_path / "damaged")
    (folder / "model.txt").write_text("tree")
    with pytest.raises(ArtifactError):
        open_version(api, str(folder))
