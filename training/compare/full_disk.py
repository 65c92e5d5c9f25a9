"""A clear error for a disk that fills up during a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import DBAPIError

from scoring.errors import OutputError
from scoring.files import writable

# SQLite's errors for a failed write: the disk is full, or a limit on file size is reached.
NO_ROOM = {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}


@contextmanager
def reporting_full_disk(out: Path) -> Iterator[None]:
    """Converts errors of the system or SQLite on writing below `out` into one that says what to do.

    Raises:
        OutputError: the disk is full, or `out` cannot be written to.
    """
    try:
        with writable(out):
            yield
    except (DBAPIError, StorageInternalError) as error:
        refused = error.__cause__ if isinstance(error, StorageInternalError) else error
        if getattr(getattr(refused, "orig", None), "sqlite_errorname", "") not in NO_ROOM:
            raise
        raise OutputError(
            f"{out}: the disk is full. Make room; what was finished is kept, and the same command goes on from there."
        ) from error
