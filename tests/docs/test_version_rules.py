"""One version number, the same in the changelog and in pyproject.toml."""

import re
import tomllib

import scoring
from tests.documents import CHANGELOG, ROOT

TEXT = CHANGELOG.read_text(encoding="utf-8")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
RELEASED = re.findall(r"^## \[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d{2}-\d{2})$", TEXT, re.MULTILINE)


def test_the_newest_release_of_the_changelog_is_the_version():
    assert ".".join(RELEASED[0][:3]) == scoring.__version__


def test_the_project_takes_its_version_from_there():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert told["project"]["dynamic"] == ["version"]
    assert told["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "scoring.__version__"}


def test_releases_stand_newest_first_under_what_is_not_released():
    assert re.findall(r"^## (.*)$", TEXT, re.MULTILINE)[0] == "[Unreleased]"
    assert len(re.findall(r"^## ", TEXT, re.MULTILINE)) == 1 + len(RELEASED)
    numbers, days = [tuple(map(int, release[:3])) for release in RELEASED], [release[3] for release in RELEASED]
    assert numbers == sorted(numbers, reverse=True)
    assert days == sorted(days, reverse=True)


def test_entries_stand_under_the_kinds_of_keep_a_changelog():
    assert set(re.findall(r"^### (.*)$", TEXT, re.MULTILINE)) <= KINDS
    for section in re.split(r"^## \[", TEXT, flags=re.MULTILINE)[1:]:
        before_the_first_kind = section.split("\n### ")[0]
        assert not re.search(r"^- ", before_the_first_kind, re.MULTILINE)


def test_every_released_format_names_its_version():
    formats = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    released = {".".join(release[:3]) for release in RELEASED}
    named = re.findall(r"^\| (\d+) \| (\S+) \|", formats, re.MULTILINE)
    assert {version for _, version in named} <= released | {"unreleased"}
    assert len(named) == len(list((ROOT / "tests" / "formats").glob("[0-9]*")))
