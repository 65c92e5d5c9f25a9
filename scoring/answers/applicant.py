"""Answers on one applicant: score, confidence, recourse, response curve and explanation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from scoring.words.language import Value

Outcome = Literal["approve", "refer", "refuse"]
CostUnit = Literal["refusals", "currency"]


@dataclass(frozen=True)
class ModelIdentity:
    """The model behind an answer: its version, source, and the exact revision of its files."""

    version: str
    source: str
    revision: str


@dataclass(frozen=True)
class ExpectedCost:
    """Expected cost of each choice for this applicant, in units of one wrongful refusal or in the loan's currency."""

    approve: float
    refuse: float
    unit: CostUnit


@dataclass(frozen=True)
class Reason:
    """One adverse reason: a feature that raises this applicant's risk above the just accepted applicants'.

    `usual_range` is [lower quartile, upper quartile] among just accepted applicants for a quantity, else their most
    frequent levels in words; `middle` is the median of a quantity. `theme_contribution` sums its theme's contributions.
    Features of one `factor` are the same fact. `lower` and `higher` are the shares of accepted applicants with a lower
    and a higher value; None unless it is a quantity that is on file.
    """

    feature: str
    label: str
    value: Value
    unit: str
    usual_range: list[Value]
    contribution: float
    middle: float | None = None
    theme: str = ""
    theme_contribution: float = 0.0
    factor: str = ""
    lower: float | None = None
    higher: float | None = None


@dataclass(frozen=True)
class Score:
    """The recommended decision for one applicant, with reasons.

    `points` and `threshold_points` are probability and threshold on the artifact's scale: more points, less risk.
    """

    applicant_id: int | None
    changes: dict[str, Any]
    probability: float
    threshold: float
    referral_band: list[float]
    points: float
    threshold_points: float
    decision: Outcome
    expected_cost: ExpectedCost
    reasons: list[Reason]
    summary: str
    warnings: list[str]
    model: ModelIdentity


@dataclass(frozen=True)
class CommentedScore(Score):
    """A score with three to five sentences on it. It includes recourse, whose search takes longer than the score."""

    comment: str


@dataclass(frozen=True)
class NearScores:
    """Past applicants with the nearest scores: at most 500, none further than 0.25 in log-odds, and who defaulted.

    `interval` is the 95 % interval of their default rate (Wilson, 1927); empty if there are no such applicants.
    """

    applicants: int
    defaulted: int
    interval: list[float]


@dataclass(frozen=True)
class MissingEffect:
    """How many of `total` fields are missing, and what that could do.

    `range` is that of the probability over the values that past applicants with the nearest scores have in what is
    missing (nine draws of ten); empty if the model reads nothing that is missing. `may_change_decision`: an end of it
    gets another recommendation.
    """

    fields: int
    total: int
    range: list[float]
    may_change_decision: bool


@dataclass(frozen=True)
class OutsideLearnt:
    """A value outside what the model learnt from: `learnt` is [lowest, highest] in training."""

    feature: str
    label: str
    value: float
    unit: str
    learnt: list[float]


@dataclass(frozen=True)
class Confidence:
    """How sure a probability is. `complete_first`: the fields that matter most, if most of what it reads is missing."""

    nearest: NearScores
    missing: MissingEffect
    outside: list[OutsideLearnt]
    complete_first: list[str]


@dataclass(frozen=True)
class ScoreAnswer(CommentedScore):
    """The answer of `/score`: a commented score with how sure it is, in figures and in words."""

    confidence: Confidence
    how_sure: str


@dataclass(frozen=True)
class Plan:
    """Allowed changes, raw field -> new value, on top of what was sent, and the decision on the application with them.

    `effort` is the sum of the shares by which the levers change: 0.1 is a loan, or an instalment, smaller by a tenth.
    `outside`: what the plan would set that lies outside what the model learnt from.
    """

    changes: dict[str, Any]
    probability: float
    decision: Outcome
    effort: float
    outside: list[OutsideLearnt] = field(default_factory=list)


@dataclass(frozen=True)
class Recourse:
    """The smallest allowed changes that reach approval, by ascending effort; `found` says whether there are any.

    `referral`: if nothing gets a refused applicant approved, the smallest changes that lead to a referral, if any.
    """

    found: bool
    plans: list[Plan]
    referral: Plan | None


@dataclass(frozen=True)
class CurvePoint:
    """One value on a response curve: probability, decision and its limits there.

    `learnt`: all that changes along the curve is within what the model learnt from. `instalment`, `months` (the likely
    term) and `yearly_rate` are given on curves of the loan; None where there is none.
    """

    value: float
    probability: float
    decision: Outcome
    threshold: float
    referral_band: list[float]
    learnt: bool
    instalment: float | None
    months: float | None
    yearly_rate: float | None


@dataclass(frozen=True)
class Curve:
    """The probability along one raw field, by ascending value; `value` is the application's own (None: not on file).

    The own value is one of the points. `keep` says what an amount keeps. `is_read`: the model reads the field.
    """

    applicant_id: int | None
    changes: dict[str, Any]
    field: str
    label: str
    unit: str
    keep: Literal["instalment", "term"]
    value: float | None
    is_read: bool
    points: list[CurvePoint]
    model: ModelIdentity


@dataclass(frozen=True)
class FeatureContribution:
    """One feature's contribution to the log-odds of default, relative to the just accepted applicants."""

    feature: str
    label: str
    value: Value
    unit: str
    contribution: float


@dataclass(frozen=True)
class ThemeContribution:
    """The sum of a theme's contributions, and its features by descending contribution."""

    theme: str
    label: str
    contribution: float
    features: list[FeatureContribution]


@dataclass(frozen=True)
class Explanation:
    """base + the sum of all contributions = log_odds; sigmoid(log_odds) = probability.

    `base` is the mean log-odds of the just accepted applicants; `threshold_log_odds` is the threshold.
    """

    applicant_id: int | None
    changes: dict[str, Any]
    base: float
    log_odds: float
    probability: float
    threshold: float
    threshold_log_odds: float
    themes: list[ThemeContribution]
    model: ModelIdentity
