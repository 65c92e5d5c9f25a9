"""Atomic writing of files, cells of CSV that no spreadsheet runs, and the tables beside the code."""

from __future__ import annotations

import csv
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from scoring.errors import OutputError

# OWASP, "CSV Injection": a spreadsheet takes a cell that begins so for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

T = TypeVar("T")

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV table; a byte order mark, such as a spreadsheet writes, is no part of it."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def harmless(cell: T) -> T | str:
    """A cell of CSV that a spreadsheet shows and does not run: a text that begins like a formula gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


@contextmanager
def complete_or_absent(out: Path) -> Iterator[Path]:
    """A temporary path that becomes `out` when all is written, so that an interrupted run leaves no partial file.

    Raises:
        OutputError: the disk is full, or `out` cannot be written to.
    """
    partial = out.with_name(f".{out.name}.partial")
    with writable(out):
        try:
            partial.touch()
            yield partial
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def writable(out: Path) -> Iterator[None]:
    """Converts the system's errors on writing `out` into one that says what to do.

    Raises:
        OutputError: the disk is full, or `out` cannot be written to.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise OutputError(f"{out}: not written: the disk is full. Make room, or name a place elsewhere.") from error
        raise OutputError(f"{out}: not written: {error.strerror or error}. Name another place.") from error
