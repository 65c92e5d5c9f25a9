"""Who can sign in. Any change that ends or changes a right ends the person's sessions in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from scoring.access.names import checked_name, key_of
from scoring.access.passwords import hashed
from scoring.access.tables import sessions, users
from scoring.database.engine import reading
from scoring.errors import AccessError, InvalidInputError
from scoring.people import MAY, ROLES, Person, Role


@dataclass(frozen=True)
class User:
    """A person who can sign in, with a password or (`subject`) through the OpenID provider."""

    name: str
    role: Role
    password_hash: str | None
    subject: str | None
    disabled: bool
    added_at: float

    @property
    def person(self) -> Person:
        """Who acts once they are signed in."""
        return Person(self.name, self.role)


def _user(row: Row) -> User:
    return User(row.name, row.role, row.password_hash, row.subject, row.disabled, row.added_at)


def find_user(connection: Connection, name: str) -> User | None:
    """The user of a name, however it is spelt."""
    row = connection.execute(select(users).where(users.c.key == key_of(name))).first()
    return _user(row) if row else None


def find_subject(connection: Connection, subject: str) -> User | None:
    """The user whom the OpenID provider knows by this id of theirs, whatever they are called there by now."""
    row = connection.execute(select(users).where(users.c.subject == subject)).first()
    return _user(row) if row else None


def named_user(connection: Connection, name: str) -> User:
    """The user of a name.

    Raises:
        AccessError: there is none.
    """
    user = find_user(connection, name)
    if user is None:
        raise AccessError(f"There is no user {name!r}. List them with: python -m scoring users list")
    return user


def all_users(connection: Connection) -> list[User]:
    """Everybody, by name."""
    return [_user(row) for row in connection.execute(select(users).order_by(users.c.key))]


def any_user(connection: Connection) -> bool:
    """Whether there is anybody who can sign in."""
    return connection.execute(select(users.c.key).limit(1)).first() is not None


def checked_role(role: str) -> Role:
    """A role that exists.

    Raises:
        InvalidInputError: it does not.
    """
    for known in ROLES:
        if role == known:
            return known
    raise InvalidInputError(f"The role {role!r} is not allowed. Give one of: {', '.join(ROLES)}.")


def add_user(
    connection: Connection, name: str, role: str, now: float, password: str | None = None, subject: str | None = None
) -> User:
    """Adds a user.

    Raises:
        AccessError: there is one of that name.
        InvalidInputError: name, role or password is not allowed.
    """
    user = User(checked_name(name), checked_role(role), hashed(password) if password else None, subject, False, now)
    if found := find_user(connection, name):
        raise AccessError(f"There is a user {found.name!r} already. Change them with: python -m scoring users role")
    connection.execute(insert(users).values(key=key_of(name), **vars(user)))
    return user


def change_user(connection: Connection, user: User, **changed: object) -> None:
    """Changes columns of a user, and signs them out everywhere."""
    key = key_of(user.name)
    connection.execute(update(users).where(users.c.key == key).values(**changed))
    connection.execute(delete(sessions).where(sessions.c.user_key == key))


def deciding(engine: Engine) -> frozenset[str]:
    """The names of those who may decide cases, and are not disabled.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with reading(engine) as connection:
        everybody = all_users(connection)
    return frozenset(user.name for user in everybody if not user.disabled and "decide" in MAY[user.role])
