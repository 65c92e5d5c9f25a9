"""The provenance in a published version's manifest: gate, earlier versions, what changed, and how other models did.

Written by `training.publish.version` for reviewers; no decision depends on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from scoring.answers.applicant import Outcome
from scoring.artifact.review import Rate
from scoring.strict import Count, MalformedError, Number, Share, known, parse, strict
from scoring.words.wording import worded

T = TypeVar("T")

GATE, LINEAGE = "gate", "lineage"
CHANGED_FIGURES = ("auc", "brier", "calibration_error", "cost")
COMPARED_FIGURES = ("cost", "auc", "average_precision", "brier", "calibration_error")


@dataclass(frozen=True)
class CheckResult:
    """One check of the gate; `told` is its finding in English, `figures` the numbers in it by name."""

    name: str
    passed: bool
    told: str
    figures: dict[str, Number]


@strict
@dataclass(frozen=True)
class GateResult:
    """All checks. `against` is the version compared with; `reason` says why it was published despite a failed check."""

    against: str | None
    checks: list[CheckResult]
    reason: str | None

    @property
    def failed(self) -> list[str]:
        """The names of the failed checks."""
        return [check.name for check in self.checks if not check.passed]


@dataclass(frozen=True)
class PastVersion:
    """An earlier published version: its tag, held-out figures, and the gate's verdict in English."""

    tag: str
    version: str
    created: str
    auc: Share
    calibration_error: Share
    gate: str


@dataclass(frozen=True)
class Flip:
    """How many applicants get a different decision than from the previous version."""

    before: Outcome
    after: Outcome
    applicants: Count


@dataclass(frozen=True)
class Changes:
    """What changed since the previously served version.

    Args:
        version: the previous one.
        figures: held-out figures by their names in `metrics.json`, before and after.
        explanations: figures on explanations, before and after; None where a version lacks one.
        thresholds: before and after; None for a version that decides by amounts.
        added, removed: names of features.
        applicants: number of applicants that both versions decided on.
        flips: those whose decision differs.
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
    """A published version's tag, the earlier ones, and what changed (None for the first one).

    `comparison` is empty if none was given; its first row is the best one out of fold.
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
    """The gate of a published version; None if it never went through one.

    Raises:
        MalformedError: the manifest's entry is malformed.
    """
    return _part(GateResult, manifest, GATE)


def lineage_of(manifest: Mapping[str, Any]) -> Lineage | None:
    """The lineage of a published version; None if it has none or was never published.

    Raises:
        MalformedError: the manifest's entry is malformed.
    """
    return _part(Lineage, manifest, LINEAGE)


def _part(shape: type[T], manifest: Mapping[str, Any], name: str) -> T | None:
    if manifest.get(name) is None:
        return None
    try:
        return parse(shape, json.dumps(manifest[name]))
    except MalformedError as error:
        raise MalformedError(f"{name}: {error}") from error
