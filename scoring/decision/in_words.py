"""An expected cost, and score points, in words."""

from __future__ import annotations

import math

from scoring.answers.applicant import CostUnit
from scoring.words.language import Language
from scoring.words.wording import amount, number, text


def cost_in_words(cost: float, unit: CostUnit, language: Language) -> str:
    """An expected cost as its unit is written."""
    return amount(cost, language) if unit == "currency" else number(cost, language, 2)


def points_in_words(points: float, band: str, language: Language, key: str = "points.in_band") -> str:
    """Score points with their band, without a fraction, so that they never read as those of the next band.

    `key` is "points.in_band", or "points.short" under a heading.
    """
    return text(key, language, points=number(math.floor(points), language, 0), band=band)
