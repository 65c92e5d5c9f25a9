"""Refuses what the app cannot take on: requests while it stops, beyond a full queue, or too many from one caller.

The pace is the generic cell rate algorithm (ITU-T I.371): a leaky bucket that keeps one number for each caller.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache
from starlette.responses import Response

from scoring.access.answers import App, Receive, Scope, Send, answer, plain_response
from scoring.access.origin import own_path
from scoring.access.pages import address_of, asked_language
from scoring.operations.requests import Work
from scoring.people import ANYBODY
from scoring.words.wording import text

MOST_CALLERS = 100_000
# What a load balancer needs to send a request elsewhere, and another process to start.
STOPPING_SECONDS = 10


@dataclass(frozen=True)
class Queue:
    """What waits for its turn: how many events, and how many seconds they take in all."""

    length: int
    seconds: float

    def and_also(self, other: Queue) -> Queue:
        """Both together, which are worked on one after the other at worst."""
        return Queue(self.length + other.length, self.seconds + other.seconds)


class Pace:
    """How often each caller may ask: `burst` at once, and `per_minute` in the long run."""

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval, self._burst, self._clock = 60 / per_minute, burst, clock
        # When a caller's bucket is empty again; one that is gone from here is.
        self._empty_at: TTLCache[str, float] = TTLCache(MOST_CALLERS, self._interval * burst, clock)

    def wait(self, caller: str) -> float:
        """Seconds until this caller may ask; 0: now, and it counts."""
        now = self._clock()
        empty_at = max(self._empty_at.get(caller, now), now) + self._interval
        over = empty_at - now - self._interval * self._burst
        if over > 1e-9:
            return over
        self._empty_at[caller] = empty_at
        return 0.0


class Limited:
    """ASGI: limits what begins work, for whomever the guard let in.

    Args:
        app: what works.
        begins_work: whether a method and path do that.
        pace: how often each caller may.
        queue: what waits before a request to a path.
        most_waiting: at how many waiting events nothing more is taken.
        work: whether the app stops.
    """

    def __init__(
        self,
        app: App,
        begins_work: Callable[[str, str], bool],
        pace: Pace,
        queue: Callable[[str], Queue],
        most_waiting: int,
        work: Work,
    ) -> None:
        self._app, self._begins_work, self._pace = app, begins_work, pace
        self._queue, self._most_waiting, self._work = queue, most_waiting, work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and self._begins_work(scope["method"], own_path(scope)):
            refused = self._refused(scope)
            if refused:
                await answer(refused, scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refused(self, scope: Scope) -> Response | None:
        if self._work.stopping:
            return _busy(scope, 503, "busy.stopping", STOPPING_SECONDS)
        queue = self._queue(own_path(scope))
        if queue.length >= self._most_waiting:
            return _busy(scope, 429, "busy.full", queue.seconds)
        wait = self._pace.wait(_caller(scope))
        return _busy(scope, 429, "busy.too_often", wait) if wait else None


def _caller(scope: Scope) -> str:
    """A person or token; where nobody signs in, an address."""
    person = scope["state"]["person"]
    return address_of(scope) if person == ANYBODY else person.name


def _busy(scope: Scope, status: int, key: str, seconds: float) -> Response:
    whole = max(1, math.ceil(seconds))
    response = plain_response(status, text(key, asked_language(scope), seconds=whole))
    response.headers["Retry-After"] = str(whole)
    return response
