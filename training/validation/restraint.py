"""Does it leave out what it must: exclusions, directions and age, proved again on these applicants.

The checks are those of the gate (`training.gate.gate`), run on the served model.
"""

from __future__ import annotations

from scoring.validation import Section
from training.gate.gate import directions, elderly, invariance
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import section


def restraint_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    artifact = rows.as_population
    never, directed, old = invariance(artifact), directions(artifact), elderly(artifact)
    findings = [
        bounds.finding(
            "exclusions",
            never.figures["attributes_that_matter"],
            never.told,
            "protected attributes, their proxies and the outcome shuffled one by one",
        ),
        bounds.finding(
            "directions",
            directed.figures["against"],
            directed.told,
            "each directed input raised step by step, all else held",
        ),
        bounds.finding("elderly", old.figures["better"], old.told, "age lowered step by step (12 CFR 1002.6(b)(2))"),
    ]
    return section("restraint", [], findings)
