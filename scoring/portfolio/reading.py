"""Reads a file of applications in parts: CSV as it is, Parquet and Arrow once a process of its own made CSV of them."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from scoring.applicants.scenarios import COLUMN
from scoring.errors import PortfolioError
from scoring.lender.roles import APPLICANT_ID, APPLIED_ON
from scoring.schema.definition import quoted
from scoring.schema.fields import fields

MOST_BYTES = 100_000_000
MOST_ROWS = 200_000
# With these the largest upload that is allowed takes half of either; see `decode`.
DECODING_SECONDS = 300
# In characters. No row of the table's columns comes near it.
LONGEST_LINE = 200_000
MOST_NAMED = 5
PARQUET, ARROW = b"PAR1", b"ARROW1"
COMPRESSED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
# How the other process begins what it says of a file that it refuses.
REFUSED = "refused: "
MEND = "Send CSV in UTF-8 with a header, Parquet, or an Arrow file."


@dataclass(frozen=True)
class Row:
    """A row as it was sent: its number, from 1, and its cells by column; or why these cannot be told apart."""

    number: int
    cells: dict[str, str]
    error: str = ""


def as_csv(sent: Path, folder: Path) -> Path:
    """The file as CSV: itself, or made from Parquet or Arrow.

    Raises:
        PortfolioError: it is none of these, or cannot be read within its bounds.
    """
    with sent.open("rb") as file:
        start = file.read(len(ARROW))
    if start.startswith(COMPRESSED):
        raise PortfolioError(f"The file is compressed. {MEND}")
    if not start.startswith((PARQUET, ARROW)):
        return sent
    made = folder / "decoded.csv"
    command = [sys.executable, "-m", "scoring.portfolio.decode", str(sent), str(made)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DECODING_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise PortfolioError(f"The file takes too long to read. {MEND}") from None
    if done.returncode:
        words = done.stderr.removeprefix(REFUSED) if done.stderr.startswith(REFUSED) else ""
        raise PortfolioError(words or f"The file is damaged, or needs more memory than a file may. {MEND}")
    return made


def parts(path: Path, more: Iterable[str], rows: int) -> Iterator[list[Row]]:
    """The rows of a CSV file, so many at a time.

    Args:
        path: the file, separated by commas or semicolons.
        more: columns that it may have beside the raw fields and the id.
        rows: in each part.

    Raises:
        PortfolioError: it is not in UTF-8, not CSV, too long, or has columns that are not known.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            read = _rows(file, {APPLICANT_ID, APPLIED_ON, COLUMN, *fields(), *more})
            while part := list(islice(read, rows)):
                yield part
    except UnicodeDecodeError:
        raise PortfolioError(f"The file is not in UTF-8. {MEND}") from None
    except csv.Error as error:
        raise PortfolioError(f"The file is not CSV that can be read: {error}. {MEND}") from None


def _rows(file: TextIO, known: set[str]) -> Iterator[Row]:
    lines = _lines(file)
    header = next(lines, "")
    separator = ";" if header.count(";") > header.count(",") else ","
    names = [name.strip() for name in next(csv.reader([header], delimiter=separator, strict=True), [])]
    check_names(names, known)
    read = (cells for cells in csv.reader(lines, delimiter=separator, strict=True) if cells)
    number = 0
    for number, cells in enumerate(read, 1):
        if number > MOST_ROWS:
            raise PortfolioError(f"The file has more than {MOST_ROWS:,} rows. Send it in several.")
        if len(cells) != len(names):
            yield Row(number, {}, f"The row has {len(cells)} values for {len(names)} columns.")
        else:
            yield Row(number, dict(zip(names, cells, strict=True)))
    if number == 0:
        raise PortfolioError("The file has no rows below its header.")


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise PortfolioError(f"A line of the file is longer than {LONGEST_LINE:,} characters. {MEND}")
        yield line


def check_names(names: list[str], known: set[str]) -> None:
    """Refuses columns that a file may not have, has twice, or lacks.

    Raises:
        PortfolioError: naming them.
    """
    unknown = [name for name in names if name not in known]
    if unknown:
        raise PortfolioError(
            f"The file has columns that are not known: {_named(unknown)}. Leave them out, or name them as /model does."
        )
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise PortfolioError(f"The file has columns more than once: {_named(twice)}. Leave one of each.")
    lacking = [field.name for field in fields().values() if field.required and field.name not in names]
    if lacking:
        raise PortfolioError(f"The file lacks columns that every application needs: {_named(lacking)}. Add them.")


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(quoted(name) for name in names[:MOST_NAMED]) + more
