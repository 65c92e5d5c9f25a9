"""Sign-in by an OpenID provider: authorization code with PKCE, state and nonce; name and role from its claims.

After OpenID Connect Core 1.0 (3.1), Discovery 1.0, RFC 7636 and RFC 9700. What the provider signs counts only with a
signature by one of its published keys, by a public-key algorithm, for us, from it, in time, and for this very sign-in.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from scoring.access.names import checked_name
from scoring.access.sign_in import Identity, RefusedError
from scoring.errors import InvalidInputError
from scoring.people import ROLES, Role
from scoring.serving.settings import OidcSettings

log = logging.getLogger(__name__)

# Never "none", and none with a shared secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
SCOPE = "openid profile email"
NAME_CLAIMS = ("preferred_username", "email", "sub")
TIMEOUT_SECONDS = 10
LEEWAY_SECONDS = 60
# How long what the provider publishes is kept; a key that is not in it is looked for anew, at most this often.
KEPT_SECONDS, ANEW_SECONDS = 3600, 60
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Provider:
    """The OpenID provider of the settings.

    Raises:
        InvalidInputError: its issuer is not an https address.
    """

    def __init__(self, settings: OidcSettings) -> None:
        address = urlsplit(settings.issuer)
        if not address.hostname or (address.scheme != "https" and address.hostname not in LOOPBACK):
            raise InvalidInputError(f"OIDC_ISSUER={settings.issuer!r} is not allowed. Set an https:// address.")
        self._settings = settings
        self._lock = threading.Lock()
        self._published: dict[str, tuple[float, dict[str, Any]]] = {}

    @property
    def host(self) -> str:
        """What people know it by."""
        return urlsplit(self._settings.issuer).hostname or ""

    def start(self, redirect: str) -> tuple[str, dict[str, str]]:
        """The provider's address to send somebody to, and what to keep until they are back.

        Raises:
            RefusedError: the provider does not answer.
        """
        flow = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        with self._client(redirect) as client:
            address, _ = client.create_authorization_url(
                self._metadata()["authorization_endpoint"],
                state=flow["state"],
                nonce=flow["nonce"],
                code_verifier=flow["verifier"],
            )
        return address, flow

    def finish(self, flow: Mapping[str, str] | None, answered: Mapping[str, str], redirect: str) -> Identity:
        """Whom the provider has signed in.

        Args:
            flow: what `start` gave to keep; None if it is lost or too old.
            answered: what the provider sent the browser back with.
            redirect: the address that it was sent back to.

        Raises:
            RefusedError: nobody, or somebody without one role here; the log says what was wrong.
        """
        if flow is None or not hmac.compare_digest(answered.get("state", "").encode(), flow["state"].encode()):
            raise _failed("the state is not that of a sign-in begun in this browser")
        if answered.get("iss", self._settings.issuer) != self._settings.issuer:
            raise _failed("the answer is another issuer's")
        if "code" not in answered:
            raise _failed(f"the provider refused: {answered.get('error', 'no code')!r:.100}")
        claims = self._claims(answered["code"], flow, redirect)
        name = str(next(claims[claim] for claim in NAME_CLAIMS if claims.get(claim)))
        try:
            name = checked_name(name)
        except InvalidInputError as error:
            raise RefusedError("name", name=name) from error
        return Identity(f"{self._settings.issuer} {claims['sub']}", name, self._role(claims, name))

    def _claims(self, code: str, flow: Mapping[str, str], redirect: str) -> dict[str, Any]:
        metadata = self._metadata()
        try:
            with self._client(redirect) as client:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    code=code,
                    code_verifier=flow["verifier"],
                    grant_type="authorization_code",
                )
                claims = self._verified(str(token.get("id_token")), flow["nonce"])
                if not values_at(claims, self._settings.role_claim) and "userinfo_endpoint" in metadata:
                    userinfo = client.get(metadata["userinfo_endpoint"]).raise_for_status().json()
                    if userinfo.get("sub") != claims["sub"]:
                        raise _failed("userinfo is about somebody else")
                    claims = {**userinfo, **claims}
        except (OAuthError, httpx2.HTTPStatusError, JoseError, ValueError, AttributeError) as error:
            raise _failed(f"{type(error).__name__}: {error}") from error
        except httpx2.HTTPError as error:
            raise _away(error) from error
        return claims

    def _verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token.

        Raises:
            JoseError: it is not the provider's, not for us, not in time, or not of this sign-in.
        """
        try:
            found = jwt.decode(id_token, self._keys(KEPT_SECONDS), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # Perhaps its key is new.
            found = jwt.decode(id_token, self._keys(ANEW_SECONDS), algorithms=ALGORITHMS)
        client_id = self._settings.client_id
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(found.claims)
        audience = found.claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and found.claims.get("azp") != client_id:
            raise ValueError("the token is for several, and not presented to us")
        return found.claims

    def _role(self, claims: Mapping[str, Any], name: str) -> Role:
        meanings: Mapping[str, Role] = self._settings.roles or {role: role for role in ROLES}
        values = values_at(claims, self._settings.role_claim)
        known = {role for value, role in meanings.items() if value in values}
        if len(known) != 1:
            raise RefusedError("several_roles" if known else "no_role", name=name)
        return known.pop()

    def _client(self, redirect: str) -> OAuth2Client:
        return OAuth2Client(
            self._settings.client_id,
            self._settings.client_secret,
            scope=SCOPE,
            redirect_uri=redirect,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
            token_endpoint_auth_method=self._client_authentication(),
        )

    def _client_authentication(self) -> str:
        # RFC 8414: where nothing is said, it is by the header.
        offered = self._metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

    def _metadata(self) -> dict[str, Any]:
        address = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        metadata = self._get(address, KEPT_SECONDS)
        if metadata.get("issuer") != self._settings.issuer:
            raise _failed(f"OIDC_ISSUER is not the issuer that {address} names")
        return metadata

    def _keys(self, kept_seconds: float) -> KeySet:
        return KeySet.import_key_set(self._get(self._metadata()["jwks_uri"], kept_seconds))  # type: ignore[arg-type]

    def _get(self, address: str, kept_seconds: float) -> dict[str, Any]:
        """What the provider publishes there, from memory if it is not older than that."""
        with self._lock:
            at, kept = self._published.get(address, (float("-inf"), {}))
            if time.monotonic() - at < kept_seconds:
                return kept
            try:
                found = httpx2.get(address, timeout=TIMEOUT_SECONDS).raise_for_status().json()
            except (httpx2.HTTPError, ValueError) as error:
                raise _away(error) from error
            if not isinstance(found, dict):
                raise _failed(f"{address} is no JSON object")
            self._published[address] = (time.monotonic(), found)
            return found


def values_at(claims: Mapping[str, Any], path: str) -> set[str]:
    """The words at a claim, which may be one or a list, and may lie within others: `realm_access.roles`."""
    found: list[Any] = [claims.get(path)]
    if path not in claims:
        found = [claims]
        for part in path.split("."):
            found = [
                inner[part] for outer in found for inner in _each(outer) if isinstance(inner, dict) and part in inner
            ]
    return {value for outer in found for value in _each(outer) if isinstance(value, str)}


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _failed(why: str) -> RefusedError:
    log.warning("Sign-in by the OpenID provider failed: %s", why)
    return RefusedError("provider")


def _away(error: Exception) -> RefusedError:
    log.error("The OpenID provider does not answer: %s", error)
    return RefusedError("provider_away")
