"""Work of programs in threads: so much at once, the rest waits in the order in which it came."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from scoring.operations.limits import Queue

T = TypeVar("T")


class CallPool:
    """So many calls at once; one that waits holds no thread."""

    def __init__(self, at_once: int) -> None:
        self._at_once, self._limiter = at_once, CapacityLimiter(at_once)
        self._calls, self._seconds = 0, 0.0

    async def run(self, work: Callable[[], T]) -> T:
        """Does the work in a thread once one is free; whatever it raises is raised here."""
        return await to_thread.run_sync(self._timed, work, limiter=self._limiter)

    def _timed(self, work: Callable[[], T]) -> T:
        started = time.monotonic()
        try:
            return work()
        finally:
            # Two threads may lose one of these: it is an average.
            self._calls += 1
            self._seconds += time.monotonic() - started

    @property
    def waiting(self) -> Queue:
        """What waits, by how long a call took so far."""
        length = self._limiter.statistics().tasks_waiting
        return Queue(length, length * self._seconds / max(1, self._calls) / self._at_once)
