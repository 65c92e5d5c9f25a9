"""Who is treated differently: rates of each group, with intervals; a diagnostic, no legal test by itself."""

from __future__ import annotations

from scoring.artifact.review import GroupRates, Rate
from scoring.validation import Form, Section
from training.audit.groups import Decisions, group_rates
from training.audit.in_words import group_name, interval
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, section

SEED = 20
SHOWN = ("default_rate", "mean_probability", "approval", "false_refusal", "false_approval")
DIAGNOSTIC = (
    "Approved is at or below the threshold. Groups differ in income and debt: a ratio below 0.8 calls for a closer "
    "look and proves nothing by itself. Groups of fewer than 30 have no rates."
)


def groups_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    decisions = Decisions(rows.outcomes, rows.probabilities, rows.probabilities <= rows.terms.threshold)
    found = group_rates(rows.columns, decisions, SEED)
    ratios = {group: group.approval_ratio.value for group in found if group.approval_ratio.value is not None}
    gaps = {group: abs(group.calibration_gap.value) for group in found if group.calibration_gap.value is not None}
    lowest = min(ratios, key=lambda group: ratios[group], default=None)
    widest = max(gaps, key=lambda group: gaps[group], default=None)
    few = "no group has enough applicants"
    findings = [
        bounds.finding(
            "approval_ratio",
            ratios[lowest] if lowest else None,
            f"lowest {interval(lowest.approval_ratio, '.3f')}, {group_name(lowest)}" if lowest else few,
            "approval rate over the highest of its attribute; the interval by bootstrap, 95 %",
        ),
        bounds.finding(
            "group_calibration_gap",
            gaps[widest] if widest else None,
            f"widest {interval(widest.calibration_gap, '+.4f')}, {group_name(widest)}" if widest else few,
            "mean probability less default rate, either way; the interval by bootstrap, 95 %",
        ),
    ]
    columns: dict[str, Form] = {"group": "text", "applicants": "count"}
    for name in SHOWN:
        columns |= dict.fromkeys(
            (name.replace("_", " "), *(f"{name.replace('_', ' ')}, {end}" for end in ENDS)), "share"
        )
    for name in ("calibration gap", "approval ratio"):
        columns |= dict.fromkeys((name, *(f"{name}, {end}" for end in ENDS)), "number")
    return section("groups", [DIAGNOSTIC], findings, [pack_table("groups", "Groups", columns, map(_row, found))])


ENDS = ("low", "high")


def _row(group: GroupRates) -> tuple[str | float | None, ...]:
    rates: list[Rate] = [getattr(group, name) for name in (*SHOWN, "calibration_gap", "approval_ratio")]
    # Too small a group shows nothing, not even its number.
    applicants = None if group.defaulted is None else group.applicants
    return (group_name(group), applicants, *(end for one in rates for end in (one.value, one.low, one.high)))
