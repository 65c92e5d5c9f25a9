"""The drift report: what `python -m training drift` finds, `drift.json` stores and the app shows.

A report compares a current with a reference population. It holds shares, quantiles of large groups and tests: nothing
about a single person. Importances are shares of the sum of the model's mean absolute contributions
(`scoring.artifact.importance`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from scoring.answers.applicant import CostUnit, ModelIdentity, Outcome
from scoring.errors import DriftReportError
from scoring.files import complete_or_absent
from scoring.strict import (
    Count,
    MalformedError,
    NotNegative,
    Number,
    Share,
    in_order,
    known,
    parse,
    parse_object,
    strict,
    wrong,
)
from scoring.words.wording import worded

FORMAT = 1
REPORT, PAGE = "drift.json", "drift.html"

TestName = Literal["kolmogorov-smirnov", "chi-square"]
ChangeKind = Literal["all_missing", "missing", "new_level", "level", "value", "unit", "median", "spread"]


@dataclass(frozen=True)
class Change:
    """One change in a column; `scoring.drift.words` puts it into words.

    `subject` is the level, value or unit concerned ("" if none). `before` and `after` are its shares in the reference
    and the current population; for "unit" and "median" they are medians, for "spread" distances between the first and
    the last decile.
    """

    kind: ChangeKind
    subject: str
    before: Number
    after: Number

    def __post_init__(self) -> None:
        if self.kind == "unit":
            known("subject", [self.subject], worded("drift.unit."))


@dataclass(frozen=True)
class Shift:
    """Whether a distribution changed: the population stability index, and a test.

    `p_corrected` is the `p_value` after Holm's correction for all tests of the report. `drifted` requires both a
    corrected p-value below 5 % and a size that matters (see `training.drift.shift`).
    """

    drifted: bool
    psi: NotNegative
    test: TestName
    p_value: Share
    p_corrected: Share


@dataclass(frozen=True)
class ColumnDrift(Shift):
    """A raw field of the application or an input of the model.

    `importance` is None if the model does not read the column under this name, or if it is unknown.
    """

    importance: Share | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class ScoreDrift(Shift):
    """The probability of default, with its mean and quantiles (keyed "0.05", ...) in either population."""

    reference_mean: Share
    current_mean: Share
    reference_quantiles: dict[str, Share]
    current_quantiles: dict[str, Share]


@dataclass(frozen=True)
class DecisionDrift(Shift):
    """The decision, with the share of each outcome in either population."""

    reference: dict[Outcome, Share]
    current: dict[Outcome, Share]

    def __post_init__(self) -> None:
        if self.reference.keys() != self.current.keys():
            raise wrong("current", self.current, f"shares of {', '.join(self.reference)} are wanted, as in reference")


@dataclass(frozen=True)
class Bracket:
    """A figure with its 95 % interval."""

    value: Number
    low: Number
    high: Number

    def __post_init__(self) -> None:
        in_order(self.low, self.high, ("low", "high"))


@dataclass(frozen=True)
class Performance:
    """The performance of scores and decisions, measured on outcomes or estimated without them.

    `cost` is per applicant, in `cost_unit`; the figures besides `auc` and `cost` are shares of all applicants:
    defaulters, refusals, wrong approvals, wrong refusals.
    """

    applicants: Count
    cost_unit: CostUnit
    default_rate: Bracket
    refused: Bracket
    auc: Bracket
    cost: Bracket
    false_approvals: Bracket
    false_refusals: Bracket


@dataclass(frozen=True)
class Calibration:
    """Whether probabilities are calibrated: the error over tenths of the applicants, and the largest one allowed."""

    holds: bool
    error: Share
    allowed: NotNegative


@dataclass(frozen=True)
class Side:
    """One of the two populations: its table, the fingerprint of its data, and the number of applicants."""

    table: str
    fingerprint: str
    applicants: Count


@dataclass(frozen=True)
class EarlierCount:
    """The earlier system's count: numeric columns, each by an uncorrected test."""

    columns: Count
    drifted: Count
    share: Share


@strict
@dataclass(frozen=True)
class DriftReport:
    """A whole report.

    Args:
        created: the time of the report, in ISO 8601.
        model: the model whose score and decision were compared (None: raw fields only).
        reference: the population to compare with.
        current: the population that is scored now.
        reference_learnt: whether the model was trained on reference applicants. Score, decision and performance are
            compared with the applicants held out in training in any case.
        share_drifted: share of the columns that drifted.
        weighted_share: total importance of the inputs that drifted (None: unknown).
        earlier: the earlier system's count on the same applicants.
        columns: all columns by name, most important first.
        score: drift of the model's score.
        decision: drift of the model's decision.
        reference_performance: realised performance on the held-out applicants.
        estimated: performance on current applicants, estimated from their probabilities.
        realised: performance on the current applicants with known outcomes.
        calibration: calibration on the same outcomes.
    """

    created: str
    model: ModelIdentity | None
    reference: Side
    current: Side
    reference_learnt: bool
    share_drifted: Share
    weighted_share: Share | None
    earlier: EarlierCount
    columns: dict[str, ColumnDrift]
    score: ScoreDrift | None
    decision: DecisionDrift | None
    reference_performance: Performance | None
    estimated: Performance | None
    realised: Performance | None
    calibration: Calibration | None

    def is_about(self, model: ModelIdentity) -> bool:
        """Whether it is about the given version, wherever that was loaded from."""
        return self.model is not None and self.model.version == model.version

    @property
    def drifted(self) -> list[str]:
        """The columns that drifted, most important first."""
        return [name for name, column in self.columns.items() if column.drifted]


def write_drift_report(report: DriftReport, folder: Path) -> None:
    """Writes `drift.json` into a folder.

    Raises:
        OutputError: the disk is full, or the folder cannot be written to.
    """
    content = json.dumps({"format": FORMAT, **asdict(report)}, indent=1, ensure_ascii=False, allow_nan=False)
    with complete_or_absent(folder / REPORT) as partial:
        partial.write_text(content + "\n", encoding="utf-8")


def read_drift_report(folder: Path) -> DriftReport:
    """Reads `drift.json` from a folder.

    Raises:
        DriftReportError: there is none, or it does not have the form that `write_drift_report` writes.
    """
    path = folder / REPORT
    if not path.is_file():
        raise DriftReportError(
            f"{path}: there is no drift report. Make one with: python -m training drift --reference DIR --current DIR "
            f"--artifact ARTIFACT --out {folder}"
        )
    try:
        content = parse_object(path.read_bytes())
        if content.pop("format", None) != FORMAT:
            raise MalformedError(f"it is not of format {FORMAT}")
        return parse(DriftReport, json.dumps(content))
    except MalformedError as error:
        raise DriftReportError(f"{path}: not a drift report: {error}. Make it again with this code.") from error
