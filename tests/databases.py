"""The databases that tests run on: a SQLite file each, and a real PostgreSQL on loopback that they share."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from filelock import FileLock

from tests.ports import free_port

BINARIES = Path("/usr/lib/postgresql")
OWNER = "postgres"


def binary(name: str) -> str:
    """A program of the newest PostgreSQL on this machine."""
    found = sorted(BINARIES.glob(f"*/bin/{name}")) or [Path(shutil.which(name) or "")]
    if not found[-1].is_file():
        pytest.fail(f"No {name}: `make test` installs PostgreSQL.")
    return str(found[-1])


def as_owner(*command: str) -> list[str]:
    """A command as the user whom PostgreSQL wants: it refuses to run as root."""
    return (
        ["setpriv", "--reuid", OWNER, "--regid", OWNER, "--clear-groups", *command] if os.getuid() == 0 else [*command]
    )


@dataclass(frozen=True)
class PostgresServer:
    """A server that can be stopped, as a crash would, and started again."""

    address: str
    pg_ctl: list[str]
    options: str

    def start(self) -> None:
        subprocess.run([*self.pg_ctl, "-o", self.options, "start"], check=True, capture_output=True)

    def stop(self) -> None:
        subprocess.run([*self.pg_ctl, "-m", "immediate", "stop"], check=True, capture_output=True)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of one's own, as long as it is wanted; it runs at the end, too."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        port = free_port()
        if os.getuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        data = f"{folder}/data"
        subprocess.run(
            as_owner(binary("initdb"), "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"),
            check=True,
            capture_output=True,
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        pg_ctl = as_owner(binary("pg_ctl"), "-D", data, "-l", f"{folder}/log", "-w")
        server = PostgresServer(f"postgresql://{OWNER}@127.0.0.1:{port}", pg_ctl, options)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a PostgreSQL server, without a database's name, as long as it is wanted."""
    with postgres_server() as server:
        yield server.address


@contextmanager
def shared_postgres(folder: Path) -> Iterator[str]:
    """One server for all test processes: the first that needs it runs it until the last is done with it."""
    address = folder / "postgres"
    starting = FileLock(f"{address}.lock")
    with (folder / "postgres.users").open("w") as users:
        with starting:
            fcntl.flock(users, fcntl.LOCK_SH)
            mine = not address.exists()
            running = running_postgres()
            if mine:
                address.write_text(running.__enter__())
        yield address.read_text()
        if mine:
            with starting:
                address.unlink()
            # Whoever uses it holds the lock until then.
            fcntl.flock(users, fcntl.LOCK_EX)
            running.__exit__(None, None, None)


def new_database(server: str) -> str:
    """The address of a new, empty database."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"
