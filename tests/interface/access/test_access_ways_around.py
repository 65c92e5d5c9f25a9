"""Ways around the routes' table: websockets, odd requests, streams left open, other sites' pages."""

from __future__ import annotations

import json
import re
import socket
import threading
import time

import httpx
import pytest

from scoring.access.cookies import SESSION
from scoring.access.users import add_user, change_user, named_user
from scoring.database.engine import writing
from tests.interface.app_in_process import SECRETS, Running

# In seconds; it has a heartbeat five times a second.
LONGEST_STREAM = 20


def opened_socket(running: Running, path: str, **headers: str) -> str:
    """What a websocket answers to its first words, over plain sockets."""
    host, _, port = running.url.removeprefix("http://").partition(":")
    asked = {
        "Host": f"{host}:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
    with socket.create_connection((host, int(port)), timeout=10) as opened:
        opened.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        return opened.recv(4096).decode("latin-1")


def test_websockets_are_guarded_wherever_they_are(running: Running, nobodies: dict):
    for path in ("/socket", "/mounted/deep/socket", "/gradio_api/queue/join", "/nothing", "/sign-in", "/health"):
        for shown in nobodies.values():
            assert opened_socket(running, path, **shown).startswith("HTTP/1.1 403"), path
    cookie = running.cookie("adviser")
    assert opened_socket(running, "/socket", cookie=cookie).startswith("HTTP/1.1 101")
    assert opened_socket(running, "/mounted/deep/socket", cookie=cookie).startswith("HTTP/1.1 101")
    elsewhere = opened_socket(running, "/socket", cookie=cookie, Origin="https://evil.example")
    assert elsewhere.startswith("HTTP/1.1 403")


@pytest.mark.parametrize(
    "lines",
    [
        b"GET /config HTTP/1.0\r\n\r\n",
        b"GET /config HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET http://127.0.0.1/config HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /sign-in/../config HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /config?/sign-in HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /config#/sign-in HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /config HTTP/1.1\r\nHost: x\r\nX-Forwarded-Prefix: /sign-in\r\nX-Rewrite-URL: /sign-in\r\n\r\n",
        b"POST /config HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nX-HTTP-Method-Override: GET\r\n\r\n",
        b"GET /config HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 12_000 + b"\r\n\r\n",
        b"GET /config HTTP/1.1\r\nHost: x\r\nCOOKIE: scoring-session=\xff\xfe\r\nAUTHORIZATION: bearer \xff\r\n\r\n",
        b"GET /%63onfig HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_odd_requests_get_nothing_either(running: Running, lines: bytes):
    host, _, port = running.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as opened:
        opened.sendall(lines)
        answer = opened.recv(65536).decode("latin-1")
    assert re.match(r"HTTP/1\.[01] (401|400|431)", answer)
    assert not SECRETS.search(answer)


def test_an_open_stream_ends_when_the_user_is_disabled(running: Running):
    with writing(running.access.engine) as connection:
        add_user(connection, "leaver", "adviser", 0.0, running.password)
    with running.client(cookie=running.cookie("leaver")) as client:
        with client.stream("GET", "/gradio_api/heartbeat/x") as stream:
            chunks = stream.iter_text()
            assert "ALIVE" in next(chunks)
            with writing(running.access.engine) as connection:
                change_user(connection, named_user(connection, "leaver"), disabled=True)
            until = time.monotonic() + LONGEST_STREAM
            for _ in chunks:
                assert time.monotonic() < until
        assert client.get("/config").status_code == 401


def test_many_sign_outs_at_once_end_one_session_once(running: Running):
    cookie = running.cookie("reviewer")
    answers: list[int] = []

    def sign_out() -> None:
        answers.append(httpx.post(f"{running.url}/sign-out", headers={"cookie": cookie}, timeout=60).status_code)

    threads = [threading.Thread(target=sign_out) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 8
    with running.client(cookie=cookie) as client:
        assert client.get("/config").status_code == 401


def test_another_site_s_page_cannot_act_for_whoever_is_signed_in(running: Running):
    with running.client(cookie=running.cookie("adviser"), origin="https://evil.example") as client:
        for path in ("/gradio_api/call/score", "/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/upload"):
            answer = client.post(path, content=json.dumps({"data": []}), headers={"content-type": "text/plain"})
            assert answer.status_code == 403
            assert "another site" in answer.text


def test_the_page_s_own_cookie_names_nobody(running: Running):
    cookie = running.cookie("adviser")
    assert cookie.startswith(f"{SESSION}=")
    assert "adviser" not in cookie
