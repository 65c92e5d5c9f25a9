"""A few of the requests that `python -m benchmarks.fuzz sign-in` makes up without end, the same ones every time."""

from __future__ import annotations

from pathlib import Path

from hypothesis import Phase

from benchmarks.fuzz.__main__ import tried
from benchmarks.fuzz.sign_in import sign_in_target

TRIED = 200


def test_nobody_gets_in_without_a_session_and_nobody_is_led_elsewhere(tmp_path: Path):
    with sign_in_target(tmp_path) as target:
        tried(target, target.check, max_examples=TRIED, derandomize=True, phases=[Phase.generate])()
