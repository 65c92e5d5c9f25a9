"""Sign-in on a database of the test's own, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from scoring.access import passwords
from scoring.access.access import Access, open_access
from scoring.access.guard import Guard
from scoring.access.users import User, add_user
from scoring.database.engine import writing
from scoring.journal.entry import Entry
from scoring.journal.journal import EntryFilter, Journal, open_journal
from scoring.people import Action
from scoring.serving.settings import AccessSettings

PASSWORD = "correct horse battery"
WRONG = "incorrect horse battery"


@dataclass
class Clock:
    """The time, as the test says."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords hashed as little as Argon2 allows: dozens of them are checked here."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(database_url: str) -> Journal:
    return open_journal(database_url)


@pytest.fixture
def quick_journal(tmp_path: Path) -> Journal:
    """On SQLite alone, where the kind of database does not matter."""
    return open_journal(f"sqlite:///{tmp_path / 'quick.db'}")


def access_to(journal: Journal, clock: Clock) -> Access:
    return replace(open_access(AccessSettings("password"), journal.engine), clock=clock)


@pytest.fixture
def access(journal: Journal, clock: Clock) -> Access:
    return access_to(journal, clock)


@pytest.fixture
def quick_access(quick_journal: Journal, clock: Clock) -> Access:
    return access_to(quick_journal, clock)


def given_user(access: Access, name: str = "Alice", role: str = "adviser", **more: Any) -> User:
    with writing(access.engine) as connection:
        return add_user(connection, name, role, access.clock(), **({"password": PASSWORD} | more))


def told(journal: Journal, kind: Any) -> list[Entry]:
    return journal.entries(EntryFilter(kind=kind))


async def _whoami(request: Request) -> JSONResponse:
    return JSONResponse({"person": request.state.person.name, "method": request.method})


async def _socket(websocket: WebSocket) -> None:
    await websocket.accept()
    async for said in websocket.iter_text():
        await websocket.send_text(f"{websocket.state.person.name}: {said}")


async def _asset(request: Request) -> PlainTextResponse:
    return PlainTextResponse("script", headers={"Cache-Control": "public, max-age=3600"})


def inner_app() -> Starlette:
    """An app that trusts whatever stands before it."""
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Starlette(
        routes=[
            WebSocketRoute("/socket", _socket),
            Route("/assets/app.js", _asset),
            Route("/{path:path}", _whoami, methods=methods),
        ]
    )


def client_of(
    access: Access | None, needs: Callable[[str], Action | None] = lambda path: None, **more: Any
) -> TestClient:
    """Requests through the guard, from a browser of its own."""
    return TestClient(Guard(inner_app(), access, needs), follow_redirects=False, **more)


@pytest.fixture
def client(quick_access: Access) -> Iterator[TestClient]:
    with client_of(quick_access) as opened:
        yield opened


def sign_in_by_program(client: TestClient, name: str = "alice", password: str = PASSWORD) -> None:
    assert client.post("/login", data={"username": name, "password": password}).json() == {"success": True}
