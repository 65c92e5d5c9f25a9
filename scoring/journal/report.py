"""The result of a verification of the journal, as data and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tampering = Literal["edited", "deleted", "inserted", "reordered", "truncated", "re-chained"]
Part = Literal["entry", "payload", "signature", "checkpoint", "head", "head file", "anchor"]
# chained: each hash covers the one before. signed: the key signed them, too. anchored: the head on the hub agrees, too.
Level = Literal["chained", "signed", "anchored"]
LEVELS: tuple[Level, ...] = ("chained", "signed", "anchored")


@dataclass(frozen=True)
class Finding:
    """The first thing that does not hold: what was done, to which part, at the entry of which number."""

    kind: Tampering
    part: Part
    number: int
    told: str

    def __str__(self) -> str:
        return f"{self.kind} at entry {self.number} ({self.part}): {self.told}"


@dataclass(frozen=True)
class CaseFinding:
    """A case in the worklist's table that is not what the journal says of it."""

    applicant_id: int
    kind: Literal["edited", "missing", "extra"]
    told: str

    def __str__(self) -> str:
        return f"the case of applicant {self.applicant_id} ({self.kind}): {self.told}"


@dataclass(frozen=True)
class Verification:
    """The result: how many entries there are, how many of their payloads are erased, and the last entry's hash.

    `level` is the highest that was reached, None with a finding. `notes` say what could not be compared. `cases` are
    those that the journal belies, if it holds itself.
    """

    entries: int
    erased: int
    head: str
    level: Level | None
    finding: Finding | None
    notes: tuple[str, ...] = ()
    cases: tuple[CaseFinding, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.finding is None and not self.cases


def edited(part: Part, number: int, told: str) -> Finding:
    """Something was changed in its place."""
    return Finding("edited", part, number, told)


def truncated(number: int, told: str, part: Part = "entry") -> Finding:
    """The entries from that number on are gone."""
    return Finding("truncated", part, number, told)
