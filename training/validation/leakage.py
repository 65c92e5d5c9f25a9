"""Does an input know too much: what each input alone says of the outcome, here and among the reference applicants.

An input that ranks nearly as well as a whole model, or that ranked otherwise before, may hold what is only known after
the decision. Alone, an input ranks by the default rate of its deciles or levels, missing values apart, counted on the
same applicants: the most that it could know. One that knows the outcome of some applicants alone ranks hardly better
than others, but it has a range in which nearly everybody defaults.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest
from sklearn.tree import DecisionTreeClassifier

from scoring.arrays import Floats
from scoring.validation import Finding, PackTable, Section
from training.audit.groups import FEWEST_IN_GROUP
from training.statistics.discrimination import auc
from training.statistics.stability_index import DECILES, FEW_VALUES
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section

# Enough that a range in the middle of others is cut out.
MOST_RANGES = 16


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


@dataclass(frozen=True)
class Range:
    """A range of an input's values, of at least `FEWEST_IN_GROUP` applicants."""

    applicants: int
    defaults: int

    @property
    def rate(self) -> float:
        """The default rate."""
        return self.defaults / self.applicants

    @property
    def least_rate(self) -> float:
        """The lower end of the Wilson interval of its default rate, 95 %."""
        return float(binomtest(self.defaults, self.applicants).proportion_ci(method="wilson").low)


def riskiest_range(values: Floats, outcomes: Floats) -> Range:
    """The range with the highest default rate that a small tree finds; values (n,) with NaN for missing."""
    column = values[:, None].astype(np.float32)
    tree = DecisionTreeClassifier(min_samples_leaf=FEWEST_IN_GROUP, max_leaf_nodes=MOST_RANGES, random_state=0)
    leaves = tree.fit(column, outcomes).apply(column)
    found = [Range(int((leaves == leaf).sum()), int(outcomes[leaves == leaf].sum())) for leaf in np.unique(leaves)]
    return max(found, key=lambda one: one.rate)


def leakage_section(rows: Rows, bounds: Bounds) -> Section:
    """The section; without later applicants there is nothing to compare with."""
    reference = rows.artifact.population
    now = single_aucs(rows, rows.matrix, rows.outcomes)
    before = single_aucs(rows, reference.matrix, reference.outcomes) if rows.served else now
    ranges = {name: riskiest_range(rows.matrix[:, index], rows.outcomes) for index, name in enumerate(now)}
    findings = [
        _strongest(now, before, bounds),
        _moved("single_input_loss", before, now, rows.served, bounds),
        _moved("single_input_gain", now, before, rows.served, bounds),
        _purest(ranges, bounds),
    ]
    return section("leakage", [], findings, [_table(rows.served, now, before, ranges)])


def _strongest(now: dict[str, float], before: dict[str, float], bounds: Bounds) -> Finding:
    strongest = {name: max(now[name], before[name]) for name in now}
    first = max(strongest, key=lambda name: strongest[name])
    most = bounds.by_name["single_input_auc"].most or 1.0
    beyond = [name for name, value in strongest.items() if value > most and name != first]
    return bounds.finding(
        "single_input_auc",
        strongest[first],
        f"{first} alone reaches an AUC of {strongest[first]:.4f}"
        + (f"; beyond the bound, too: {', '.join(beyond)}" if beyond else ""),
        "AUC of each input's deciles or levels by their default rate",
    )


def _moved(name: str, more: dict[str, float], less: dict[str, float], served: bool, bounds: Bounds) -> Finding:
    """By how much an input's AUC differs at most, either way between here and the reference applicants."""
    most = max(more, key=lambda one: more[one] - less[one])
    here, reference = (less, more) if name == "single_input_loss" else (more, less)
    return bounds.finding(
        name,
        more[most] - less[most] if served else None,
        f"{most} alone: AUC {reference[most]:.4f} among the reference applicants, {here[most]:.4f} here"
        if served
        else "these are the reference applicants: there is nothing to compare with",
        "the same among the reference applicants, beside here",
    )


def _purest(ranges: dict[str, Range], bounds: Bounds) -> Finding:
    name = max(ranges, key=lambda one: ranges[one].least_rate)
    found = ranges[name]
    return bounds.finding(
        "pure_range",
        found.least_rate,
        f"{name} has a range of {found.applicants} applicants of whom {percent(found.rate)} "
        f"defaulted (at least {percent(found.least_rate)})",
        f"ranges of a tree of each input alone, {FEWEST_IN_GROUP} applicants or more; Wilson's interval",
    )


def _table(served: bool, now: dict[str, float], before: dict[str, float], ranges: dict[str, Range]) -> PackTable:
    order = sorted(now, key=lambda name: (-max(now[name], before[name]), name))
    return pack_table(
        "single_inputs",
        "Each input alone, the strongest first, with the range of its values in which most defaulted",
        {
            "input": "text",
            "AUC here": "number",
            **({"AUC, reference": "number"} if served else {}),
            "applicants in that range": "count",
            "default rate in it": "share",
        },
        [
            (
                *((name, now[name], before[name]) if served else (name, now[name])),
                *(ranges[name].applicants, ranges[name].rate),
            )
            for name in order
        ],
    )
