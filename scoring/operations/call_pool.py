"""Work of programs in threads: so much at once, the rest waits in the order in which it came, and lets readers pass.

Short calls are answered by one thread, all that wait in one go: threads that each do a millisecond's work fight for the
interpreter's lock, which takes as long as the work.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, move_on_after, sleep, to_thread

from scoring.operations.limits import Queue

T = TypeVar("T")

# For so many seconds at most, a call whose turn it is lets readers pass.
PATIENCE = 10.0
LOOK_SECONDS = 0.05
# So many short calls are worked on before the first of them is answered.
MOST_IN_ONE_GO = 16

# From the inputs of several calls to what each returns, or the error that it ends in.
Together = Callable[[list[Any]], list[Any]]


@dataclass(frozen=True)
class _Short:
    """A short call, and where its answer goes."""

    work: Together
    inputs: Any
    answer: asyncio.Future[Any]


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

    async def run_together(self, work: Together, inputs: Any) -> Any:
        """Does short work, together with what else of it waits; whatever it raises for these inputs is raised here."""
        call = _Short(work, inputs, asyncio.get_running_loop().create_future())
        self._short.append(call)
        if self._worker is None:
            # It works for others' calls, too: nothing of this one's context is theirs.
            self._worker = asyncio.create_task(self._work_off(), context=Context())
        return await call.answer

    async def _work_off(self) -> None:
        try:
            while self._short:
                await self._let_readers_pass()
                await self._answer_next()
        finally:
            # Whatever ended this, the next call starts another, which answers those that still wait.
            self._worker = None

    async def _answer_next(self) -> None:
        work = self._short[0].work
        calls: list[_Short] = []
        while self._short and self._short[0].work is work and len(calls) < MOST_IN_ONE_GO:
            calls.append(self._short.popleft())
        answers = await _in_thread(partial(self._short_times.timed, partial(_together, work, calls)))
        for call, answer in zip(calls, answers, strict=True):
            if call.answer.cancelled():
                continue
            if isinstance(answer, Exception):
                call.answer.set_exception(answer)
            else:
                call.answer.set_result(answer)

    async def _let_readers_pass(self) -> None:
        with move_on_after(PATIENCE):
            while self._readers_wait():
                await sleep(LOOK_SECONDS)

    @property
    def waiting(self) -> Queue:
        """What waits, by how long a call took so far."""
        length = self._limiter.statistics().tasks_waiting
        calls = Queue(length, length * self._times.mean / self._at_once)
        goes = math.ceil(len(self._short) / MOST_IN_ONE_GO)
        return calls.and_also(Queue(len(self._short), goes * self._short_times.mean))


def _together(work: Together, calls: list[_Short]) -> list[Any]:
    """What each call returns or ends in."""
    try:
        return work([call.inputs for call in calls])
    except Exception as error:  # noqa: BLE001 (whatever it is, it is raised where the work was called for)
        if len(calls) == 1:
            return [error]
        # Whose fault it is shows when each is alone.
        return [answer for call in calls for answer in _together(work, [call])]


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
