"""Do people follow it: decisions beside this version's recommendations, and what became of the loans.

The figures are those of `scoring.oversight.overrides`, from the journal.
"""

from __future__ import annotations

from scoring.oversight.overrides import OverrideReport
from scoring.validation import Section
from training.validation.bounds import Bounds
from training.validation.section import pack_table, section


def overrides_section(report: OverrideReport | None, bounds: Bounds) -> Section:
    """The section on the decisions that were made with the validated version; without a journal it says so."""
    if report is None:
        paragraph = "No journal was named, so that this pack does not tell what people decided. Name it with --journal."
        return section("overrides", [paragraph], bounds.untested(["override_rate"], "no journal was named"))
    rate = report.overrides
    low, high = report.low_side.count, report.high_side.count
    sides = f"{low} approvals of whom it would refuse, {high} refusals of whom it would approve"
    finding = bounds.finding(
        "override_rate",
        rate.share,
        f"{rate.count} overrides of {rate.of} recommendations to approve or refuse: {sides}",
        "share of the approvals and refusals that went against a recommendation; deciding a referral is none",
    )
    told = [f"{report.decisions} decisions with this version; {report.erased} more in the journal are erased."]
    table = pack_table(
        "overrides",
        "Decisions by recommendation",
        {
            "recommended": "text",
            "decided": "text",
            "decisions": "count",
            "outcome known": "count",
            "mean probability": "share",
            "default rate": "share",
            "low": "share",
            "high": "share",
        },
        [
            (
                *(cell.recommendation, cell.outcome, cell.decisions, cell.realised.of, cell.expected),
                *(cell.realised.share, cell.realised.low, cell.realised.high),
            )
            for cell in report.cells
        ],
    )
    return section("overrides", told, [finding], [table])
