"""A few of the made-up requests of `python -m benchmarks.fuzz sign_in` and `oidc`, the same ones every time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from hypothesis import Phase

from benchmarks.fuzz import oidc, sign_in
from benchmarks.fuzz.__main__ import tried
from benchmarks.fuzz.target import Target
from tests.apart import call_apart


def try_some(opened: Callable[[Path], AbstractContextManager[Target]], folder: Path, number: int) -> None:
    with opened(folder) as target:
        tried(target, target.check, max_examples=number, derandomize=True, phases=[Phase.generate])()


def test_nobody_gets_in_without_a_session_and_nobody_is_led_elsewhere(tmp_path: Path):
    call_apart(lambda: try_some(sign_in.opened, tmp_path, 200))


def test_nobody_gets_in_by_what_the_provider_did_not_sign_for_this_sign_in(tmp_path: Path):
    call_apart(lambda: try_some(oidc.opened, tmp_path, 30))
