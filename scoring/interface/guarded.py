"""Puts the guard around gradio's app: outermost, before the first request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette

from scoring.access.access import Access
from scoring.access.guard import Guard
from scoring.interface.who import action_of


def guarded(access: Access | None) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """The app's lifespan: when it starts, the guard goes around all of its layers.

    As one of the app's own middlewares it would be within those that gradio adds, and these answer some requests.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        assert app.middleware_stack is not None
        app.middleware_stack = Guard(app.middleware_stack, access, action_of, starting=True)
        yield

    return lifespan
