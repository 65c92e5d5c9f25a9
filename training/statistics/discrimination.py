"""How well probabilities rank: AUC with its interval, Kolmogorov-Smirnov with its place, gains and lift.

`probabilities` are of default and `outcomes` 1 for payment difficulties, else 0, both of shape (n,), with at least one
applicant of either kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

from scoring.arrays import Floats

# Half the width of a 95 % interval, in standard errors.
NORMAL = float(norm.ppf(0.975))
TENTHS = 10


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """A difference with its 95 % interval and the two-sided p-value of no difference."""

    value: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Separation:
    """The Kolmogorov-Smirnov distance: the largest gap between the shares of defaulters and of repayers refused.

    Refusing at or above `probability` refuses the share `refused` of all applicants, `defaulters` of those who
    defaulted and `repayers` of those who repaid; `distance` is the difference of the last two.
    """

    distance: float
    probability: float
    refused: float
    defaulters: float
    repayers: float


@dataclass(frozen=True)
class Gain:
    """A tenth of the applicants from the highest risk down, and all of them down to it.

    `captured` is the share of all defaulters among these applicants and those above, `lift` their default rate over
    everybody's.
    """

    applicants: int
    defaults: int
    lowest: float
    captured: float
    lift: float


def _placements(probabilities: Floats, outcomes: Floats) -> tuple[Floats, Floats]:
    """For each defaulter the share of repayers below, for each repayer the share of defaulters above; ties half.

    Their means are the AUC; computed from midranks (Sun and Xu, 2014, "Fast Implementation of DeLong's Algorithm").
    """
    bad, good = probabilities[outcomes == 1], probabilities[outcomes == 0]
    pooled = rankdata(np.concatenate([bad, good]))
    below = (pooled[: len(bad)] - rankdata(bad)) / len(good)
    above = 1 - (pooled[len(bad) :] - rankdata(good)) / len(bad)
    return below, above


def auc(probabilities: Floats, outcomes: Floats) -> Interval:
    """The AUC with the interval of DeLong, DeLong and Clarke-Pearson, 1988, cut to [0, 1]."""
    below, above = _placements(probabilities, outcomes)
    value = float(below.mean())
    reach = NORMAL * np.sqrt(_variance(below) + _variance(above))
    return Interval(value, max(0.0, value - reach), min(1.0, value + reach))


def _variance(placements: Floats) -> float:
    """The variance of a mean; 0 for a single value, from which it cannot be estimated."""
    return float(placements.var(ddof=1)) / len(placements) if len(placements) > 1 else 0.0


def auc_difference(first: Floats, second: Floats, outcomes: Floats) -> Difference:
    """The first AUC minus the second on the same applicants, paired (DeLong et al., 1988)."""
    sides = [_placements(probabilities, outcomes) for probabilities in (first, second)]
    below, above = (sides[0][index] - sides[1][index] for index in (0, 1))
    value, spread = float(below.mean()), float(np.sqrt(_variance(below) + _variance(above)))
    p_value = float(2 * norm.sf(abs(value) / spread)) if spread else 1.0
    return Difference(value, value - NORMAL * spread, value + NORMAL * spread, p_value)


def unpaired(first: Interval, second: Interval) -> Interval:
    """The first figure minus the second, of different applicants, both with normal intervals."""
    reach = float(np.hypot((first.high - first.low) / 2, (second.high - second.low) / 2))
    value = first.value - second.value
    return Interval(value, value - reach, value + reach)


def separation(probabilities: Floats, outcomes: Floats) -> Separation:
    """The Kolmogorov-Smirnov distance and where it lies; of equal ones, that with the highest probability."""
    order = np.argsort(-probabilities, kind="stable")
    ranked, bad = probabilities[order], outcomes[order]
    # Equal probabilities are refused together.
    last = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    defaulters = np.cumsum(bad)[last] / bad.sum()
    repayers = np.cumsum(1 - bad)[last] / (1 - bad).sum()
    index = int((defaulters - repayers).argmax())
    return Separation(
        distance=float(defaulters[index] - repayers[index]),
        probability=float(ranked[last[index]]),
        refused=float((last[index] + 1) / len(ranked)),
        defaulters=float(defaulters[index]),
        repayers=float(repayers[index]),
    )


def gains(probabilities: Floats, outcomes: Floats, parts: int = TENTHS) -> list[Gain]:
    """The applicants in parts of equal number, from the highest probability down; equal ones in the order given."""
    order = np.argsort(-probabilities, kind="stable")
    found, seen, caught = [], 0, 0
    for part in np.array_split(order, parts):
        defaults = int(outcomes[part].sum())
        seen, caught = seen + len(part), caught + defaults
        captured = caught / float(outcomes.sum())
        lowest = float(probabilities[part].min())
        found.append(Gain(len(part), defaults, lowest, captured, captured / (seen / len(order))))
    return found
