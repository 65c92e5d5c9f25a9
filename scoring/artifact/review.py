"""The review figures of a version: treatment of groups, quality of explanations, ranking curves.

Computed at training (`training.audit.groups`, `training.audit.proxies`, `training.audit.quality`,
`training.statistics.ranking`) and stored since format 3 as `groups.json`, `quality.json` and `curves.json`.
This module only defines their shapes: nothing is computed while serving.

*Approved* is at or below the applicant's threshold, *refused* above it, as in all figures of an artifact; the referral
band is ignored. The decision rule is that of the training.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from scoring.lender.roles import AGE_BAND
from scoring.schema.fields import fields
from scoring.schema.values import level_words
from scoring.strict import (
    Count,
    MalformedError,
    NotNegative,
    Number,
    Share,
    Some,
    in_order,
    known,
    same_length,
    short,
    strict,
    wrong,
)
from scoring.words.language import Language
from scoring.words.wording import text


class InGroup(Protocol):
    """Figures of a group."""

    @property
    def attribute(self) -> str:
        """The raw field that defines the group, or "AGE_BAND"."""

    @property
    def level(self) -> str:
        """The group's code in it."""


SHARES = ("approval", "false_refusal", "false_approval", "default_rate", "mean_probability")


@dataclass(frozen=True)
class Rate:
    """A share, mean, difference or ratio with its 95 % bootstrap interval; all None if there are too few applicants."""

    value: Number | None
    low: Number | None
    high: Number | None

    def __post_init__(self) -> None:
        in_order(self.low, self.high, ("low", "high"))
        if (self.value is None) != (self.low is None):
            raise wrong("value", self.value, "it is wanted with its interval, or null is for all three")


@dataclass(frozen=True)
class GroupRates:
    """One group of held-out applicants, with decisions on out-of-sample probabilities of default.

    Args:
        attribute: the raw field that defines the group, or "AGE_BAND".
        level: its code in that field ("F", "1"), or the band in years ("<27", "27-34", "62+").
        applicants: their number.
        defaulted: how many of them had payment difficulties; None if the group is too small to say.
        approval: share of all who are approved.
        false_refusal: share of those who repaid who are refused.
        false_approval: share of those who defaulted who are approved.
        default_rate: share of all who defaulted.
        mean_probability: mean probability of default.
        calibration_gap: `mean_probability` minus `default_rate`; positive if the model is too pessimistic on the group.
        approval_ratio: `approval` over the highest approval rate of the attribute's groups, which has 1. Below 0.8
            the "four-fifths rule" calls for a closer look: a diagnostic, not a legal test by itself.
    """

    attribute: str
    level: str
    applicants: Some
    defaulted: Count | None
    approval: Rate
    false_refusal: Rate
    false_approval: Rate
    default_rate: Rate
    mean_probability: Rate
    calibration_gap: Rate
    approval_ratio: Rate

    def __post_init__(self) -> None:
        check_attribute(self.attribute)
        if self.defaulted is not None and self.defaulted > self.applicants:
            raise wrong("defaulted", self.defaulted, f"at most all {self.applicants} applicants are wanted")
        check_shares(self, SHARES)


@dataclass(frozen=True)
class ApprovalWithout:
    """One group's approval rate with and without some features; `change` is paired: without minus with.

    Ratios are to the highest approval rate among the attribute's groups; None if there are too few applicants.
    """

    attribute: str
    level: str
    applicants: Some
    approval_with: Rate
    approval_without: Rate
    change: Rate
    ratio_with: NotNegative | None
    ratio_without: NotNegative | None

    def __post_init__(self) -> None:
        check_attribute(self.attribute)


@dataclass(frozen=True)
class LeftOut:
    """The effect of leaving out one proxy: the recipe refitted on the same folds without some features.

    Both sides are out of fold, with one booster per fold, a larger learning rate and each its own optimal threshold, so
    rates differ slightly from the served recipe's. Intervals reflect the sampling of applicants; on the real sample,
    another seed alone changes AUC by about 0.001 and a group's ratio by about 0.01.

    Args:
        kind: "fields": the features made from the raw field `name` (and their equivalents);
            "associated": the features associated with the attribute `name`, which is not an input itself.
        name: a raw field.
        features: the features that were left out; if the model uses none of them, nothing was refitted and there are
            no `approvals`.
        auc_with, auc_without: out-of-fold AUC.
        cost_with, cost_without: out-of-fold cost per applicant, in the unit of the cost ratio.
        approvals: of each group.
    """

    kind: Literal["fields", "associated"]
    name: str
    features: list[str]
    auc_with: Share
    auc_without: Share
    cost_with: NotNegative
    cost_without: NotNegative
    approvals: list[ApprovalWithout]

    def __post_init__(self) -> None:
        known("name", [self.name], list(fields()))
        check_once("approvals", self.approvals)


@dataclass(frozen=True)
class AgeCheck:
    """Of `applicants` aged 62 or more, how many would score better at one of the lower `ages` (`better`).

    None should (US Reg B, 12 CFR 1002.6(b)(2)).
    """

    applicants: Count
    ages: list[Count]
    better: Count

    def __post_init__(self) -> None:
        if self.better > self.applicants:
            raise wrong("better", self.better, f"at most all {self.applicants} applicants are wanted")


@strict
@dataclass(frozen=True)
class Groups:
    """How groups of `applicants` held-out applicants are treated, and what leaving out proxies changes.

    `without` is empty if this was not tested.
    """

    applicants: Some
    rates: list[GroupRates]
    without: list[LeftOut]
    age: AgeCheck

    def __post_init__(self) -> None:
        check_once("rates", self.rates)


