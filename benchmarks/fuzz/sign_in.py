"""Sign-in: whatever is sent there, nobody gets in without a session, and no browser is led to another site."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from argon2 import PasswordHasher
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from benchmarks.fuzz.asgi import HOST, Answer, answered, request, stays_here
from benchmarks.fuzz.inputs import Strategy, mostly
from benchmarks.fuzz.target import Target, check_answer
from scoring.access import passwords
from scoring.access.access import Access, open_access
from scoring.access.answers import App, Receive, Scope, Send
from scoring.access.cookies import OIDC, SESSION, SIGN_IN
from scoring.access.guard import Guard
from scoring.access.pages import FORM_TYPE
from scoring.access.sessions import start_session
from scoring.access.users import add_user
from scoring.database.engine import writing
from scoring.journal.journal import keys_of, open_journal
from scoring.journal.verify import verify
from scoring.serving.settings import AccessSettings

NAME, PASSWORD = "Alice", "correct horse battery"
INSIDE = "What nobody sees who is not signed in."
# After so many seconds, failures that slow down sign-in are forgotten.
BETWEEN_INPUTS = 4_000.0
PATHS = (
    "/", "/sign-in", "/login", "/sign-out", "/health", "/ready", "/metrics", "/batch", "/mcp", "/sign-in/", "/SIGN-IN",
    "//sign-in", "/sign-in/../batch", "/credit/sign-in", "/credit/credit/", "/sign-in\x00", "/oidc/start",
    "/gradio_api/run/score", "/gradio_api/startup-events", "/gradio_api/heartbeat/x", "/health/../batch", "",
)  # fmt: skip
PLACES = (
    "/", "/?applicant=5", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "x", "",
    "/\t/evil.example", "/\r\nLocation: https://evil.example", "javascript:alert(1)", "///evil.example",
    "/@evil.example",
    "/%2f/evil.example", "/..//evil.example", "/%5cevil.example", "/\u2028/evil.example", "/credit//evil.example",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "host": ("bank.example", "evil.example", "bank.example:80", "[::1", "", "bank.example, evil.example", "a" * 5_000),
    "x-forwarded-host": ("bank.example", "evil.example", "evil.example\\@bank.example", "//", ""),
    "x-forwarded-proto": ("https", "http", "ws", "HTTPS", "javascript", "https, http", ""),
    "x-forwarded-for": ("127.0.0.1", "::1", "10.0.0.1, 127.0.0.1", "unknown", "[::1]:x", "' OR 1=1", "x" * 5_000, ""),
    "origin": ("http://bank.example", "https://evil.example", "null", "http://[", ""),
    "referer": ("http://bank.example/x", "https://evil.example/bank.example", "x"),
    "sec-fetch-site": ("same-origin", "cross-site", "none", "SAME-ORIGIN", ""),
    "authorization": ("Bearer cs_x", "Bearer ", "bearer cs_" + "x" * 5_000, "Basic QWxpY2U6eA==", "Bearer cs_\x00"),
    "accept": ("text/html", "*/*"),
    "accept-language": ("fr", "fr;q=2, en", "q=;", "fr" * 3_000),
    "content-type": (FORM_TYPE, FORM_TYPE, FORM_TYPE, "text/x", ""),
}  # fmt: skip
ROOTS = ("", "", "/credit", "https://bank.example/credit/")
COOKIES = (SESSION, SIGN_IN, OIDC, f"__Host-{SESSION}")
ADDRESSES = (("127.0.0.1", 1), ("203.0.113.7", 2), ("::1", 3), None)


@dataclass(frozen=True)
class Sent:
    """A request; whether a session's cookie and the form's token are put into it that hold."""

    scope: dict[str, Any]
    form: dict[str, str]
    body: bytes | None
    has_session: bool
    has_token: bool


@contextmanager
def opened(folder: Path) -> Iterator[Target]:
    """Requests around sign-in by password, of which a folder holds the journal.

    Raises:
        AssertionError: at the end, the journal is not as it was recorded.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with patch.object(passwords, "HASHER", quick), asyncio.Runner() as runner:
        journal = open_journal(f"sqlite:///{folder / 'sign-in.db'}")
        access = open_access(AccessSettings("password"), journal.engine)
        yield Target(_requests(), _Check(access, runner))
        assert verify(journal.engine, keys_of(journal.engine, None)).holds


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI: what the guard is around."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": INSIDE})
    else:
        await PlainTextResponse(INSIDE)(scope, receive, send)


def guarded(access: Access) -> App:
    """The guard behind a server that trusts a proxy on this machine, as the app runs."""
    app: Any = ProxyHeadersMiddleware(Guard(inside, access, lambda path: None, starting=True))  # type: ignore[arg-type]
    return app


