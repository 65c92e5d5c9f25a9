from __future__ import annotations

import pytest

from scoring.access.names import LONGEST_NAME, checked_name, key_of
from scoring.errors import InvalidInputError


@pytest.mark.parametrize(
    "name",
    ["a", "Zoë", "anne.martin", "Anne Martin", "anne+loans@lender.example", "O'Neil", "李雷", "x" * LONGEST_NAME],
)
def test_a_person_s_name_or_address_is_allowed(name: str):
    assert checked_name(f" {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "-a", "a-", "a:b", "token:robot", "*supervisor", "a/b", "a\\b", "a<b>", "a\nb", "a\0b", "a,b"),
        *("x" * (LONGEST_NAME + 1), "anybody", "APP", "Anybody ", "a\u202eb", "a\u200bb", "\ud800"),
    ],
)
def test_a_name_that_would_mislead_is_not(name: str):
    with pytest.raises(InvalidInputError, match="is not allowed"):
        checked_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "ALICE"),
        ("Zoë", "zoe\u0308"),
        ("ａｌｉｃｅ", "alice"),
        ("Straße", "STRASSE"),
        ("ﬁn", "FIN"),
        (" a", "a "),
    ],
)
def test_spellings_of_one_name_are_one_name(one: str, other: str):
    assert key_of(one) == key_of(other)


def test_different_names_stay_different():
    assert key_of("anne") != key_of("anna")
