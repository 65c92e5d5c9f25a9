"""The guard around the whole app: only the sign-in pages, `/health` and `/ready` pass without session or token.

It denies by default, so that anything mounted in the app later is protected, too. The app finds the signed-in person
in `scope["state"]["person"]`, and in `["holds"]` what says whether they would still be let in.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from anyio import CapacityLimiter, to_thread
from cachetools import TTLCache
from starlette.responses import PlainTextResponse

from scoring.access.access import Access
from scoring.access.answers import App, Receive, Scope, Send, answer, may_not, plain_response, to
from scoring.access.cookies import SESSION
from scoring.access.origin import changes_something, from_elsewhere, header, is_odd, own_path
from scoring.access.pages import SignInPages, asked_language, sign_in_address
from scoring.access.sessions import find_session, hash_of, touch_session
from scoring.access.tokens import PREFIX, find_token
from scoring.access.watch import Watched
from scoring.database.engine import reading, writing
from scoring.errors import DatabaseError
from scoring.people import ANYBODY, SYSTEM, Action, Person
from scoring.words.wording import text

log = logging.getLogger(__name__)

HEALTH, READY = "/health", "/ready"
# The guard's own look-ups do not wait for readiness checks, however many there are.
READY_AT_ONCE = 2
# An event loop never waits for the database: these threads do.
LOOKUPS = 16
# Not every request writes: a session that was seen less than this before counts as seen now.
SEEN_EVERY_SECONDS = 60
MOST_REMEMBERED = 10_000
# An open page keeps this connection by itself, whether or not anybody sits before it.
HEARTBEAT = "/gradio_api/heartbeat/"
STARTING = "/gradio_api/startup-events"
LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Pass:
    """Who is let through, and the hash of the session or token that says so (None: nobody signs in here)."""

    person: Person
    hash: str | None = None
    is_token: bool = False
    seen_at: float = 0.0


class Guard:
    """ASGI: lets signed-in people and programs through to the app, and nobody else.

    Args:
        app: what is guarded.
        access: sign-in; None lets everybody through as `ANYBODY`.
        needs: the permission that a path requires, as far as the path alone decides.
        ready: whether the app can answer; called in a thread.
        starting: whether the server's own first request is still to come.
    """

    def __init__(
        self,
        app: App,
        access: Access | None,
        needs: Callable[[str], Action | None],
        ready: Callable[[], bool] = lambda: True,
        starting: bool = False,
    ) -> None:
        self._app, self._access, self._needs, self._starting = app, access, needs, starting
        self._ready, self._asking = ready, CapacityLimiter(READY_AT_ONCE)
        self._pages = SignInPages(access) if access else None
        self._threads = CapacityLimiter(LOOKUPS)
        self._touching: set[asyncio.Task] = set()
        self._touched: TTLCache[str, bool] = TTLCache(MOST_REMEMBERED, SEEN_EVERY_SECONDS)
        # While the database is gone nobody can be disabled in it either: whom it knew just before may go on.
        self._remembered: TTLCache[str, Pass] = TTLCache(MOST_REMEMBERED, access.idle_seconds if access else 1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or websocket; of other kinds only the app's start and end are passed on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif is_odd(scope):
            refused = plain_response(400, text("sign_in.odd_address", asked_language(scope)))
            await answer(refused, scope, receive, send)
        elif scope["type"] == "http" and await self._is_open(scope, receive, send):
            pass
        elif scope["type"] in ("http", "websocket"):
            await self._guarded(scope, receive, send)

    async def _is_open(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answers what is open to everybody; whether it was that."""
        path, method = own_path(scope), scope["method"]
        if path == HEALTH and method in ("GET", "HEAD"):
            await answer(PlainTextResponse("ok"), scope, receive, send)
            return True
        if path == READY and method in ("GET", "HEAD"):
            ready = await to_thread.run_sync(self._ready, limiter=self._asking)
            response = PlainTextResponse("ready", 200) if ready else PlainTextResponse("not ready", 503)
            await answer(response, scope, receive, send)
            return True
        if self._starting and path == STARTING and (scope.get("client") or ("",))[0] in LOOPBACK:
            # The server asks this of itself, once, before it says that it runs.
            self._starting = False
            await self._app(_named(scope, SYSTEM, partial(self._holds, Pass(SYSTEM))), receive, send)
            return True
        return self._pages is not None and await self._pages.opened(path, scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        language, path = asked_language(scope), own_path(scope)
        try:
            found = await self._who(scope)
        except DatabaseError:
            log.exception("Nobody can be let in: the database does not answer.")
            await answer(plain_response(503, text("sign_in.database", language)), scope, receive, send)
            return
        action = self._needs(path)
        if found is None:
            asks_page = scope.get("method") in ("GET", "HEAD") and "text/html" in (header(scope, "accept") or "")
            refused = to(sign_in_address(scope)) if asks_page else plain_response(401, text("sign_in.closed", language))
        elif not found.is_token and changes_something(scope) and from_elsewhere(scope):
            refused = plain_response(403, text("sign_in.elsewhere", language))
        elif action and not found.person.may(action):
            refused = plain_response(403, may_not(found.person, action, language))
        else:
            self._see(found, path)
            holds = partial(self._holds, found)
            await self._app(_named(scope, found.person, holds), receive, Watched(path, holds, send))
            return
        await answer(refused, scope, receive, send)

    async def _who(self, scope: Scope) -> Pass | None:
        """Who sends this, or None.

        Raises:
            DatabaseError: the database does not answer, and they are not known from just before.
        """
        if self._access is None:
            return Pass(ANYBODY)
        scheme, _, shown = (header(scope, "authorization") or "").partition(" ")
        if scheme.lower() == "bearer" and shown.strip().startswith(PREFIX):
            return await self._found(hash_of(shown.strip()), is_token=True)
        key = self._access.cookies.read(scope, SESSION)
        return await self._found(hash_of(key), is_token=False) if isinstance(key, str) else None

    async def _found(self, hashed: str, is_token: bool) -> Pass | None:
        try:
            found = await to_thread.run_sync(self._look_up, hashed, is_token, limiter=self._threads)
        except DatabaseError:
            if (known := self._remembered.get(hashed)) is None:
                raise
            return known
        if found:
            self._remembered[hashed] = found
        else:
            self._remembered.pop(hashed, None)
        return found

    def _look_up(self, hashed: str, is_token: bool) -> Pass | None:
        access = self._access
        assert access is not None
        now = access.clock()
        with reading(access.engine) as connection:
            if is_token:
                person = find_token(connection, hashed, now)
                return Pass(person, hashed, is_token=True) if person else None
            session = find_session(connection, hashed, now, access.idle_seconds)
        return Pass(session.person, hashed, seen_at=session.seen_at) if session else None

    async def _holds(self, found: Pass) -> bool:
        """Whether a person who was let through still would be; checked again for each part of a stream."""
        if found.hash is None:
            return True
        try:
            still = await self._found(found.hash, found.is_token)
        except DatabaseError:
            return False
        return still is not None and still.person == found.person

    def _see(self, found: Pass, path: str) -> None:
        """Has the session's last request recorded, beside this one, which does not wait for it."""
        access = self._access
        if access is None or found.hash is None or found.is_token or path.startswith(HEARTBEAT):
            return
        recent = min(SEEN_EVERY_SECONDS, access.idle_seconds / 10)
        if found.hash in self._touched or access.clock() - found.seen_at < recent:
            return
        self._touched[found.hash] = True
        task = asyncio.create_task(self._recorded_as_seen(access, found.hash))
        self._touching.add(task)
        task.add_done_callback(self._touching.discard)

    async def _recorded_as_seen(self, access: Access, hashed: str) -> None:
        def touch() -> None:
            with writing(access.engine) as connection:
                touch_session(connection, hashed, access.clock())

        try:
            await to_thread.run_sync(touch, limiter=self._threads)
        except DatabaseError:
            log.warning("A session could not be recorded as seen: it may end early.")
        finally:
            self._touched.pop(hashed, None)


def _named(scope: Scope, person: Person, holds: Callable[[], Awaitable[bool]]) -> Scope:
    return {**scope, "state": {**scope.get("state", {}), "person": person, "holds": holds}}
