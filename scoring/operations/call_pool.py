"""Work of programs in threads: so much at once, the rest waits in the order in which it came, and lets readers pass.

Short work is done by one thread, all that waits in one go: threads that each do a millisecond's work fight for the
interpreter's lock, which takes as long as the work.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, move_on_after, sleep, to_thread

from scoring.operations.limits import Queue

T = TypeVar("T")

# For so many seconds at most, a call whose turn it is lets readers pass.
PATIENCE = 10.0
LOOK_SECONDS = 0.05
# So many pieces of short work are done before the first of them is answered.
MOST_IN_ONE_GO = 16


@dataclass(frozen=True)
class _Short:
    """A piece of short work, the context of its call, and where its result goes."""

    work: Callable[[], Any]
    context: Context
    result: asyncio.Future[Any]

    def done(self) -> Any:
        """What the work returns."""
        return self.context.run(self.work)


class CallPool:
    """So many calls at once; one that waits holds no thread.

    Args:
        at_once: how many.
        readers_wait: whether somebody at a page waits for a place to be answered.
    """

    def __init__(self, at_once: int, readers_wait: Callable[[], bool]) -> None:
        self._at_once, self._readers_wait = at_once, readers_wait
        self._limiter = CapacityLimiter(at_once)
        self._times, self._short_times = _Times(), _Times()
        self._short: deque[_Short] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Does the work in a thread once it is its turn; whatever it raises is raised here."""
        async with self._limiter:
            await self._let_readers_pass()
            return await _in_thread(partial(self._times.timed, work))

    async def run_short(self, work: Callable[[], T]) -> T:
        """The same for work of a millisecond or two, which nothing but other short work keeps waiting."""
        piece = _Short(work, copy_context(), asyncio.get_running_loop().create_future())
        self._short.append(piece)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work_off())
        return await piece.result

    async def _work_off(self) -> None:
        while self._short:
            await self._let_readers_pass()
            pieces = [self._short.popleft() for _ in range(min(len(self._short), MOST_IN_ONE_GO))]
            for piece, (result, error) in zip(pieces, await _in_thread(partial(self._done, pieces)), strict=True):
                if piece.result.cancelled():
                    continue
                if error:
                    piece.result.set_exception(error)
                else:
                    piece.result.set_result(result)
        self._worker = None

    def _done(self, pieces: list[_Short]) -> list[tuple[Any, Exception | None]]:
        """Of each piece, what it returned or raised."""
        found: list[tuple[Any, Exception | None]] = []
        for piece in pieces:
            try:
                found.append((self._short_times.timed(piece.done), None))
            except Exception as error:  # noqa: BLE001 (whatever it is, it is raised where the work was called for)
                found.append((None, error))
        return found

    async def _let_readers_pass(self) -> None:
        with move_on_after(PATIENCE):
            while self._readers_wait():
                await sleep(LOOK_SECONDS)

    @property
    def waiting(self) -> Queue:
        """What waits, by how long a call took so far."""
        length = self._limiter.statistics().tasks_waiting
        calls = Queue(length, length * self._times.mean / self._at_once)
        return calls.and_also(Queue(len(self._short), len(self._short) * self._short_times.mean))


class _Times:
    """How long work took so far."""

    def __init__(self) -> None:
        self._count, self._seconds = 0, 0.0

    def timed(self, work: Callable[[], T]) -> T:
        """Does the work."""
        started = time.monotonic()
        try:
            return work()
        finally:
            # Two threads may lose one of these: it is an average.
            self._count += 1
            self._seconds += time.monotonic() - started

    @property
    def mean(self) -> float:
        """Seconds that a piece of work took."""
        return self._seconds / max(1, self._count)


async def _in_thread(work: Callable[[], T]) -> T:
    """Does the work in a thread of its own, however many others work: who calls has a place already."""
    return await to_thread.run_sync(work, limiter=CapacityLimiter(1))
