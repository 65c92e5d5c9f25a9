"""What does complexity buy: the model beside a scorecard of the same features, as training measured both.

Both were fitted on the same folds and are compared on the applicants that training held out, each with thresholds of
its own (`training.audit.complexity`). A scorecard is the simple model itself.
"""

from __future__ import annotations

from scoring.artifact.metrics import Beside, ComplexityFigures
from scoring.validation import Section
from training.validation.bounds import Bounds
from training.validation.explanations import NOT_HELD
from training.validation.rows import Rows
from training.validation.section import pack_table, section

FINDINGS = ("complexity_auc", "complexity_money")
TEST = "both out of fold on the same applicants, paired, 95 %"


def complexity_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    if rows.artifact.manifest.get("kind") == "scorecard":
        return section("complexity", [], bounds.untested(FINDINGS, "this model is a scorecard itself"))
    found: ComplexityFigures | None = rows.artifact.metrics.get("complexity")
    if found is None:
        return section("complexity", [], bounds.untested(FINDINGS, NOT_HELD))
    gained, money = found["auc"], found["money"]
    findings = [
        bounds.finding(
            "complexity_auc",
            gained["interval"][1],
            f"AUC {_change(gained, '+.4f')} against the scorecard's {gained['scorecard']:.4f}: "
            f"{_verdict(gained, 'it ranks better', 'it ranks worse')}",
            f"{TEST}: upper end of DeLong's interval",
        ),
        bounds.finding(
            "complexity_money",
            money["interval"][0],
            f"a loss of {_change(money, '+,.0f')} per applicant against the scorecard's {money['scorecard']:,.0f}: "
            f"{_verdict(money, 'it loses more', 'it loses less')}",
            f"{TEST}: lower end of the bootstrap's",
        ),
    ]
    table = pack_table(
        "complexity",
        "The model beside a scorecard of the same features, with 95 % intervals of the difference",
        {
            "figure": "text",
            "scorecard": "number",
            "this model": "number",
            "difference": "number",
            "low": "number",
            "high": "number",
        },
        [
            ("AUC", *_line(found["auc"])),
            ("cost per applicant in wrong refusals", *_line(found["cost"])),
            ("loss per applicant in the loans' currency", *_line(found["money"])),
        ],
    )
    paragraph = (
        "A weight-of-evidence scorecard was fitted on the same folds as the model, with its exclusions and directions; "
        f"both are compared on the {found['applicants']:,} applicants that training held out. What the model "
        "gains over it is what its complexity buys."
    )
    return section("complexity", [paragraph], findings, [table])


def _line(one: Beside) -> tuple[float, ...]:
    return (one["scorecard"], one["scorecard"] + one["change"], one["change"], *one["interval"])


def _change(one: Beside, digits: str) -> str:
    low, high = one["interval"]
    return f"{one['change']:{digits}} ({low:{digits}} to {high:{digits}})"


def _verdict(one: Beside, more: str, less: str) -> str:
    low, high = one["interval"]
    return more if low > 0 else less if high < 0 else "the same within chance"
