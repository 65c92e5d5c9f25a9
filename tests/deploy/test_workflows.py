"""What workflows run of others is pinned by its commit: a tag may be moved."""

from __future__ import annotations

import re

import pytest

from tests.documents import ROOT

USES = re.compile(r"uses: (?P<action>\S+)(?P<comment>.*)")
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")
WORKFLOWS = ["audit.yml", "deploy.yml", "drift.yml", "test.yml", "train-and-publish.yml"]


def test_all_workflows_are_looked_at():
    assert sorted(path.name for path in (ROOT / ".github" / "workflows").iterdir()) == WORKFLOWS


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_by_commit_with_their_version_beside_it(name: str):
    used = USES.findall((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    assert used
    for action, comment in used:
        assert PINNED.fullmatch(action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action
