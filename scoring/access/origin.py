"""Which page a request comes from: a request that changes something counts only from our own page or from a program.

Browsers send `Sec-Fetch-Site` over TLS and on loopback, and `Origin` with every form and script that posts; neither can
be set by another site's page. A program sends neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

READ_ONLY = {"GET", "HEAD", "OPTIONS"}
HOST_HEADERS = ("host", "x-forwarded-host")
# A name or an address of IPv4 or IPv6, perhaps with a port.
HOST = re.compile(r"(?:[\w.-]*|\[[0-9a-f:.]+\])(?::\d{1,5})?", re.ASCII | re.IGNORECASE)
OWN = {"same-origin", "none"}


def header(scope: Mapping[str, Any], name: str) -> str | None:
    """The last header of a name; None if there is none."""
    found = [value for key, value in scope["headers"] if key.lower() == name.encode()]
    return found[-1].decode("latin-1") if found else None


def is_odd(scope: Mapping[str, Any]) -> bool:
    """Whether the path or the host is none: gradio makes addresses of both, and fails on what cannot be in one."""
    hosts = ",".join(header(scope, name) or "" for name in HOST_HEADERS)
    return not scope["path"].isprintable() or not all(HOST.fullmatch(host.strip()) for host in hosts.split(","))


def from_elsewhere(scope: Mapping[str, Any]) -> bool:
    """Whether another site's page sent this request."""
    site = header(scope, "sec-fetch-site")
    if site is not None:
        return site not in OWN
    page = header(scope, "origin") or header(scope, "referer")
    if page is None:
        return False
    hosts = (header(scope, name) for name in HOST_HEADERS)
    return _host(page) not in {_host(f"//{host}") for host in hosts if host}


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).netloc.lower() or None
    except ValueError:
        return None


def changes_something(scope: Mapping[str, Any]) -> bool:
    """Whether the request may change something; a websocket may."""
    return scope["type"] == "websocket" or scope["method"] not in READ_ONLY


def prefix(scope: Mapping[str, Any]) -> str:
    """The path under which a proxy offers the app, without a slash at its end; empty at the root of its host."""
    try:
        return urlsplit(scope.get("root_path") or "").path.rstrip("/")
    except ValueError:
        return ""


def own_path(scope: Mapping[str, Any]) -> str:
    """The path within the app."""
    before, path = prefix(scope), str(scope["path"])
    return path.removeprefix(before) if before and path.startswith(f"{before}/") else path


def local_path(given: str | None) -> str:
    """Where to go after sign-in: a path of this app, else its first page."""
    path = given or "/"
    if not path.startswith("/") or path[:2] in ("//", "/\\") or "\\" in path or not path.isprintable():
        return "/"
    return path
