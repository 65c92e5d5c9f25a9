"""Passwords: hashed with Argon2id, compared in the same time whether or not there is such a user."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scoring.errors import InvalidInputError

LEAST_CHARACTERS = 12
MOST_BYTES = 1024
# RFC 9106, section 4, second recommended option: Argon2id with 3 passes over 64 MiB in 4 lanes.
HASHER = PasswordHasher()


def _encoded(password: str) -> bytes:
    """The same password from any keyboard (NIST SP 800-63B-4, section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def hashed(password: str) -> str:
    """What is kept of a new password.

    Raises:
        InvalidInputError: it is too short or too long.
    """
    if len(password) < LEAST_CHARACTERS or len(_encoded(password)) > MOST_BYTES:
        raise InvalidInputError(
            f"This password is not allowed. Give at least {LEAST_CHARACTERS} characters and at most {MOST_BYTES} "
            "bytes; several words are easy to remember."
        )
    return HASHER.hash(_encoded(password))


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_bytes())


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of which this was kept; it takes as long where nothing was."""
    given = _encoded(password)
    try:
        found = HASHER.verify(kept or _nobodys(), given[:MOST_BYTES])
    except (VerificationError, InvalidHashError):
        return False
    return found and kept is not None and len(given) <= MOST_BYTES
