"""Signing in and out: a sign-in, failure or sign-out takes effect only once it is in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from scoring.access.access import Access
from scoring.access.attempts import reserve, succeed
from scoring.access.names import LONGEST_NAME, is_allowed, key_of, tidy
from scoring.access.passwords import matches
from scoring.access.sessions import end_session, find_session, hash_of, start_session
from scoring.access.users import User, add_user, change_user, find_subject, find_user
from scoring.database.engine import reading, writing
from scoring.errors import AccessError
from scoring.people import SYSTEM, Role
from scoring.words.language import Language
from scoring.words.wording import text

# In place of a name: failures at the OpenID provider's are counted together.
BY_PROVIDER = "provider:"


class RefusedError(AccessError):
    """Somebody is not signed in; `key` and `slots` say why in either language, `wait` when to try again (seconds)."""

    def __init__(self, key: str, wait: int = 0, **slots: object) -> None:
        self.key, self.wait, self.slots = key, wait, slots
        super().__init__(self.in_words("en"))

    def in_words(self, language: Language) -> str:
        """The reason for the person's eyes."""
        return text(f"sign_in.refused.{self.key}", language, seconds=self.wait, **self.slots)


@dataclass(frozen=True)
class Identity:
    """Whom the OpenID provider has signed in: its id of them (issuer and subject), and name and role by its claims."""

    subject: str
    name: str
    role: Role


def sign_in(access: Access, name: str, password: str, address: str, old: str | None = None) -> str:
    """Signs somebody in by name and password, and returns the key of a new session; the session `old` ends.

    Raises:
        DatabaseError: it cannot be recorded; nobody is signed in.
        RefusedError: name or password is wrong, or there were too many failures before.
    """
    key = key_of(name)
    with writing(access.engine) as connection:
        wait = reserve(connection, key, address, access.clock())
    if wait:
        raise RefusedError("slow_down", wait)
    with reading(access.engine) as connection:
        # Nobody has a name that may not be kept, and not every database can look for one.
        user = find_user(connection, name) if is_allowed(name) else None
    right = matches(user.password_hash if user else None, password)
    if user is None or not right or user.disabled:
        refuse(access, "wrong", name, address)
    return _start(access, user, address, "password", old)


def sign_in_by_provider(access: Access, identity: Identity, address: str, old: str | None = None) -> str:
    """Signs in whom the OpenID provider vouches for; adds them to the users at the first time.

    They keep the name that they had then, under which the journal knows them, whatever the provider calls them later.

    Raises:
        DatabaseError: it cannot be recorded; nobody is signed in.
        RefusedError: the name is somebody else's here, or the user is disabled.
    """
    with writing(access.engine) as connection:
        user = find_subject(connection, identity.subject) or find_user(connection, identity.name)
        if user is None:
            user = add_user(connection, identity.name, identity.role, access.clock(), subject=identity.subject)
            added = {"action": "add", "name": user.name, "role": user.role, "by": "sign-in"}
            access.record(connection, "user", SYSTEM, added)
        elif user.subject in (None, identity.subject) and not user.disabled:
            changed = {"subject": identity.subject, "role": identity.role}
            if changed != {"subject": user.subject, "role": user.role}:
                change_user(connection, user, **changed)
                access.record(connection, "user", SYSTEM, {"action": "role", "name": user.name, "role": identity.role})
        known = find_user(connection, user.name)
    assert known is not None
    if known.subject != identity.subject:
        refuse(access, "name_taken", identity.name, address)
    if known.disabled:
        refuse(access, "disabled", known.name, address)
    return _start(access, known, address, "oidc", old)


def _start(access: Access, user: User, address: str, method: str, old: str | None) -> str:
    now = access.clock()
    with writing(access.engine) as connection:
        succeed(connection, key_of(user.name), address, now)
        if old:
            end_session(connection, old)
        session = start_session(connection, user, now, access.idle_seconds)
        access.record(connection, "sign_in", user.person, {"address": address, "method": method})
    return session


def refuse(access: Access, reason: str, name: str, address: str) -> NoReturn:
    """Records a failure.

    Raises:
        DatabaseError: it cannot be recorded.
        RefusedError: always.
    """
    with writing(access.engine) as connection:
        shown = tidy(name)[:LONGEST_NAME].encode("utf-8", "replace").decode()
        payload = {"name": shown, "address": address, "reason": reason}
        access.record(connection, "sign_in_failed", SYSTEM, payload)
    raise RefusedError(reason)


def refuse_by_provider(access: Access, error: RefusedError, address: str) -> NoReturn:
    """Records that the OpenID provider's answer was refused; not each of many, for anybody can send it.

    Raises:
        DatabaseError: it cannot be recorded.
        RefusedError: always.
    """
    with writing(access.engine) as connection:
        many = reserve(connection, BY_PROVIDER, address, access.clock())
    if many:
        raise error
    refuse(access, error.key, str(error.slots.get("name", "")), address)


def sign_out(access: Access, key: str, address: str) -> None:
    """Ends a session; one that has ended already is none to record.

    Raises:
        DatabaseError: it cannot be recorded; the session goes on.
    """
    hashed = hash_of(key)
    with writing(access.engine) as connection:
        session = find_session(connection, hashed, access.clock(), access.idle_seconds)
        if end_session(connection, hashed) and session:
            access.record(connection, "sign_out", session.person, {"address": address})
