"""`app.py` in the test's own process, so that its routes can be listed and asked one by one."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from scoring.access.access import Access
from scoring.access.users import add_user
from scoring.database.engine import writing
from scoring.interface.theme import launch_options
from scoring.people import ROLES
from tests.interface.conftest import PLAIN, ROOT
from tests.ports import free_port

# What nobody gets to read who is not signed in.
SECRETS = re.compile(r"AMT_|100001|Traceback|File \"|sqlalchemy|applicant_id|threshold|demo-\d")


@dataclass
class Running:
    url: str
    app: Any
    access: Access
    password: str

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def cookie(self, name: str) -> str:
        answer = httpx.post(f"{self.url}/login", data={"username": name, "password": self.password}, timeout=30)
        return answer.headers["set-cookie"].partition(";")[0]


def mounted() -> list[BaseRoute]:
    """What somebody may mount tomorrow, with a websocket."""

    async def inside(request: Any) -> PlainTextResponse:
        return PlainTextResponse("applicant_id 100001")

    async def socket_(websocket: Any) -> None:
        await websocket.accept()
        await websocket.send_text("applicant_id 100001")
        await websocket.close()

    deep = Starlette(routes=[Route("/x", inside), WebSocketRoute("/socket", socket_)])
    inner = Starlette(routes=[Route("/", inside), Mount("/deep", deep)])
    return [Mount("/mounted", inner), WebSocketRoute("/socket", socket_)]


@contextmanager
def app_in_process(folder: Path, password: str) -> Iterator[Running]:
    """`app.py` in this process, so that its routes can be listed, with one user of each role."""
    wanted = {**PLAIN, "AUTH": "password", "JOURNAL_URL": f"sqlite:///{folder / 'journal.db'}"}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {**wanted, "GRADIO_HEARTBEAT_INTERVAL": "0.2"}.items():
            patched.setenv(name, value)
        spec = importlib.util.spec_from_file_location("app_of_the_routes", ROOT / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        # The browser's driver may have an event loop in this thread; `app.py` makes one of its own.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(spec.loader.exec_module, module).result()
        access = module.access
        with writing(access.engine) as connection:
            for role in ROLES:
                add_user(connection, role, role, access.clock(), password)
        options = module.app_options()
        app, url, _ = module.demo.launch(
            **launch_options(),
            app_kwargs={**options, "routes": [*options["routes"], *mounted()]},
            prevent_thread_lock=True,
            quiet=True,
            server_port=free_port(),
        )
        yield Running(url.rstrip("/"), app, access, password)
        module.demo.close()


def paths_of(routes: list[BaseRoute], before: str = "") -> Iterator[str]:
    """The path of each route, however deep it is mounted, with something in place of its parameters."""
    for route in routes:
        if hasattr(route, "original_router"):
            # What gradio includes under its own prefix.
            yield from paths_of(route.original_router.routes, before)
            continue
        path = re.sub(r"\{.*?\}", "x", before + str(getattr(route, "path", "")))
        yield path
        inner = getattr(route, "routes", None) or getattr(getattr(route, "app", None), "routes", [])
        yield from paths_of(inner, path)


def sent(client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
    """The answer's status and headers alone: it may never end."""
    request = client.build_request(method, "/", **more)
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = client.send(request, stream=True)
    answer.close()
    return answer


def status(client: httpx.Client, method: str, path: str, **more: Any) -> int:
    """The status alone."""
    return sent(client, method, path, **more).status_code
