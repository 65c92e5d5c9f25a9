"""Answers on one applicant among the reference applicants: comparison, scatter plot, similar ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from scoring.answers.applicant import ModelIdentity, Outcome
from scoring.words.language import Kind, Value

PopulationName = Literal["accepted", "just_accepted", "all", "repaid", "defaulted"]
POPULATIONS: tuple[PopulationName, ...] = ("accepted", "just_accepted", "all", "repaid", "defaulted")


@dataclass(frozen=True)
class LevelShare:
    """One level of a characteristic in a population: its share of the known values and its default rate."""

    level: str
    share: float
    default_rate: float


@dataclass(frozen=True)
class Histogram:
    """A histogram of a population's values: `len(edges) == len(shares) + 1`, the shares sum to 1.

    The outermost bins include the values beyond the 1st and 99th percentile.
    """

    edges: list[float]
    shares: list[float]


@dataclass(frozen=True)
class PopulationPlace:
    """A population's distribution on one characteristic: quantiles ("0.05" .. "0.95") for a quantity, else levels."""

    name: PopulationName
    label: str
    size: int
    missing: float
    quantiles: dict[str, float] | None = None
    histogram: Histogram | None = None
    levels: list[LevelShare] | None = None


@dataclass(frozen=True)
class Comparison:
    """One applicant's characteristic among a population; `percentile` in [0, 100], None unless it is a quantity."""

    applicant_id: int | None
    changes: dict[str, Any]
    characteristic: str
    label: str
    kind: Kind
    value: Value
    unit: str
    percentile: float | None
    population: PopulationPlace
    model: ModelIdentity


@dataclass(frozen=True)
class ScatterAxis:
    """One of two quantities: in words, this applicant's value (None: not on file), and the range that is drawn."""

    characteristic: str
    label: str
    unit: str
    value: Value
    drawn: list[float]


@dataclass(frozen=True)
class ScatterCell:
    """Past applicants in one third of either quantity: their number and default rate (None if too few).

    `across` and `up` are the cell's bounds (the outer cells include the values beyond); `own` says whether this
    applicant falls into it.
    """

    across: list[float]
    up: list[float]
    applicants: int
    default_rate: float | None
    own: bool


@dataclass(frozen=True)
class Scatter:
    """One applicant among a population on two quantities, with what became of the loans.

    `points` are [across, up, 1 for payment difficulties else 0] of some of the `size` past applicants for whom both are
    on file, snapped to a grid of a hundred steps each way; `cells` count all of them.
    """

    applicant_id: int | None
    changes: dict[str, Any]
    across: ScatterAxis
    up: ScatterAxis
    population: PopulationName
    label: str
    size: int
    points: list[list[float]]
    cells: list[ScatterCell]
    model: ModelIdentity


@dataclass(frozen=True)
class PastApplicant:
    """A reference applicant: similarity (0 to 1), probability of default and decision now, and the actual outcome.

    `probability` is out of sample; `about` has raw amounts, rounded to two digits.
    """

    likeness: float
    probability: float
    decision: Outcome
    outcome: Literal["repaid", "defaulted"]
    about: dict[str, float]


@dataclass(frozen=True)
class Similar:
    """The past applicants whom the model treats most like one applicant, most similar first; `note` describes them.

    `typical_likeness` is the median over all reference applicants: what somebody picked at random reaches.
    """

    applicant_id: int | None
    changes: dict[str, Any]
    applicants: list[PastApplicant]
    typical_likeness: float
    note: str
    model: ModelIdentity
