"""What the guard does to outgoing responses: they are not cached, and a stream ends with its session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from scoring.access.answers import NO_STORE, POLICY_VIOLATION, Message, Send

# Scripts and styles, the same for everybody: browsers may keep them.
SHARED = ("/assets/", "/static/", "/svelte/")
STREAM = b"text/event-stream"


class Watched:
    """The `send` of one request. `holds` asks whether its session or token still does."""

    def __init__(self, path: str, holds: Callable[[], Awaitable[bool]], send: Send) -> None:
        self._path, self._holds, self._send = path, holds, send
        self._streams = False
        self._ended = False

    async def __call__(self, message: Message) -> None:
        """Passes one message on."""
        if self._ended:
            return
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._headers(list(message.get("headers", [])))}
        elif self._lasts(message) and not await self._holds():
            self._ended = True
            closed = {"type": "websocket.close", "code": POLICY_VIOLATION}
            over = {"type": "http.response.body", "body": b"", "more_body": False}
            message = closed if message["type"].startswith("websocket") else over
        await self._send(message)

    def _lasts(self, message: Message) -> bool:
        """Whether it belongs to an answer that goes on for as long as the page is open."""
        return message["type"] == "websocket.send" or (self._streams and message["type"] == "http.response.body")

    def _headers(self, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        self._streams = any(name.lower() == b"content-type" and value.startswith(STREAM) for name, value in given)
        if not self._path.startswith(SHARED):
            given = [pair for pair in given if pair[0].lower() != NO_STORE[0]] + [NO_STORE]
        return given
