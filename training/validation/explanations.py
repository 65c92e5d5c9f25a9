"""Can its reasons be relied on.

Additivity is proved again on these applicants; stability was measured at training, over the reference population, and
stands in the artifact (`training.audit.quality`).
"""

from __future__ import annotations

import numpy as np

from scoring.validation import Section
from training.audit.in_words import QUALITY, quality_figures
from training.validation.bounds import DECIMALS, Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section
from training.validation.sensitivity import spread

EXPLAINED = 500
EVERY_CORE = 0
NOT_HELD = "This artifact, of an older format, does not hold it. Train it again."


def additivity(rows: Rows) -> tuple[int, float]:
    """How many of these applicants were explained, and the largest |base + contributions - log-odds| among them."""
    matrix, model = rows.matrix[spread(len(rows.frame), EXPLAINED)], rows.artifact.model
    base, contributions = model.contributions(matrix, EVERY_CORE)
    error = np.abs(base + contributions.sum(axis=1) - model.log_odds(matrix, EVERY_CORE))
    return len(matrix), float(error.max())


def explanations_section(rows: Rows, bounds: Bounds) -> Section:
    """The section on reasons."""
    explained, error = additivity(rows)
    figures = quality_figures(rows.artifact.quality)
    kept = figures.get("perturbed_kept_reasons")
    findings = [
        bounds.finding(
            "additivity",
            error,
            f"contributions add up to the score within {max(error, 10**-DECIMALS):.2g}, over {explained} applicants",
            "explanation against plain prediction",
        ),
        bounds.finding(
            "kept_reasons",
            kept,
            NOT_HELD
            if kept is None
            else f"{percent(kept)} of reasons are still told when inputs are wrong by about 1 %",
            "inputs multiplied by factors close to 1, over reference applicants, at training",
        ),
    ]
    table = pack_table(
        "explanations",
        "Explanations, measured at training",
        {"figure": "text", "value": "number"},
        [(QUALITY[name], value) for name, value in figures.items()],
    )
    return section("explanations", [], findings, [table] if figures else [])
