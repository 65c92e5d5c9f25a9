"""The tables of sign-in. Times are seconds since 1970 in UTC; secrets are there only as hashes.

`users`: `key` is the name as it is compared; `subject` is the OpenID provider's id of the same person. A session or a
token counts only as long as its row is there. `attempts` slows down guessing; `addresses` are those from which a name
has signed in before.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, ForeignKey, Integer, String, Table

from scoring.database.metadata import METADATA

# Of SHA-256, in hexadecimal.
HASH = String(64)

users = Table(
    "users",
    METADATA,
    Column("key", String(256), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(256)),
    Column("subject", String(512), unique=True),
    Column("disabled", Boolean, nullable=False),
    Column("added_at", Double, nullable=False),
)
sessions = Table(
    "sessions",
    METADATA,
    Column("hash", HASH, primary_key=True),
    Column("user_key", ForeignKey(users.c.key), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False, index=True),
)
tokens = Table(
    "tokens",
    METADATA,
    Column("key", String(256), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("hash", HASH, nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("scope", String(128), nullable=False),
    Column("added_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("revoked_at", Double),
)
attempts = Table(
    "attempts",
    METADATA,
    Column("hash", HASH, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Double, nullable=False, index=True),
)
addresses = Table(
    "addresses",
    METADATA,
    Column("hash", HASH, primary_key=True),
    Column("last_at", Double, nullable=False, index=True),
)
access_secrets = Table(
    "access_secrets",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
)
