"""What fails behind `/mcp` is in the log, and the caller learns nothing of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from mcp.client import Client
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from scoring.interface import mcp_server
from scoring.interface.mcp_server import TOOLS
from scoring.interface.named import Endpoint
from scoring.operations.call_pool import CallPool
from scoring.people import ANYBODY
from tests.apart import run_apart


def fail(applicant_id: int | None = None) -> dict[str, Any]:
    raise RuntimeError("secret")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(mcp_server, "_reader", lambda _: ANYBODY)
    nothing_served: Any = SimpleNamespace(serving=None)
    return mcp_server.mcp_server(
        nothing_served, dict.fromkeys(TOOLS.values(), Endpoint("read", fail, dict)), CallPool(1, lambda: False)
    )


def test_a_fault_is_in_the_log_and_not_in_the_answer(failing: Server, caplog: pytest.LogCaptureFixture):
    async def words() -> list[str]:
        async with Client(failing) as client:
            with pytest.raises(MCPError) as of_tool:
                await client.call_tool("score", {})
            with pytest.raises(MCPError) as of_resource:
                await client.read_resource("credit://model")
            return [str(of_tool.value), str(of_resource.value)]

    assert set(run_apart(words())) == {"The call could not be answered because of a fault, which is in the log."}
    assert "secret" in caplog.text
