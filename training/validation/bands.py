"""Default rate by score band, and whether each band keeps its place.

Bands are tenths of the reference population by its out-of-sample probability, so that they stay where they are from one
validation to the next; beside them stand the lender's own bands of points. Neighbouring bands may change places by
chance: an inversion counts as a break of the order if Fisher's exact test, one-sided and corrected by Holm for the
number of pairs, gives less than 5 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.stats import binomtest, fisher_exact

from scoring.arrays import Floats
from scoring.artifact.model import log_odds_of, probability_of
from scoring.artifact.population import PROBABILITY
from scoring.validation import PackTable, Section
from training.audit.groups import FEWEST_IN_GROUP
from training.drift.shift import ALARM, holm
from training.statistics.discrimination import Interval
from training.statistics.stability_index import DECILES
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section


@dataclass(frozen=True)
class Band:
    """The applicants of a band from `low` to below `high`, in probability of default; band 1 has the least risk."""

    number: int
    low: float
    high: float
    applicants: int
    defaults: int
    predicted: float

    @property
    def rate(self) -> Interval:
        """The default rate with its Wilson interval, 95 %."""
        found = binomtest(self.defaults, self.applicants).proportion_ci(method="wilson")
        return Interval(self.defaults / self.applicants, found.low, found.high)


@dataclass(frozen=True)
class Break:
    """Two neighbouring bands of which the one of lower risk defaults more often, beyond chance."""

    lower: int
    upper: int
    p_value: float


def band_edges(reference: Floats) -> Floats:
    """The inner edges of the bands: deciles of the reference probabilities, each once."""
    return np.unique(np.quantile(reference, DECILES))


def bands(probabilities: Floats, outcomes: Floats, edges: Floats) -> list[Band]:
    """The bands that hold applicants, from the least risk up; `probabilities` and `outcomes` (n,)."""
    indices, limits = np.searchsorted(edges, probabilities, side="right"), [0.0, *edges.tolist(), 1.0]
    return [
        Band(
            index + 1,
            limits[index],
            limits[index + 1],
            int((indices == index).sum()),
            int(outcomes[indices == index].sum()),
            float(probabilities[indices == index].mean()),
        )
        for index in np.unique(indices).tolist()
    ]


def inversions(found: Sequence[Band]) -> list[tuple[Band, Band]]:
    """Neighbours of which the band of lower risk defaults more often."""
    return [(lower, upper) for lower, upper in pairwise(found) if lower.rate.value > upper.rate.value]


def breaks(found: Sequence[Band]) -> list[Break]:
    """The inversions that chance does not explain."""
    corrected = holm([_p_value(lower, upper) for lower, upper in pairwise(found)])
    return [
        Break(lower.number, upper.number, float(p))
        for (lower, upper), p in zip(pairwise(found), corrected, strict=True)
        if p < ALARM
    ]


def _p_value(lower: Band, upper: Band) -> float:
    """That the band of lower risk defaults no more often than its neighbour."""
    table = [[band.defaults, band.applicants - band.defaults] for band in (lower, upper)]
    return float(fisher_exact(table, alternative="greater").pvalue)


def lender_bands(rows: Rows) -> list[tuple[str, Band]]:
    """The lender's bands that hold applicants, by name, from the least risk up."""
    artifact = rows.artifact
    named = artifact.bands.bands[::-1]
    edges = probability_of(artifact.points.log_odds(np.array([band.least for band in named[:-1]])))
    return [(named[band.number - 1].name.en, band) for band in bands(rows.probabilities, rows.outcomes, edges)]


def _points(rows: Rows, band: Band) -> float | None:
    """The points at the lower end of a band; the band of the least risk is open."""
    return float(rows.artifact.points.points(log_odds_of(band.low))) if band.low else None


def bands_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    reference = rows.artifact.population.frame[PROBABILITY].to_numpy(dtype=np.float64)
    found = bands(rows.probabilities, rows.outcomes, band_edges(reference))
    broken, inverted = breaks(found), inversions(found)
    own = lender_bands(rows)
    names = {band.number: name for name, band in own}
    own_broken = breaks([band for _, band in own if band.applicants >= FEWEST_IN_GROUP])
    named = [f"band {one.lower} defaults more often than band {one.upper}" for one in broken]
    named += [f"{names[one.lower]} defaults more often than {names[one.upper]}" for one in own_broken]
    rates = [percent(band.rate.value) for band in (found[0], found[-1])]
    finding = bounds.finding(
        "rank_breaks",
        len(named),
        f"{', '.join(named) or 'every band keeps its place'}; {len(inverted)} of {len(found) - 1} neighbouring tenths "
        f"are in the wrong order, chance or not; default rates from {rates[0]} to {rates[1]}",
        f"Fisher's exact test of neighbours, one-sided, Holm-corrected at {percent(ALARM, 0)}",
    )
    table = pack_table(
        "bands",
        "Default rate by score band, with 95 % Wilson intervals; bands are tenths of the reference population",
        {
            "band": "count",
            "from": "number",
            "to": "number",
            "points, at most": "number",
            "applicants": "count",
            "defaults": "count",
            "default rate": "share",
            "low": "share",
            "high": "share",
            "mean probability": "share",
        },
        [
            (
                *(band.number, band.low, band.high, _points(rows, band), band.applicants, band.defaults),
                *(band.rate.value, band.rate.low, band.rate.high, band.predicted),
            )
            for band in found
        ],
    )
    return section("bands", [], [finding], [table, _lender_table(rows, own)])


def _lender_table(rows: Rows, own: Sequence[tuple[str, Band]]) -> PackTable:
    """The lender's bands; one with few applicants has no rates."""
    least = {band.name.en: band.least for band in rows.artifact.bands.bands}
    return pack_table(
        "lender_bands",
        "Default rate by the lender's bands of points, with 95 % Wilson intervals",
        {
            "band": "text",
            "points, at least": "number",
            "applicants": "count",
            "share": "share",
            "default rate": "share",
            "low": "share",
            "high": "share",
            "mean probability": "share",
        },
        [
            (
                *(name, least[name] if math.isfinite(least[name]) else None),
                *(band.applicants, band.applicants / len(rows.frame)),
                *(
                    (band.rate.value, band.rate.low, band.rate.high, band.predicted)
                    if band.applicants >= FEWEST_IN_GROUP
                    else [None] * 4
                ),
            )
            for name, band in own
        ],
    )
