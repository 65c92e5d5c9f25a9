"""An OpenID provider on loopback: discovery, keys, authorization code with PKCE, ID tokens that are really signed.

Whoever comes to its authorization page is taken for signed in. It checks what a provider has to (client, redirect,
code, verifier, each code once), and lies in a test's way where the test says so.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "credit-scoring", "client secret: it is ours"
Claims = dict[str, Any]


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})


@cache
def first_key() -> RSAKey:
    """Made once: it takes a second."""
    return new_key()


@dataclass
class OpenIdProvider:
    """What it says of the person, and how it lies: `forge` changes the claims, `sign` makes the token of them."""

    url: str
    claims: Claims = field(default_factory=lambda: {"sub": "1", "preferred_username": "Alice", "role": "adviser"})
    userinfo: Claims | None = None
    forge: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[OpenIdProvider, Claims], str] = lambda provider, claims: provider.signed(claims)
    published: Claims = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [first_key()])
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def signed(self, claims: Claims, key: RSAKey | None = None) -> str:
        used = key or self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": used.kid}, claims, used)

    def unsigned(self, claims: Claims) -> str:
        return f"{encoded(json.dumps({'alg': 'none'}).encode())}.{encoded(json.dumps(claims).encode())}."

    def by_public_key(self, claims: Claims) -> str:
        """Signed with HMAC, with the published key's text as the secret."""
        pem = self.keys[-1].as_pem(private=False)
        header = encoded(json.dumps({"alg": "HS256", "kid": self.keys[-1].kid}).encode())
        signed = f"{header}.{encoded(json.dumps(claims).encode())}"
        return f"{signed}.{encoded(hmac.digest(pem, signed.encode(), 'sha256'))}"

    def metadata(self) -> Claims:
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            **self.published,
        }
        return found | ({"userinfo_endpoint": f"{self.url}/userinfo"} if self.userinfo is not None else {})

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes next, with a code."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe()
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.url})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        user, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (unquote(user), unquote(password)) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge.rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        times = {"iat": now, "exp": now + 300}
        claims = self.forge({"iss": self.url, "aud": CLIENT_ID, "nonce": asked["nonce"], **times, **self.claims})
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.sign(self, claims)}


def _handler(provider: Callable[[], OpenIdProvider]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked, now = urlsplit(self.path), provider()
            now.asked.append(asked.path)
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            match asked.path:
                case "/.well-known/openid-configuration":
                    self.say(200, now.metadata())
                case "/jwks":
                    self.say(200, KeySet([*now.keys]).as_dict(private=False))
                case "/authorize":
                    self.send_response(302)
                    self.send_header("Location", now.authorize(query))
                    self.end_headers()
                case "/userinfo" if self.headers["Authorization"] == "Bearer access":
                    self.say(200, now.userinfo)
                case _:
                    self.say(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.say(*provider().token(form, self.headers.get("Authorization", "")))

        def say(self, status: int, body: Any) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def running_provider() -> Iterator[OpenIdProvider]:
    """A provider as long as it is wanted."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lambda: provider))
    provider = OpenIdProvider(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
