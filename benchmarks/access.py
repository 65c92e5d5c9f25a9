"""Measures sign-in: the guard's share of a request, and finding one session among many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

import httpx
from sqlalchemy import insert

from benchmarks.app import running_app
from benchmarks.timing import medians
from scoring.access.access import Access, open_access
from scoring.access.guard import Guard
from scoring.access.sessions import hash_of
from scoring.access.tables import sessions
from scoring.access.users import add_user
from scoring.database.engine import writing
from scoring.journal.journal import open_journal
from scoring.serving.settings import AccessSettings

PASSWORD = "correct horse battery"
REQUESTS = 400
ROUNDS = 60
LIST_SECONDS = 15
MANY_SESSIONS = 100_000


async def _empty(scope: Any, receive: Any, send: Any) -> None:
    """An app that does nothing."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _opened(folder: Path) -> Access:
    access = open_access(AccessSettings("password"), open_journal(f"sqlite:///{folder / 'journal.db'}").engine)
    with writing(access.engine) as connection:
        add_user(connection, "adviser", "adviser", access.clock(), PASSWORD)
    return access


async def _seconds(ask: Callable[[], Awaitable[httpx.Response]]) -> float:
    """The median of many requests."""
    taken = []
    for _ in range(REQUESTS):
        start = perf_counter()
        (await ask()).raise_for_status()
        taken.append(perf_counter() - start)
    return median(taken)


async def _guarded(access: Access) -> tuple[float, float]:
    """Seconds of a request to an app that does nothing, without the guard and with it."""
    bare = httpx.AsyncClient(transport=httpx.ASGITransport(_empty), base_url="http://app")
    app = Guard(_empty, access, lambda _: None)
    guarded = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app")
    async with bare, guarded:
        (await guarded.post("/login", data={"username": "adviser", "password": PASSWORD})).raise_for_status()
        return await _seconds(lambda: bare.get("/")), await _seconds(lambda: guarded.get("/"))


def _fill(access: Access) -> None:
    now = access.clock()
    held = {"user_key": "adviser", "role": "adviser", "started_at": now, "seen_at": now}
    with writing(access.engine) as connection:
        connection.execute(insert(sessions), [{"hash": hash_of(str(n)), **held} for n in range(MANY_SESSIONS)])


@contextmanager
def _client(folder: Path, auth: str) -> Iterator[httpx.Client]:
    """A client of the app itself, signed in where it wants that."""
    home = folder / auth
    home.mkdir()
    _opened(home)
    settings = {"AUTH": auth, "JOURNAL_URL": f"sqlite:///{home / 'journal.db'}"}
    with running_app(**settings) as (address, _), httpx.Client(timeout=60) as client:
        client.base_url = address.removesuffix("/gradio_api/call")
        # The list is scored in the background.
        sleep(LIST_SECONDS)
        if auth == "password":
            client.post("/login", data={"username": "adviser", "password": PASSWORD}).raise_for_status()
        yield client


def _scored(folder: Path, applicant_id: int) -> dict[str, float]:
    """Seconds of a `/score` without sign-in and with it, in turns."""
    body = {"data": [applicant_id]}
    with _client(folder, "none") as anybody, _client(folder, "password") as adviser:
        clients = {"none": anybody, "password": adviser}
        contenders = {
            name: partial(lambda client: client.post("/gradio_api/run/score", json=body).raise_for_status(), client)
            for name, client in clients.items()
        }
        return medians(contenders, ROUNDS)


def access(ids: list[int]) -> list[str]:
    """The guard's cost."""
    with TemporaryDirectory() as folder:
        opened = _opened(Path(folder))
        bare, few = asyncio.run(_guarded(opened))
        _fill(opened)
        _, many = asyncio.run(_guarded(opened))
    with TemporaryDirectory() as folder:
        score = _scored(Path(folder), ids[0])
    added = few - bare
    return [
        f"access: the guard adds {1e3 * added:.2f} ms to a request, {added / score['none']:.1%} of a /score "
        f"({1e3 * score['none']:.0f} ms); in the app itself a /score takes {score['password'] / score['none']:.2f} "
        f"times as long signed in as without sign-in; with {MANY_SESSIONS:,} sessions the guard takes "
        f"{(many - bare) / added:.2f} times as long as with one"
    ]


if __name__ == "__main__":
    print("\n".join(access([100_001])))
