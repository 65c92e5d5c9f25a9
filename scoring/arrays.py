"""Types of arrays, numbers and columns by name, and a missing number of one as None."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Columns = Mapping[str, NDArray]


def or_none(value: float) -> float | None:
    """A value of an array as a Python float; None if it is NaN."""
    return None if np.isnan(value) else float(value)
