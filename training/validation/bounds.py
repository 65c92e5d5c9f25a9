"""The lender's bounds, and findings held to them."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scoring.errors import PackError
from scoring.validation import Finding, Verdict

DEFAULT_BOUNDS = Path(__file__).with_name("bounds.csv")
COLUMNS = ["name", "least", "most", "what"]
DIGITS, DECIMALS = 10, 12


@dataclass(frozen=True)
class Bound:
    """The least and the most that is allowed (None: no such limit), and of what."""

    least: float | None
    most: float | None
    what: str

    def verdict(self, value: float | None) -> Verdict:
        """What this bound says of a value; None is one that could not be measured."""
        if value is None:
            return "untested"
        if self.least is None and self.most is None:
            return "unbounded"
        short = self.least is not None and value < self.least
        return "outside" if short or (self.most is not None and value > self.most) else "within"


@dataclass(frozen=True)
class Bounds:
    """All bounds by name, and the SHA-256 of their file."""

    sha256: str
    by_name: Mapping[str, Bound]

    def finding(self, name: str, value: float | None, told: str, test: str) -> Finding:
        """A finding held to its bound."""
        bound, value = self.by_name[name], None if value is None else rounded(value)
        return Finding(name, told, test, value, bound.least, bound.most, bound.verdict(value))


def rounded(value: float) -> float:
    """A figure to ten significant digits and twelve decimals: what lies beyond depends on the machine."""
    return float(f"{round(value, DECIMALS):.{DIGITS}g}") + 0.0


def read_bounds(file: Path = DEFAULT_BOUNDS) -> Bounds:
    """The bounds of a CSV file with the columns name, least, most and what; an empty limit is none.

    Raises:
        PackError: it cannot be read, lacks a bound or names one that is not known, or a limit is not a number.
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
    try:
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise PackError(
            f"{file}: cannot be read ({str(error).splitlines()[0]}). Copy {DEFAULT_BOUNDS.name}."
        ) from error
    if list(table.columns) != COLUMNS:
        raise PackError(f"{file}: columns {', '.join(table.columns)}, while {', '.join(COLUMNS)} are wanted.")
    if (twice := table["name"].duplicated()).any():
        raise PackError(f"{file}: {table.loc[twice, 'name'].iloc[0]} appears twice. Keep one line.")
    return {row["name"]: _bound(file, row) for row in table.to_dict("records")}


def _bound(file: Path, row: Mapping[Hashable, str]) -> Bound:
    least, most = (_limit(file, row["name"], side, row[side]) for side in ("least", "most"))
    return Bound(least, most, row["what"])


def _limit(file: Path, name: str, side: str, written: str) -> float | None:
    if not written.strip():
        return None
    limit = pd.to_numeric(written, errors="coerce")
    if not abs(limit) < float("inf"):
        raise PackError(
            f"{file}: {name}, {side}: {written!r} is not a number. Give one, or leave it empty for no limit."
        )
    return float(limit)
