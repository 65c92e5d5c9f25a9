"""Runs asynchronous code in a test, even if a browser driver has an event loop in this thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """What it comes to, in a thread of its own."""
    return call_apart(lambda: asyncio.run(work))


def call_apart(work: Callable[[], T]) -> T:
    """What it returns, in a thread of its own, where it may have an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
