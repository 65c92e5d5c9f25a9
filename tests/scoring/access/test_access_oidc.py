from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from scoring.access import oidc
from scoring.access.access import Access
from scoring.access.cookies import OIDC, SESSION
from scoring.access.oidc import Provider, values_at
from scoring.errors import InvalidInputError
from scoring.journal.journal import Journal
from scoring.people import Role
from scoring.serving.settings import AccessSettings, OidcSettings
from scoring.words.wording import text
from tests.scoring.access.conftest import client_of, told
from tests.scoring.access.provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider, new_key, running_provider

PAGE = {"accept": "text/html"}


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with running_provider() as running:
        yield running


def by_provider(access: Access, provider: OpenIdProvider, claim: str = "role", **roles: Role) -> Access:
    settings = OidcSettings(provider.url, CLIENT_ID, CLIENT_SECRET, claim, roles)
    return replace(access, settings=AccessSettings("oidc", oidc=settings))


@pytest.fixture
def client(quick_access: Access, provider: OpenIdProvider) -> Iterator[TestClient]:
    with client_of(by_provider(quick_access, provider)) as opened:
        yield opened


def to_provider(client: TestClient, then: str = "/") -> str:
    """The callback's address with which the provider sends the browser back."""
    start = client.get("/oidc/start", params={"next": then})
    assert start.status_code == 303
    return httpx.get(start.headers["location"]).headers["location"].removeprefix("http://testserver")


def back(client: TestClient, callback: str) -> str:
    """Where the browser ends up."""
    answer = client.get(callback, headers=PAGE)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_somebody_signs_in_by_their_company_s_account(client: TestClient, quick_journal: Journal):
    page = client.get("/sign-in?next=/%3Fapplicant%3D5").text
    assert "Sign in with 127.0.0.1" in page
    assert 'name="password"' not in page
    assert back(client, to_provider(client, "/?applicant=5")) == "/?applicant=5"
    assert client.get("/config").json()["person"] == "Alice"
    entry = told(quick_journal, "sign_in")[0]
    assert (entry.person, entry.role, entry.payload and entry.payload["method"]) == ("Alice", "adviser", "oidc")
    assert OIDC not in client.cookies
    client.post("/sign-out")
    assert client.get("/config").status_code == 401


def refused(client: TestClient, quick_journal: Journal, callback: str, reason: str) -> None:
    """Nobody is signed in; it is in words and in the journal."""
    assert back(client, callback) == f"/sign-in?problem={reason}"
    assert SESSION not in client.cookies
    assert client.get("/config").status_code == 401
    assert text(f"sign_in.refused.{reason}", "en", seconds=0).split("'")[0] in client.get(
        f"/sign-in?problem={reason}"
    ).text.replace("&#x27;", "'")
    payload = told(quick_journal, "sign_in_failed")[-1].payload
    assert payload is not None
    assert payload["reason"] == reason


def test_a_code_counts_only_with_the_state_of_this_browser(
    client: TestClient, quick_access: Access, provider: OpenIdProvider, quick_journal: Journal
):
    with client_of(by_provider(quick_access, provider)) as attacker:
        theirs = to_provider(attacker)
    # A sign-in that this browser never began, and one that it began otherwise.
    refused(client, quick_journal, theirs, "provider")
    own = to_provider(client)
    refused(client, quick_journal, theirs, "provider")
    refused(client, quick_journal, own.replace("state=", "state=x"), "provider")
    for lacking in ("/oidc/callback", "/oidc/callback?code=x", "/oidc/callback?state=&code=x"):
        to_provider(client)
        refused(client, quick_journal, lacking, "provider")


def test_a_code_counts_once(client: TestClient, quick_journal: Journal):
    callback = to_provider(client)
    kept = client.cookies[OIDC]
    assert back(client, callback) == "/"
    client.post("/sign-out")
    refused(client, quick_journal, callback, "provider")
    client.cookies.set(OIDC, kept)
    refused(client, quick_journal, callback, "provider")


