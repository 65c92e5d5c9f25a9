"""Puts guard and headers around gradio's app: outermost, before the first request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette

from scoring.access.access import Access
from scoring.access.guard import Guard
from scoring.access.hardened import Hardened
from scoring.interface.theme import SCRIPTS
from scoring.interface.who import action_of


def guarded(
    access: Access | None, framed_by: Iterable[str] = ()
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """The app's lifespan: when it starts, the guard goes around all of its layers, and headers around its answers.

    As one of the app's own middlewares it would be within those that gradio adds, and these answer some requests.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        assert app.middleware_stack is not None
        guard = Guard(app.middleware_stack, access, action_of, starting=True)
        app.middleware_stack = Hardened(guard, [SCRIPTS], framed_by)
        yield

    return lifespan
