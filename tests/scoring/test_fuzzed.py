"""A few of the inputs that `python -m benchmarks.fuzz` makes up without end, the same ones every time."""

from __future__ import annotations

import pytest
from hypothesis import Phase

from benchmarks.demo import demo_service
from benchmarks.fuzz.__main__ import tried
from benchmarks.fuzz.core import core_targets
from benchmarks.fuzz.files import file_targets
from benchmarks.fuzz.target import Target

TRIED = 25
CORE = ["score", "explain", "find", "rows", "typed", "kept"]
FILES = ["artifact", "manifest", "applicants", "csv", "decode"]


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    service = demo_service()
    return {**core_targets(service), **file_targets(service, tmp_path_factory.mktemp("fuzzed"))}


def test_all_targets_are_tried(targets: dict[str, Target]):
    assert list(targets) == [*CORE, *FILES]


@pytest.mark.parametrize("name", [*CORE, *FILES])
def test_it_answers_or_refuses_in_words(targets: dict[str, Target], name: str):
    target = targets[name]
    tried(target, target.check, max_examples=TRIED, derandomize=True, phases=[Phase.generate])()
