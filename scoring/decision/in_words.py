"""An expected cost, score points, and a probability beside the limits of the decision, in words."""

from __future__ import annotations

import math

from scoring.answers.applicant import CostUnit, CurvePoint, Score
from scoring.words.language import Language
from scoring.words.wording import amount, digits_apart, number, text


def cost_in_words(cost: float, unit: CostUnit, language: Language) -> str:
    """An expected cost as its unit is written."""
    return amount(cost, language) if unit == "currency" else number(cost, language, 2)


def points_in_words(points: float, band: str, language: Language, key: str = "points.in_band") -> str:
    """Score points with their band, without a fraction, so that they never read as those of the next band.

    `key` is "points.in_band", or "points.short" under a heading.
    """
    return text(key, language, points=number(math.floor(points), language, 0), band=band)


def digits_of(decided: Score | CurvePoint) -> int:
    """The decimals of a probability: one, but at a limit as many as show on which side of it the applicant is."""
    return digits_apart(decided.probability, [*decided.referral_band, decided.threshold])
