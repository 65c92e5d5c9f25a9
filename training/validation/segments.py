"""Is it calibrated everywhere: the defaults of each segment of the applicants beside those that were expected.

A segment is a level of a field, a quarter of the known values of one of the inputs that weigh most, or those for whom
either is missing: the more are tested, the less any test can tell. The level of
all probabilities is set right first, so that a model that is too optimistic of everybody is no fault of any segment.
Protected attributes are left to the section on groups: a model that must not read them cannot be right about each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from scoring.arrays import Floats
from scoring.artifact.model import log_odds_of, probability_of
from scoring.schema.fields import fields
from scoring.validation import Finding, PackTable
from training.audit.groups import FEWEST_IN_GROUP
from training.drift.shift import ALARM, holm
from training.statistics.calibration_tests import intercept
from training.statistics.stability_index import FEW_VALUES
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent

QUARTERS = (0.25, 0.5, 0.75)
# Realised over expected defaults from 1 / 1.25 to 1.25 are of no consequence, whatever a test says of very many.
FAR = 1.25
STRONGEST = 20
NAMED, SHOWN = 3, 30


@dataclass(frozen=True)
class Segment:
    """The applicants of a segment; `expected` is their number of defaults by the model with its level set right."""

    column: str
    part: str
    applicants: int
    defaults: int
    expected: float

    @property
    def p_value(self) -> float:
        """That as many or as few default by chance: the exact binomial test, two-sided."""
        return float(binomtest(self.defaults, self.applicants, self.expected / self.applicants).pvalue)

    @property
    def far(self) -> bool:
        """Whether the difference is of consequence."""
        return not self.expected / FAR <= self.defaults <= self.expected * FAR


def parts(values: pd.Series) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """The segments by one column, each with the mask of its members (n,): levels or quarters, and the missing."""
    known = values.dropna()
    if not pd.api.types.is_numeric_dtype(values) or known.nunique() <= FEW_VALUES:
        for level in sorted(known.unique()):
            yield (level if isinstance(level, str) else f"{level:g}"), (values == level).to_numpy(dtype=bool)
    else:
        edges = np.unique(np.quantile(known, QUARTERS))
        ends = [-np.inf, *edges.tolist(), np.inf]
        numbers = values.to_numpy(dtype=np.float64)
        for low, high in pairwise(ends):
            above = f"above {low:.6g}" if np.isfinite(low) else ""
            most = f"at most {high:.6g}" if np.isfinite(high) else ""
            yield ", ".join(end for end in (above, most) if end), (numbers > low) & (numbers <= high)
    yield "missing", values.isna().to_numpy(dtype=bool)


def columns_of(rows: Rows) -> Iterator[tuple[str, pd.Series]]:
    """The unprotected fields of the application that are no quantities, then the inputs that weigh most."""
    levelled = [name for name, field in fields().items() if field.kind != "quantitative" and not field.protected]
    yield from ((name, rows.frame[name]) for name in levelled)
    features = rows.artifact.model.features
    for index in np.argsort(-rows.artifact.weights, kind="stable")[:STRONGEST].tolist():
        if features[index].feature.name not in levelled:
            yield features[index].feature.name, pd.Series(rows.matrix[:, index])


def segments(rows: Rows) -> list[Segment]:
    """All segments with enough applicants."""
    level = intercept(rows.probabilities, rows.outcomes).value
    expected: Floats = probability_of(log_odds_of(rows.probabilities) + level)
    return [
        Segment(name, part, int(mask.sum()), int(rows.outcomes[mask].sum()), float(expected[mask].sum()))
        for name, values in columns_of(rows)
        for part, mask in parts(values)
        if mask.sum() >= FEWEST_IN_GROUP
    ]


def segments_of(rows: Rows, bounds: Bounds) -> tuple[Finding, PackTable]:
    """The finding and the table of the section on calibration."""
    found = segments(rows)
    corrected = dict(zip(found, holm([one.p_value for one in found]).tolist(), strict=True))
    order = sorted(found, key=lambda one: (one.p_value, one.column, one.part))
    broken = [one for one in order if one.far and corrected[one] < ALARM]
    named = "; ".join(
        f"{one.column} {one.part}: {percent(one.defaults / one.applicants)} defaulted, while "
        f"{percent(one.expected / one.applicants)} were expected"
        for one in broken[:NAMED]
    )
    finding = bounds.finding(
        "segment_breaks",
        len(broken) if found else None,
        f"{len(broken)} of {len(found)} segments of fields and inputs have other default rates than expected"
        + (f": {named}" if named else ""),
        f"exact binomial test, the level set right, Holm-corrected at {percent(ALARM, 0)}; and beyond {FAR:g} times",
    )
    table = pack_table(
        "segments",
        f"Calibration by segment, the level set right; the {SHOWN} least likely by chance",
        {
            "field or input": "text",
            "segment": "text",
            "applicants": "count",
            "defaults": "count",
            "default rate": "share",
            "expected": "share",
            "p": "p_value",
            "p, corrected": "p_value",
        },
        [
            (
                *(one.column, one.part, one.applicants, one.defaults),
                *(one.defaults / one.applicants, one.expected / one.applicants, one.p_value, corrected[one]),
            )
            for one in order[:SHOWN]
        ],
    )
    return finding, table
