import io
import json
import shutil

import numpy as np
import pandas as pd
import pytest

from scoring.artifact.load import load_artifact
from scoring.artifact.manifest import FILES, FORMAT, MANIFEST
from scoring.decision.bands import usual_bands
from scoring.decision.points import PointsScale, scale_to_json
from scoring.errors import (
    ArtifactExtraFileError,
    ArtifactFormatError,
    ArtifactMissingError,
    ArtifactPathError,
    ArtifactTamperedError,
    ArtifactTooLargeError,
    FeatureOrderError,
    ModelTextError,
)
from scoring.serving.settings import DEMO_ARTIFACT
from tests.sealed import reseal
from tests.training.tiny_artifacts import TINY


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(DEMO_ARTIFACT, tmp_path / "artifact")


@pytest.fixture
def newest(tmp_path):
    """An artifact of the newest format."""
    return shutil.copytree(TINY, tmp_path / "newest")


def rewrite(folder, name, change):
    """Changes a JSON file of the artifact."""
    content = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(change(content)))


def parquet_bytes(frame):
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def test_the_bundled_artifact_is_small_and_says_that_it_is_made_up(artifact):
    bundled = sum(path.stat().st_size for path in DEMO_ARTIFACT.parent.rglob("*") if path.is_file())
    assert bundled < 15_000_000
    assert artifact.synthetic


def test_nothing_in_an_artifact_is_code():
    assert {path.suffix for path in DEMO_ARTIFACT.iterdir()} == {".json", ".txt", ".parquet", ".png"}


@pytest.mark.parametrize("name", FILES[FORMAT])
def test_one_changed_byte_is_refused(newest, name):
    content = bytearray((newest / name).read_bytes())
    content[len(content) // 2] ^= 1
    (newest / name).write_bytes(content)
    with pytest.raises(ArtifactTamperedError, match=name):
        load_artifact(newest, "test")


@pytest.mark.parametrize("name", FILES[FORMAT])
def test_a_missing_file_is_refused(newest, name):
    (newest / name).unlink()
    with pytest.raises(ArtifactMissingError, match=name):
        load_artifact(newest, "test")


def test_a_truncated_file_is_refused(folder):
    content = (folder / "model.txt").read_bytes()
    (folder / "model.txt").write_bytes(content[:-100])
    with pytest.raises(ArtifactTamperedError, match=r"model\.txt"):
        load_artifact(folder, "test")


def test_a_file_that_the_manifest_does_not_list_is_refused(folder):
    (folder / "extra.pkl").write_bytes(b"\x80")
    with pytest.raises(ArtifactExtraFileError, match=r"extra\.pkl"):
        load_artifact(folder, "test")


def test_a_link_in_the_place_of_a_file_is_refused(folder, tmp_path):
    (folder / "model.txt").rename(tmp_path / "elsewhere.txt")
    (folder / "model.txt").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(ArtifactPathError, match=r"model\.txt: a link"):
        load_artifact(folder, "test")


@pytest.mark.parametrize("name", ["../model.txt", "/etc/passwd", "a/../../b", "a\\b"])
def test_a_name_that_leads_out_of_the_artifact_is_refused(folder, name):
    rewrite(folder, MANIFEST, lambda found: {**found, "files": {**found["files"], name: {"size": 1, "sha256": "0"}}})
    with pytest.raises(ArtifactPathError, match="leads out"):
        load_artifact(folder, "test")


@pytest.mark.parametrize("name", [MANIFEST, "model.txt", "reference.parquet"])
def test_a_file_of_a_gigabyte_is_refused_unread(folder, name):
    with (folder / name).open("r+b") as file:
        file.truncate(2**30)
    with pytest.raises(ArtifactTooLargeError, match=r"1,073,741,824 bytes"):
        load_artifact(folder, "test")


@pytest.mark.parametrize("found", [FORMAT + 1, 0, "1", None])
def test_another_format_is_refused_saying_which_is_read(folder, found):
    rewrite(folder, MANIFEST, lambda manifest: {**manifest, "format": found})
    with pytest.raises(ArtifactFormatError, match="this code reads 1, 2, 3, 4"):
        load_artifact(folder, "test")


@pytest.mark.parametrize("older", [1, 2, 3])
def test_an_older_format_is_still_read_and_lacks_what_came_later(folder, artifact, older):
    manifest = json.loads((folder / MANIFEST).read_text())
    for name in set(manifest["files"]) - set(FILES[older]):
        (folder / name).unlink()
        del manifest["files"][name]
    (folder / MANIFEST).write_text(json.dumps({**manifest, "format": older}))
    old = load_artifact(folder, "test")
    assert (old.importance is None) == (older == 1)
    assert all((part is None) == (older < 3) for part in (old.groups, old.quality, old.accuracy_curves))
    assert old.recourse is None
    assert old.base == artifact.base


def test_the_newest_format_holds_what_a_reviewer_asks(newest):
    artifact = load_artifact(newest, "test")
    assert artifact.recourse.applicants > 0
    assert artifact.groups.applicants == artifact.accuracy_curves.applicants
    assert artifact.accuracy_curves.auc == pytest.approx(artifact.metrics["held_out"]["auc"])
    assert artifact.quality.applicants == len(artifact.population.frame)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '"text"'])
