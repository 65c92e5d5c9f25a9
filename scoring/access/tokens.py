"""Service tokens: what a program sends in place of a session. Scoped, expiring, revocable, shown once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, bindparam, insert, null, select, update

from scoring.access.names import checked_name, key_of
from scoring.access.sessions import KEY_BYTES, hash_of
from scoring.access.tables import tokens
from scoring.access.users import checked_role
from scoring.errors import AccessError, InvalidInputError
from scoring.people import MAY, PEOPLE_ALONE, Action, Person, Role

# Marks our tokens, for people and for programs that scan files for secrets.
PREFIX = "cs_"
# A program's name as it acts: no user's name holds a colon.
ACTS_AS = "token:"
DAY_SECONDS = 24 * 3600
LONGEST_DAYS = 366


@dataclass(frozen=True)
class Token:
    """A program's right to act, without its secret."""

    name: str
    role: Role
    scope: frozenset[Action]
    added_at: float
    expires_at: float
    revoked_at: float | None

    @property
    def person(self) -> Person:
        """Who acts with it."""
        return Person(f"{ACTS_AS}{self.name}", self.role, self.scope)


def _token(row: Row) -> Token:
    scope: frozenset[Action] = frozenset(row.scope.split(","))
    return Token(row.name, row.role, scope, row.added_at, row.expires_at, row.revoked_at)


def add_token(
    connection: Connection, name: str, role: str, scope: Iterable[str], days: float, now: float
) -> tuple[str, Token]:
    """Makes a token: the secret, which is kept nowhere, and what is known of it.

    Raises:
        AccessError: there is one of that name.
        InvalidInputError: name, role, scope or days are not allowed.
    """
    held, known, wanted = checked_name(name), checked_role(role), sorted(set(scope))
    allowed = sorted(MAY[known] - PEOPLE_ALONE)
    if not wanted or not set(wanted) <= set(allowed):
        raise InvalidInputError(
            f"The scope {','.join(wanted)!r} is not allowed. For a {known}'s token: {', '.join(allowed)}."
        )
    if not 0 < days <= LONGEST_DAYS:
        raise InvalidInputError(f"{days:g} days are not allowed. Give more than 0 and at most {LONGEST_DAYS}.")
    if connection.execute(select(tokens.c.key).where(tokens.c.key == key_of(held))).first():
        raise AccessError(f"There is a token {held!r} already. Give another name: the journal tells them apart by it.")
    secret = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    row = {"name": held, "role": known, "added_at": now, "expires_at": now + days * DAY_SECONDS, "revoked_at": None}
    connection.execute(insert(tokens).values(key=key_of(held), hash=hash_of(secret), scope=",".join(wanted), **row))
    return secret, named_token(connection, held)


def named_token(connection: Connection, name: str) -> Token:
    """The token of a name.

    Raises:
        AccessError: there is none.
    """
    row = connection.execute(select(tokens).where(tokens.c.key == key_of(name))).first()
    if row is None:
        raise AccessError(f"There is no token {name!r}. List them with: python -m scoring tokens list")
    return _token(row)


def all_tokens(connection: Connection) -> list[Token]:
    """Every token, by name."""
    return [_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.key))]


_FOUND = select(tokens).where(
    tokens.c.hash == bindparam("hash"), tokens.c.expires_at > bindparam("now"), tokens.c.revoked_at == null()
)


def find_token(connection: Connection, hashed: str, now: float) -> Person | None:
    """Who acts with the token of this hash, if it holds."""
    row = connection.execute(_FOUND, {"hash": hashed, "now": now}).first()
    return _token(row).person if row else None


def revoke_token(connection: Connection, name: str, now: float) -> Token:
    """Ends a token at once.

    Raises:
        AccessError: there is none of that name.
    """
    named_token(connection, name)
    ended = update(tokens).where(tokens.c.key == key_of(name), tokens.c.revoked_at == null())
    connection.execute(ended.values(revoked_at=now))
    return named_token(connection, name)
