"""The route of `/mcp`: calls that are none are refused here in words, since the SDK would tell of its own insides."""

from __future__ import annotations

import json
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import DEFAULT_MAX_REQUEST_BODY_SIZE, TransportSecuritySettings
from mcp_types import INVALID_REQUEST
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from scoring.access.answers import Message, Receive, Scope, Send, answer

NO_CALL = (
    'The call cannot be read. Send one JSON-RPC 2.0 object in UTF-8 with "method", "id" and "params", such as '
    '{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}.'
)


class McpRoute:
    """ASGI: one server's calls, each by itself; `manager` runs as long as the app does.

    Whose page a call comes from is what the guard looks at.
    """

    def __init__(self, server: Server) -> None:
        security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        self.manager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, security_settings=security
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["method"] != "POST":
            await self.manager.handle_request(scope, receive, send)
            return
        body = await _body(Request(scope, receive))
        if not _is_call(body):
            error = {"code": INVALID_REQUEST, "message": NO_CALL}
            refused = JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, 400)
            await answer(refused, scope, receive, send)
            return
        sent: list[Message] = [{"type": "http.request", "body": body}]

        async def again() -> Message:
            return sent.pop() if sent else await receive()

        await self.manager.handle_request(scope, again, send)


async def _body(request: Request) -> bytes:
    """What was sent, as far as it may be that long; else nothing."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > DEFAULT_MAX_REQUEST_BODY_SIZE:
                return b""
    except ClientDisconnect:
        return b""
    return body


def _is_call(body: bytes) -> bool:
    try:
        sent: Any = json.loads(body)
        # Half a surrogate pair is not text.
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(sent, dict)
        and sent.get("jsonrpc") == "2.0"
        and isinstance(sent.get("method"), str)
        and isinstance(sent.get("params", {}), dict)
        and (isinstance(sent.get("id", 0), (str, int)) and not isinstance(sent.get("id", 0), bool))
    )
