"""Refusals of endpoints, with the status that says what they are: gradio answers each of its own errors with 500."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from scoring.access.answers import App, Message, Receive, Scope, Send, answer, plain_response
from scoring.errors import AccessError, CaseError, DatabaseError, ScoringError, UnknownApplicantError

REFUSAL = "refusal"
NOT_ALLOWED = 422
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


class Refusing:
    """ASGI: answers a call that an endpoint refused, in place of gradio."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        state = scope.get("state", {})

        async def sent(message: Message) -> None:
            refusal = state.get(REFUSAL)
            if refusal is None:
                await send(message)
            elif message["type"] == "http.response.start":
                await answer(plain_response(refusal.status, refusal.words), scope, receive, send)

        await self._app(scope, receive, sent)
