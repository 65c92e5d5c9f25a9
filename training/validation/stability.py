"""Are these the applicants it was made for: stability of the score, of each field and input by band, and what drifted.

The reference are the applicants that training held out; bins are deciles of the reference or levels, missing values
apart. What drifted is decided as in `training.drift`: far enough to matter, and not by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from scoring.artifact.load import Artifact
from scoring.artifact.population import PROBABILITY
from scoring.drift.report import Shift
from scoring.drift.words import changes_in_words
from scoring.schema.fields import fields
from scoring.validation import PackTable, Section
from training.drift.changes import changes
from training.drift.column import Column, column, counts
from training.drift.scored import SCORE
from training.drift.shift import shifts
from training.statistics.stability_index import DECILES, EMPTY_SHARE
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section

FINDINGS = ("score_psi", "input_csi", "drifted_weight")
NAMED = 5
ALONE = (
    "; no field or input drifted by itself: look at how they go together, and whether these scores are those of this "
    "version"
)


def stability_section(rows: Rows, bounds: Bounds) -> Section:
    """The section; there is nothing to compare where the applicants are the reference population itself."""
    if not rows.served:
        paragraph = (
            "These applicants are the reference population of this version, or part of it: its score and inputs cannot "
            "have drifted from themselves. Validate on later applicants to learn of drift."
        )
        return section("stability", [paragraph], bounds.untested(FINDINGS, "these are the reference applicants"))
    reference = rows.artifact.population
    score = Column(SCORE, (), reference.frame[PROBABILITY].to_numpy(dtype=np.float64), rows.probabilities)
    inputs = compared_columns(rows)
    *of_inputs, of_score = shifts([*inputs, score])
    weights = importances(rows.artifact)
    found = sorted(zip(inputs, of_inputs, strict=True), key=lambda one: (-one[1].psi, one[0].name))
    drifted = sorted((one for one, shift in found if shift.drifted), key=lambda one: one.name not in fields())
    weight = sum(weights.get(one.name, 0.0) for one in drifted)
    most = bounds.by_name["input_csi"].most or np.inf
    alone = of_score.drifted and not drifted
    # A raw field is the cause where what is derived from it moves, too.
    far = sorted((one for one, shift in found if shift.psi > most), key=lambda one: one.name not in fields())
    findings = [
        bounds.finding(
            "score_psi",
            of_score.psi,
            f"stability index of the score {of_score.psi:.4f}, p = {of_score.p_corrected:.4g}; mean "
            f"{percent(float(score.reference.mean()), 2)} before, {percent(float(score.current.mean()), 2)} now"
            f"{ALONE if alone else ''}",
            "population stability index over the reference's deciles; Kolmogorov-Smirnov, Holm-corrected",
        ),
        bounds.finding(
            "input_csi",
            found[0][1].psi,
            f"largest index {found[0][1].psi:.4f}, of {found[0][0].name}{_named(far, '; beyond the bound')}",
            "stability index of each input over the reference's deciles or levels",
        ),
        bounds.finding(
            "drifted_weight",
            weight,
            f"{len(drifted)} of {len(found)} fields and inputs drifted, with {percent(weight)} of the model's weight"
            f"{_named(drifted)}",
            "stability index of 0.1, or 5 points of missing or frequent values; and a test, Holm-corrected",
        ),
    ]
    return section("stability", [], findings, [_score_table(score), _csi_table(found, weights), _band_table(found)])


def _named(columns: Sequence[Column], before: str = "") -> str:
    names = [one.name for one in columns]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{before}: {', '.join(names[:NAMED])}{more}" if names else ""


def compared_columns(rows: Rows) -> list[Column]:
    """Every raw field of the application, in the table's order, then the model's other inputs; the reference first."""
    reference = rows.artifact.population
    raw = [column(name, reference.frame[name], rows.frame[name]) for name in fields()]
    return [
        *raw,
        *(
            column(item.feature.name, pd.Series(reference.matrix[:, index]), pd.Series(rows.matrix[:, index]))
            for index, item in enumerate(rows.artifact.model.features)
            if item.feature.name not in fields()
        ),
    ]


def importances(artifact: Artifact) -> dict[str, float]:
    """Each input's share of the summed mean absolute contributions; empty if the artifact lacks them."""
    if artifact.importance is None:
        return {}
    total = sum(artifact.importance.features.values())
    return {name: value / total for name, value in artifact.importance.features.items()}


def bins(one: Column) -> list[tuple[str, float, float, float]]:
    """Bin, its share on either side, and its part of the stability index; the missing last."""
    before, now = (side / side.sum() for side in counts(one))
    first, second = np.maximum(now, EMPTY_SHARE), np.maximum(before, EMPTY_SHARE)
    parts = (first - second) * np.log(first / second)
    return list(zip(_bin_names(one), before.tolist(), now.tolist(), parts.tolist(), strict=True))


def _bin_names(one: Column) -> list[str]:
    if not one.is_quantity:
        return [*one.levels, "missing"]
    known = one.reference[~np.isnan(one.reference)]
    edges = np.unique(np.quantile(known, DECILES)) if len(known) else np.empty(0)
    limits = ["", *(f"{edge:.6g}" for edge in edges), ""]
    return [*(f"{low} to {high}".strip() for low, high in pairwise(limits)), "missing"]


def _score_table(score: Column) -> PackTable:
    return pack_table(
        "score_psi",
        "Stability of the score by band",
        {"band": "text", "reference": "share", "now": "share", "part of the index": "number"},
        bins(score),
    )


def _csi_table(found: Sequence[tuple[Column, Shift]], weights: dict[str, float]) -> PackTable:
    return pack_table(
        "csi",
        "Stability of each field and input, the least stable first",
        {
            "input": "text",
            "index": "number",
            "p, corrected": "p_value",
            "drifted": "text",
            "weight": "share",
            "what changed": "text",
        },
        [
            (
                *(one.name, shift.psi, shift.p_corrected, "yes" if shift.drifted else "no", weights.get(one.name)),
                changes_in_words(changes(one), "en") if shift.drifted else "",
            )
            for one, shift in found
        ],
    )


def _band_table(found: Sequence[tuple[Column, Shift]]) -> PackTable:
    return pack_table(
        "csi_bands",
        "Each field and input by band, the least stable first",
        {"input": "text", "band": "text", "reference": "share", "now": "share", "part of the index": "number"},
        [(one.name, *line) for one, _ in found for line in bins(one)],
    )
