"""The policy folder is read strictly; errors name file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scoring.cases.policy import read_policy
from scoring.errors import InvalidInputError
from scoring.serving.settings import DEMO_POLICY


def test_the_bundled_policy_has_limits_reasons_lender_and_letters(policy):
    assert policy.may_approve("adviser", 500_000)
    assert not policy.may_approve("adviser", 500_000.01)
    assert not policy.may_approve("reviewer", 1)
    assert {reason.code for reason in policy.reasons_for("refuse")} >= {"documents", "other"}
    assert set(policy.letters) == {"en", "fr"}


def test_an_empty_limit_is_none(folder: Path):
    (folder / "limits.csv").write_text("role,approve_up_to\nadviser,\n")
    assert read_policy(folder).may_approve("adviser", 1e12)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO_POLICY, tmp_path / "policy"))


WRONG = [
    ("limits.csv", "role,approve_up_to\nboss,1\n", "line 2: 'boss' is not a role"),
    ("limits.csv", "role,approve_up_to\nadviser,-1\n", "line 2: approve_up_to = '-1'"),
    ("limits.csv", "role,approve_up_to\nadviser,nan\n", "line 2: approve_up_to = 'nan'"),
    ("limits.csv", "role,approve_up_to\nadviser,1\nadviser,2\n", "line 3: role 'adviser' is empty or repeated"),
    ("limits.csv", "role\nadviser\n", "lacks approve_up_to"),
    ("limits.csv", "", "lacks role, approve_up_to"),
    ("reasons.csv", "code,outcomes,en,fr,letter_en,letter_fr\na,accept,A,A,,\n", "line 2: outcomes = 'accept'"),
    ("reasons.csv", "code,outcomes,en,fr,letter_en,letter_fr\na,approve,A,,,\n", "line 2: its words are missing"),
    ("reasons.csv", "code,outcomes,en,fr,letter_en,letter_fr\na,refuse,A,A,Told,\n", "line 2: its words are missing"),
    ("reasons.csv", "code,outcomes,en,fr,letter_en,letter_fr\na,refuse,A,A,,\n", "no reason is for approve"),
    ("lender.csv", "key,en,fr\nname,A,B\n", "address is missing"),
    ("letter.fr.html", "{% if %}", "no Jinja2 template"),
]


@pytest.mark.parametrize(("name", "content", "told"), WRONG)
def test_what_is_wrong_is_named(folder: Path, name: str, content: str, told: str):
    (folder / name).write_text(content)
    with pytest.raises(InvalidInputError) as refused:
        read_policy(folder)
    assert str(folder / name) in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize("name", ["limits.csv", "reasons.csv", "lender.csv", "letter.en.html"])
def test_a_file_that_is_absent_or_not_in_utf_8_is_named(folder: Path, name: str):
    (folder / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInputError, match="absent or not in UTF-8"):
        read_policy(folder)
    (folder / name).unlink()
    with pytest.raises(InvalidInputError, match="absent or not in UTF-8"):
        read_policy(folder)