class _Check:
    """What must be true of each answer."""

    def __init__(self, access: Access, runner: asyncio.Runner) -> None:
        self._clock = count(access.clock(), BETWEEN_INPUTS)
        self._now = next(self._clock)
        self._access, self._runner = replace(access, clock=lambda: self._now), runner
        self._app = guarded(self._access)
        with writing(access.engine) as connection:
            self._user = add_user(connection, NAME, "adviser", self._now, PASSWORD)

    def __call__(self, sent: Sent) -> bool:
        self._now = next(self._clock)
        access, form, headers = self._access, dict(sent.form), list(sent.scope["headers"])
        if sent.has_session:
            with writing(access.engine) as connection:
                key = start_session(connection, self._user, self._now, access.idle_seconds)
            headers.append(cookie(access.cookies.set(request(), SESSION, key)))
        if sent.has_token:
            headers.append(cookie(access.cookies.set(request(), SIGN_IN, "this browser")))
            form["token"] = access.cookies.signed("form", "this browser")
        body = urlencode(form, errors="replace").encode() if sent.body is None else sent.body
        answer = answered(self._runner, self._app, {**sent.scope, "headers": headers}, body)
        check_answer(answer.status, answer.content.decode("utf-8", "replace"))
        is_inside = INSIDE.encode() in answer.content
        # The server's own first request comes from this machine.
        assert not is_inside or sent.has_session or sent.scope["path"] == "/gradio_api/startup-events", sent
        assert not answer.location or stays_here(answer.location), answer.location
        signed_in = signs_in(answer)
        known = (form.get("username", "").strip().casefold(), form.get("password")) == (NAME.casefold(), PASSWORD)
        assert not signed_in or known, sent
        return is_inside or signed_in


def signs_in(answer: Answer) -> bool:
    """Whether an answer begins a session."""
    return any(name.endswith(SESSION) and value for name, value in answer.cookies().items())


def cookie(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """The header with which a browser sends back what was set."""
    return b"cookie", header[1].partition(b";")[0]


def _requests() -> Strategy:
    words = st.text(max_size=20)
    header = st.sampled_from([*HEADERS]).flatmap(
        lambda name: st.tuples(st.just(name), mostly(st.sampled_from(HEADERS[name]), beside=words))
    )
    odd_cookie = st.tuples(st.sampled_from(COOKIES), words).map(lambda pair: ("cookie", "=".join(pair)))
    headers = st.lists(header | header | odd_cookie, max_size=4).map(
        lambda pairs: [(b"host", HOST), *((name.encode(), value.encode("latin-1", "replace")) for name, value in pairs)]
    )
    place = mostly(st.sampled_from(PLACES), beside=words)
    query = st.fixed_dictionaries(
        {}, optional={"next": place, "language": st.sampled_from(["fr", "en", "x"]), "problem": words, "code": words}
    )
    form = st.fixed_dictionaries(
        {"username": mostly(st.just(NAME), beside=words), "password": mostly(st.just(PASSWORD), beside=words)},
        optional={"next": place, "language": st.sampled_from(["fr", "en", "x"]), "token": words},
    )
    scope = st.builds(
        lambda kind, method, path, root, query, headers, client: request(
            method, path, type=kind, root_path=root, query_string=query, headers=headers, client=client
        ),
        mostly(st.just("http"), beside=st.just("websocket")),
        mostly(
            st.sampled_from(["GET", "POST", "POST", "HEAD"]), beside=st.sampled_from(["PUT", "OPTIONS", "TRACE", ""])
        ),
        mostly(st.sampled_from(PATHS), beside=words),
        st.sampled_from(ROOTS),
        mostly(query.map(lambda asked: urlencode(asked, errors="replace").encode()), beside=st.binary(max_size=40)),
        headers,
        st.sampled_from(ADDRESSES),
    )
    body = mostly(st.none(), beside=st.binary(max_size=60) | st.just(b"username=" + b"x" * 20_000))
    anything = st.builds(Sent, scope, form, body, st.booleans(), st.booleans())
    return anything | st.builds(_signs_in, place, st.sampled_from(ROOTS))


def _signs_in(place: str, root: str) -> Sent:
    """Somebody who signs in as they should, and wants to be led to a place."""
    headers = [(b"host", HOST), (b"content-type", FORM_TYPE.encode())]
    form = {"username": NAME, "password": PASSWORD, "next": place}
    return Sent(request("POST", "/sign-in", root_path=root, headers=headers), form, None, False, True)
