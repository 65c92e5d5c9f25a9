"""Does an input know too much: what each input alone says of the outcome, here and among the reference applicants.

An input that ranks nearly as well as a whole model, or that ranked well before and no longer does, may hold what is
only known after the decision. Alone, an input ranks by the default rate of its deciles or levels, missing values
apart, counted on the same applicants: the most that it could know.
"""

from __future__ import annotations

import numpy as np

from scoring.arrays import Floats
from scoring.validation import Section
from training.statistics.discrimination import auc
from training.statistics.stability_index import DECILES, FEW_VALUES
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, section


def single_auc(values: Floats, outcomes: Floats, categorical: bool) -> float:
    """The AUC of an input's bins; values (n,) with NaN for missing, levels as codes."""
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    few = categorical or len(distinct) <= FEW_VALUES
    edges = distinct if few else np.unique(np.quantile(known, DECILES))
    indices = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
    held = np.bincount(indices, minlength=len(edges) + 2)
    rates = np.bincount(indices, weights=outcomes, minlength=len(edges) + 2) / np.maximum(held, 1)
    return auc(rates[indices], outcomes).value


def single_aucs(rows: Rows, matrix: Floats, outcomes: Floats) -> dict[str, float]:
    """The AUC of each input alone, by name, on a matrix (n, features)."""
    return {
        item.feature.name: single_auc(matrix[:, index], outcomes, item.feature.kind == "categorical")
        for index, item in enumerate(rows.artifact.model.features)
    }


def leakage_section(rows: Rows, bounds: Bounds) -> Section:
    """The section; without later applicants there is nothing to compare with."""
    reference = rows.artifact.population
    now = single_aucs(rows, rows.matrix, rows.outcomes)
    before = single_aucs(rows, reference.matrix, reference.outcomes) if rows.served else now
    strongest = {name: max(now[name], before[name]) for name in now}
    first = max(strongest, key=lambda name: strongest[name])
    fallen = max(now, key=lambda name: before[name] - now[name])
    most = bounds.by_name["single_input_auc"].most or 1.0
    beyond = [name for name, value in strongest.items() if value > most and name != first]
    findings = [
        bounds.finding(
            "single_input_auc",
            strongest[first],
            f"{first} alone reaches an AUC of {strongest[first]:.4f}"
            + (f"; beyond the bound, too: {', '.join(beyond)}" if beyond else ""),
            "AUC of each input's deciles or levels by their default rate",
        ),
        bounds.finding(
            "single_input_loss",
            before[fallen] - now[fallen] if rows.served else None,
            f"{fallen} alone: AUC {before[fallen]:.4f} among the reference applicants, {now[fallen]:.4f} here"
            if rows.served
            else "these are the reference applicants: there is nothing to compare with",
            "the same among the reference applicants, less here",
        ),
    ]
    order = sorted(strongest, key=lambda name: (-strongest[name], name))
    lines = [(name, now[name], before[name]) if rows.served else (name, now[name]) for name in order]
    return section(
        "leakage",
        [],
        findings,
        [
            pack_table(
                "single_inputs",
                "AUC of each input alone, the strongest first",
                {"input": "text", "AUC here": "number", **({"AUC, reference": "number"} if rows.served else {})},
                lines,
            )
        ],
    )
