"""Cookies: signed, unreadable for scripts, sent back to this app alone, and over TLS only where there is TLS.

Browsers accept a name with `__Host-` only from this very host, over TLS and for all paths (RFC 6265bis, 4.1.3.2): no
neighbour can plant one. `SameSite=Lax` lets the OpenID provider's redirect arrive signed in; other sites' forms do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

SESSION, SIGN_IN, OIDC = "scoring-session", "scoring-sign-in", "scoring-oidc"
HOST_PREFIX = "__Host-"
# Ours are much shorter; more is not even looked at.
LONGEST_COOKIE = 4096


def is_secure(scope: Mapping[str, Any]) -> bool:
    """Whether the browser came over TLS. The server has already put in what a proxy that it trusts says."""
    return scope.get("scheme") in ("https", "wss")


@dataclass(frozen=True)
class Cookies:
    """Writes and reads signed cookies."""

    secret: str

    def _serializer(self, name: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt=name, signer_kwargs={"digest_method": sha256})

    def signed(self, name: str, value: object) -> str:
        """A value with its time and signature, as a form or a cookie carries it."""
        return self._serializer(name).dumps(value)

    def verified(self, name: str, given: str | None, seconds: float | None = None) -> Any:
        """The value, or None: it was not signed by us under this name, or longer ago than that."""
        try:
            return self._serializer(name).loads(given, max_age=seconds) if given else None  # type: ignore[arg-type]
        except BadData:
            return None

    def read(self, scope: Mapping[str, Any], name: str, seconds: float | None = None) -> Any:
        """What we put into the cookie, or None. Two of one name that differ count as none."""
        return self.verified(name, _only(scope, _full(scope, name)), seconds)

    def set(self, scope: Mapping[str, Any], name: str, value: object) -> tuple[bytes, bytes]:
        """The header that sets a cookie until the browser is closed; the server ends it earlier."""
        return _header(scope, name, self.signed(name, value))

    def drop(self, scope: Mapping[str, Any], name: str) -> tuple[bytes, bytes]:
        """The header that removes one."""
        return _header(scope, name, "", max_age="0")


def _full(scope: Mapping[str, Any], name: str) -> str:
    return f"{HOST_PREFIX}{name}" if is_secure(scope) else name


def _only(scope: Mapping[str, Any], name: str) -> str | None:
    headers = [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == b"cookie"]
    pairs = [pair.strip().partition("=") for header in headers for pair in header.split(";")]
    found = {value for key, _, value in pairs if key == name}
    return found.pop() if len(found) == 1 and all(len(value) <= LONGEST_COOKIE for value in found) else None


def _header(scope: Mapping[str, Any], name: str, value: str, max_age: str = "") -> tuple[bytes, bytes]:
    cookie: SimpleCookie = SimpleCookie()
    full = _full(scope, name)
    cookie[full] = value
    cookie[full]["path"] = "/"
    cookie[full]["samesite"] = "Lax"
    cookie[full]["httponly"] = True
    cookie[full]["secure"] = is_secure(scope)
    if max_age:
        cookie[full]["max-age"] = max_age
    return b"set-cookie", cookie.output(header="").strip().encode("latin-1")
