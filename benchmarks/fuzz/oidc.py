"""The way back from an OpenID provider: only what it has signed, for us and for this sign-in, signs anybody in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from hypothesis import strategies as st
from joserfc import jws

from benchmarks.fuzz.asgi import HOST, answered, request, stays_here
from benchmarks.fuzz.inputs import ANYTHING, Strategy, mostly
from benchmarks.fuzz.sign_in import BETWEEN_INPUTS, PLACES, ROOTS, cookie, guarded, signs_in
from benchmarks.fuzz.target import Target, check_answer
from scoring.access.access import Access, open_access
from scoring.journal.journal import open_journal
from scoring.people import ROLES
from scoring.serving.settings import AccessSettings, OidcSettings
from tests.scoring.access.provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider, running_provider

# Claims that are another sign-in's, or for others, if they are not as the provider put them.
BINDING = ("iss", "aud", "nonce", "sub")
CLAIMS = (*BINDING, "exp", "iat", "nbf", "azp", "role", "preferred_username", "email")
WAYS = ("signed", "signed", "signed", "unsigned", "by_public_key")


@dataclass(frozen=True)
class Return:
    """How somebody comes back: what is other in the address and in the claims, and who made the token."""

    place: str
    root: str
    query: dict[str, str]
    claims: dict[str, Any]
    way: str
    token: Any


@contextmanager
def opened(folder: Path) -> Iterator[Target]:
    """Returns from a provider on this machine, of which a folder holds the journal."""
    with running_provider() as provider, asyncio.Runner() as runner:
        settings = OidcSettings(provider.url, CLIENT_ID, CLIENT_SECRET)
        journal = open_journal(f"sqlite:///{folder / 'oidc.db'}")
        access = open_access(AccessSettings("oidc", oidc=settings), journal.engine)
        yield Target(_returns(), _Check(access, provider, runner))


class _Check:
    """What must be true of each return."""

    def __init__(self, access: Access, provider: OpenIdProvider, runner: asyncio.Runner) -> None:
        clock = count(access.clock(), BETWEEN_INPUTS)
        self._app = guarded(replace(access, clock=lambda: next(clock)))
        self._provider, self._runner = provider, runner

    def __call__(self, sent: Return) -> bool:
        start = self._get("/oidc/start", sent.root, {"next": sent.place})
        query = dict(parse_qsl(urlsplit(start.location).query))
        provider = self._provider
        provider.codes.clear()
        back = dict(parse_qsl(urlsplit(provider.authorize(query)).query)) | sent.query
        provider.forge = lambda claims: {**claims, **sent.claims}
        provider.sign = lambda _, claims: self._token(sent, claims)
        kept = next(cookie(header) for header in start.headers if header[0] == b"set-cookie")
        answer = self._get("/oidc/callback", sent.root, back, kept)
        check_answer(answer.status, answer.content.decode())
        assert stays_here(answer.location), answer.location
        assert "not_recorded" not in answer.location, sent
        if not signs_in(answer):
            return False
        assert sent.way == "signed", sent
        assert not sent.query.keys() & {"state", "code", "iss"}, sent
        assert not sent.claims.keys() & {*BINDING}, sent
        assert sent.token is None, sent
        return True

    def _get(self, path: str, root: str, query: dict[str, str], *headers: tuple[bytes, bytes]) -> Any:
        scope = request(
            "GET",
            path,
            root_path=root,
            query_string=urlencode(query, errors="replace").encode(),
            headers=[(b"host", HOST), *headers],
        )
        return answered(self._runner, self._app, scope)

    def _token(self, sent: Return, claims: dict[str, Any]) -> Any:
        if sent.token is not None:
            return sent.token
        if sent.way != "signed":
            return getattr(self._provider, sent.way)(claims)
        key = self._provider.keys[-1]
        return jws.serialize_compact({"alg": "RS256", "kid": key.kid}, json.dumps(claims).encode(), key)


def _returns() -> Strategy:
    words = st.text(max_size=20)
    role = st.sampled_from([*ROLES]) | st.lists(st.sampled_from([*ROLES]), max_size=2)
    claim = st.sampled_from(CLAIMS).flatmap(lambda name: st.tuples(st.just(name), role if name == "role" else ANYTHING))
    asked = st.dictionaries(st.sampled_from(["state", "code", "iss", "error", "x"]), words, max_size=2)
    return st.builds(
        Return,
        mostly(st.sampled_from(PLACES), beside=words),
        st.sampled_from(ROOTS),
        mostly(st.just({}), beside=asked),
        st.lists(claim, max_size=2).map(dict),
        st.sampled_from(WAYS),
        mostly(st.none(), beside=ANYTHING),
    )
