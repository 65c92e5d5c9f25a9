"""The meaning of gradio's paths: which endpoint is called, and which requests start work."""

from __future__ import annotations

import re

from scoring.interface.who import BATCH, MCP, PAGE_EVENTS

# POST calls; GET with the event's id waits for its answer.
CALLED = re.compile(r"/gradio_api/(?:run|api|call(?:/v2)?)/([^/]+)/?")
AWAITED = re.compile(r"/gradio_api/call/([^/]+)/[^/]+/?")
EVENT, ANSWERS = "/gradio_api/queue/join", "/gradio_api/queue/data"
# Open as long as a page is.
HEARTBEAT = "/gradio_api/heartbeat/"
OWN = {"/": "page", "/config": "page", "/drift": "drift", "/metrics": "metrics", MCP: "mcp"}
PROBES = ("/health", "/ready")
FILES = ("/assets/", "/static/", "/svelte/", "/theme.css", "/favicon.ico")
SIGN_IN = ("/sign-in", "/login", "/sign-out", "/oidc/start", "/oidc/callback")


def endpoint_of(names: frozenset[str], method: str, path: str) -> str | None:
    """One of a few words for a request: an endpoint's name, `page`, `page_event`; None for what lasts.

    Args:
        names: of the app's endpoints; whatever else is called is `unknown`.
        method: HTTP's.
        path: within the app.
    """
    if path.startswith(HEARTBEAT):
        return None
    if called := CALLED.fullmatch(path) if method == "POST" else AWAITED.fullmatch(path):
        if called[1] == PAGE_EVENTS:
            return "page_event"
        name = called[1] if called[1] in names else "unknown"
        # A call that is queued is answered when it is waited for.
        return "call" if method == "POST" and "/call/" in path and name in names else name
    if path.rstrip("/") in (EVENT, ANSWERS):
        return "page_event" if path.startswith(EVENT) else "page_answers"
    if path in SIGN_IN:
        return "sign_in"
    if path in PROBES:
        return "probe"
    if path == BATCH or path.startswith(f"{BATCH}/"):
        return "batch"
    return OWN.get(path) or ("file" if path.startswith(FILES) else "other")


def begins_work(method: str, path: str) -> bool:
    """Whether a request has something computed."""
    return method == "POST" and (CALLED.fullmatch(path) is not None or path.rstrip("/") in (EVENT, BATCH, MCP))
