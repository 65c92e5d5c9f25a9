from __future__ import annotations

import time
from statistics import median

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from scoring.access import passwords
from scoring.access.passwords import LEAST_CHARACTERS, MOST_BYTES, hashed, matches
from scoring.errors import InvalidInputError
from tests.scoring.access.conftest import PASSWORD, WRONG


def test_the_right_password_matches_and_no_other():
    kept = hashed(PASSWORD)
    assert PASSWORD not in kept
    assert matches(kept, PASSWORD)
    assert not matches(kept, WRONG)
    assert not matches(kept, "")
    assert not matches(None, PASSWORD)
    assert not matches("no hash at all", PASSWORD)


def test_the_same_password_is_kept_in_another_way_each_time():
    assert hashed(PASSWORD) != hashed(PASSWORD)


def test_composed_and_decomposed_letters_are_the_same_password():
    assert matches(hashed("mot de passe é"), "mot de passe e\u0301")


@pytest.mark.parametrize(
    "password", ["x" * LEAST_CHARACTERS, " " * LEAST_CHARACTERS, "é" * (MOST_BYTES // 2), "\ud800" * 12]
)
def test_any_long_enough_password_is_allowed(password: str):
    assert matches(hashed(password), password)


@pytest.mark.parametrize(
    "password", ["", "x" * (LEAST_CHARACTERS - 1), "x" * (MOST_BYTES + 1), "é" * (MOST_BYTES // 2 + 1)]
)
def test_a_short_or_an_endless_one_is_refused(password: str):
    with pytest.raises(InvalidInputError, match="at least 12 characters"):
        hashed(password)


def test_the_end_of_a_password_that_is_too_long_counts():
    assert not matches(hashed("x" * MOST_BYTES), "x" * (MOST_BYTES + 1))


def test_nobody_s_password_takes_as_long_as_somebody_s(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY))
    passwords._nobodys.cache_clear()
    kept = hashed(PASSWORD)
    matches(None, WRONG)

    def seconds(of: str | None) -> float:
        start = time.process_time()
        matches(of, WRONG)
        return time.process_time() - start

    ratios = [seconds(None) / seconds(kept) for _ in range(5)]
    assert 0.5 < median(ratios) < 2
