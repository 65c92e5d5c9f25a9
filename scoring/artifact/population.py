"""The reference populations, and where an applicant stands in them.

The reference applicants were held out: their probabilities come from the served model's recipe fitted without them, and
their outcomes are known. *Accepted* are those at or below their threshold; *just accepted* are the
tenth of the accepted closest to it, the group with which adverse reasons compare (Reg B, 12 CFR 1002.9(b)(2)-5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.answers.population import Histogram, PopulationName
from scoring.arrays import Columns, Floats
from scoring.artifact.model import Model, log_odds_of
from scoring.decision.costs import cost_columns
from scoring.decision.rule import DecisionRule
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature, feature_matrix, history_inputs, to_columns

PROBABILITY = "PROBABILITY"
JUST_ACCEPTED_SHARE = 0.10
# With fewer just accepted applicants than this, their usual ranges and mean contributions would be noise.
FEWEST_JUST_ACCEPTED = 30
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
HISTOGRAM_BINS = 30
HISTOGRAM_TAIL = 0.01


def just_accepted(probabilities: Floats, thresholds: Floats) -> NDArray[np.bool_]:
    """Which accepted applicants are closest to their threshold, in log-odds: a tenth of them, at least 30.

    Both arrays have shape (n,).
    """
    accepted = np.flatnonzero(probabilities <= thresholds)
    size = max(FEWEST_JUST_ACCEPTED, round(JUST_ACCEPTED_SHARE * len(accepted)))
    odds, limits = (values[accepted] / (1 - values[accepted]) for values in (probabilities, thresholds))
    # Orders like log(odds) - log(limit), but avoids log(0).
    closest = accepted[np.argsort(odds / limits, kind="stable")[-size:]]
    mask = np.zeros(len(probabilities), dtype=bool)
    mask[closest] = True
    return mask


@dataclass(frozen=True, eq=False)
class Population:
    """The reference applicants: raw fields and history (`frame`), probability of default, outcome, feature matrix.

    `rule` gives each applicant's threshold.
    """

    frame: pd.DataFrame
    features: tuple[ModelFeature, ...]
    rule: DecisionRule

    @cached_property
    def columns(self) -> Columns:
        """The raw fields and the model's history columns of the reference applicants, arrays of length n."""
        return to_columns(self.frame, history_inputs(self.features))

    @cached_property
    def matrix(self) -> Floats:
        """The model's features of the reference applicants, shape (n, features)."""
        return feature_matrix(self.columns, self.features)

    @cached_property
    def outcomes(self) -> Floats:
        """1 where the applicant had payment difficulties, else 0; shape (n,)."""
        return self.frame[TARGET].to_numpy(dtype=np.float64)

    @cached_property
    def log_odds(self) -> Floats:
        """The out-of-sample log-odds of default, shape (n,)."""
        return log_odds_of(self.frame[PROBABILITY].to_numpy(dtype=np.float64))

    @cached_property
    def by_score(self) -> NDArray[np.intp]:
        """The reference applicants by rising log-odds, shape (n,)."""
        return np.argsort(self.log_odds, kind="stable")

    @cached_property
    def masks(self) -> dict[PopulationName, NDArray[np.bool_]]:
        """Which reference applicants belong to each population."""
        probabilities = self.frame[PROBABILITY].to_numpy(dtype=np.float64)
        thresholds = self.rule.terms(cost_columns(self.frame)).threshold
        return {
            "accepted": probabilities <= thresholds,
            "just_accepted": just_accepted(probabilities, thresholds),
            "all": np.ones(len(self.frame), dtype=bool),
            "repaid": self.outcomes == 0,
            "defaulted": self.outcomes == 1,
        }

    @cached_property
    def quartiles(self) -> Floats:
        """Lower quartile, median and upper quartile of each feature among the just accepted, shape (3, features)."""
        near = self.matrix[self.masks["just_accepted"]]
        known = ~np.isnan(near).all(axis=0)
        quartiles = np.full((3, near.shape[1]), np.nan)
        quartiles[:, known] = np.nanquantile(near[:, known], [0.25, 0.5, 0.75], axis=0)
        return quartiles

    @property
    def usual(self) -> Floats:
        """Lower and upper quartile of each feature among the just accepted, shape (2, features)."""
        return self.quartiles[[0, 2]]

    @cached_property
    def usual_levels(self) -> list[list[int]]:
        """For each categorical or yes/no feature, the codes of its most frequent levels among the just accepted.

        Levels are listed from the most frequent down until they cover half of the known values, at most three.
        """
        near = self.matrix[self.masks["just_accepted"]]
        return [
            [] if item.feature.kind == "quantitative" else _frequent(near[:, index])
            for index, item in enumerate(self.features)
        ]


def _frequent(codes: Floats, cover: float = 0.5, most: int = 3) -> list[int]:
    levels, counts = np.unique(codes[~np.isnan(codes)], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    covered = np.cumsum(counts[order]) / max(counts.sum(), 1)
    return [int(level) for level in levels[order][: min(most, 1 + int(np.searchsorted(covered, cover)))]]


def percentile(values: Floats, value: float) -> float:
    """The share of a population below a value, ties counting half, in percent; `values` without NaN."""
    return float(100 * ((values < value).mean() + (values == value).mean() / 2))


def quantiles(values: Floats) -> dict[str, float]:
    """Quantile -> value, for the quantiles that a plot shows; `values` without NaN."""
    return dict(zip(map(str, QUANTILES), np.quantile(values, QUANTILES).tolist(), strict=True))


def histogram(values: Floats) -> Histogram:
    """Shares of the values in equal bins between the 1st and 99th percentile; the outer bins include the tails."""
    low, high = np.quantile(values, [HISTOGRAM_TAIL, 1 - HISTOGRAM_TAIL])
    if low == high:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(np.clip(values, low, high), bins=HISTOGRAM_BINS, range=(low, high))
    return Histogram(edges=edges.tolist(), shares=(counts / len(values)).tolist())


def level_shares(codes: Floats, outcomes: Floats, levels: Sequence[str]) -> list[tuple[str, float, float]]:
    """(level, share of the known values, default rate) of the levels that occur, by descending share."""
    known = ~np.isnan(codes)
    indices = codes[known].astype(int)
    counts = np.bincount(indices, minlength=len(levels))
    defaults = np.bincount(indices, weights=outcomes[known], minlength=len(levels))
    order = [int(index) for index in np.argsort(-counts, kind="stable") if counts[index]]
    total = int(known.sum())
    return [(levels[index], int(counts[index]) / total, float(defaults[index]) / int(counts[index])) for index in order]


def reference_level(model: Model, population: Population) -> tuple[float, Floats]:
    """The baseline of explanations: the just accepted applicants' mean log-odds and mean contributions (features,)."""
    base, contributions = model.contributions(population.matrix[population.masks["just_accepted"]], threads=0)
    mean = contributions.mean(axis=0)
    return base + float(mean.sum()), mean
