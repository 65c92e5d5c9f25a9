"""The lender's bounds, and findings held to them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scoring.errors import PackError
from scoring.validation import Finding, verdict_of

DEFAULT_BOUNDS = Path(__file__).with_name("bounds.csv")
COLUMNS = ["name", "least", "most", "what"]
DIGITS, DECIMALS = 10, 12


@dataclass(frozen=True)
class Bound:
    """The least and the most that is allowed (None: no such limit), and of what."""

    least: float | None
    most: float | None
    what: str


@dataclass(frozen=True)
class Bounds:
    """All bounds by name, and the SHA-256 of their file."""

    sha256: str
    by_name: Mapping[str, Bound]

    def finding(self, name: str, value: float | None, told: str, test: str) -> Finding:
        """A finding held to its bound."""
        bound, value = self.by_name[name], None if value is None else rounded(value)
        limits = (bound.least, bound.most)
        return Finding(name, told, test, value, *limits, verdict_of(value, *limits))

    def untested(self, names: Sequence[str], why: str) -> list[Finding]:
        """Findings that these applicants, or what is known of them, cannot give."""
        return [self.finding(name, None, why, "none") for name in names]


def rounded(value: float) -> float:
    """A figure to ten significant digits and twelve decimals: what lies beyond depends on the machine."""
    return float(f"{round(value, DECIMALS):.{DIGITS}g}") + 0.0


def read_bounds(file: Path = DEFAULT_BOUNDS) -> Bounds:
    """The bounds of a CSV file with the columns name, least, most and what; an empty limit is none.

    Raises:
        PackError: it cannot be read, lacks a bound, has one twice or one that is not known, a limit is not a number, or
            a least is above its most.
    """
    given, known = _bounds(file), _bounds(DEFAULT_BOUNDS)
    if lacking := sorted(known.keys() - given.keys()):
        raise PackError(
            f"{file}: {', '.join(lacking)} missing. Give each bound a line; leave its limits empty for none."
        )
    if unknown := sorted(given.keys() - known.keys()):
        raise PackError(f"{file}: {', '.join(unknown)} not known. Known: {', '.join(known)}.")
    return Bounds(hashlib.sha256(file.read_bytes()).hexdigest(), given)


def _bounds(file: Path) -> dict[str, Bound]:
    found: dict[str, Bound] = {}
    head, *lines = _lines(file)
    if head != COLUMNS:
        raise PackError(f"{file}: columns {', '.join(head)}, while {', '.join(COLUMNS)} are wanted.")
    for number, line in enumerate(lines, 2):
        if len(line) != len(COLUMNS):
            raise PackError(
                f"{file}, line {number}: {len(line)} fields, while {len(COLUMNS)} are wanted. Write decimals with a "
                "point, and put text that holds a comma in quotes."
            )
        if line[0] in found:
            raise PackError(f"{file}: {line[0]} appears twice. Keep one line.")
        found[line[0]] = _bound(file, *line)
    return found


def _lines(file: Path) -> list[list[str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return [line for line in csv.reader(opened, strict=True) if line] or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PackError(f"{file}: cannot be read as CSV in UTF-8. Copy {DEFAULT_BOUNDS.name} and change it.") from error


def _bound(file: Path, name: str, least: str, most: str, what: str) -> Bound:
    low, high = (_limit(file, name, side, written) for side, written in (("least", least), ("most", most)))
    if low is not None and high is not None and low > high:
        raise PackError(f"{file}: {name}: least {low:g} is above most {high:g}, so that nothing is within. Swap them.")
    return Bound(low, high, what)


def _limit(file: Path, name: str, side: str, written: str) -> float | None:
    if not written.strip():
        return None
    limit = pd.to_numeric(written, errors="coerce")
    if not abs(limit) < float("inf"):
        raise PackError(
            f"{file}: {name}, {side}: {written!r} is not a number. Give one, or leave it empty for no limit."
        )
    return float(limit)
