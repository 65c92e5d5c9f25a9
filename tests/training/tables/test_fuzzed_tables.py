"""A few of the spoilt tables that `python -m benchmarks.fuzz tables` makes up without end, the same ones every time."""

from __future__ import annotations

from pathlib import Path

from hypothesis import Phase

from benchmarks.fuzz.__main__ import tried
from benchmarks.fuzz.tables import table_targets

TRIED = 12


def test_a_spoilt_table_is_read_or_refused_in_words(tmp_path: Path):
    target = table_targets(tmp_path)["tables"]
    tried(target, target.check, max_examples=TRIED, derandomize=True, phases=[Phase.generate])()
