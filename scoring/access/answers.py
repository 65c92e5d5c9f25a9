"""The guard's own responses: short texts that do not depend on the app behind it, and that nobody caches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.responses import JSONResponse, RedirectResponse, Response

from scoring.people import Action, Person
from scoring.words.language import Language
from scoring.words.wording import text

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

NO_STORE = (b"cache-control", b"no-store")
# Of a websocket that is not let in: RFC 6455, 7.4.1.
POLICY_VIOLATION = 1008


async def answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends an answer that nobody keeps; a websocket is closed instead."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    response.raw_headers.append(NO_STORE)
    await response(scope, receive, send)


def plain_response(status: int, words: str) -> Response:
    """A refusal, as gradio's own are: JSON with `detail`."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"detail": words}, status, headers)


def to(path: str) -> Response:
    """Sends a browser elsewhere within the app."""
    return RedirectResponse(path, 303)


def may_not(person: Person, action: Action, language: Language) -> str:
    """Why somebody may not do that, in words."""
    if person.scope is not None and action not in person.scope:
        return text("access.refused.scope", language, scope=", ".join(sorted(person.scope)))
    return text(f"access.refused.{action}", language, role=text(f"role.{person.role}", language))
