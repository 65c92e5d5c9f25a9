"""The configuration of sign-in: database, settings, journal, and the key that signs cookies."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select

from scoring.access.attempts import inserting
from scoring.access.cookies import Cookies
from scoring.access.tables import access_secrets
from scoring.database.engine import reading, writing
from scoring.errors import AccessError, InvalidInputError
from scoring.journal.append import append
from scoring.people import Person
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, AccessSettings, Settings

SECRET_NAME = "sessions"
SECRET_BYTES = 32
LEAST_SECRET = 32


@dataclass(frozen=True)
class Access:
    """Who is let in, and how; `engine` is the journal's."""

    engine: Engine
    settings: AccessSettings
    cookies: Cookies
    clock: Callable[[], float] = time.time

    @property
    def idle_seconds(self) -> float:
        """How long a session lasts without a request."""
        return 60 * self.settings.idle_minutes

    def record(self, connection: Connection, kind: Any, person: Person, payload: Mapping[str, Any]) -> None:
        """Puts an entry into the journal, in the caller's transaction."""
        append(connection, kind, person, payload)


def open_access(settings: AccessSettings, engine: Engine) -> Access:
    """Sign-in on the journal's database.

    Raises:
        DatabaseError: the database cannot be used.
        InvalidInputError: the secret of the settings is too short.
    """
    if settings.secret is not None and len(settings.secret) < LEAST_SECRET:
        raise InvalidInputError(
            f"SESSION_SECRET is shorter than {LEAST_SECRET} characters. Set a random one, for instance from: "
            'python -c "import secrets; print(secrets.token_urlsafe())"'
        )
    return Access(engine, settings, Cookies(settings.secret or _kept_secret(engine)))


def _kept_secret(engine: Engine) -> str:
    """The secret that the database keeps: the first process of all makes it, the others find it."""
    kept = select(access_secrets.c.value).where(access_secrets.c.name == SECRET_NAME)
    with reading(engine) as connection:
        if found := connection.execute(kept).scalar():
            return str(found)
    with writing(engine) as connection:
        made = inserting(connection, access_secrets).values(name=SECRET_NAME, value=secrets.token_urlsafe(SECRET_BYTES))
        connection.execute(made.on_conflict_do_nothing())
        return str(connection.execute(kept).scalar_one())


def is_demo(settings: Settings) -> bool:
    """Whether nothing but the bundled model and its made-up applicants are served."""
    return settings.artifact == DEMO_ARTIFACT and settings.applicants == DEMO_APPLICANTS


def is_open(settings: Settings) -> bool:
    """Whether anybody reads a lender's own applicants without sign-in, which each page has to say."""
    return settings.access.sign_in == "none" and not is_demo(settings)


def check_closed(settings: Settings) -> None:
    """Lets nobody serve their own applicants to anybody by mistake.

    Raises:
        AccessError: there is no sign-in, and no word that none is wanted.
    """
    if is_open(settings) and not settings.access.anonymous_allowed:
        raise AccessError(
            "A model or file of your own is served only to people who sign in. Set AUTH=password and add users with "
            "python -m scoring users add NAME --role adviser, or set AUTH=oidc; to let anybody read everything "
            "without sign-in, set ALLOW_ANONYMOUS=1."
        )
