"""What changed since another version: who would be approved by both, by neither, or by one alone, and how they fared.

Both versions score the same applicants, whom neither has learnt from, and each decides by its own rule; approved is at
or below the threshold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from scoring.arrays import Floats
from scoring.decision.costs import cost_columns
from scoring.decision.rule import OUTCOMES
from scoring.lender.roles import CREDIT
from scoring.validation import Finding, PackTable, Section
from training.gate.gate import cost
from training.gate.held_out import HeldOut
from training.statistics.discrimination import NORMAL, Difference, auc_difference
from training.validation.bounds import Bounds
from training.validation.rows import Paired, Rows
from training.validation.section import pack_table, percent, section

FINDINGS = ("swap_in_excess", "auc_change", "cost_change")
KINDS = ("both approve", "only this version approves", "only the other approves", "both refuse")


@dataclass(frozen=True)
class SwapGroup:
    """The applicants of one kind; means are None where there is nobody."""

    kind: str
    applicants: int
    defaults: int
    mean_probability: float | None
    other_mean_probability: float | None
    credit: float

    @property
    def bad_rate(self) -> float | None:
        """The default rate."""
        return self.defaults / self.applicants if self.applicants else None


def swap_set(
    approved: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    probabilities: tuple[Floats, Floats],
    rows: tuple[Floats, Floats],
) -> list[SwapGroup]:
    """The four kinds in the order of `KINDS`.

    Args:
        approved: by this version and by the other, each (n,).
        probabilities: of default by either, each (n,).
        rows: outcomes, and the amounts asked for; each (n,).
    """
    (ours, theirs), (outcomes, credit) = approved, rows
    masks = (ours & theirs, ours & ~theirs, ~ours & theirs, ~ours & ~theirs)
    return [_group(kind, mask, probabilities, outcomes, credit) for kind, mask in zip(KINDS, masks, strict=True)]


def _group(
    kind: str, mask: NDArray[np.bool_], probabilities: tuple[Floats, Floats], outcomes: Floats, credit: Floats
) -> SwapGroup:
    ours, theirs = (float(side[mask].mean()) if mask.any() else None for side in probabilities)
    amount = float(np.nan_to_num(credit[mask]).sum())
    return SwapGroup(kind, int(mask.sum()), int(outcomes[mask].sum()), ours, theirs, amount)


def rate_difference(first: SwapGroup, second: SwapGroup) -> Difference | None:
    """The default rate of the first less that of the second; None if either is empty.

    The interval is Agresti and Caffo's, 2000, which holds for few applicants; the p-value Fisher's.
    """
    if not (first.applicants and second.applicants):
        return None
    groups = (first, second)
    shares = [(one.defaults + 1) / (one.applicants + 2) for one in groups]
    variances = [share * (1 - share) / (one.applicants + 2) for share, one in zip(shares, groups, strict=True)]
    middle, reach = shares[0] - shares[1], NORMAL * math.sqrt(sum(variances))
    table = [[one.defaults, one.applicants - one.defaults] for one in groups]
    value = first.defaults / first.applicants - second.defaults / second.applicants
    return Difference(value, middle - reach, middle + reach, float(fisher_exact(table).pvalue))


def swap_set_section(rows: Rows, pair: Paired | None, bounds: Bounds) -> Section:
    """The section; without another version it says that none was named."""
    if pair is None:
        paragraph = "No other version was named, so that this pack does not tell what changed. Name one with --against."
        return section("swap_set", [paragraph], bounds.untested(FINDINGS, "no other version was named"))
    frame, ours = rows.frame.iloc[pair.indices], rows.probabilities[pair.indices]
    outcomes, name = rows.outcomes[pair.indices], pair.other.identity.version
    paragraph = f"Version {name}: {len(frame):,} of the {len(rows.frame):,} applicants are new to it, too."
    if not 0 < outcomes.sum() < len(outcomes):
        few = "too few applicants are new to both versions"
        return section("swap_set", [f"{paragraph} That is too few to compare."], bounds.untested(FINDINGS, few))
    terms = [artifact.rule.terms(cost_columns(frame)) for artifact in (rows.artifact, pair.other)]
    sides = (ours, pair.probabilities)
    approved = (sides[0] <= terms[0].threshold, sides[1] <= terms[1].threshold)
    groups = swap_set(approved, sides, (outcomes, frame[CREDIT].to_numpy(dtype=np.float64)))
    decisions = [side.decide(p) for side, p in zip(terms, sides, strict=True)]
    findings = [
        _swap_finding(groups, bounds),
        _auc_finding(auc_difference(*sides, outcomes), bounds),
        _cost_finding(HeldOut(rows.told, frame, *sides), rows, pair, bounds),
    ]
    return section("swap_set", [paragraph], findings, [_swap_table(groups, len(frame)), _flips(decisions)])


def _swap_finding(groups: list[SwapGroup], bounds: Bounds) -> Finding:
    swapped_in, swapped_out = groups[1], groups[2]
    difference = rate_difference(swapped_in, swapped_out)
    rates = " and ".join(percent(one.bad_rate) for one in (swapped_in, swapped_out) if one.bad_rate is not None)
    interval = (
        f"; default rates {rates}, a difference of {difference.value:+.4f} "
        f"({difference.low:+.4f} to {difference.high:+.4f})"
        if difference
        else ""
    )
    return bounds.finding(
        "swap_in_excess",
        difference.low if difference else None,
        f"{swapped_in.applicants:,} swapped in, {swapped_out.applicants:,} swapped out{interval}",
        "difference of two shares: lower end of the interval of Agresti and Caffo, 95 %",
    )


def _auc_finding(change: Difference, bounds: Bounds) -> Finding:
    return bounds.finding(
        "auc_change",
        change.high,
        f"AUC {change.value:+.4f} ({change.low:+.4f} to {change.high:+.4f}) against the other version, "
        f"p = {change.p_value:.4g}",
        "DeLong's paired test: upper end of the interval, 95 %",
    )


def _cost_finding(held_out: HeldOut, rows: Rows, pair: Paired, bounds: Bounds) -> Finding:
    """The gate's own comparison, with the lender's bound in the place of its margin."""
    check = cost(held_out, rows.artifact.rule, pair.other.rule, 0.0)
    high, current = check.figures.get("high"), check.figures.get("current")
    paragraph = (
        check.told
        if high is None
        else (
            f"{check.figures['challenger']:.4f} per applicant, the other version {current:.4f}: "
            f"{check.figures['change']:+.4f} ({check.figures['low']:+.4f} to {high:+.4f})"
        )
    )
    return bounds.finding(
        "cost_change",
        high / current if high is not None and current else None,
        paragraph,
        "change over the other version's cost: upper end of the paired bootstrap's interval, 95 %",
    )


def _swap_table(groups: list[SwapGroup], applicants: int) -> PackTable:
    return pack_table(
        "swap_set",
        "Swap set",
        {
            "who": "text",
            "applicants": "count",
            "share": "share",
            "defaults": "count",
            "default rate": "share",
            "mean probability, this version": "share",
            "mean probability, the other": "share",
            "amount asked for": "amount",
        },
        [
            (
                *(one.kind, one.applicants, one.applicants / applicants, one.defaults, one.bad_rate),
                *(one.mean_probability, one.other_mean_probability, one.credit),
            )
            for one in groups
        ],
    )


def _flips(decisions: list[NDArray]) -> PackTable:
    counts = [
        [int(((decisions[0] == ours) & (decisions[1] == theirs)).sum()) for ours in range(len(OUTCOMES))]
        for theirs in range(len(OUTCOMES))
    ]
    return pack_table(
        "decisions",
        "Decisions: rows by the other version, columns by this one",
        {"the other": "text", **dict.fromkeys(OUTCOMES, "count")},
        [(outcome, *row) for outcome, row in zip(OUTCOMES, counts, strict=True)],
    )