def test_a_code_of_another_sign_in_is_refused_by_its_verifier(client: TestClient, quick_journal: Journal):
    first, second = to_provider(client), to_provider(client)
    code = first.split("code=")[1].split("&")[0]
    mixed = second.replace(second.split("code=")[1].split("&")[0], code)
    refused(client, quick_journal, mixed, "provider")


def changed(**claims: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda given: {**given, **claims}


def shifted(claim: str, seconds: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda given: {**given, claim: int(time.time()) + seconds}


def without(claim: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda given: {name: value for name, value in given.items() if name != claim}


@pytest.mark.parametrize(
    "forge",
    [
        *(changed(iss="https://evil.example"), changed(aud="another client"), changed(aud=["a", "b"])),
        *(changed(aud=[CLIENT_ID, "b"]), changed(aud=[CLIENT_ID, "b"], azp="b"), changed(nonce="another")),
        *(shifted("exp", -600), shifted("iat", 600), changed(exp="soon")),
        *(changed(sub=""), changed(sub=None), shifted("nbf", 600)),
        *(without(claim) for claim in ("iss", "aud", "nonce", "exp", "iat", "sub")),
    ],
)
def test_a_token_that_is_not_for_us_from_it_in_time_and_of_this_sign_in_is_refused(
    client: TestClient, provider: OpenIdProvider, quick_journal: Journal, forge: Callable
):
    provider.forge = forge
    refused(client, quick_journal, to_provider(client), "provider")


@pytest.mark.parametrize(
    "sign",
    [
        lambda provider, claims: provider.unsigned(claims),
        lambda provider, claims: provider.by_public_key(claims),
        lambda provider, claims: provider.signed(claims, new_key()),
        lambda provider, claims: provider.signed(claims)[:-8] + "AAAAAAAA",
        lambda provider, claims: provider.signed(claims).rpartition(".")[0] + ".",
        lambda provider, claims: "no token at all",
        lambda provider, claims: "",
        lambda provider, claims: "a.b.c.d.e",
    ],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    client: TestClient, provider: OpenIdProvider, quick_journal: Journal, sign: Callable
):
    provider.sign = sign
    refused(client, quick_journal, to_provider(client), "provider")


def test_another_issuer_s_answer_is_refused(client: TestClient, provider: OpenIdProvider, quick_journal: Journal):
    callback = to_provider(client).replace("iss=http", "iss=https")
    refused(client, quick_journal, callback, "provider")


def test_what_the_provider_refuses_is_reported(client: TestClient, quick_journal: Journal):
    state = to_provider(client).split("state=")[1].split("&")[0]
    refused(client, quick_journal, f"/oidc/callback?error=access_denied&state={state}", "provider")


@pytest.mark.parametrize(
    ("claims", "claim", "roles", "reason"),
    [
        ({}, "role", {}, "no_role"),
        ({"role": "boss"}, "role", {}, "no_role"),
        ({"role": ["boss", "Adviser"]}, "role", {}, "no_role"),
        ({"role": {"adviser": True}}, "role", {}, "no_role"),
        ({"role": ["adviser", "maintainer"]}, "role", {}, "several_roles"),
        ({"role": "adviser"}, "role", {"advisers": "adviser"}, "no_role"),
        ({"role": ["adviser", "x"]}, "role", {}, None),
        ({"realm_access": {"roles": ["offline_access", "adviser"]}}, "realm_access.roles", {}, None),
        ({"https://lender.example/role": "adviser"}, "https://lender.example/role", {}, None),
        ({"orgs": [{"name": "a"}, {"name": "acme"}]}, "orgs.name", {"acme": "adviser"}, None),
    ],
)
def test_the_role_is_one_of_ours_wherever_the_provider_puts_it(
    quick_access: Access, provider: OpenIdProvider, quick_journal: Journal, claims, claim, roles, reason
):
    provider.claims = {"sub": "1", "preferred_username": "Alice", **claims}
    with client_of(by_provider(quick_access, provider, claim, **roles)) as client:
        callback = to_provider(client)
        if reason:
            refused(client, quick_journal, callback, reason)
        else:
            assert back(client, callback) == "/"
            assert told(quick_journal, "sign_in")[0].role == "adviser"


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "Alice"}, "Alice"),
        ({"email": "alice@lender.example"}, "alice@lender.example"),
        ({}, "1"),
        ({"preferred_username": "token:robot"}, None),
        ({"preferred_username": "anybody"}, None),
        ({"preferred_username": "a\u202eb"}, None),
    ],
)
def test_the_name_is_the_first_that_the_provider_gives(
    client: TestClient, provider: OpenIdProvider, quick_journal: Journal, claims: dict, name: str | None
):
    provider.claims = {"sub": "1", "role": "adviser", **claims}
    callback = to_provider(client)
    if name is None:
        refused(client, quick_journal, callback, "name")
    else:
        assert back(client, callback) == "/"
        assert client.get("/config").json()["person"] == name


