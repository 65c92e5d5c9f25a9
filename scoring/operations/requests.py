"""Each request gets a number, which its answer names, and is counted, timed and logged. Outermost of all layers."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from scoring.access.answers import App, Message, Receive, Scope, Send
from scoring.access.origin import own_path
from scoring.operations.log import FACTS, REQUEST
from scoring.operations.metrics import Metrics

log = logging.getLogger(__name__)

NAME = b"x-request-id"
NUMBER_BYTES = 8
# What gradio writes into a stream whose endpoint refused or failed.
STREAMED_ERROR = b"event: error"


@dataclass
class Work:
    """What is being answered now, open pages aside; `stopping`: nothing new is begun."""

    running: int = 0
    stopping: bool = False


class Observed:
    """ASGI: observes what lies within.

    Args:
        app: what answers.
        metrics: where answers are counted.
        work: where running requests are counted.
        endpoint_of: a request's endpoint by method and path, of a few that are known; None for what lasts as long as a
            page is open.
    """

    def __init__(self, app: App, metrics: Metrics, work: Work, endpoint_of: Callable[[str, str], str | None]) -> None:
        self._app, self._metrics, self._work, self._endpoint_of = app, metrics, work, endpoint_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(NUMBER_BYTES)
        REQUEST.set(number)
        scope = {**scope, "state": {**scope.get("state", {}), "request_id": number}}
        started, answer = time.monotonic(), _Answer(number, send)
        endpoint = self._endpoint_of(scope["method"], own_path(scope))
        if endpoint is None:
            await self._app(scope, receive, answer)
            return
        self._count(1)
        try:
            await self._app(scope, receive, answer)
        finally:
            self._count(-1)
            seconds = time.monotonic() - started
            self._metrics.answered(endpoint, answer.outcome, seconds)
            facts = {"endpoint": endpoint, "method": scope["method"], "status": answer.status}
            fields = {**facts, "outcome": answer.outcome, "seconds": round(seconds, 4)}
            log.info("%s %s", endpoint, answer.outcome, extra={FACTS: fields})

    def _count(self, more: int) -> None:
        self._work.running += more
        self._metrics.running.set(self._work.running)


class _Answer:
    """The `send` of one request: names its number in a header, and in errors that are JSON."""

    def __init__(self, number: str, send: Send) -> None:
        self._number, self._send = number, send
        self._held: list[Message] = []
        self._failed = False
        # What it stays if the browser is gone before there is an answer.
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Passes one message on; an error in JSON once it is whole."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", []), (NAME, self._number.encode())]}
            if self.status >= 400 and (b"content-type", b"application/json") in message["headers"]:
                self._held.append(message)
                return
        elif self._held:
            self._held.append(message)
            if message.get("more_body"):
                return
            message = await self._named()
        elif STREAMED_ERROR in message.get("body", b""):
            self._failed = True
        await self._send(message)

    async def _named(self) -> Message:
        start, *parts = self._held
        self._held = []
        body = b"".join(part.get("body", b"") for part in parts)
        parsed = json.loads(body) if body else None
        if isinstance(parsed, dict):
            body = json.dumps(
                {**parsed, "request_id": self._number}, ensure_ascii=False, separators=(",", ":")
            ).encode()
            kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            start["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
        await self._send(start)
        return {"type": "http.response.body", "body": body}

    @property
    def outcome(self) -> str:
        """How it went, in one of a few words."""
        if self.status == 0:
            return "gone"
        if self.status in (401, 403):
            return "refused"
        if self.status == 429:
            return "busy"
        if self.status >= 500:
            return "failed"
        return "error" if self.status >= 400 or self._failed else "answered"
