"""The description of the served model: its decision rule, and the fields of an application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scoring.answers.applicant import CostUnit
from scoring.words.language import Kind


@dataclass(frozen=True)
class FieldDescription:
    """A raw field as `/model` describes it: label, unit, kind, range, and allowed values.

    `sentinels` are allowed outside the range: special values, such as one for no employment.
    `leeway` says how recourse may change it {levers, step, limit}; None: not at all.
    """

    name: str
    label: dict[str, str]
    theme: str
    unit: str
    kind: Kind
    range: list[float | None] | None
    sentinels: list[float]
    levels: dict[str, dict[str, str]] | None
    required: bool
    editable: bool
    protected: bool
    leeway: dict[str, Any] | None


@dataclass(frozen=True)
class CostDescription:
    """The cost function ("ratio" or "amount"), its unit and parameters.

    An applicant's threshold is at the odds `k` * C_FR / C_FA; `k_band` gives the ends of the referral band likewise.
    """

    name: str
    unit: CostUnit
    parameters: dict[str, float]
    k: float
    k_band: list[float]


@dataclass(frozen=True)
class ModelDescription:
    """The served model: identity, held-out metrics, decision rule, and the fields of an application.

    `version` is the model's, `app_version` that of the code which serves it (`scoring.__version__`).
    With costs in currency, each applicant has a threshold of their own: `threshold`, `theoretical_threshold`,
    `referral_band` and `cost_ratio` are then None.
    `points` is the scale of points, and `score_bands` are the lender's bands on it, the riskiest first, each with its
    name in both languages and its fewest points (None: it has no lower limit).
    """

    version: str
    source: str
    revision: str
    app_version: str
    synthetic: bool
    metrics: dict[str, Any]
    threshold: float | None
    theoretical_threshold: float | None
    referral_band: list[float] | None
    cost_ratio: float | None
    cost_function: CostDescription
    points: dict[str, float]
    score_bands: list[dict[str, Any]]
    fields: list[FieldDescription]
    features: list[dict[str, Any]] = field(default_factory=list)
