"""Work of programs in threads: so much at once, the rest waits in the order in which it came, and lets readers pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, move_on_after, sleep, to_thread

from scoring.operations.limits import Queue

T = TypeVar("T")

# For so many seconds at most, a call whose turn it is lets readers pass.
PATIENCE = 10.0
LOOK_SECONDS = 0.05


class CallPool:
    """So many calls at once; one that waits holds no thread.

    Args:
        at_once: how many.
        readers_wait: whether somebody at a page waits for a place to be answered.
    """

    def __init__(self, at_once: int, readers_wait: Callable[[], bool]) -> None:
        self._at_once, self._readers_wait = at_once, readers_wait
        self._limiter = CapacityLimiter(at_once)
        self._calls, self._seconds = 0, 0.0

    async def run(self, work: Callable[[], T]) -> T:
        """Does the work in a thread once it is its turn; whatever it raises is raised here."""
        async with self._limiter:
            with move_on_after(PATIENCE):
                while self._readers_wait():
                    await sleep(LOOK_SECONDS)
            # The limiter's place is taken already: this one bounds nothing.
            return await to_thread.run_sync(self._timed, work, limiter=CapacityLimiter(1))

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
