"""Can its reasons be relied on, and can applicants act on them.

Additivity is proved again on these applicants; stability and recourse were measured at training, over the reference
population, and stand in the artifact (`training.audit.quality`).
"""

from __future__ import annotations

import numpy as np

from scoring.validation import Section
from training.audit.in_words import QUALITY, quality_figures
from training.validation.bounds import Bounds
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
            f"contributions add up to the score within {error:.2g}, over {explained} applicants",
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


def recourse_section(rows: Rows, bounds: Bounds) -> Section:
    """The section on recourse."""
    quality = rows.artifact.quality
    found = quality.agreement if quality else None
    share = found.with_plan / found.asked if found and found.asked else None
    theme = found.by_theme if found else None
    findings = [
        bounds.finding(
            "recourse_found",
            share,
            f"for {found.with_plan} of {found.asked} applicants who are not approved, a plan within the limits gets "
            "them approved; the others were told reasons without recourse"
            if found
            else NOT_HELD,
            "every plan scored again through the whole pipeline, at training",
        ),
        bounds.finding(
            "recourse_theme",
            theme,
            NOT_HELD
            if found is None
            else "no plan was found"
            if theme is None
            else f"{percent(theme)} of the least plans move something of the theme of a reason",
            "reasons beside the least plan, at training",
        ),
    ]
    return section("recourse", [], findings)
