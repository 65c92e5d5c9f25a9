"""Refusals of endpoints, with the status that says what they are: gradio answers each of its own errors with 500."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from starlette.responses import Response

from scoring.access.answers import App, Message, Receive, Scope, Send, answer, plain_response
from scoring.access.origin import header, own_path
from scoring.access.pages import asked_language
from scoring.errors import AccessError, CaseError, DatabaseError, ScoringError, UnknownApplicantError
from scoring.interface.who import BATCH
from scoring.words.wording import number, text

REFUSAL = "refusal"
NOT_ALLOWED, TOO_LARGE = 422, 413
# Bytes of a call or of an event of the page; both send a few kB. Files to `/batch` have bounds of their own.
LONGEST_CALL = 1 << 20
STATUSES: dict[type[ScoringError], int] = {
    AccessError: 403,
    UnknownApplicantError: 404,
    CaseError: 409,
    DatabaseError: 503,
}


@dataclass(frozen=True)
class Refusal:
    """Why a call is refused: HTTP's status, and the words."""

    status: int
    words: str


def refused(request: gr.Request, error: ScoringError) -> gr.Error:
    """What an endpoint raises to refuse a call; `Refusing` answers it, or the call's event says it."""
    assert request.request is not None
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), NOT_ALLOWED)
    request.request.scope["state"][REFUSAL] = Refusal(status, str(error))
    return gr.Error(str(error), print_exception=False)


def too_long(scope: Scope) -> Response:
    """The answer to a call that is too long to be read."""
    language = asked_language(scope)
    words = text("error.body_too_large", language, most=number(LONGEST_CALL, language, 0))
    return plain_response(TOO_LARGE, words)


def _says_too_long(scope: Scope) -> bool:
    """Whether a request says that it is longer than a call may be; the server has seen to it that it is a number."""
    length = header(scope, "content-length") if scope["type"] == "http" else None
    return int(length or 0) > LONGEST_CALL and own_path(scope).rstrip("/") != BATCH


class Refusing:
    """ASGI: answers a call that an endpoint refused, or that says it is too long, in place of gradio."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if _says_too_long(scope):
            await answer(too_long(scope), scope, receive, send)
            return
        state = scope.get("state", {})

        async def sent(message: Message) -> None:
            refusal = state.get(REFUSAL)
            if refusal is None:
                await send(message)
            elif message["type"] == "http.response.start":
                await answer(plain_response(refusal.status, refusal.words), scope, receive, send)

        await self._app(scope, receive, sent)
