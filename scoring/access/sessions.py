"""Sessions: rows that end by sign-out, by idleness, and with whatever takes the person's right away.

The browser holds a random key, the database its hash, so that reading the database is not enough to sign in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, bindparam, delete, false, insert, or_, select, update

from scoring.access.names import key_of
from scoring.access.tables import sessions, users
from scoring.access.users import User
from scoring.people import Person

KEY_BYTES = 32
# However busy: at the next morning at the latest, everybody signs in anew.
LONGEST_SECONDS = 12 * 3600
# Clocks of two machines may differ by this. What began later than that from now, began before a clock was set back, and
# would outlast the morning.
CLOCKS_SECONDS = 300


@dataclass(frozen=True)
class Session:
    """Who is signed in, the hash of the session's key, and the time of their last request."""

    person: Person
    hash: str
    seen_at: float


def hash_of(key: str) -> str:
    """What is kept of a key or token: it is random and long, so that one fast hash is enough."""
    return sha256(key.encode()).hexdigest()


# One look by primary keys. A role that changed since ends the session, as a disabled user does.
_FOUND = (
    select(users.c.name, users.c.role, sessions.c.seen_at)
    .join(users, users.c.key == sessions.c.user_key)
    .where(
        sessions.c.hash == bindparam("hash"),
        sessions.c.seen_at > bindparam("seen_since"),
        sessions.c.started_at > bindparam("started_since"),
        sessions.c.started_at < bindparam("started_before"),
        users.c.disabled == false(),
        users.c.role == sessions.c.role,
    )
)


def start_session(connection: Connection, user: User, now: float, idle: float) -> str:
    """Starts a session and returns its key; sessions that ended by themselves are removed."""
    connection.execute(
        delete(sessions).where(or_(sessions.c.seen_at < now - idle, sessions.c.started_at < now - LONGEST_SECONDS))
    )
    key = secrets.token_urlsafe(KEY_BYTES)
    connection.execute(
        insert(sessions).values(
            hash=hash_of(key), user_key=key_of(user.name), role=user.role, started_at=now, seen_at=now
        )
    )
    return key


def find_session(connection: Connection, hashed: str, now: float, idle: float) -> Session | None:
    """The session, if it holds; `idle` is in seconds."""
    since = {"seen_since": now - idle, "started_since": now - LONGEST_SECONDS}
    row = connection.execute(_FOUND, {"hash": hashed, "started_before": now + CLOCKS_SECONDS, **since}).first()
    return Session(Person(row.name, row.role), hashed, row.seen_at) if row else None


def touch_session(connection: Connection, hashed: str, now: float) -> None:
    """Records the time of the person's request."""
    connection.execute(update(sessions).where(sessions.c.hash == hashed).values(seen_at=now))


def end_session(connection: Connection, hashed: str) -> bool:
    """Ends a session; whether it was there."""
    return connection.execute(delete(sessions).where(sessions.c.hash == hashed)).rowcount > 0