def test_a_role_that_only_userinfo_holds_counts_if_it_is_about_the_same_person(
    client: TestClient, provider: OpenIdProvider, quick_journal: Journal
):
    provider.claims = {"sub": "1", "preferred_username": "Alice"}
    provider.userinfo = {"sub": "2", "role": "maintainer"}
    refused(client, quick_journal, to_provider(client), "provider")
    provider.userinfo = {"sub": "1", "role": "supervisor", "preferred_username": "Bob"}
    assert back(client, to_provider(client)) == "/"
    assert client.get("/config").json()["person"] == "Alice"
    assert told(quick_journal, "sign_in")[0].role == "supervisor"


def test_a_new_key_of_the_provider_is_looked_for(
    client: TestClient, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
):
    assert back(client, to_provider(client)) == "/"
    provider.keys.append(new_key())
    monkeypatch.setattr(oidc, "ANEW_SECONDS", 0)
    assert back(client, to_provider(client)) == "/"
    assert provider.asked.count("/jwks") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_a_provider_that_is_away_or_another_one_is_reported_in_words(quick_access: Access, quick_journal: Journal):
    with running_provider() as provider:
        access = by_provider(quick_access, provider)
    with client_of(access) as client:
        assert client.get("/oidc/start").headers["location"] == "/sign-in?problem=provider_away"
    with running_provider() as provider, client_of(by_provider(quick_access, provider)) as client:
        provider.published = {"issuer": "https://evil.example"}
        assert client.get("/oidc/start").headers["location"] == "/sign-in?problem=provider"


def test_a_flood_of_wrong_answers_does_not_fill_the_journal(client: TestClient, quick_journal: Journal):
    for _ in range(40):
        assert back(client, "/oidc/callback?state=x&code=y") == "/sign-in?problem=provider"
    assert len(told(quick_journal, "sign_in_failed")) < 10


def test_programs_do_not_sign_in_by_name_where_the_provider_does(client: TestClient):
    answer = client.post("/login", data={"username": "alice", "password": "x" * 20})
    assert answer.status_code == 401


def test_the_page_says_only_what_it_has_words_for(client: TestClient):
    page = client.get("/sign-in?problem=<b>x</b>").text
    assert "<b>" not in page
    assert "alert" not in page


@pytest.mark.parametrize("issuer", ["http://issuer.example", "issuer.example", "", "ftp://issuer.example", "https://"])
def test_an_issuer_is_asked_over_tls_alone(issuer: str):
    with pytest.raises(InvalidInputError, match="OIDC_ISSUER"):
        Provider(OidcSettings(issuer, CLIENT_ID, CLIENT_SECRET))


@pytest.mark.parametrize(
    ("claims", "path", "found"),
    [
        ({"a": {"b": ["x", {"c": 1}, "y"]}}, "a.b", {"x", "y"}),
        ({"a": [{"b": "x"}, {"b": ["y"]}, "z"]}, "a.b", {"x", "y"}),
        ({"a.b": "x", "a": {"b": "y"}}, "a.b", {"x"}),
        ({"a": "x"}, "a.b", set()),
        ({}, "", set()),
        ({"a": None}, "a", set()),
    ],
)
def test_claims_are_found_within_claims(claims: dict, path: str, found: set[str]):
    assert values_at(claims, path) == found
