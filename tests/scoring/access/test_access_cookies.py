from __future__ import annotations

import secrets
from typing import Any

import pytest

from scoring.access.cookies import LONGEST_COOKIE, Cookies

COOKIES = Cookies("a secret for this test alone, thirty-two characters")
NAME = "scoring-session"


def scope(*cookies: str, scheme: str = "http", header: bytes = b"cookie") -> dict[str, Any]:
    return {"type": "http", "scheme": scheme, "headers": [(header, cookie.encode()) for cookie in cookies]}


def test_what_is_set_is_read():
    assert COOKIES.read(scope(f"{NAME}={COOKIES.signed(NAME, 'key')}"), NAME) == "key"
    assert COOKIES.read(scope(f"other=1;{NAME}={COOKIES.signed(NAME, 'key')} ; x"), NAME) == "key"
    assert COOKIES.read(scope("other=1", f"{NAME}={COOKIES.signed(NAME, 'key')}"), NAME) == "key"
    assert COOKIES.read(scope(f"{NAME}={COOKIES.signed(NAME, 'key')}", header=b"Cookie"), NAME) == "key"


def test_what_we_did_not_sign_for_this_is_none():
    signed = COOKIES.signed(NAME, "key")
    for changed in (signed[:-1], signed + "A", signed.swapcase(), "", "." * 3, "key", f'"{signed}"', "\x00", "é"):
        assert COOKIES.read(scope(f"{NAME}={changed}"), NAME) is None
    assert COOKIES.read(scope(f"{NAME}={COOKIES.signed('form', 'key')}"), NAME) is None
    assert COOKIES.read(scope(f"{NAME}={Cookies('another secret').signed(NAME, 'key')}"), NAME) is None
    assert COOKIES.read(scope(), NAME) is None


def test_two_of_one_name_are_none_unless_they_are_the_same():
    one, other = (f"{NAME}={COOKIES.signed(NAME, key)}" for key in "ab")
    assert COOKIES.read(scope(f"{one}; {other}"), NAME) is None
    assert COOKIES.read(scope(one, other), NAME) is None
    assert COOKIES.read(scope(f"{one}; {NAME}=x"), NAME) is None
    assert COOKIES.read(scope(one, one), NAME) == "a"


def test_a_huge_one_is_not_looked_at():
    assert COOKIES.read(scope(f"{NAME}={COOKIES.signed(NAME, secrets.token_urlsafe(LONGEST_COOKIE))}"), NAME) is None


def test_one_that_is_too_old_is_none():
    assert COOKIES.verified(NAME, COOKIES.signed(NAME, "key"), 60) == "key"
    assert COOKIES.verified(NAME, COOKIES.signed(NAME, "key"), -1) is None


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_scripts_and_other_sites_do_not_get_it(scheme: str):
    name, value = COOKIES.set(scope(scheme=scheme), NAME, "key")
    words = {word.strip().partition("=")[0].lower(): word.strip() for word in value.decode().split(";")}
    assert name == b"set-cookie"
    assert {"httponly", "path", "samesite"} <= set(words)
    assert (words["path"], words["samesite"]) == ("Path=/", "SameSite=Lax")
    assert ("secure" in words) == (f"__host-{NAME}" in words) == (scheme == "https")
    assert not {"domain", "expires", "max-age"} & set(words)
    assert b"Max-Age=0" in COOKIES.drop(scope(), NAME)[1]


def test_over_tls_the_name_that_anybody_could_set_does_not_count():
    signed = COOKIES.signed(NAME, "key")
    assert COOKIES.read(scope(f"{NAME}={signed}", scheme="https"), NAME) is None
    assert COOKIES.read(scope(f"__Host-{NAME}={signed}", scheme="https"), NAME) == "key"
