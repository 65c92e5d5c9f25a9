"""Opens the database, brings its schema up to date, and runs transactions in it.

SQLite writes its log to disk at every commit (`synchronous=FULL`): what is acknowledged survives a power cut, which
`NORMAL` does not promise in WAL mode (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy import text as sql
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from scoring.errors import DatabaseError, InvalidInputError

MIGRATIONS = Path(__file__).with_name("migrations")
SQLITE, POSTGRESQL = "sqlite", "postgresql"
# How long a writer waits for another one before it gives up.
WAIT_SECONDS = 10
# Of PostgreSQL's advisory locks, the one that whoever migrates holds.
MIGRATION_LOCK = 0x5C0
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # What is erased is overwritten, not merely unlinked.
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={1000 * WAIT_SECONDS}",
)
WRITING = "scoring_writing"
AFTER_COMMIT = "scoring_after_commit"


def database_url(given: str) -> URL:
    """The address of a database as SQLAlchemy reads it.

    Raises:
        InvalidInputError: it is neither `sqlite:///PATH` nor `postgresql://…`.
    """
    allowed = "Set JOURNAL_URL to sqlite:///PATH or postgresql://USER@HOST/NAME."
    try:
        url = make_url(given)
    except ArgumentError:
        raise InvalidInputError(f"JOURNAL_URL is not the address of a database. {allowed}") from None
    if url.drivername == SQLITE and url.database and url.database != ":memory:":
        return url
    if url.drivername in (POSTGRESQL, "postgres"):
        return url.set(drivername=f"{POSTGRESQL}+psycopg")
    raise InvalidInputError(f"JOURNAL_URL={url.render_as_string(hide_password=True)!r} is not allowed. {allowed}")


def open_database(given: str) -> Engine:
    """The database at an address, with the newest schema; a SQLite file and its folder are made if absent.

    Raises:
        DatabaseError: it cannot be reached or brought up to date.
        InvalidInputError: the address is not allowed.
    """
    url = database_url(given)
    with database_errors(url):
        if url.drivername == SQLITE:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS, "isolation_level": None})
            event.listen(engine, "connect", _set_pragmas)
            event.listen(engine, "begin", _begin)
        else:
            engine = create_engine(url, pool_pre_ping=True, connect_args=_postgresql_arguments())
        _migrate(engine)
    return engine


def _postgresql_arguments(options: str = "") -> dict[str, Any]:
    """How long to wait for a connection, for a lock, and for a server that does not answer any more."""
    return {
        "connect_timeout": WAIT_SECONDS,
        "tcp_user_timeout": 1000 * WAIT_SECONDS,
        "options": f"-c lock_timeout={WAIT_SECONDS}s {options}",
    }


def open_existing(given: str) -> Engine:
    """A database that is only read, one state of it in each transaction: nothing is made, migrated or altered.

    Raises:
        DatabaseError: there is none, or it cannot be reached.
        InvalidInputError: the address is not allowed.
    """
    url = database_url(given)
    if url.drivername != SQLITE:
        arguments = _postgresql_arguments("-c default_transaction_read_only=on")
        return create_engine(url, isolation_level="REPEATABLE READ", connect_args=arguments)
    path = Path(str(url.database)).absolute()
    if not path.is_file():
        raise DatabaseError(f"There is no database {path}. Set JOURNAL_URL to where it is.")

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )

    engine = create_engine(url, creator=connect)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: one that reads first would fail when another writes in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITING) else "BEGIN")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        if engine.dialect.name == POSTGRESQL:
            connection.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    with database_errors(engine.url), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are on disk when this ends without an error, and undone otherwise.

    Raises:
        DatabaseError: they could not be written.
    """
    actions: list[Callable[[], None]] = []
    options: dict[str, Any] = {WRITING: True, AFTER_COMMIT: actions}
    with database_errors(engine.url), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection
    for action in actions:
        action()


def after_commit(connection: Connection, action: Callable[[], None]) -> None:
    """Has something done once the changes of this connection of `writing` are on disk; not if they are undone."""
    connection.get_execution_options()[AFTER_COMMIT].append(action)


@contextmanager
def database_errors(url: URL) -> Iterator[None]:
    """Converts the driver's errors into one that says what to do, without password and without inner words."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        inner = error.orig if isinstance(error, DBAPIError) else error
        address = url.render_as_string(hide_password=True)
        raise DatabaseError(
            f"The database {address} cannot be used ({type(inner).__name__}): nothing was recorded. See that it "
            "runs, can be reached and written to, and that its disk has room; then try again."
        ) from error
