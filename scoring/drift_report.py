"""What `python -m training drift` found, as `drift.json` holds it and the app shows it: written and read here alone.

A report sets a current population beside a reference population. Nothing in it is about one person: shares, quantiles
of large groups, tests. Importances are shares of the model's summed mean absolute contributions (`scoring.importance`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from scoring.answers import CostUnit, ModelIdentity, Outcome
from scoring.errors import DriftReportError
from scoring.files import complete_or_absent

FORMAT = 1
REPORT, PAGE = "drift.json", "drift.html"

TestName = Literal["kolmogorov-smirnov", "chi-square"]
ChangeKind = Literal["all_missing", "missing", "new_level", "level", "value", "unit", "median", "spread"]


@dataclass(frozen=True)
class Change:
    """One thing that changed in a column, worded by `scoring.drift_words`.

    `subject` is the level, the value or the unit that it is about ("" where there is none); `before` and `after` are
    its shares among the reference and the current applicants; the medians for "unit" and "median", the distances from
    the first to the last decile for "spread".
    """

    kind: ChangeKind
    subject: str
    before: float
    after: float


@dataclass(frozen=True)
class Shift:
    """Whether something has another distribution now: population stability index, and a test beside it.

    `p_value` is the test's own, `p_corrected` after Holm's correction for all tests of the report. `drifted` wants both
    a corrected p-value below 5 % and a size that matters (see `training.drift.shift`).
    """

    drifted: bool
    psi: float
    test: TestName
    p_value: float
    p_corrected: float


@dataclass(frozen=True)
class ColumnDrift(Shift):
    """A raw field of the application or an input of the model.

    `importance` is None where the model does not read the column under this name, or where it is not known.
    """

    importance: float | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class ScoreDrift(Shift):
    """The probability of default, with its mean and its quantiles by probability ("0.05", ...) on either side."""

    reference_mean: float
    current_mean: float
    reference_quantiles: dict[str, float]
    current_quantiles: dict[str, float]


@dataclass(frozen=True)
class DecisionDrift(Shift):
    """The decision, with the share of each outcome on either side."""

    reference: dict[Outcome, float]
    current: dict[Outcome, float]


@dataclass(frozen=True)
class Bracket:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Performance:
    """How good scores and decisions are: known from outcomes, or estimated without them.

    `auc` is a share; `cost` is per applicant in `cost_unit`; the others are shares of all applicants: who defaults, is
    refused, is wrongly approved, is wrongly refused.
    """

    applicants: int
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
    error: float
    allowed: float


@dataclass(frozen=True)
class Side:
    """One of the two populations: which table of which data, and how many applicants."""

    table: str
    fingerprint: str
    applicants: int


@dataclass(frozen=True)
class EarlierCount:
    """What the earlier system would have counted: numeric columns, each by an uncorrected test."""

    columns: int
    drifted: int
    share: float


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
    share_drifted: float
    weighted_share: float | None
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
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            raise ValueError(f"it is not of format {FORMAT}")
        return _shaped(DriftReport, content, "report")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DriftReportError(f"{path}: not a drift report ({error}). Make it again with this code.") from error


def _shaped(shape: Any, content: Any, place: str) -> Any:
    """Content of JSON as the annotated type that it must have.

    Raises:
        TypeError: it has another; the message names the place.
    """
    kind, arguments = get_origin(shape), get_args(shape)
    if kind in (Union, UnionType):
        return None if content is None else _shaped(arguments[0], content, place)
    if kind is dict and isinstance(content, dict):
        return {key: _shaped(arguments[1], value, f"{place}.{key}") for key, value in content.items()}
    if kind is tuple and isinstance(content, list):
        return tuple(_shaped(arguments[0], value, place) for value in content)
    if isinstance(shape, type) and is_dataclass(shape) and isinstance(content, dict):
        hints = get_type_hints(shape)
        if hints.keys() != content.keys():
            raise TypeError(f"{place} has {sorted(content)}, not {sorted(hints)}")
        return shape(**{name: _shaped(hint, content[name], f"{place}.{name}") for name, hint in hints.items()})
    if kind is Literal and content in arguments:
        return content
    # A whole number is a number, too.
    if shape in (bool, int, str, float) and (type(content) is shape or (shape is float and type(content) is int)):
        return content
    raise TypeError(f"{place} = {content!r}")
