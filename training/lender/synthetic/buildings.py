"""The 47 columns about the applicant's building."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from training.lender.synthetic.columns import BUILDING_COUNTS, BUILDING_ITEMS
from training.synthetic.sampling import Columns, where_null

# TOTALAREA_MODE is this weighted sum, since each area is a share of its own maximum, if a building's areas agree.
TOTAL_AREA = {"LIVINGAREA_MODE": 0.755, "NONLIVINGAREA_MODE": 0.2054, "COMMONAREA_MODE": 0.5417}
WRITTEN = 5.1e-5  # half of the last of the four decimals


def building_columns(table: Columns, scales: Mapping[str, float]) -> Columns:
    """Mode, average and median of each item, and the total area; the three are known or null together.

    Args:
        table: the drawn columns.
        scales: of the mode and the median of each item, see `alike_average` and `alike_median`.
    """
    lived_in = lived_in_apartments(table["APARTMENTS_MODE"], scales)
    modes = table | {"LIVINGAPARTMENTS_MODE": table["LIVING_SHARE"] * lived_in}
    columns: Columns = {}
    for item in BUILDING_ITEMS:
        mode, average, median = (f"{item}_{kind}" for kind in ("MODE", "AVG", "MEDI"))
        columns[mode] = _shares(modes[mode])
        exact = _ratio(table[average]) * alike_average(columns[mode], item, scales[mode])
        columns[average] = _shares(exact)
        columns[median] = _shares(_ratio(table[median]) * alike_median(exact, item, scales[median]))
    sums = np.where(table["TOTAL_AGREES"] == "yes", total_area(columns), table["TOTALAREA_MODE"])
    columns["TOTALAREA_MODE"] = _shares(where_null(sums, np.isnan(table["TOTALAREA_MODE"])))
    return columns


def alike_average(mode: NDArray[np.float64], item: str, scale: float) -> NDArray[np.float64]:
    """The average that an item would have if it equalled the mode.

    Both are shares of the largest building's figure, which differ by a scale. Years count back from the newest
    building. Counts, in tenths, are recovered from the four decimals, so that they scale without rounding errors.
    """
    if item.startswith("YEARS"):
        return 1 - _unscaled(1 - mode, scale, BUILDING_COUNTS[item])
    return _unscaled(mode, scale, 10 * BUILDING_COUNTS[item]) if item in BUILDING_COUNTS else mode / scale


def _unscaled(share: NDArray[np.float64], scale: float, steps: float) -> NDArray[np.float64]:
    whole = np.rint(share / scale * steps) / steps
    return np.where(np.abs(whole * scale - share) < WRITTEN, whole, share / scale)


def alike_median(average: NDArray[np.float64], item: str, scale: float) -> NDArray[np.float64]:
    """The median that an item would have if it equalled the average."""
    return 1 - (1 - average) * scale if item.startswith("YEARS") else average * scale


def lived_in_apartments(apartments: NDArray[np.float64], scales: Mapping[str, float]) -> NDArray[np.float64]:
    """LIVINGAPARTMENTS_MODE if all apartments of APARTMENTS_MODE were inhabited; 1 if unknown or none."""
    steps = {item: BUILDING_COUNTS[item] / scales[f"{item}_MODE"] for item in ("APARTMENTS", "LIVINGAPARTMENTS")}
    lived_in = np.rint(10 * apartments * steps["APARTMENTS"]) / (10 * steps["LIVINGAPARTMENTS"])
    return np.where(lived_in > 0, lived_in, 1.0)


def total_area(table: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """The sum of the known parts, on the scale of TOTALAREA_MODE."""
    total: NDArray[np.float64] = np.sum([np.nan_to_num(table[name]) * TOTAL_AREA[name] for name in TOTAL_AREA], axis=0)
    return total


def _ratio(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(values), 1.0, values)


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of the largest building's figure, rounded to four decimals like the real ones."""
    shares: NDArray[np.float64] = np.clip(values, 0.0, 1.0)
    return shares.round(4)
