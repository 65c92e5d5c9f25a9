"""`python -m scoring users` and `python -m scoring tokens`: who may sign in, and which programs may call.

Passwords never stand on the command line, where other users of the machine and the shell's history would see them.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from scoring.access.passwords import LEAST_CHARACTERS, hashed
from scoring.access.tokens import add_token, all_tokens, revoke_token
from scoring.access.users import add_user, all_users, change_user, checked_role, named_user
from scoring.database.engine import reading, writing
from scoring.errors import InvalidInputError
from scoring.journal.append import append
from scoring.journal.journal import open_journal
from scoring.people import MAY, PEOPLE_ALONE, ROLES, SYSTEM, system_user
from scoring.serving.settings import read_settings

DEFAULT_DAYS = 90


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Adds both commands to the command line's."""
    users = _group(commands, "users", "who signs in with a password, and in which role")
    add = _command(users, "add", _add_user, "add a user; the password is asked for, or read from standard input")
    add.add_argument("--role", choices=ROLES, required=True)
    _command(users, "list", _list_users, "everybody, with role and state", named=False)
    _command(users, "disable", _disable, "end a user's sessions and let them sign in no more")
    _command(users, "enable", _enable, "let a disabled user sign in again")
    role = _command(users, "role", _set_role, "give a user another role; they sign in anew")
    role.add_argument("role", choices=ROLES)
    _command(users, "password", _set_password, "give a user another password; they sign in anew")
    tokens = _group(commands, "tokens", "which programs may call, and for what")
    token = _command(tokens, "add", _add_token, "make a token; it is shown once")
    token.add_argument("--role", choices=ROLES, default="adviser", help="whose rights it has (default: adviser)")
    actions = sorted(frozenset[str]().union(*MAY.values()) - PEOPLE_ALONE)
    token.add_argument("--scope", default="read", help=f"which of them: {','.join(actions)} (default: read)")
    token.add_argument("--days", type=float, default=DEFAULT_DAYS, help=f"how long it holds (default: {DEFAULT_DAYS})")
    _command(tokens, "list", _list_tokens, "every token, without its secret", named=False)
    _command(tokens, "revoke", _revoke, "end a token at once")


def _group(commands: argparse._SubParsersAction, name: str, help_: str) -> argparse._SubParsersAction:
    return commands.add_parser(name, help=help_, description=help_).add_subparsers(dest="what", required=True)


def _command(
    group: argparse._SubParsersAction,
    name: str,
    run: Callable[[argparse.Namespace, Engine], str],
    help_: str,
    named: bool = True,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = group.add_parser(name, help=help_, description=help_)
    if named:
        parser.add_argument("name")
    parser.set_defaults(run=lambda options: print_line(run(options, _engine())))
    return parser


def print_line(line: str) -> int:
    """Writes what a command found; the exit status of success."""
    sys.stdout.write(f"{line}\n")
    return 0


def _engine() -> Engine:
    journal = read_settings().journal
    return open_journal(journal.url, journal.key).engine


def _record(connection: Connection, kind: str, action: str, name: str, **more: object) -> None:
    append(connection, kind, SYSTEM, {"action": action, "name": name, "by": _operator(), **more})  # type: ignore[arg-type]


def _operator() -> str:
    """The machine's user who runs the command; a number where a container has no name for it."""
    return system_user() or str(os.getuid())


def on_a_terminal() -> bool:
    """Whether somebody types."""
    return sys.stdin.isatty()


def asked_password() -> str:
    """A new password: typed twice on a terminal, else one line of standard input.

    Raises:
        InvalidInputError: it is not allowed, or the two are not the same.
    """
    if not on_a_terminal():
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass(f"Password (at least {LEAST_CHARACTERS} characters): ")
        if password != getpass.getpass("The same again: "):
            raise InvalidInputError("The two passwords are not the same. Start again.")
    hashed(password)
    return password


def _add_user(options: argparse.Namespace, engine: Engine) -> str:
    password = asked_password()
    with writing(engine) as connection:
        user = add_user(connection, options.name, options.role, time.time(), password)
        _record(connection, "user", "add", user.name, role=user.role)
    return f"{user.name} can sign in as {user.role}."


def _list_users(_options: argparse.Namespace, engine: Engine) -> str:
    with reading(engine) as connection:
        found = all_users(connection)
    rows = [
        (
            user.name,
            user.role,
            "disabled" if user.disabled else "enabled",
            "password" if user.password_hash else "provider",
            f"since {_day(user.added_at)}",
        )
        for user in found
    ]
    return _table(rows) or "There are no users. Add one with: python -m scoring users add NAME --role adviser"


def _disable(options: argparse.Namespace, engine: Engine) -> str:
    return _changed(options.name, engine, "disable", "is disabled and signed out.", disabled=True)


def _enable(options: argparse.Namespace, engine: Engine) -> str:
    return _changed(options.name, engine, "enable", "can sign in again.", disabled=False)


def _set_role(options: argparse.Namespace, engine: Engine) -> str:
    role = checked_role(options.role)
    return _changed(options.name, engine, "role", f"is {role} from the next sign-in on.", role=role)


def _set_password(options: argparse.Namespace, engine: Engine) -> str:
    with reading(engine) as connection:
        named_user(connection, options.name)
    return _changed(
        options.name, engine, "password", "signs in with the new password.", password_hash=hashed(asked_password())
    )


def _changed(name: str, engine: Engine, action: str, message: str, **changed: object) -> str:
    with writing(engine) as connection:
        user = named_user(connection, name)
        change_user(connection, user, **changed)
        _record(connection, "user", action, user.name, role=changed.get("role", user.role))
    return f"{user.name} {message}"


def _add_token(options: argparse.Namespace, engine: Engine) -> str:
    scope = [word.strip() for word in options.scope.split(",")]
    with writing(engine) as connection:
        secret, token = add_token(connection, options.name, options.role, scope, options.days, time.time())
        _record(connection, "token", "add", token.name, role=token.role, scope=sorted(token.scope))
    sys.stderr.write(f"{token.name} may {', '.join(sorted(token.scope))} until {_day(token.expires_at)}. Shown once:\n")
    return secret


def _list_tokens(_options: argparse.Namespace, engine: Engine) -> str:
    with reading(engine) as connection:
        found = all_tokens(connection)
    rows = [
        (
            token.name,
            token.role,
            ",".join(sorted(token.scope)),
            f"revoked {_day(token.revoked_at)}" if token.revoked_at else _until(token.expires_at),
        )
        for token in found
    ]
    return _table(rows) or "There are no tokens. Make one with: python -m scoring tokens add NAME"


def _revoke(options: argparse.Namespace, engine: Engine) -> str:
    with writing(engine) as connection:
        token = revoke_token(connection, options.name, time.time())
        _record(connection, "token", "revoke", token.name)
    return f"{token.name} is revoked."


def _until(expires_at: float) -> str:
    return f"{'until' if expires_at > time.time() else 'expired'} {_day(expires_at)}"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    """Columns as wide as their widest word."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in kept
    )
