"""Bands of score points, by the names that the lender gives them.

A band says no more than the points do: more points are never in a riskier band, and no decision reads it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from unicodedata import category

import numpy as np

from scoring.arrays import Floats
from scoring.decision.points import PointsScale
from scoring.strict import MalformedError, Number, short, wrong
from scoring.words.language import LANGUAGES, Language, Words
from scoring.words.wording import text

LONGEST_NAME = 40
MOST_BANDS = 50
# Where the usual grades begin, the riskiest but one first: each is half or twice the odds of repaying of the next.
USUAL_ODDS = (3.125, 6.25, 12.5, 25.0, 50.0)
USUAL_GRADES = "FEDCBA"


@dataclass(frozen=True)
class ScoreBand:
    """A band of points by the lender's name for it, from `least` points up to the next band."""

    name: Words
    least: float


@dataclass(frozen=True)
class ScoreBands:
    """The lender's bands, the riskiest first: its `least` is minus infinity, and the others rise.

    Raises:
        MalformedError: they do not, there are none or too many, or a name is empty, too long or that of two bands.
    """

    bands: tuple[ScoreBand, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.bands) <= MOST_BANDS:
            raise MalformedError(f"{len(self.bands)} bands of points, while 1 to {MOST_BANDS} are wanted")
        if self.bands[0].least != -math.inf:
            raise MalformedError("the first band of points has a lower limit, while it is wanted without")
        for before, after in pairwise(self.bands):
            if not before.least < after.least < math.inf:
                raise wrong(f"least of {after.name.en!r}", after.least, f"more than {before.least:g} is wanted")
        for language in LANGUAGES:
            self._check_names([band.name[language] for band in self.bands], language)

    def _check_names(self, names: Sequence[str], language: Language) -> None:
        for place, name in enumerate(names):
            if not name.strip() or len(name) > LONGEST_NAME or any(category(one).startswith("C") for one in name):
                raise wrong(f"a name ({language})", name, f"1 to {LONGEST_NAME} characters that can be seen are wanted")
            if name in names[:place]:
                raise MalformedError(f"{short(name)} ({language}) is the name of two bands")

    def places(self, points: Floats | float) -> np.ndarray:
        """The index of the band of each number of points; those on a limit are in the band above it."""
        return np.searchsorted([band.least for band in self.bands], points, side="right") - 1

    def name(self, points: float, language: Language) -> str:
        """The name of the band that points are in."""
        return self.bands[int(self.places(points))].name[language]

    def names(self, points: Floats, language: Language) -> np.ndarray:
        """The names of the bands that points are in, in the same shape."""
        return np.array([band.name[language] for band in self.bands])[self.places(points)]


def usual_bands(scale: PointsScale) -> ScoreBands:
    """The bands of a lender that names none: six grades, which begin at odds of repaying of 50, 25, 12.5 and so on."""
    limits = [-math.inf, *(float(scale.points(-math.log(odds))) for odds in USUAL_ODDS)]
    return ScoreBands(
        tuple(
            ScoreBand(Words(*(text("band.grade", language, grade=grade) for language in LANGUAGES)), least)
            for grade, least in zip(USUAL_GRADES, limits, strict=True)
        )
    )


@dataclass(frozen=True)
class BandAsWritten:
    """A band in an artifact's manifest; `least` is null for the riskiest."""

    name: Words
    least: Number | None


def bands_to_json(bands: ScoreBands) -> list[dict[str, Any]]:
    """Bands as the manifest holds them."""
    return [
        {
            "name": {language: band.name[language] for language in LANGUAGES},
            "least": None if math.isinf(band.least) else band.least,
        }
        for band in bands.bands
    ]


def bands_from_json(written: Sequence[Mapping[str, Any]]) -> ScoreBands:
    """Bands from what a manifest holds, each of the shape of `BandAsWritten`.

    Raises:
        MalformedError: they are not bands.
    """
    return ScoreBands(
        tuple(
            ScoreBand(Words(**band["name"]), -math.inf if band["least"] is None else band["least"]) for band in written
        )
    )
