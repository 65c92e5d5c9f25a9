"""Answers on one applicant: score, confidence, recourse, response curve and explanation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from scoring.words.language import Value

Outcome = Literal["approve", "refer", "refuse"]
OfferKind = Literal["largest", "shortest", "lowest"]
CostUnit = Literal["refusals", "currency"]


@dataclass(frozen=True)
class ModelIdentity:
    """The model behind an answer: its version, source, and the exact revision of its files."""

    version: str
    source: str
    revision: str


@dataclass(frozen=True)
class ExpectedCost:
    """Expected cost of each choice for this applicant, in units of one wrong refusal or in the loan's currency."""

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
    `can_change`: some allowed move changes the feature and lowers the risk; None where recourse was not searched.
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
    can_change: bool | None = None


@dataclass(frozen=True)
class Score:
    """The recommended decision for one applicant, with reasons.

    `points` and `threshold_points` are probability and threshold on the artifact's scale: more points, less risk.
    `score_band` is the lender's name for the band that the points are in.
    `reachable` is the best recommendation that allowed moves reach; None where recourse was not searched.
    """

    applicant_id: int | None
    changes: dict[str, Any]
    probability: float
    threshold: float
    referral_band: list[float]
    points: float
    threshold_points: float
    score_band: str
    decision: Outcome
    reachable: Outcome | None
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
    """The answer of `/score`: a commented score with how sure it is, in figures and in words.

    In a short answer these two are None, and the comment does not say what would help.
    """

    confidence: Confidence | None
    how_sure: str | None


@dataclass(frozen=True)
class HistoryMove:
    """A change of the credit history in a plan: its scenario and step, the money that it takes, and what to do."""

    scenario: str
    parameter: float
    cost: float
    label: str


@dataclass(frozen=True)
class Burden:
    """What a plan asks of the applicant, in currency: more than now if above 0.

    `now` is money to find, `less` by how much less the loan buys (or pays out), `per_month` the change of the
    instalment, `total` that of all instalments together; None where the instalment or the term is not known.
    """

    now: float
    less: float
    per_month: float | None
    total: float | None


@dataclass(frozen=True)
class Plan:
    """Allowed changes, on top of what was sent, and the decision on the application with them.

    `changes` are raw field -> new value, `history` what to do about the credit history. `months` and `yearly_rate` are
    the likely term and interest of the new loan; `lowers_rate` says that the lender would have to lower the rate.
    `outside`: what the plan would set that lies outside what the model learnt from.
    """

    changes: dict[str, Any]
    history: list[HistoryMove]
    probability: float
    decision: Outcome
    burden: Burden
    months: float | None
    yearly_rate: float | None
    lowers_rate: bool
    outside: list[OutsideLearnt] = field(default_factory=list)


@dataclass(frozen=True)
class Recourse:
    """The least burdensome allowed changes that reach approval, the least first; `found` says whether there are any.

    `referral`: if nothing gets a refused applicant approved, the least that leads to a referral, if anything does.
    `best`: the lowest probability that was reached, if no plan was found. `helpful` are the features of the model that
    some single move changes while it lowers the risk.
    """

    found: bool
    plans: list[Plan]
    referral: Plan | None
    best: float | None
    helpful: list[str]


@dataclass(frozen=True)
class Offer:
    """A loan at the application's own rate that would be approved: the best in one way.

    `changes` are raw field -> new value; `months` is the term, `yearly_rate` the rate as a share.
    """

    kind: OfferKind
    changes: dict[str, Any]
    probability: float
    amount: float
    instalment: float
    months: float
    yearly_rate: float


@dataclass(frozen=True)
class RecourseAnswer(Recourse):
    """The answer of `/recourse`: what the applicant can do, and what the lender could offer instead."""

    offers: list[Offer]


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
