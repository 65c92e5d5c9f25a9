"""One running app for all tests of its routes, and what nobody shows who is not signed in."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import update

from scoring.access.tables import sessions
from scoring.access.tokens import add_token, revoke_token
from scoring.access.users import add_user
from scoring.database.engine import writing
from tests.interface.app_in_process import Running, app_in_process

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with app_in_process(tmp_path_factory.mktemp("routes"), PASSWORD) as found:
        yield found


@pytest.fixture(scope="session")
def nobodies(running: Running) -> dict[str, dict[str, str]]:
    """What somebody may show who is not signed in."""
    access = running.access
    with writing(access.engine) as connection:
        revoked, _ = add_token(connection, "revoked", "adviser", ["read"], 1, access.clock())
        revoke_token(connection, "revoked", access.clock())
        expired, _ = add_token(connection, "expired", "adviser", ["read"], 1, access.clock() - 2 * 24 * 3600)
        add_user(connection, "late", "supervisor", 0.0, PASSWORD)
    late = running.cookie("late")
    with writing(access.engine) as connection:
        connection.execute(
            update(sessions).where(sessions.c.user_key == "late").values(seen_at=access.clock() - 24 * 3600)
        )
    cookie = running.cookie("supervisor")
    name, _, value = cookie.partition("=")
    with httpx.Client(headers={"cookie": cookie}) as client:
        client.post(f"{running.url}/sign-out")
    return {
        "nothing": {},
        "an expired session": {"cookie": late},
        "a session that was signed out": {"cookie": cookie},
        "a tampered cookie": {"cookie": f"{name}={'A' if value[0] != 'A' else 'B'}{value[1:]}"},
        "another app's cookie": {"cookie": f"{name}=x; access-token-x=y; session=z"},
        "a revoked token": {"authorization": f"Bearer {revoked}"},
        "an expired token": {"authorization": f"Bearer {expired}"},
        "no token": {"authorization": "Bearer cs_x", "x-hf-authorization": f"Bearer {revoked}"},
        "gradio's own header": {"x-gradio-user": "app", "x-http-method-override": "GET", "x-original-url": "/sign-in"},
    }
