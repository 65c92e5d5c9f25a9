"""Summarises the distribution of a real column by a few points: quantiles, and values shared by many rows."""

import numpy as np
import pandas as pd

QUANTILES = (
    0.0005, 0.01, 0.03, 0.07, 0.12, 0.18, 0.25, 0.32, 0.4, 0.5, 0.6, 0.68, 0.75, 0.82, 0.88, 0.93, 0.97, 0.99, 0.9995,
)  # fmt: skip
HEAP_SHARE = 0.006  # a value held by this share of the rows is a heap, kept with its share
FEWEST_ROWS = 10


def marginal(column: pd.Series, heap_share: float = HEAP_SHARE) -> dict[str, list[float]]:
    """Points of the known values' distribution function (cumulative, values), for `sampling.from_uniform`."""
    known = np.sort(column.dropna().to_numpy(dtype=float))
    if len(known) < FEWEST_ROWS:
        return {"cumulative": [0.5], "values": [0.0]}
    points = [(share, _middle(known, share)) for share in QUANTILES]
    values, counts = np.unique(known, return_counts=True)
    for heap in values[(counts >= heap_share * len(known)) & (counts >= FEWEST_ROWS)]:
        points.append((np.searchsorted(known, heap, side="left") / len(known), heap))
        points.append((np.searchsorted(known, heap, side="right") / len(known), heap))
    rounded = sorted({(round(float(share), 4), float(f"{value:.6g}")) for share, value in points})
    rising = np.maximum.accumulate([value for _, value in rounded])
    return {"cumulative": [share for share, _ in rounded], "values": rising.tolist()}


def _middle(known: np.ndarray, share: float) -> float:
    """The quantile as a mean over the `FEWEST_ROWS` values around it, so that it is not any single person's value."""
    start = min(max(round(share * len(known)) - FEWEST_ROWS // 2, 0), max(len(known) - FEWEST_ROWS, 0))
    return float(known[start : start + FEWEST_ROWS].mean())


def shares(column: pd.Series) -> dict[str, float]:
    """The share of each level with enough rows, most frequent first; nulls are the level ""."""
    counts = column.astype(object).where(column.notna(), "").astype(str).value_counts()
    counts = counts[counts >= FEWEST_ROWS]
    return {str(level): round(count / counts.sum(), 4) for level, count in counts.items()}
