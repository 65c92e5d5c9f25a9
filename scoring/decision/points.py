"""Probabilities of default as points that people can carry: more points, less risk.

A scale says that `base` points mean odds of repaying of `odds` to 1, and that every `double` points more double them
(Siddiqi, 2006, "Credit Risk Scorecards", chapter 6):

    points = offset + factor * ln(odds of repaying),   factor = double / ln 2,   offset = base - factor * ln(odds).

The map falls strictly with the log-odds of default, so that points keep the order of probabilities and every decision.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats
from scoring.decision.parameters import check_parameter
from scoring.errors import InvalidInputError
from scoring.strict import MalformedError, Number, Positive, strict, wrong

# Beyond these, points are numbers that nobody could carry, or all the same.
FURTHEST_BASE, MOST_ODDS, MOST_DOUBLE = 100_000.0, 1_000_000.0, 10_000.0
LEAST_DOUBLE = 0.01


@dataclass(frozen=True)
class PointsScale:
    """A scale of points.

    Args:
        base: points at these odds. 600.
        odds: repayers for each defaulter at the base. 50, with 20 to double them the example of Siddiqi, 2006.
        double: points that double the odds.

    Raises:
        InvalidInputError: a parameter is not allowed; the message names it, its value and what is allowed.
    """

    base: float = 600.0
    odds: float = 50.0
    double: float = 20.0

    def __post_init__(self) -> None:
        check_parameter("Points", "base", self.base, -FURTHEST_BASE, FURTHEST_BASE)
        check_parameter("Points", "odds", self.odds, 1 / MOST_ODDS, MOST_ODDS)
        check_parameter("Points", "double", self.double, LEAST_DOUBLE, MOST_DOUBLE)

    @property
    def factor(self) -> float:
        """Points for each unit of log-odds."""
        return self.double / math.log(2)

    @property
    def offset(self) -> float:
        """Points at even odds."""
        return self.base - self.factor * math.log(self.odds)

    def points(self, log_odds: Floats | float) -> Floats:
        """The points for log-odds of default, in the same shape; not rounded."""
        return self.offset - self.factor * np.asarray(log_odds, dtype=np.float64)

    def log_odds(self, points: Floats | float) -> Floats:
        """The log-odds of default for points: the inverse of `points`."""
        return (self.offset - np.asarray(points, dtype=np.float64)) / self.factor


@strict
@dataclass(frozen=True)
class ScaleAsWritten:
    """A scale in an artifact's manifest; `offset` and `factor` are there for readers and must follow from the rest."""

    base: Number
    odds: Positive
    double: Positive
    offset: Number
    factor: Positive

    def __post_init__(self) -> None:
        for name in ("offset", "factor"):
            follows = getattr(self.scale, name)
            if not math.isclose(getattr(self, name), follows, rel_tol=1e-9, abs_tol=1e-6):
                raise wrong(name, getattr(self, name), f"{follows:g} follows from base, odds and double")

    @property
    def scale(self) -> PointsScale:
        """The scale.

        Raises:
            MalformedError: a parameter is not allowed.
        """
        try:
            return PointsScale(self.base, self.odds, self.double)
        except InvalidInputError as error:
            raise MalformedError(str(error)) from error


def scale_to_json(scale: PointsScale) -> dict[str, float]:
    """A scale as the manifest holds it."""
    return {
        "base": scale.base,
        "odds": scale.odds,
        "double": scale.double,
        "offset": scale.offset,
        "factor": scale.factor,
    }
