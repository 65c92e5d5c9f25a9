"""The 47 columns about the building where the applicant lives."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from training.synthetic.columns import BUILDING_COLUMNS, BUILDING_ITEMS, BUILDING_LEVELS
from training.synthetic.sampling import Columns, correlated_normal, from_normal, none_where, where_null

# How far one normal, what is known of the building, decides that a single item is known: of the applicants, half
# have no item at all and most others have nearly all.
KNOWN_TOGETHER = 0.985


def building_columns(
    table: Columns,
    scores: Columns,
    is_test: NDArray[np.bool_],
    profile: Mapping[str, Any],
    rng: np.random.Generator,
) -> Columns:
    """Average, mode and median of each item, total area and the four descriptions, nulls together per item."""
    building = profile["building"]
    unknown = {
        name: known_score(scores["BUILDING_KNOWN"], rng) < ndtri(1 - building["known_shares"][name])
        for name in BUILDING_COLUMNS
    }
    columns: Columns = {name: none_where(unknown[name], table[name]) for name in BUILDING_LEVELS}
    columns["TOTALAREA_MODE"] = where_null(np.round(table["TOTALAREA_MODE"], 4), unknown["TOTALAREA_MODE"])
    for item in BUILDING_ITEMS:
        null = unknown[f"{item}_AVG"]
        columns[f"{item}_AVG"] = where_null(np.round(table[f"{item}_AVG"], 4), null)
        for kind in ("MODE", "MEDI"):
            name = f"{item}_{kind}"
            score = correlated_normal(scores[f"{item}_AVG"], building["likeness"][name], rng)
            train, test = (from_normal(profile[part]["numeric"][name], score) for part in ("train", "test"))
            columns[name] = where_null(np.round(np.where(is_test, test, train), 4), null)
    return columns


def known_score(score: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Normal score that one item is known, from the building's: below the share of nothing known, the same for all."""
    own = correlated_normal(score, KNOWN_TOGETHER, rng)
    nothing = ndtr(score) < 0.474
    return np.where(nothing, score, own)