@dataclass(frozen=True)
class Stability:
    """Stability of explanations: how much they change with the applicant.

    phi denotes re-centred contributions in log-odds, shape (features,).

    Args:
        pairs: number of pairs compared.
        contribution_change: sum of ||phi - phi'|| over the sum of ||phi||; 0 means identical explanations.
        log_odds_change: sum of |log-odds - log-odds'| over the same; the part due to the change of the score itself.
        same_reasons: share of the pairs with the same reasons, in any order.
        kept_reasons: share of an applicant's reasons that the other one has, too, averaged over pairs.
    """

    pairs: Count
    contribution_change: NotNegative
    log_odds_change: NotNegative
    same_reasons: Share
    kept_reasons: Share


@dataclass(frozen=True)
class Compacity:
    """How many features it takes to explain most of a score (compacity as Shapash defines it).

    An applicant's contributions are added from the largest absolute one down; a score, the sum of all, counts as
    explained once the partial sum is within 10 % of it.

    Args:
        median: number of features that explain 90 % of the score, for the median applicant.
        upper: the same for the applicant at the 90th percentile.
        told_by_ten: share of the applicants for whom ten features explain 90 %.
        share_of_ten: share of the ten largest in the sum of absolute contributions, on average.
    """

    median: NotNegative
    upper: NotNegative
    told_by_ten: Share
    share_of_ten: Share


@dataclass(frozen=True)
class Agreement:
    """Agreement of reasons with recourse: whether what is given as a reason would help.

    Args:
        asked: applicants who are not approved, for whom recourse was searched.
        with_plan: those for whom recourse exists; the shares below are of these, None if there are none.
        by_feature: a reason's feature is among those that the smallest plan changes.
        by_theme: a reason's theme is that of a feature that the smallest plan changes.
    """

    asked: Count
    with_plan: Count
    by_feature: Share | None
    by_theme: Share | None


@strict
@dataclass(frozen=True)
class ExplanationQuality:
    """How far a version's explanations can be relied on, over reference applicants.

    Args:
        applicants: the reference applicants.
        additivity_error: the largest |base + sum of contributions - log-odds|; should be rounding only.
        perturbed: stability under small errors of the inputs: each continuous raw field and history value is multiplied
            by a random factor close to 1, and the features follow.
        neighbours: stability between an applicant and their nearest neighbours in feature space.
        strangers: the same between random applicants, as a benchmark of no stability.
        compacity: how many features explain a score.
        agreement: of reasons with recourse.
    """

    applicants: Some
    additivity_error: NotNegative
    perturbed: Stability
    neighbours: Stability
    strangers: Stability
    compacity: Compacity
    agreement: Agreement


@strict
@dataclass(frozen=True)
class AccuracyCurves:
    """ROC and precision-recall curve over all held-out `applicants`, at 200 thresholds at most, in descending order.

    Refusing all applicants at or above a threshold refuses the share `recall` of the defaulters and the share
    `false_refusal` of those who repaid; `precision` is the share of defaulters among the refused (1 if none is
    refused). ROC: recall over false_refusal; precision-recall: precision over recall. All four lists have the same
    length; the first point refuses nobody (threshold 1), the last everybody.
    """

    applicants: Some
    default_rate: Share
    auc: Share
    average_precision: Share
    thresholds: list[Share]
    false_refusal: list[Share]
    recall: list[Share]
    precision: list[Share]

    def __post_init__(self) -> None:
        same_length(self, ("thresholds", "false_refusal", "recall", "precision"))
        if self.thresholds != sorted(self.thresholds, reverse=True):
            raise MalformedError("thresholds do not fall from the first to the last")


def check_attribute(attribute: str) -> None:
    """Checks that groups are known by it."""
    known("attribute", [attribute], [AGE_BAND, *fields()])


def check_shares(whole: object, names: Iterable[str]) -> None:
    """Checks that these of its rates are shares."""
    for name in names:
        ends = list(vars(getattr(whole, name)).values())
        if not all(end is None or 0 <= end <= 1 for end in ends):
            raise wrong(name, ends, "shares from 0 to 1 are wanted")


def check_once(field: str, groups: Iterable[InGroup]) -> None:
    """Checks that no group of an attribute occurs twice."""
    found = [(group.attribute, group.level) for group in groups]
    for attribute, level in found:
        if found.count((attribute, level)) > 1:
            raise MalformedError(f"{field} holds level {short(level)} of {attribute} more than once")


def attribute_words(attribute: str, language: Language) -> str:
    """An attribute in words."""
    return text("review.age_band", language) if attribute == AGE_BAND else fields()[attribute].label[language]


def group_words(attribute: str, level: str, language: Language) -> str:
    """A group's level in words."""
    return age_band_words(level, language) if attribute == AGE_BAND else level_words(attribute, level, language)


def age_band_words(band: str, language: Language) -> str:
    """A band of ages in words, from its code: "<27", "27-34" or "62+"; another code stays as it is."""
    if found := re.fullmatch(r"<(\d+)", band):
        return text("review.age.under", language, high=found[1])
    if found := re.fullmatch(r"(\d+)-(\d+)", band):
        return text("review.age.between", language, low=found[1], high=found[2])
    if found := re.fullmatch(r"(\d+)\+", band):
        return text("review.age.from", language, low=found[1])
    return band
