from __future__ import annotations

from typing import Any

import pytest

from scoring.access.origin import from_elsewhere, is_odd, local_path, own_path, prefix


def sent(**headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in named.items()]}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "app.example"},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"origin": "https://app.example", "host": "app.example"},
        {"origin": "https://APP.example:8443", "host": "app.example:8443"},
        {"origin": "https://app.example", "host": "inner:7860", "x_forwarded_host": "app.example"},
        {"referer": "https://app.example/?applicant=1", "host": "app.example"},
        # The proxy changed the host; the browser knows better.
        {"sec_fetch_site": "same-origin", "origin": "https://app.example", "host": "inner:7860"},
    ],
)
def test_our_own_page_and_programs_are_not_elsewhere(headers: dict[str, str]):
    assert not from_elsewhere(sent(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "anything"},
        {"sec_fetch_site": ""},
        {"sec_fetch_site": "cross-site", "origin": "https://app.example", "host": "app.example"},
        {"origin": "https://evil.example", "host": "app.example"},
        {"origin": "null", "host": "app.example"},
        {"origin": "https://app.example"},
        {"origin": "https://app.example:1", "host": "app.example"},
        {"origin": "https://app.example.evil.example", "host": "app.example"},
        {"origin": "https://app.example@evil.example", "host": "app.example"},
        {"origin": "https://[", "host": "app.example"},
        {"origin": "null", "host": ""},
        {"referer": "https://evil.example/app.example", "host": "app.example"},
    ],
)
def test_another_site_s_page_is(headers: dict[str, str]):
    assert from_elsewhere(sent(**headers))


@pytest.mark.parametrize("path", ["/", "/?applicant=100001&language=fr", "/drift", "/a//b", "/%2F%2Fevil.example"])
def test_a_path_of_the_app_is_where_to_go(path: str):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", None, "drift", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example"),
        *("///evil.example", "/a\\b", "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", " /", "/\x7f"),
    ],
)
def test_anything_else_leads_to_the_first_page(path: str | None):
    assert local_path(path) == "/"


@pytest.mark.parametrize(
    ("root", "path", "before", "own"),
    [
        ("", "/sign-in", "", "/sign-in"),
        ("/app", "/app/sign-in", "/app", "/sign-in"),
        ("/app/", "/sign-in", "/app", "/sign-in"),
        ("https://lender.example/app", "/app/sign-in", "/app", "/sign-in"),
        ("/app", "/apples/sign-in", "/app", "/apples/sign-in"),
        ("/app", "/app", "/app", "/app"),
        ("https://[", "/sign-in", "", "/sign-in"),
    ],
)
def test_the_app_may_be_under_a_path_of_its_host(root: str, path: str, before: str, own: str):
    scope = {"root_path": root, "path": path}
    assert (prefix(scope), own_path(scope)) == (before, own)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "app.example:7860"},
        {"host": "[::1]:7860"},
        {"host": "app_1", "x_forwarded_host": "app.example, 10.0.0.1:80"},
    ],
)
def test_a_host_with_or_without_a_port_makes_no_request_odd(headers: dict[str, str]):
    assert not is_odd({**sent(**headers), "path": "/batch/x y"})


@pytest.mark.parametrize("host", ["[", "a b", "é", "a/b", "a@b", "a:b", "a:999999", "a\\b", "<a>"])
@pytest.mark.parametrize("name", ["host", "x_forwarded_host"])
def test_a_host_that_is_none_makes_a_request_odd(name: str, host: str):
    assert is_odd({**sent(**{name: host}), "path": "/"})


@pytest.mark.parametrize("path", ["/\x00", "/heartbeat/\n", "/\u2028", "/\x7f"])
def test_a_path_that_cannot_be_read_makes_a_request_odd(path: str):
    assert is_odd({**sent(), "path": path})
