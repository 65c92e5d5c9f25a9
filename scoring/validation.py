"""The findings of `python -m training validate` in `validation.json`, which only this module writes and reads.

A pack is a list of sections; a section has findings, each with its test, bound and verdict, and the tables behind them.
Nothing in it is about one applicant.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from scoring.answers.applicant import ModelIdentity
from scoring.errors import PackError
from scoring.files import complete_or_absent
from scoring.strict import Count, MalformedError, Number, Some, parse, strict, wrong

FORMAT = 1
PACK, PAGE, WORKBOOK = "validation.json", "validation.html", "validation.xlsx"

Verdict = Literal["within", "outside", "unbounded", "untested"]
Form = Literal["text", "count", "share", "number", "amount", "p_value"]
Cell = str | int | Number | None


def verdict_of(value: float | None, least: float | None, most: float | None) -> Verdict:
    """What a bound, from `least` to `most`, says of a value; None is no such limit, or a value not measured."""
    if value is None:
        return "untested"
    if least is None and most is None:
        return "unbounded"
    short = least is not None and value < least
    return "outside" if short or (most is not None and value > most) else "within"


@dataclass(frozen=True)
class Finding:
    """One finding.

    Args:
        name: of its bound, such as "gini".
        told: what was found, in English.
        test: how.
        value: what is held to the bound; None if it could not be measured.
        least, most: the lender's bound; both None if there is none.
        verdict: "within" or "outside" the bound, "unbounded" without one, "untested" without a value.

    Raises:
        MalformedError: the verdict is not the one that follows.
    """

    name: str
    told: str
    test: str
    value: Number | None
    least: Number | None
    most: Number | None
    verdict: Verdict

    def __post_init__(self) -> None:
        follows = verdict_of(self.value, self.least, self.most)
        if self.verdict != follows:
            raise wrong(f"the verdict on {self.name}", self.verdict, f"{follows!r} follows from value and bound")


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and how its cells are written."""

    heading: str
    form: Form


@dataclass(frozen=True)
class PackTable:
    """A table; `name` is that of its sheet, and each row has a cell for each column (None: not known)."""

    name: str
    caption: str
    columns: list[Column]
    rows: list[list[Cell]]

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise wrong(f"rows.{index}", row, f"{len(self.columns)} cells are wanted")


@dataclass(frozen=True)
class Section:
    """A question of the validator: `told` in paragraphs, and where the rules ask it."""

    name: str
    title: str
    sr_26_2: str
    ai_act: str
    told: list[str]
    findings: list[Finding]
    tables: list[PackTable]


@dataclass(frozen=True)
class ValidatedRows:
    """Who was validated: in words, the fingerprint of their tables (None: the artifact's own), and how many."""

    told: str
    fingerprint: str | None
    applicants: Some
    defaults: Count


@strict
@dataclass(frozen=True)
class ValidationPack:
    """The whole file; `bounds` is the SHA-256 of the lender's file of bounds."""

    format: int
    model: ModelIdentity
    against: ModelIdentity | None
    rows: ValidatedRows
    bounds: str
    sections: list[Section]

    @property
    def findings(self) -> Iterator[tuple[Section, Finding]]:
        """All findings, each with its section."""
        return ((section, finding) for section in self.sections for finding in section.findings)

    @property
    def outside(self) -> list[Finding]:
        """The findings out of bound."""
        return [finding for _, finding in self.findings if finding.verdict == "outside"]


@strict
@dataclass(frozen=True)
class SealedPack(ValidationPack):
    """The file: the pack, and the SHA-256 of its JSON, by which a file that was edited since is refused."""

    sha256: str


def _digest(pack: ValidationPack) -> str:
    return hashlib.sha256(json.dumps(asdict(pack), allow_nan=False).encode()).hexdigest()


def write_pack(pack: ValidationPack, folder: Path) -> None:
    """Writes `validation.json` into a folder that is there.

    Raises:
        OutputError: it cannot be written.
    """
    with complete_or_absent(folder / PACK) as partial:
        sealed = {**asdict(pack), "sha256": _digest(pack)}
        content = json.dumps(sealed, indent=1, ensure_ascii=False, allow_nan=False)
        partial.write_text(content + "\n", encoding="utf-8")


def read_pack(folder: Path) -> ValidationPack:
    """The pack in a folder.

    Raises:
        PackError: there is none, or it is malformed, or was edited since it was written.
    """
    path = folder / PACK
    if not path.is_file():
        raise PackError(f"{path}: not there. Make it with: python -m training validate --artifact DIR --out {folder}")
    try:
        sealed = parse(SealedPack, path.read_bytes())
    except MalformedError as error:
        raise PackError(f"{path}: no validation pack: {error}. Validate again.") from error
    if sealed.format != FORMAT:
        raise PackError(f"{path}: format {sealed.format}, while this code reads {FORMAT}. Validate again.")
    pack = ValidationPack(**{field.name: getattr(sealed, field.name) for field in fields(ValidationPack)})
    if _digest(pack) != sealed.sha256:
        raise PackError(f"{path}: edited since it was written: its SHA-256 is another. Validate again.")
    return pack
