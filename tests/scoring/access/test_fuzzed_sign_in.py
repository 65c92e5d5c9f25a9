"""A few of the made-up requests of `python -m benchmarks.fuzz sign_in` and `oidc`, the same ones every time."""

from __future__ import annotations

from pathlib import Path

from hypothesis import Phase

from benchmarks.fuzz import oidc, sign_in
from benchmarks.fuzz.__main__ import tried


def test_nobody_gets_in_without_a_session_and_nobody_is_led_elsewhere(tmp_path: Path):
    with sign_in.opened(tmp_path) as target:
        tried(target, target.check, max_examples=200, derandomize=True, phases=[Phase.generate])()


def test_nobody_gets_in_by_what_the_provider_did_not_sign_for_this_sign_in(tmp_path: Path):
    with oidc.opened(tmp_path) as target:
        tried(target, target.check, max_examples=30, derandomize=True, phases=[Phase.generate])()
