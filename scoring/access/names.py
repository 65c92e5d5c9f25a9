"""Names of people and tokens: what is allowed, and how they are compared."""

from __future__ import annotations

import re
import unicodedata

from scoring.errors import InvalidInputError
from scoring.people import ANYBODY, SYSTEM

LONGEST_NAME = 64
# Letters, digits and what e-mail addresses and people's names hold; never ":" or "*", which mark other things.
ALLOWED = re.compile(r"\w(?:[\w .@+'’-]*\w)?")
RESERVED = {ANYBODY.name, SYSTEM.name}


def tidy(name: str) -> str:
    """A name in Unicode's NFKC, without space around it."""
    return unicodedata.normalize("NFKC", name).strip()


def key_of(name: str) -> str:
    """What two spellings of one name have in common: capital or small, composed or not."""
    return unicodedata.normalize("NFKC", tidy(name).casefold())[: 4 * LONGEST_NAME]


def is_allowed(given: str) -> bool:
    """Whether a name may be kept."""
    name = tidy(given)
    return len(name) <= LONGEST_NAME and bool(ALLOWED.fullmatch(name)) and key_of(name) not in RESERVED


def checked_name(given: str) -> str:
    """A name that may be kept.

    Raises:
        InvalidInputError: it may not; the message says what is allowed.
    """
    name = tidy(given)
    if not is_allowed(name):
        raise InvalidInputError(
            f"The name {name[:LONGEST_NAME]!r} is not allowed. Give 1 to {LONGEST_NAME} letters, digits, spaces or any "
            f"of . _ @ + - ', with a letter or digit at both ends, and none of: {', '.join(sorted(RESERVED))}."
        )
    return name
