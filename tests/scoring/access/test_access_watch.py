from __future__ import annotations

from typing import Any

import pytest

from scoring.access.watch import Watched
from tests.apart import run_apart


def passed(messages: list[dict[str, Any]], path: str = "/x", held: int = 99) -> list[dict[str, Any]]:
    """What comes out of these messages, when the session holds for so many looks."""
    sent: list[dict[str, Any]] = []
    looks = iter([True] * held)

    async def holds() -> bool:
        return next(looks, False)

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        watched = Watched(path, holds, send)
        for message in messages:
            await watched(message)

    run_apart(run())
    return sent


def start(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": 200, "headers": list(headers)}


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


EVENTS = start((b"Content-Type", b"text/event-stream; charset=utf-8"))


def test_a_stream_ends_with_the_session():
    sent = passed([EVENTS, part(b"1"), part(b"2"), part(b"3"), part(b"4", more=False)], held=2)
    assert [message.get("body") for message in sent[1:]] == [b"1", b"2", b""]
    assert sent[-1]["more_body"] is False


def test_an_answer_that_was_begun_is_finished():
    sent = passed([start((b"content-type", b"image/png")), part(b"1"), part(b"2", more=False)], held=0)
    assert [message.get("body") for message in sent[1:]] == [b"1", b"2"]


def test_a_websocket_ends_with_the_session():
    said = {"type": "websocket.send", "text": "x"}
    sent = passed([{"type": "websocket.accept"}, said, said, said], held=1)
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]


@pytest.mark.parametrize("given", [b"public, max-age=31536000", b"private"])
def test_nobody_keeps_an_answer_but_scripts_and_styles(given: bytes):
    kept = (b"Cache-Control", given)
    for path, values in (("/x", [b"no-store"]), ("/assets/a.js", [given]), ("/theme.css", [b"no-store"])):
        headers = passed([start(kept)], path)[0]["headers"]
        assert [value for name, value in headers if name.lower() == b"cache-control"] == values
