"""The interval of a share that was counted."""

from __future__ import annotations

import math

# 97.5th percentile of the normal distribution: the two tails leave out 5 %.
NORMAL = 1.96


def wilson(share: float, applicants: float) -> tuple[float, float]:
    """The 95 % interval of a share of so many applicants (Wilson, 1927)."""
    centre = share + NORMAL**2 / (2 * applicants)
    reach = NORMAL * math.sqrt(share * (1 - share) / applicants + NORMAL**2 / (4 * applicants**2))
    scale = 1 + NORMAL**2 / applicants
    # Rounding would leave a trace of 0 and of 1.
    return 0.0 if share == 0 else (centre - reach) / scale, 1.0 if share == 1 else (centre + reach) / scale
