"""Requests that no HTTP client would send, handed to an app as a server hands them over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from scoring.access.answers import App, Message

HOST = b"bank.example"


@dataclass(frozen=True)
class Answer:
    """What the app answered; `status` is 0 if it closed a websocket, 1 if it opened it."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes

    @property
    def location(self) -> str:
        """Where a browser goes next; empty if it stays."""
        return next((value.decode("latin-1") for name, value in self.headers if name == b"location"), "")

    def cookies(self) -> dict[str, str]:
        """What it sets, by name; empty values remove one."""
        found: SimpleCookie = SimpleCookie()
        for name, value in self.headers:
            if name == b"set-cookie":
                found.load(value.decode("latin-1"))
        return {name: morsel.value for name, morsel in found.items()}


def request(method: str = "GET", path: str = "/", **more: Any) -> dict[str, Any]:
    """A scope of ASGI."""
    usual = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "replace"),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", HOST)],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 7860),
        "state": {},
    }
    return {**usual, **more}


def answered(runner: asyncio.Runner, app: App, scope: dict[str, Any], body: bytes = b"") -> Answer:
    """The app's answer to one request, whose body comes as a whole."""
    sent: list[Message] = []
    websocket = scope["type"] == "websocket"
    coming = [{"type": "websocket.connect"} if websocket else {"type": "http.request", "body": body}]

    async def receive() -> Message:
        return coming.pop(0) if coming else {"type": "websocket.disconnect" if websocket else "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    runner.run(app(scope, receive, send))  # type: ignore[arg-type]
    content = b"".join(message.get("body", b"") or str(message.get("text", "")).encode() for message in sent)
    if websocket:
        return Answer(int(sent[0]["type"] == "websocket.accept"), (), content)
    return Answer(sent[0]["status"], tuple(sent[0]["headers"]), content)


def stays_here(location: str) -> bool:
    """Whether a browser that goes there stays on this host: it takes a backslash for a slash and skips line ends."""
    return (
        location.isascii() and location.isprintable() and "\\" not in location and location[:1] == "/" != location[1:2]
    )
