"""What the manifest of a published version tells a reviewer: its gate, the versions before it, what changed, and how
other models did. Written by `training.publish.version` as provenance; no decision reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from scoring.answers import Outcome
from scoring.artifact.review import Rate
from scoring.strict import Count, MalformedError, Number, Share, known, parse, strict
from scoring.words.wording import worded

T = TypeVar("T")

GATE, LINEAGE = "gate", "lineage"
CHANGED_FIGURES = ("auc", "brier", "calibration_error", "cost")
COMPARED_FIGURES = ("cost", "auc", "average_precision", "brier", "calibration_error")


@dataclass(frozen=True)
class CheckResult:
    """One thing that was looked at before the version was published; `told` says in English what was found.

    `figures` holds the numbers in it by name.
    """

    name: str
    passed: bool
    told: str
    figures: dict[str, Number]


@strict
@dataclass(frozen=True)
class GateResult:
    """All checks. `against` names the version compared with, `reason` why it was published although a check failed."""

    against: str | None
    checks: list[CheckResult]
    reason: str | None

    @property
    def failed(self) -> list[str]:
        """The names of the checks that were not passed."""
        return [check.name for check in self.checks if not check.passed]


@dataclass(frozen=True)
class PastVersion:
    """A version that was published before: its tag, held-out figures, and the gate's verdict in English."""

    tag: str
    version: str
    created: str
    auc: Share
    calibration_error: Share
    gate: str


@dataclass(frozen=True)
class Flip:
    """How many applicants get another decision than from the version before."""

    before: Outcome
    after: Outcome
    applicants: Count


@dataclass(frozen=True)
class Changes:
    """What changed against the version that was served before.

    Args:
        version: the one before.
        figures: held out, by name as in `metrics.json`, before and after.
        explanations: figures on explanations, before and after; None where a version does not know one.
        thresholds: before and after; None for a version that decides by amounts.
        added, removed: names of features.
        applicants: how many were decided on by both.
        flips: those who get another decision.
    """

    version: str
    figures: dict[str, tuple[Number, Number]]
    explanations: dict[str, tuple[Number | None, Number | None]]
    thresholds: tuple[Share | None, Share | None]
    added: list[str]
    removed: list[str]
    applicants: Count
    flips: list[Flip]

    def __post_init__(self) -> None:
        _all_there(CHANGED_FIGURES, self.figures)


@dataclass(frozen=True)
class ComparedModel:
    """A model with a treatment of the imbalance on the test set of a comparison; figures by name, with intervals."""

    model: str
    strategy: str
    figures: dict[str, Rate]

    def __post_init__(self) -> None:
        known("strategy", [self.strategy], worded("model.strategy."))
        _all_there(COMPARED_FIGURES, self.figures)


@strict
@dataclass(frozen=True)
class Lineage:
    """Where a published version stands: its tag, those before it, and what changed (None for the first one).

    `comparison` is empty where none was given; its first line is the best out of fold.
    """

    tag: str
    versions: list[PastVersion]
    changes: Changes | None
    comparison: list[ComparedModel]


def _all_there(wanted: Sequence[str], figures: Mapping[str, object]) -> None:
    for name in wanted:
        if name not in figures:
            raise MalformedError(f"figures.{name} is missing")


def gate_result(manifest: Mapping[str, Any]) -> GateResult | None:
    """The gate of a published version; None for one that never went through it.

    Raises:
        MalformedError: what the manifest says of it is something else.
    """
    return _part(GateResult, manifest, GATE)


def lineage_of(manifest: Mapping[str, Any]) -> Lineage | None:
    """What a published version tells of those before it; None for one that was published without, or never.

    Raises:
        MalformedError: what the manifest says of it is something else.
    """
    return _part(Lineage, manifest, LINEAGE)


def _part(shape: type[T], manifest: Mapping[str, Any], name: str) -> T | None:
    if manifest.get(name) is None:
        return None
    try:
        return parse(shape, json.dumps(manifest[name]))
    except MalformedError as error:
        raise MalformedError(f"{name}: {error}") from error
