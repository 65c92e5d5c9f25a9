"""Reads a file of applications in parts: CSV as it is, Parquet and Arrow once a process of its own made CSV of them."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from scoring.applicants.scenarios import COLUMN
from scoring.errors import PortfolioError
from scoring.lender.roles import APPLICANT_ID, APPLIED_ON
from scoring.schema.definition import quoted
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import number, text

MOST_BYTES = 100_000_000
MOST_ROWS = 200_000
# With these the largest upload that is allowed takes half of either; see `decode`.
DECODING_SECONDS = 300
# In characters, of a line and of a row of several lines. No row of the table's columns comes near it.
LONGEST_LINE = 200_000
MOST_NAMED = 5
PARQUET, ENCRYPTED_PARQUET, ARROW = b"PAR1", b"PARE", b"ARROW1"
COMPRESSED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
PACKAGE = Path(__file__).parents[1]
# How the other process begins what it says of a file that it refuses.
REFUSED = "refused: "


@dataclass(frozen=True)
class Row:
    """A row as it was sent: its number, from 1, and its cells by column; or why these cannot be told apart.

    `decimal_point`: the file separates cells by commas, so that a point in a number can only stand before decimals.
    """

    number: int
    cells: dict[str, str]
    error: str = ""
    decimal_point: bool = False


def as_csv(sent: Path, folder: Path, language: Language) -> Path:
    """The file as CSV: itself, or made from Parquet or Arrow.

    Raises:
        PortfolioError: it is none of these, or cannot be read within its bounds.
    """
    with sent.open("rb") as file:
        start = file.read(len(ARROW))
    if start.startswith(COMPRESSED):
        raise refused("compressed", language)
    if not start.startswith((PARQUET, ENCRYPTED_PARQUET, ARROW)):
        return sent
    made = folder / "decoded.csv"
    command = [sys.executable, "-m", "scoring.portfolio.decode", str(sent.absolute()), str(made.absolute()), language]
    try:
        # From where the package is: the app may have been started anywhere.
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=DECODING_SECONDS, check=False, cwd=PACKAGE.parent
        )
    except subprocess.TimeoutExpired:
        raise refused("too_slow", language) from None
    if done.returncode:
        if done.stderr.startswith(REFUSED):
            raise PortfolioError(done.stderr.removeprefix(REFUSED))
        raise refused("damaged", language)
    return made


def parts(path: Path, more: Iterable[str], rows: int, language: Language) -> Iterator[list[Row]]:
    """The rows of a CSV file, so many at a time.

    Args:
        path: the file, separated by commas or semicolons.
        more: columns that it may have beside the raw fields and the id.
        rows: in each part.
        language: of what is said of a row or the file.

    Raises:
        PortfolioError: it is not in UTF-8, not CSV, or its columns are not those allowed.
    """
    with _opened(path, more, language) as (separator, header, lines):
        read = (_row(number, cells, header, separator, language) for number, cells in enumerate(lines, 1))
        while part := list(islice(read, rows)):
            yield part


def row_count(path: Path, more: Iterable[str], language: Language) -> int:
    """How many rows a CSV file has below its header; a row may have several lines. Arguments as `parts`.

    Raises:
        PortfolioError: it has none or too many, or for what `parts` refuses.
    """
    count = 0
    with _opened(path, more, language) as (_, _, lines):
        for _ in lines:
            count += 1
    if count == 0:
        raise refused("no_rows", language)
    return count


@contextmanager
def _opened(
    path: Path, more: Iterable[str], language: Language
) -> Iterator[tuple[str, list[str], Iterator[list[str]]]]:
    """The separator, the names in the header, which are checked, and the cells of each row that is not blank."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _lines(file, language)
            first = next(lines, "")
            separator = ";" if first.count(";") > first.count(",") else ","
            header = [name.strip() for name in next(csv.reader([first], delimiter=separator, strict=True), [])]
            _check_names(header, {APPLICANT_ID, APPLIED_ON, COLUMN, *fields(), *more}, language)
            yield separator, header, _cells(lines, separator, language)
    except UnicodeDecodeError:
        raise refused("not_utf8", language) from None
    except csv.Error:
        raise refused("not_csv", language) from None


def _row(number: int, cells: list[str], header: list[str], separator: str, language: Language) -> Row:
    if len(cells) != len(header):
        uneven = text("portfolio.uneven_row", language, values=len(cells), columns=len(header))
        return Row(number, {}, uneven)
    return Row(number, dict(zip(header, cells, strict=True)), decimal_point=separator == ",")


def _cells(lines: Iterator[str], separator: str, language: Language) -> Iterator[list[str]]:
    """The cells of each row that is not blank.

    Raises:
        PortfolioError: there are too many rows, blank ones included, or one is too long.
    """
    length = 0

    def measured() -> Iterator[str]:
        nonlocal length
        for line in lines:
            length += len(line)
            if length > LONGEST_LINE:
                raise refused("long_line", language, most=LONGEST_LINE)
            yield line

    for place, cells in enumerate(csv.reader(measured(), delimiter=separator, strict=True), 1):
        if place > MOST_ROWS:
            raise refused("too_many_rows", language, most=MOST_ROWS)
        length = 0
        if cells:
            yield cells


def _lines(file: TextIO, language: Language) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise refused("long_line", language, most=LONGEST_LINE)
        yield line


def _check_names(names: list[str], known: set[str], language: Language) -> None:
    """Refuses columns that a file may not have, has twice, or lacks.

    Raises:
        PortfolioError: naming them.
    """
    unknown = [name for name in names if name not in known]
    if unknown:
        raise refused("unknown_columns", language, columns=_named(unknown, language))
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise refused("columns_twice", language, columns=_named(twice, language))
    lacking = [field.name for field in fields().values() if field.required and field.name not in names]
    if lacking:
        raise refused("lacks_columns", language, columns=_named(lacking, language))


def refused(key: str, language: Language, **slots: str | int) -> PortfolioError:
    """Why a file is refused, in words; numbers as the language writes them."""
    written = {name: number(slot, language, 0) if isinstance(slot, int) else slot for name, slot in slots.items()}
    return PortfolioError(text(f"portfolio.{key}", language, **written))


def _named(names: list[str], language: Language) -> str:
    first = ", ".join(quoted(name) for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return first if more <= 0 else text("portfolio.and_more", language, names=first, more=number(more, language, 0))
