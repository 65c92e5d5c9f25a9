"""Groups, quality of explanations and recourse in words, for the card, the gate and `diff`."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.artifact.recourse_audit import GroupReached, RecourseAudit
from scoring.artifact.review import (
    ApprovalWithout,
    ExplanationQuality,
    GroupRates,
    Groups,
    InGroup,
    LeftOut,
    Rate,
    attribute_words,
)
from scoring.artifact.review import group_words as level_words
from scoring.schema.fields import fields
from training.lender.roles import ATTRIBUTES

QUALITY = {
    "additivity_error": "largest error of base + contributions = log-odds",
    "perturbed_contribution_change": "inputs wrong by about 1 %: relative change of contributions",
    "perturbed_log_odds_change": "the same: change of the score, over the size of the contributions",
    "perturbed_kept_reasons": "reasons that are still told then",
    "neighbours_contribution_change": "nearest neighbours: relative difference of contributions",
    "neighbours_kept_reasons": "reasons that a neighbour is told, too",
    "strangers_contribution_change": "applicants at random: relative difference of contributions",
    "strangers_kept_reasons": "reasons that anybody is told, too",
    "compacity_median": "features that tell 90 % of a score, median",
    "compacity_upper": "the same, 90th percentile",
    "compacity_told_by_ten": "applicants of whom ten features tell 90 %",
    "agreement_by_feature": "least plans that move the feature of a reason",
    "agreement_by_theme": "least plans that move the theme of a reason",
}

RECOURSE = {
    "recourse_plan": "of those not approved, with a plan to approval",
    "recourse_fixed": "of those not approved, with a fixed prediction",
    "recourse_burden": "cost of the least plans over the amount applied for",
    "recourse_ratio": "lowest share with a plan of a group, over the highest of its attribute",
}


def recourse_figures(audit: RecourseAudit | None) -> dict[str, float]:
    """The known figures on recourse, by name."""
    if audit is None or audit.everybody is None:
        return {}
    lowest = lowest_recourse(audit.groups)
    found = {
        "recourse_plan": audit.everybody.plan.value,
        "recourse_fixed": audit.everybody.fixed.value,
        "recourse_burden": audit.everybody.burden.value,
        "recourse_ratio": lowest[1] if lowest else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def lowest_recourse(groups: Sequence[GroupReached]) -> tuple[GroupReached, float] | None:
    """The group with the lowest share with a plan over the highest of its attribute, and that ratio.

    None if no attribute has a group with a plan among those that have enough applicants.
    """
    shares = {group: group.reached.plan.value for group in groups if group.reached.plan.value is not None}
    highest: dict[str, float] = {}
    for group, share in shares.items():
        highest[group.attribute] = max(share, highest.get(group.attribute, 0.0))
    ratios = {group: share / highest[group.attribute] for group, share in shares.items() if highest[group.attribute]}
    return min(ratios.items(), key=lambda item: item[1], default=None)


def quality_figures(quality: ExplanationQuality | None) -> dict[str, float]:
    """The known figures on explanations, by name."""
    if quality is None:
        return {}
    found: dict[str, float | None] = {"additivity_error": quality.additivity_error}
    for name, kind in {
        "perturbed": quality.perturbed,
        "neighbours": quality.neighbours,
        "strangers": quality.strangers,
    }.items():
        found[f"{name}_contribution_change"] = kind.contribution_change
        found[f"{name}_log_odds_change"] = kind.log_odds_change
        found[f"{name}_kept_reasons"] = kind.kept_reasons
    found["compacity_median"] = quality.compacity.median
    found["compacity_upper"] = quality.compacity.upper
    found["compacity_told_by_ten"] = quality.compacity.told_by_ten
    found["agreement_by_feature"] = quality.agreement.by_feature
    found["agreement_by_theme"] = quality.agreement.by_theme
    return {name: value for name, value in found.items() if name in QUALITY and value is not None}


def recourse_row(group: GroupReached) -> list[str]:
    """A row of the table of recourse; a small group shows nothing, not even its number of applicants."""
    found = group.reached
    return [
        attribute_words(group.attribute, "en"),
        level_words(group.attribute, group.level, "en"),
        "too few" if found.plan.value is None else str(found.applicants),
        *map(share, (found.plan, found.fixed, found.burden)),
    ]


def group_name(group: InGroup) -> str:
    """A group by attribute and level."""
    return f"{attribute_words(group.attribute, 'en')}: {level_words(group.attribute, group.level, 'en')}"


def group_row(group: GroupRates) -> list[str]:
    """A row of the table of groups; a small group shows nothing, not even its number of applicants."""
    return [
        attribute_words(group.attribute, "en"),
        level_words(group.attribute, group.level, "en"),
        "too few" if group.defaulted is None else str(group.applicants),
        *map(share, (group.default_rate, group.approval, group.false_refusal, group.false_approval)),
        interval(group.calibration_gap, "+.3f"),
        interval(group.approval_ratio, ".2f"),
    ]


def share(rate: Rate) -> str:
    """A share with its interval; empty if there are too few applicants."""
    return interval(rate, ".1%")


def interval(rate: Rate, form: str) -> str:
    """A figure with its interval, each in this format."""
    return "" if rate.value is None else f"{rate.value:{form}} ({rate.low:{form}} to {rate.high:{form}})"


def left_out_row(left_out: LeftOut) -> list[str]:
    """A row of the table of proxies: what is left out, changes of AUC and cost, then each attribute's lowest ratio."""
    label = fields()[left_out.name].label.en
    what = f"what goes with {label}" if left_out.kind == "associated" else label
    if not left_out.features:
        return [f"{what} (no feature)", *[""] * (2 + len(ATTRIBUTES))]
    return [
        f"{what} ({len(left_out.features)} {'feature' if len(left_out.features) == 1 else 'features'})",
        f"{left_out.auc_without - left_out.auc_with:+.4f}",
        f"{left_out.cost_without - left_out.cost_with:+.4f}",
        *(_lowest_ratios(left_out.approvals, attribute) for attribute in ATTRIBUTES),
    ]


def _lowest_ratios(approvals: Sequence[ApprovalWithout], attribute: str) -> str:
    """With, then without."""
    ours = [approval for approval in approvals if approval.attribute == attribute]
    before = [approval.ratio_with for approval in ours if approval.ratio_with is not None]
    after = [approval.ratio_without for approval in ours if approval.ratio_without is not None]
    return f"{min(before):.2f} → {min(after):.2f}" if before and after else ""


def age_line(groups: Groups) -> str:
    """The result of the age direction check."""
    age = groups.age
    return (
        f"Of {age.applicants} reference applicants of 62 or more, {age.better} would be scored better at one of "
        f"{len(age.ages)} lower ages (12 CFR 1002.6(b)(2) allows none)."
    )
