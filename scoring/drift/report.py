"""What `python -m training drift` found, as `drift.json` holds it and the app shows it: written and read here alone.

A report sets a current population beside a reference population. Nothing in it is about one person: shares, quantiles
of large groups, tests. Importances are shares of the model's summed mean absolute contributions
(`scoring.artifact.importance`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from scoring.answers import CostUnit, ModelIdentity, Outcome
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
    """One thing that changed in a column, worded by `scoring.drift.words`.

    `subject` is the level, the value or the unit that it is about ("" where there is none); `before` and `after` are
    its shares among the reference and the current applicants; the medians for "unit" and "median", the distances from
    the first to the last decile for "spread".
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
    """Whether something has another distribution now: population stability index, and a test beside it.

    `p_value` is the test's own, `p_corrected` after Holm's correction for all tests of the report. `drifted` wants both
    a corrected p-value below 5 % and a size that matters (see `training.drift.shift`).
    """

    drifted: bool
    psi: NotNegative
    test: TestName
    p_value: Share
    p_corrected: Share


@dataclass(frozen=True)
class ColumnDrift(Shift):
    """A raw field of the application or an input of the model.

    `importance` is None where the model does not read the column under this name, or where it is not known.
    """

    importance: Share | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class ScoreDrift(Shift):
    """The probability of default, with its mean and its quantiles by probability ("0.05", ...) on either side."""

    reference_mean: Share
    current_mean: Share
    reference_quantiles: dict[str, Share]
    current_quantiles: dict[str, Share]


@dataclass(frozen=True)
class DecisionDrift(Shift):
    """The decision, with the share of each outcome on either side."""

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
    """How good scores and decisions are: known from outcomes, or estimated without them.

    `auc` is a share; `cost` is per applicant in `cost_unit`; the others are shares of all applicants: who defaults, is
    refused, is wrongly approved, is wrongly refused.
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
    """Whether calibration holds on outcomes: the error over tenths of the applicants, and how large it may be."""

    holds: bool
    error: Share
    allowed: NotNegative


@dataclass(frozen=True)
class Side:
    """One of the two populations: which table of which data, and how many applicants."""

    table: str
    fingerprint: str
    applicants: Count


@dataclass(frozen=True)
class EarlierCount:
    """What the earlier system would have counted: numeric columns, each by an uncorrected test."""

    columns: Count
    drifted: Count
    share: Share


@strict
@dataclass(frozen=True)
class DriftReport:
    """A whole report.

    Args:
        created: when, in ISO 8601.
        model: whose score and decision were compared (None: raw fields only).
        reference: the population that columns are compared with.
        current: the population that is scored now.
        reference_learnt: whether the model learnt from the reference applicants. Score, decision and performance are
            compared with the applicants that its training held out in any case.
        share_drifted: share of the columns that drifted.
        weighted_share: share of the model's importance in the inputs that drifted (None where it is not known).
        earlier: the earlier system's count on the same applicants.
        columns: every column by name, the most important first.
        score: of the model.
        decision: of the model.
        reference_performance: what outcomes say of the held-out applicants.
        estimated: what the current applicants' own probabilities say, without outcomes.
        realised: what the current applicants' outcomes say, as far as they are known.
        calibration: on the same outcomes.
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
        """Whether it is about the version that is served, wherever that came from."""
        return self.model is not None and self.model.version == model.version

    @property
    def drifted(self) -> list[str]:
        """The columns that drifted, the most important first."""
        return [name for name, column in self.columns.items() if column.drifted]


def write_drift_report(report: DriftReport, folder: Path) -> None:
    """Writes `drift.json` to a folder.

    Raises:
        OutputError: the disk is full, or the folder cannot be written to.
    """
    content = json.dumps({"format": FORMAT, **asdict(report)}, indent=1, ensure_ascii=False, allow_nan=False)
    with complete_or_absent(folder / REPORT) as partial:
        partial.write_text(content + "\n", encoding="utf-8")


def read_drift_report(folder: Path) -> DriftReport:
    """Reads `drift.json` of a folder.

    Raises:
        DriftReportError: there is none, or it is not of the shape that `write_drift_report` gives it.
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
