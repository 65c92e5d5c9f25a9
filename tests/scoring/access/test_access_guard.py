from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from scoring.access import guard as guard_module
from scoring.access.access import Access
from scoring.access.cookies import SESSION
from scoring.access.guard import Guard
from scoring.access.sessions import find_session, hash_of
from scoring.access.tokens import add_token, revoke_token
from scoring.access.users import change_user, named_user
from scoring.database.engine import reading, writing
from scoring.errors import DatabaseError
from scoring.people import Action
from tests.apart import run_apart
from tests.scoring.access.conftest import Clock, client_of, given_user, inner_app, sign_in_by_program

# What a request may be made of, that a careless guard takes for something open.
ODD_PATHS = (
    *(
        "/",
        "/config",
        "/x",
        "//",
        "//sign-in",
        "/sign-in/",
        "/Sign-In",
        "/SIGN-IN",
        "/sign-in/..",
        "/sign-in/../config",
    ),
    *(
        "/sign-in;/config",
        "/sign-in/..;/config",
        "/sign-in%00",
        "/sign-in%2f",
        "/sign%2Din/x",
        "/./sign-in",
        "/health/",
    ),
    *("/health/../config", "/HEALTH", "/health%20", "/login/../config", "/assets/app.js", "/assets/../config"),
    *("/oidc/start", "/oidc/callback", "/gradio_api/file=/etc/passwd", "/gradio_api/startup-events", "/%2e%2e/config"),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


def asked(app: Guard, path: str, method: str = "GET", version: str = "1.1", **headers: str) -> Answer:
    """A request whose path and method are just these, whatever a client would make of them."""
    sent: list[Any] = []
    scope = {
        "type": "http",
        "http_version": version,
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    run_apart(app(scope, receive, send))
    return Answer(sent[0]["status"], dict(sent[0]["headers"]), b"".join(part["body"] for part in sent[1:]))


@pytest.mark.parametrize("path", ODD_PATHS)
def test_nothing_passes_without_a_session(quick_access: Access, path: str):
    app = Guard(inner_app(), quick_access, lambda _: None)
    for method in METHODS:
        for version in ("1.0", "1.1"):
            answer = asked(app, path, method, version)
            assert (answer.status, answer.body) == (401, b'{"detail":"Please sign in."}'), method
            assert answer.headers[b"cache-control"] == b"no-store"
    page = asked(app, path, accept="text/html")
    assert (page.status, page.body) == (303, b"")
    assert re.fullmatch(rb"/sign-in(\?next=%2F[\w.%&+-]*)?", page.headers[b"location"])


def test_a_page_leads_to_sign_in_and_back(client: TestClient):
    for method in ("GET", "HEAD"):
        answer = client.request(method, "/?applicant=100001&language=fr", headers={"accept": "text/html,*/*"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?next=%2F%3Fapplicant%3D100001%26language%3Dfr"
    assert client.post("/", headers={"accept": "text/html"}).status_code == 401
    for path in ("//evil.example/x", "evil.example", "/" + "x" * 5000):
        assert asked(client.app, path, accept="text/html").headers[b"location"] == b"/sign-in"  # type: ignore[arg-type]


def test_the_health_check_says_nothing_else(client: TestClient):
    answer = client.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert client.post("/health").status_code == 401


@pytest.mark.parametrize(("ready", "status", "words"), [(True, 200, "ready"), (False, 503, "not ready")])
def test_whether_the_app_is_ready_is_open_to_everybody(quick_access: Access, ready: bool, status: int, words: str):
    client = TestClient(Guard(inner_app(), quick_access, lambda path: None, lambda: ready))
    answer = client.get("/ready")
    assert (answer.status_code, answer.text, answer.headers["cache-control"]) == (status, words, "no-store")
    assert client.head("/ready").status_code == status
    assert client.post("/ready").status_code == 401
    assert client.get("/ready/").status_code == 401


def test_whoever_signed_in_passes_and_is_named(client: TestClient, quick_access: Access):
    given_user(quick_access)
    sign_in_by_program(client)
    answer = client.get("/config")
    assert answer.json() == {"person": "Alice", "method": "GET"}
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/assets/app.js").headers["cache-control"] == "public, max-age=3600"


def test_a_cookie_that_is_not_ours_does_not_pass(client: TestClient, quick_access: Access):
    given_user(quick_access)
    sign_in_by_program(client)
    value = client.cookies[SESSION]
    client.cookies.clear()
    key, stamp, signature = value.split(".")
    forged = [
        f"{key}.{stamp}.{signature[:-2]}AA",
        f"{key}.{stamp}",
        key,
        f"{key}x.{stamp}.{signature}",
        "",
        "x" * 60_000,
    ]
    two = f"{SESSION}={value}; {SESSION}={forged[0]}"
    for cookie in [*(f"{SESSION}={each}" for each in forged), two, f"other={value}", f"__Host-{SESSION}={value}"]:
        assert client.get("/config", headers={"cookie": cookie}).status_code == 401
    assert client.get("/config", headers={"COOKIE": f"{SESSION}={value}"}).status_code == 200
    # One that we signed for a session that never was.
    never = quick_access.cookies.signed(SESSION, "never")
    assert client.get("/config", headers={"cookie": f"{SESSION}={never}"}).status_code == 401
    odd = quick_access.cookies.signed(SESSION, {"a": 1})
    assert client.get("/config", headers={"cookie": f"{SESSION}={odd}"}).status_code == 401


def test_a_session_ends_with_idleness_and_not_while_it_is_used(client: TestClient, quick_access: Access, clock: Clock):
    given_user(quick_access)
    sign_in_by_program(client)
    for _ in range(4):
        clock.now += quick_access.idle_seconds - 120
        assert client.get("/config").status_code == 200
        seen(client, quick_access, clock.now)
    clock.now += quick_access.idle_seconds + 1
    assert client.get("/config").status_code == 401


def seen(client: TestClient, access: Access, at: float) -> None:
    """Waits until the session's last request is recorded, which no request waits for."""
    hashed = hash_of(access.cookies.verified(SESSION, client.cookies[SESSION]))
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with reading(access.engine) as connection:
            session = find_session(connection, hashed, access.clock(), access.idle_seconds)
        if session and session.seen_at == at:
            return
        client.get("/health")
    pytest.fail("not recorded")


def test_an_open_page_alone_does_not_keep_a_session(client: TestClient, quick_access: Access, clock: Clock):
    given_user(quick_access)
    sign_in_by_program(client)
    for _ in range(4):
        clock.now += quick_access.idle_seconds / 3
        last = client.get("/gradio_api/heartbeat/x").status_code
    assert last == 401


@pytest.mark.parametrize("changed", [{"disabled": True}, {"role": "reviewer"}, {"password_hash": "x"}])
def test_a_session_ends_at_once_when_the_user_changes(client: TestClient, quick_access: Access, changed: dict):
    given_user(quick_access)
    sign_in_by_program(client)
    assert client.get("/config").status_code == 200
    with writing(quick_access.engine) as connection:
        change_user(connection, named_user(connection, "alice"), **changed)
    assert client.get("/config").status_code == 401


def test_another_site_s_page_changes_nothing(client: TestClient, quick_access: Access):
    given_user(quick_access)
    sign_in_by_program(client)
    elsewhere = {"origin": "https://evil.example"}
    for method in ("POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
        answer = client.request(method, "/gradio_api/call/decide", headers=elsewhere)
        assert answer.status_code == 403
        assert "another site" in answer.json()["detail"]
    assert client.get("/", headers=elsewhere).status_code == 200
    assert client.post("/x", headers={"origin": "http://testserver"}).status_code == 200
    assert client.post("/x").status_code == 200
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client.websocket_connect("/socket", headers=elsewhere),
    ):
        pass
    assert closed.value.code == 1008


def test_a_websocket_is_guarded_from_its_first_to_its_last_word(client: TestClient, quick_access: Access):
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/socket"):
        pass
    assert closed.value.code == 1008
    given_user(quick_access)
    sign_in_by_program(client)
    with client.websocket_connect("/socket") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "Alice: hello"
        client.post("/sign-out")
        socket.send_text("still there?")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


def test_a_token_passes_within_its_scope_until_it_is_revoked(quick_access: Access):
    def needs(path: str) -> Action | None:
        return "decide" if path == "/decide" else "read" if path == "/score" else None

    with writing(quick_access.engine) as connection:
        secret, _ = add_token(connection, "robot", "adviser", ["read"], 1, quick_access.clock())
    with client_of(quick_access, needs) as client:
        for shown in (f"Bearer {secret}", f"bearer {secret}", f"BEARER  {secret} "):
            answer = client.post("/score", headers={"authorization": shown, "origin": "https://other.example"})
            assert answer.json()["person"] == "token:robot"
        shown = f"Bearer {secret}"
        refused = client.post("/decide", headers={"authorization": shown})
        assert (refused.status_code, refused.json()["detail"]) == (
            403,
            "This token is not meant for that: it may read.",
        )
        for other in (
            "",
            secret,
            f"Basic {secret}",
            f"Bearer {secret}x",
            "Bearer ",
            f"Bearer {secret[3:]}",
            "Bearer cs_",
        ):
            assert client.post("/score", headers={"authorization": other}).status_code == 401
        with writing(quick_access.engine) as connection:
            revoke_token(connection, "robot", quick_access.clock())
        assert client.post("/score", headers={"authorization": shown}).status_code == 401


def test_a_token_that_does_not_hold_is_not_made_good_by_a_cookie(client: TestClient, quick_access: Access):
    given_user(quick_access)
    sign_in_by_program(client)
    assert client.get("/", headers={"authorization": "Bearer cs_gone"}).status_code == 401
    # What a private Space's proxy reads is not ours.
    assert client.get("/", headers={"authorization": "Bearer hf_theirs"}).status_code == 200


def test_a_role_is_refused_in_its_language(quick_access: Access):
    given_user(quick_access, role="maintainer")
    with client_of(quick_access, lambda path: "read") as client:
        sign_in_by_program(client)
        answer = client.get("/", headers={"accept-language": "fr-FR,fr;q=0.9"})
    assert answer.status_code == 403
    assert answer.json()["detail"] == "En tant que responsable technique, vous ne voyez pas les demandeurs."


def test_without_sign_in_everybody_is_anybody_but_other_sites():
    with client_of(None) as client:
        assert client.get("/config").json()["person"] == "anybody"
        assert client.post("/x").json()["person"] == "anybody"
        assert client.get("/health").text == "ok"
        assert client.get("/sign-in").json()["person"] == "anybody"
        assert client.post("/x", headers={"origin": "https://evil.example"}).status_code == 403
        # The demo may be shown within another page, as the hub does.
        assert "content-security-policy" not in client.get("/").headers


@contextmanager
def without_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def gone(*_: object) -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as patched:
        for name in ("find_session", "find_token", "touch_session"):
            patched.setattr(guard_module, name, gone)
        yield


def test_while_the_database_is_gone_those_who_were_here_go_on_and_nobody_new_comes_in(
    client: TestClient, quick_access: Access, monkeypatch: pytest.MonkeyPatch
):
    given_user(quick_access)
    sign_in_by_program(client)
    with TestClient(client.app) as other:
        sign_in_by_program(other)
        assert client.get("/config").status_code == 200
        with without_database(monkeypatch):
            assert client.get("/config").json()["person"] == "Alice"
            refused = other.get("/config")
            assert refused.status_code == 503
            assert "cannot be checked" in refused.json()["detail"]
        client.post("/sign-out")
        with without_database(monkeypatch):
            assert client.get("/config").status_code in (401, 503)


def test_the_server_s_own_first_request_passes_once_and_only_from_this_machine(quick_access: Access):
    path = "/gradio_api/startup-events"
    for origin, statuses in (("127.0.0.1", [200, 401]), ("192.0.2.1", [401, 401])):
        app = Guard(inner_app(), quick_access, lambda _: None, starting=True)
        with TestClient(app, client=(origin, 1)) as client:
            assert [client.get(path).status_code for _ in range(2)] == statuses


def test_many_requests_at_once_are_each_looked_at(quick_access: Access):
    given_user(quick_access)
    app = Guard(inner_app(), quick_access, lambda _: None)

    async def ask() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://app") as known,
            httpx.AsyncClient(transport=transport, base_url="http://app") as unknown,
        ):
            await known.post("/login", data={"username": "alice", "password": "correct horse battery"})
            asked = [client.get("/config") for _ in range(50) for client in (known, unknown)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    statuses = run_apart(ask())
    assert (statuses[::2], statuses[1::2]) == ([200] * 50, [401] * 50)
