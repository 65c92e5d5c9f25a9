"""What the manifest of a published version tells a reviewer: its gate, the versions before it, what changed, and how
other models did. Written by `training.publish` as provenance; no decision reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.answers import Outcome
from scoring.review import Rate

GATE, LINEAGE = "gate", "lineage"


@dataclass(frozen=True)
class CheckResult:
    """One thing that was looked at before the version was published; `told` says in English what was found."""

    name: str
    passed: bool
    told: str


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
    auc: float
    calibration_error: float
    gate: str


@dataclass(frozen=True)
class Flip:
    """How many applicants get another decision than from the version before."""

    before: Outcome
    after: Outcome
    applicants: int


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
    figures: dict[str, tuple[float, float]]
    explanations: dict[str, tuple[float | None, float | None]]
    thresholds: tuple[float | None, float | None]
    added: list[str]
    removed: list[str]
    applicants: int
    flips: list[Flip]


@dataclass(frozen=True)
class ComparedModel:
    """A model with a treatment of the imbalance on the test set of a comparison; figures by name, with intervals."""

    model: str
    strategy: str
    figures: dict[str, Rate]


@dataclass(frozen=True)
class Lineage:
    """Where a published version stands: its tag, those before it, and what changed (None for the first one).

    `comparison` is empty where none was given; its first line is the best out of fold.
    """

    tag: str
    versions: list[PastVersion]
    changes: Changes | None
    comparison: list[ComparedModel]


def gate_result(manifest: Mapping[str, Any]) -> GateResult | None:
    """The gate of a published version; None for one that never went through it."""
    if GATE not in manifest:
        return None
    gate = manifest[GATE]
    checks = [CheckResult(check["name"], check["passed"], check["told"]) for check in gate["checks"]]
    return GateResult(gate["against"], checks, gate["reason"])


def lineage_of(manifest: Mapping[str, Any]) -> Lineage | None:
    """What a published version tells of those before it; None for one that was published without, or never."""
    if LINEAGE not in manifest:
        return None
    content = manifest[LINEAGE]
    return Lineage(
        content["tag"],
        [PastVersion(**version) for version in content["versions"]],
        _changes(content["changes"]) if content["changes"] else None,
        [
            ComparedModel(
                line["model"], line["strategy"], {name: Rate(**each) for name, each in line["figures"].items()}
            )
            for line in content["comparison"]
        ],
    )


def _changes(content: Mapping[str, Any]) -> Changes:
    pairs = {
        name: {figure: tuple(pair) for figure, pair in content[name].items()} for name in ("figures", "explanations")
    }
    flips = [Flip(**flip) for flip in content["flips"]]
    return Changes(**{**content, **pairs, "thresholds": tuple(content["thresholds"]), "flips": flips})
