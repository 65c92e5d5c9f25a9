"""Bounds on groups, recourse and explanations, as checks of the gate.

Bounds on groups and recourse are off unless a lender sets them: groups differ in income and debt, and neither ratio nor
gap is a legal test by itself. They apply to the figures themselves, not to the ends of their intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

from scoring.artifact.load import Artifact
from scoring.artifact.recourse_audit import RecourseAudit
from scoring.artifact.review import GroupRates
from scoring.errors import PublishError
from training.audit.in_words import group_name, interval, lowest_recourse, quality_figures, share
from training.gate.gate import Check
from training.lender.roles import ATTRIBUTES

# Sums of thousands of leaves are exact to about 1e-13; another model's base or contribution is off by far more.
MOST_ADDITIVITY_ERROR = 1e-6
EXPLANATIONS = "explanations"
BEFORE = "_before"


@dataclass(frozen=True)
class Bounds:
    """A lender's bounds on groups and recourse; None: no bound.

    Args:
        least_approval_ratio: of every group's approval rate to the highest of its attribute.
        most_calibration_gap: between any group's mean probability and default rate, either way.
        least_recourse_ratio: of every group's share with a plan to the highest of its attribute.
        most_fixed: of those not approved, the share with a fixed prediction.
        attributes: whose groups are checked; all audited ones if empty.
    """

    least_approval_ratio: float | None = None
    most_calibration_gap: float | None = None
    least_recourse_ratio: float | None = None
    most_fixed: float | None = None
    attributes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = sorted(set(self.attributes) - set(ATTRIBUTES))
        if unknown:
            raise PublishError(
                f"--bounded {', '.join(unknown)}: no attribute whose groups are known. Choose among "
                f"{', '.join(ATTRIBUTES)}."
            )


def bound_checks(artifact: Artifact, bounds: Bounds) -> tuple[Check, ...]:
    """One check for each bound that is set."""
    checks = []
    if bounds.least_approval_ratio is not None:
        checks.append(_approval_ratio(_bounded(artifact, bounds), bounds.least_approval_ratio))
    if bounds.most_calibration_gap is not None:
        checks.append(_calibration_gap(_bounded(artifact, bounds), bounds.most_calibration_gap))
    if bounds.least_recourse_ratio is not None:
        checks.append(_recourse_ratio(artifact.recourse, bounds))
    if bounds.most_fixed is not None:
        checks.append(_fixed(artifact.recourse, bounds.most_fixed))
    return tuple(checks)


def _bounded(artifact: Artifact, bounds: Bounds) -> list[GroupRates]:
    rates = artifact.groups.rates if artifact.groups else []
    return [group for group in rates if group.attribute in (bounds.attributes or ATTRIBUTES)]


def _approval_ratio(groups: list[GroupRates], least: float) -> Check:
    known = {group: group.approval_ratio.value for group in groups if group.approval_ratio.value is not None}
    name, allowed = "approval ratio of groups", f"at least {least:g} of the highest in its attribute is required"
    if not known:
        return _unknown(name, allowed)
    lowest = min(known, key=lambda group: known[group])
    short = [group for group in known if known[group] < least]
    return Check(
        name,
        not short,
        f"lowest {interval(lowest.approval_ratio, '.3f')}, {group_name(lowest)}, while {allowed}{_beyond(short)}",
        {"lowest": known[lowest], "required": least, "groups": len(known), "short": len(short)},
    )


def _calibration_gap(groups: list[GroupRates], most: float) -> Check:
    known = {group: abs(group.calibration_gap.value) for group in groups if group.calibration_gap.value is not None}
    name, allowed = "calibration gap of groups", f"at most {most:g} is allowed"
    if not known:
        return _unknown(name, allowed)
    widest = max(known, key=lambda group: known[group])
    beyond = [group for group in known if known[group] > most]
    return Check(
        name,
        not beyond,
        f"widest {interval(widest.calibration_gap, '+.4f')}, {group_name(widest)}, while {allowed}{_beyond(beyond)}",
        {"widest": known[widest], "allowed": most, "groups": len(known), "beyond": len(beyond)},
    )


def _recourse_ratio(audit: RecourseAudit | None, bounds: Bounds) -> Check:
    least = bounds.least_recourse_ratio or 0.0
    groups = audit.groups if audit else []
    found = lowest_recourse([group for group in groups if group.attribute in (bounds.attributes or ATTRIBUTES)])
    name, allowed = "recourse ratio of groups", f"at least {least:g} of the highest in its attribute is required"
    if not found:
        return _unknown(name, allowed, "recourse")
    group, ratio = found
    return Check(
        name,
        ratio >= least,
        f"lowest {ratio:.3f}, {group_name(group)}, with a plan for {share(group.reached.plan)}, while {allowed}",
        {"lowest": ratio, "required": least},
    )


def _fixed(audit: RecourseAudit | None, most: float) -> Check:
    found = audit.everybody.fixed if audit and audit.everybody else None
    name, allowed = "fixed predictions", f"at most {most:.1%} is allowed"
    if not found or found.value is None:
        return _unknown(name, allowed, "recourse")
    fixed = f"{share(found)} of those not approved have a prediction that no allowed move changes, while {allowed}"
    return Check(name, found.value <= most, fixed, {"fixed": found.value, "allowed": most})


def _unknown(name: str, allowed: str, what: str = "groups") -> Check:
    return Check(name, False, f"this artifact tells nothing of {what}, while {allowed}. Train it again", {})


def _beyond(groups: list[GroupRates]) -> str:
    return f"; out of bounds: {', '.join(map(group_name, groups))}" if groups else ""


def explanations(challenger: Artifact, current: Artifact | None) -> Check:
    """Whether contributions add up to the score; other figures on explanations are reported beside previous ones."""
    now, before = quality_figures(challenger.quality), quality_figures(current.quality if current else None)
    if not now:
        return Check(EXPLANATIONS, False, "this artifact tells nothing of its explanations. Train it again", {})
    error = now["additivity_error"]
    return Check(
        EXPLANATIONS,
        error <= MOST_ADDITIVITY_ERROR,
        f"contributions add up to the score within {error:.1g}, while {MOST_ADDITIVITY_ERROR:g} is allowed; the other "
        "figures stand under Explanation quality",
        now | {f"{figure}{BEFORE}": value for figure, value in before.items()},
    )
