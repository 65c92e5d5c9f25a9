"""Which columns drifted: far enough to matter, and not by chance.

With tens of thousands of applicants every test is significant, and with few every index is large by chance. So a column
has drifted only if both hold:

- It moved far: its population stability index is 0.1 or more (Siddiqi, 2006), or the share of missing values or of one
  frequent value changed by 5 points, or 1 % of current applicants have a level that does not occur in the reference.
  For the decision: the share of one outcome changed by 5 points.
- Its p-value, corrected for all tests of the report by Holm's method (1979), is below 5 %. Columns are strongly
  dependent (three figures for each building, six address flags). Holm's method bounds the probability of any false
  alarm under arbitrary dependence, while that of Benjamini and Hochberg bounds only the share of false alarms, and
  under certain kinds of dependence. The loss of power does not matter at these sample sizes: the size rule decides.
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
    """p-values corrected for multiple testing by Holm's step-down method, in the same order.

    Source: Holm, 1979, "A simple sequentially rejective multiple test procedure".
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    stepped = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    corrected = np.empty(len(given))
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


def moved_far(column: Column, psi: float) -> bool:
    """Whether a column's distribution changed enough to matter."""
    before, after = missing_shares(column)
    return psi >= ALIKE_PSI or abs(after - before) >= POINTS or bool(new_levels(column)) or bool(marks(column))


def outcome_moved(column: Column) -> bool:
    """Whether the share of any outcome changed enough to matter."""
    before, after = counts(column)
    return bool(np.abs(before / before.sum() - after / after.sum()).max() >= POINTS)


def shifts(columns: Sequence[Column], decision: Column | None = None) -> list[Shift]:
    """The shifts of all columns, then of the decision if there is one, with p-values corrected for all of them."""
    tested = [*columns, *([decision] if decision else [])]
    distances = [distance(column) for column in tested]
    corrected = holm([found.p_value for found in distances])
    return [
        _shift(found, float(p), outcome_moved(column) if column is decision else moved_far(column, found.psi))
        for column, found, p in zip(tested, distances, corrected, strict=True)
    ]


def _shift(found: Distance, p_corrected: float, far: bool) -> Shift:
    return Shift(far and p_corrected < ALARM, found.psi, found.test, found.p_value, p_corrected)
