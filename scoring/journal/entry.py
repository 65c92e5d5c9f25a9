"""What an entry is, and what its hash covers.

    digest = SHA-256(salt in hex, followed by the payload as canonical JSON)
    hash   = SHA-256(canonical JSON of at, digest, kind, number, person, previous, role)

in lower-case hex, with canonical JSON by RFC 8785 and `previous` the hash of the entry before it. The salt goes with
the payload when that is erased: without it, nobody can guess what the digest stood for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, Literal, get_args

import rfc8785

from scoring.errors import JournalError

Kind = Literal[
    "settings",
    "model",
    "sign_in",
    "sign_in_failed",
    "sign_out",
    "user",
    "token",
    "view",
    "score",
    "batch",
    "decision",
    "confirmation",
    "sent_back",
    "reopening",
    "expiry",
    "outcome",
    "erasure",
    "journal_read",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
# What the first entry gives as the hash before it.
NO_HASH = "0" * 64
SALT_BYTES = 16
# The integers that canonical JSON has; any larger one is a float.
LARGEST_INTEGER = 2**53 - 1


@dataclass(frozen=True)
class Entry:
    """An entry. `number` counts from 1 without gaps, `at` is in UTC; `payload` is None once it is erased."""

    number: int
    at: datetime
    kind: Kind
    person: str
    role: str
    applicant_id: int | None
    payload: dict[str, Any] | None
    hash: str
    previous: str


def time_text(at: datetime) -> str:
    """A time as the journal writes it, always equally long, so that texts sort like times: 2026-11-29T08:00:00.000000Z.

    Raises:
        JournalError: the time has no time zone.
    """
    if at.tzinfo is None:
        raise JournalError(f"{at.isoformat()} has no time zone. Give one, for instance {at.isoformat()}Z.")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def payload_text(payload: Mapping[str, Any], applicant_id: int | None) -> str:
    """The canonical JSON of a payload and of the applicant whom it is about.

    Raises:
        JournalError: a value has no JSON: it is infinite, an integer of more than 53 bits, or of another type.
    """
    try:
        return rfc8785.dumps({"applicant_id": applicant_id, "payload": dict(payload)}).decode()
    except (ValueError, RecursionError) as error:
        raise JournalError(f"The entry is not recorded: its payload has no JSON ({error}).") from error


def payload_start(applicant_id: int | None) -> str:
    """How the text of any payload about that applicant begins."""
    return f'{{"applicant_id":{"null" if applicant_id is None else applicant_id},"payload":'


def _integer(digits: str) -> int | float:
    """What digits without a point stand for: canonical JSON writes a large float so, too."""
    number = int(digits)
    return number if abs(number) <= LARGEST_INTEGER else float(digits)


def payload_of(text: str) -> dict[str, Any]:
    """A payload out of its text. Canonical JSON has one way to write a number: 1.0 comes back as 1.

    Raises:
        JournalError: the text is none of a payload: somebody changed it.
    """
    try:
        payload: dict[str, Any] = json.loads(text, parse_int=_integer)["payload"]
    except (ValueError, TypeError, KeyError):
        raise JournalError(
            "A payload in the journal is not what was recorded. Run `python -m scoring journal verify`."
        ) from None
    return payload


def erased_by(text: str) -> list[int]:
    """The numbers of the entries whose payloads an erasure names, out of its text; none if that is damaged."""
    try:
        numbers: list[int] = payload_of(text)["entries"]
    except (JournalError, KeyError):
        return []
    return numbers


def digest_of(salt: str, text: str) -> str:
    """The salted digest of a payload's text."""
    return sha256((salt + text).encode()).hexdigest()


# RFC 8785 escapes in a string what ECMAScript does, and so does this function of the standard library.
_quoted = lru_cache(maxsize=4096)(encode_basestring)


def hash_of(number: int, at: str, kind: str, person: str, role: str, digest: str, previous: str) -> str:
    """The hash of an entry. Its canonical JSON is put together by hand: verifying would take twice as long else."""
    header = (
        f'{{"at":{encode_basestring(at)},"digest":"{digest}","kind":{_quoted(kind)},"number":{number},'
        f'"person":{_quoted(person)},"previous":"{previous}","role":{_quoted(role)}}}'
    )
    return sha256(header.encode()).hexdigest()