def test_a_manifest_that_is_none_is_refused(folder, content):
    (folder / MANIFEST).write_text(content)
    with pytest.raises(ArtifactFormatError, match=MANIFEST):
        load_artifact(folder, "test")


def test_an_empty_folder_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(ArtifactMissingError, match="python -m training train"):
        load_artifact(tmp_path, "test")


def test_features_in_another_order_are_refused(folder):
    rewrite(folder, "features.json", lambda features: [features[1], features[0], *features[2:]])
    reseal(folder)
    with pytest.raises(FeatureOrderError, match="same order"):
        load_artifact(folder, "test")


def test_a_model_of_other_features_is_refused(folder):
    model = (folder / "model.txt").read_text()
    (folder / "model.txt").write_text(model.replace("EXT_SOURCE_3", "EXT_SOURCE_X"))
    reseal(folder)
    with pytest.raises(FeatureOrderError, match=r"model\.txt"):
        load_artifact(folder, "test")


def test_a_model_text_that_is_cut_is_refused_even_if_sealed_anew(folder):
    model = (folder / "model.txt").read_text()
    (folder / "model.txt").write_text(model[: len(model) // 2])
    reseal(folder)
    with pytest.raises(ModelTextError, match=r"model\.txt"):
        load_artifact(folder, "test")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("groups.json", b'{"applicants": 1, "rates": [{"attribute": "CODE_GENDER"}], "without": [], "age": {}}'),
        ("quality.json", b"{}"),
        ("curves.json", b'{"auc": 0.7}'),
        ("calibration.json", b"{"),
        ("calibration.json", b'{"slope": 1}'),
        ("decision.json", b"[]"),
        ("explanation.json", b'{"base": 0, "mean_contributions": {}}'),
        ("features.json", b'[{"feature": 1}]'),
        ("reference.parquet", b"PAR1"),
        ("reference.parquet", parquet_bytes(pd.DataFrame({"SK_ID_CURR": [1]}))),
        ("model.txt", b"tree\nnum_class=x\ntree_sizes=0\n\nTree=0\nend of trees\n"),
    ],
)
def test_a_file_that_is_sealed_and_yet_malformed_is_refused(folder, name, content):
    (folder / name).write_bytes(content)
    reseal(folder)
    with pytest.raises(ArtifactFormatError):
        load_artifact(folder, "test")


def test_a_copy_gives_the_same_model(folder, artifact):
    copy = load_artifact(folder, "copy")
    matrix = artifact.population.matrix[:20]
    np.testing.assert_array_equal(copy.model.log_odds(matrix), artifact.model.log_odds(matrix))
    assert copy.identity.revision == artifact.identity.revision


def test_the_stored_reference_level_is_what_the_model_says(artifact):
    near = artifact.population.matrix[artifact.population.masks["just_accepted"]]
    assert artifact.base == pytest.approx(artifact.model.log_odds(near).mean(), abs=1e-9)
    base, contributions = artifact.model.contributions(near)
    np.testing.assert_allclose(artifact.mean_contributions, contributions.mean(axis=0), atol=1e-9)
    assert base + artifact.mean_contributions.sum() == pytest.approx(artifact.base, abs=1e-9)


def test_an_artifact_has_its_own_scale_of_points_or_the_usual_one(folder):
    assert load_artifact(folder, "ours").points == PointsScale()
    rewrite(folder, MANIFEST, lambda manifest: {**manifest, "points": scale_to_json(PointsScale(500, 20, 40))})
    assert load_artifact(folder, "ours").points == PointsScale(500, 20, 40)


def test_an_artifact_has_its_lenders_bands_or_the_usual_ones(folder):
    own = {"points": scale_to_json(PointsScale(500, 20, 40))}
    rewrite(folder, MANIFEST, lambda manifest: {**manifest, **own, "bands": []})
    assert load_artifact(folder, "ours").bands == usual_bands(PointsScale(500, 20, 40))
    bands = [{"name": {"en": "Decline", "fr": "Refus"}, "least": None}, {"name": {"en": "A", "fr": "A"}, "least": 9}]
    rewrite(folder, MANIFEST, lambda manifest: {**manifest, "bands": bands})
    assert load_artifact(folder, "ours").bands.name(8.9, "fr") == "Refus"
    rewrite(folder, MANIFEST, lambda manifest: {**manifest, "bands": bands[::-1]})
    with pytest.raises(ArtifactFormatError, match=r"manifest\.json: .*first band of points has a lower limit"):
        load_artifact(folder, "ours")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("offset", 1.0, "points: offset is 1.0"), ("double", 20_000.0, "double = 20000.0 is not allowed")],
)
def test_a_scale_that_does_not_add_up_is_refused(folder, name, value, told):
    rewrite(folder, MANIFEST, lambda manifest: {**manifest, "points": scale_to_json(PointsScale()) | {name: value}})
    with pytest.raises(ArtifactFormatError, match=told):
        load_artifact(folder, "ours")
