"""Which columns drifted: far enough to matter, and not by chance.

With tens of thousands of applicants every test finds something, and with few every index is large by chance. So a
column has drifted only if both hold:

- it moved far: a population stability index of 0.1 or more (Siddiqi, 2006), or the share of its missing values or of
  one frequent value changed by 5 points, or 1 % of the current applicants hold a level that the reference never showed.
  For the decision: the share of one outcome changed by 5 points.
- its p-value, corrected for all tests of the report by Holm's method (1979), is below 5 %. Columns are heavily
  dependent (three figures for each building, six address flags); Holm's bounds the chance of any false alarm at 5 %
  under every dependence, while Benjamini-Hochberg's bounds but the share of false ones among the alarms, and needs a
  dependence of a certain kind. What it costs in power does not tell at these sizes: the size rule decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scoring.arrays import Floats
from scoring.drift.report import Shift
from training.drift.changes import POINTS, marks, missing_shares, new_levels
from training.drift.column import Column, Distance, counts, distance
from training.statistics.stability_index import ALIKE_PSI

ALARM = 0.05


def holm(p_values: Sequence[float]) -> Floats:
    """p-values corrected for their number by Holm's step-down method, in the same order.

    Source: Holm, 1979, "A simple sequentially rejective multiple test procedure".
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    stepped = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    corrected = np.empty(len(given))
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


def moved_far(column: Column, psi: float) -> bool:
    """Whether a column's distribution changed by as much as matters."""
    before, after = missing_shares(column)
    return psi >= ALIKE_PSI or abs(after - before) >= POINTS or bool(new_levels(column)) or bool(marks(column))


def outcome_moved(column: Column) -> bool:
    """Whether some level's share changed by as much as matters for a decision."""
    before, after = counts(column)
    return bool(np.abs(before / before.sum() - after / after.sum()).max() >= POINTS)


def shifts(columns: Sequence[Column], decision: Column | None = None) -> list[Shift]:
    """Every column's shift, then that of the decision if there is one; corrected for all of them together."""
    tested = [*columns, *([decision] if decision else [])]
    distances = [distance(column) for column in tested]
    corrected = holm([found.p_value for found in distances])
    return [
        _shift(found, float(p), outcome_moved(column) if column is decision else moved_far(column, found.psi))
        for column, found, p in zip(tested, distances, corrected, strict=True)
    ]


def _shift(found: Distance, p_corrected: float, far: bool) -> Shift:
    return Shift(far and p_corrected < ALARM, found.psi, found.test, found.p_value, p_corrected)
