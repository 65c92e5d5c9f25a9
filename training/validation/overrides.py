"""Do people follow it: decisions beside recommendations, and what became of the loans.

A high-side override refuses whom the model would approve, a low-side override approves whom it would refuse; deciding a
referral is no override. The section is absent where no decisions are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.answers.applicant import Outcome
from scoring.decision.rule import OUTCOMES
from scoring.validation import Section
from training.validation.bounds import Bounds
from training.validation.section import pack_table, section


@dataclass(frozen=True)
class Decided:
    """One decision: what the model recommended, what a person decided, and whether the loan defaulted, once known."""

    recommended: Outcome
    decided: Outcome
    defaulted: bool | None = None


def high_side(one: Decided) -> bool:
    """Whether an applicant whom the model would approve was refused."""
    return one.recommended == "approve" and one.decided == "refuse"


def low_side(one: Decided) -> bool:
    """Whether an applicant whom the model would refuse was approved."""
    return one.recommended == "refuse" and one.decided == "approve"


def overrides_section(decisions: Sequence[Decided], bounds: Bounds) -> Section:
    """The section, from at least one decision."""
    high, low = sum(map(high_side, decisions)), sum(map(low_side, decisions))
    finding = bounds.finding(
        "override_rate",
        (high + low) / len(decisions),
        f"{high} high-side and {low} low-side overrides among {len(decisions)} decisions",
        "share of decisions that went against the recommendation",
    )
    rows = []
    for recommended in OUTCOMES:
        for decided in OUTCOMES:
            some = [one for one in decisions if (one.recommended, one.decided) == (recommended, decided)]
            known = [one.defaulted for one in some if one.defaulted is not None]
            rows.append((recommended, decided, len(some), len(known), sum(known) / len(known) if known else None))
    table = pack_table(
        "overrides",
        "Decisions by recommendation",
        {
            "recommended": "text",
            "decided": "text",
            "decisions": "count",
            "outcome known": "count",
            "default rate": "share",
        },
        rows,
    )
    return section("overrides", [], [finding], [table])
