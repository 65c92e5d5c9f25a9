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
from training.statistics.discrimination import Interval, auc, unpaired
from training.statistics.stability_index import DECILES, FEW_VALUES
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section

# Enough that a range in the middle of others is cut out.
MOST_RANGES = 16


def single_auc(values: Floats, outcomes: Floats, categorical: bool) -> Interval:
    """The AUC of an input's bins, with DeLong's interval; values (n,) with NaN for missing, levels as codes."""
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    few = categorical or len(distinct) <= FEW_VALUES
    edges = distinct if few else np.unique(np.quantile(known, DECILES))
    indices = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
    held = np.bincount(indices, minlength=len(edges) + 2)
    rates = np.bincount(indices, weights=outcomes, minlength=len(edges) + 2) / np.maximum(held, 1)
    return auc(rates[indices], outcomes)


def single_aucs(rows: Rows, matrix: Floats, outcomes: Floats) -> dict[str, Interval]:
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


def _strongest(now: dict[str, Interval], before: dict[str, Interval], bounds: Bounds) -> Finding:
    strongest = {name: max(now[name].value, before[name].value) for name in now}
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


def _moved(name: str, more: dict[str, Interval], less: dict[str, Interval], served: bool, bounds: Bounds) -> Finding:
    """The input whose AUC has changed most for certain, upwards or downwards, since the reference applicants."""
    changes = {one: unpaired(more[one], less[one]) for one in more}
    most = max(changes, key=lambda one: changes[one].low)
    here, reference = (less, more) if name == "single_input_loss" else (more, less)
    return bounds.finding(
        name,
        changes[most].low if served else None,
        f"{most} alone: AUC {reference[most].value:.4f} among the reference applicants, {here[most].value:.4f} here"
        if served
        else "these are the reference applicants: there is nothing to compare with",
        "the same among the reference applicants and here; lower end of the difference, 95 %",
    )


def _purest(ranges: dict[str, Range], bounds: Bounds) -> Finding:
    name = max(ranges, key=lambda one: ranges[one].least_rate)
    found = ranges[name]
    return bounds.finding(
        "pure_range",
        found.least_rate,
        f"{name} has a range of {found.applicants} applicants of whom {percent(found.rate)} "
        f"defaulted (at least {percent(found.least_rate)})",
        f"ranges of {FEWEST_IN_GROUP} applicants or more, into which a small tree cuts each input; lower end of "
        "Wilson's interval",
    )


def _table(served: bool, now: dict[str, Interval], before: dict[str, Interval], ranges: dict[str, Range]) -> PackTable:
    order = sorted(now, key=lambda name: (-max(now[name].value, before[name].value), name))
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
                *((name, now[name].value, before[name].value) if served else (name, now[name].value)),
                *(ranges[name].applicants, ranges[name].rate),
            )
            for name in order
        ],
    )
