"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

# Far longer than anything takes: the tests' processes and the apps that they start may share two busy cores.
LONGEST = 120.0

T = TypeVar("T")


def until(condition: Callable[[], T], longest: float = LONGEST) -> T:
    """What the condition gives once it is true."""
    end = time.monotonic() + longest
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {longest:g} s"
        time.sleep(0.02)
    return found
