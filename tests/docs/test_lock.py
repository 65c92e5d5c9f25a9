"""requirements.lock pins everything that requirements.txt needs, directly or not, with hashes."""

from __future__ import annotations

import re
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.documents import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENTRY = re.compile(r"^(\S+?)==(\S+)(?: ; .*?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
LOCKED = {canonicalize_name(name.partition("[")[0]): version for name, version, _ in ENTRY.findall(LOCK)}
ASKED = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_it_holds_nothing_but_versions_with_their_hashes():
    assert ENTRY.sub("", LOCK) == ""
    assert len(LOCKED) >= len(ASKED)


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_what_is_pinned_is_locked_with_all_that_it_needs(asked: Requirement):
    waiting, seen = [asked], set()
    while waiting:
        needed = waiting.pop()
        name = canonicalize_name(needed.name)
        assert name in LOCKED, f"{needed} is not in requirements.lock: make it anew (see docs/serving.md)"
        assert needed.specifier.contains(LOCKED[name], prereleases=True), f"{needed}, but {LOCKED[name]} is locked"
        for extra in needed.extras or {""}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            found = [Requirement(each) for each in requires(name) or []]
            waiting += [each for each in found if each.marker is None or each.marker.evaluate({"extra": extra})]
