import json
from dataclasses import replace

import pytest

from scoring.artifact.load import load_artifact
from scoring.errors import PackError
from scoring.validation import FORMAT, PACK, Finding, Section, ValidatedRows, ValidationPack, write_pack
from tests.training.tiny_artifacts import TINY, later_tables
from training.dataset.dataset import fingerprint
from training.gate.pack import validated

KNOWN = frozenset({"gini"})


@pytest.fixture(scope="module")
def tiny():
    return load_artifact(TINY, "tiny")


def pack_of(tiny, value=0.6, verdict="within", least=0.4, tables=None):
    """A pack with one finding."""
    finding = Finding("gini", f"Gini {value}", "DeLong", value, least, None, verdict)
    section = Section("discrimination", "Does it rank?", "", "", [], [finding], [])
    return ValidationPack(FORMAT, tiny.identity, None, ValidatedRows("later", tables, 300, 30), "0" * 64, [section])


@pytest.mark.parametrize(
    ("value", "least", "verdict", "passed"),
    [
        (0.6, 0.4, "within", True),
        (0.6, None, "unbounded", True),
        (None, 0.4, "untested", True),
        (0.1, 0.4, "outside", False),
    ],
)
def test_only_what_is_out_of_bound_fails(tiny, tmp_path, value, least, verdict, passed):
    write_pack(pack_of(tiny, value, verdict, least), tmp_path)
    found = validated(tiny, tmp_path, KNOWN)
    assert found.passed is passed
    assert ("1 out of bound: gini" in found.told) is not passed


def test_the_pack_of_another_model_fails(tiny, tmp_path):
    pack = pack_of(tiny)
    write_pack(replace(pack, model=replace(pack.model, version="other", revision="another")), tmp_path)
    found = validated(tiny, tmp_path, KNOWN)
    assert not found.passed
    assert "is of other (another), not of tiny" in found.told
    assert "Validate this version again" in found.told


def test_the_pack_of_other_applicants_than_the_gates_fails(tiny, tmp_path):
    data = later_tables(tmp_path / "later")
    write_pack(pack_of(tiny, tables="f" * 64), tmp_path)
    found = validated(tiny, tmp_path, KNOWN, data)
    assert not found.passed
    assert f"is on other applicants than those of --data {data}" in found.told
    write_pack(pack_of(tiny, tables=fingerprint(data)), tmp_path)
    assert validated(tiny, tmp_path, KNOWN, data).passed


def test_a_pack_that_lacks_a_finding_fails(tiny, tmp_path):
    write_pack(pack_of(tiny), tmp_path)
    found = validated(tiny, tmp_path, KNOWN | {"ks", "concentration"})
    assert not found.passed
    assert "lacks findings, as one of an older code does: concentration, ks" in found.told


def edited(tiny, tmp_path, before, after):
    """A pack that is out of bound, with its file edited."""
    write_pack(pack_of(tiny, 0.1, "outside"), tmp_path)
    content = (tmp_path / PACK).read_text()
    assert before in content
    (tmp_path / PACK).write_text(content.replace(before, after, 1))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('"verdict": "outside"', '"verdict": "within"', "'outside' follows from value and bound"),
        ('"value": 0.1', '"value": 0.9', "'within' follows from value and bound"),
        ('"told": "Gini 0.1"', '"told": "Gini 0.9"', "edited since it was written"),
        ('"applicants": 300', '"applicants": 3000', "edited since it was written"),
        ('"sha256": "', '"sha256": "0', "edited since it was written"),
        ('"sha256"', '"sha"', "sha256 is missing"),
    ],
)
def test_an_edited_pack_is_refused(tiny, tmp_path, before, after, told):
    edited(tiny, tmp_path, before, after)
    with pytest.raises(PackError, match=told):
        validated(tiny, tmp_path, KNOWN)


def test_a_pack_without_its_findings_is_refused(tiny, tmp_path):
    write_pack(pack_of(tiny), tmp_path)
    content = json.loads((tmp_path / PACK).read_text())
    (tmp_path / PACK).write_text(json.dumps({**content, "sections": []}))
    with pytest.raises(PackError, match="edited since it was written"):
        validated(tiny, tmp_path, KNOWN)


def test_no_pack_is_an_error_that_says_how_to_make_one(tiny, tmp_path):
    with pytest.raises(PackError, match="training validate"):
        validated(tiny, tmp_path, KNOWN)
