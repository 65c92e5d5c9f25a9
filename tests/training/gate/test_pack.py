from dataclasses import replace

import pytest

from scoring.artifact.load import load_artifact
from scoring.errors import PackError
from scoring.validation import FORMAT, Finding, Section, ValidatedRows, ValidationPack, write_pack
from tests.training.tiny_artifacts import TINY
from training.gate.pack import validated


@pytest.fixture(scope="module")
def tiny():
    return load_artifact(TINY, "tiny")


@pytest.fixture
def pack(tiny):
    """A pack with one finding within its bound."""
    within = Finding("gini", "Gini 0.6", "DeLong", 0.6, 0.4, None, "within")
    section = Section("discrimination", "Does it rank?", "", "", [], [within], [])
    return ValidationPack(FORMAT, tiny.identity, None, ValidatedRows("later", None, 300, 30), "0" * 64, [section])


def told_of(pack, verdict, tmp_path, tiny):
    findings = [replace(finding, verdict=verdict) for finding in pack.sections[0].findings]
    write_pack(replace(pack, sections=[replace(pack.sections[0], findings=findings)]), tmp_path)
    return validated(tiny, tmp_path)


@pytest.mark.parametrize(("verdict", "passed"), [("within", True), ("unbounded", True), ("outside", False)])
def test_only_what_is_out_of_bound_fails(pack, tiny, tmp_path, verdict, passed):
    found = told_of(pack, verdict, tmp_path, tiny)
    assert found.passed is passed
    assert ("1 out of bound: gini" in found.told) is not passed


def test_the_pack_of_another_model_fails(pack, tiny, tmp_path):
    other = replace(pack, model=replace(pack.model, revision="another"))
    found = told_of(other, "within", tmp_path, tiny)
    assert not found.passed
    assert "Validate this one" in found.told


def test_no_pack_is_an_error_that_says_how_to_make_one(tiny, tmp_path):
    with pytest.raises(PackError, match="training validate"):
        validated(tiny, tmp_path)
