"""An expected cost in words, and a probability beside the limits of the decision."""

from __future__ import annotations

from scoring.answers.applicant import CostUnit, CurvePoint, Score
from scoring.words.language import Language
from scoring.words.wording import amount, digits_apart, number


def cost_in_words(cost: float, unit: CostUnit, language: Language) -> str:
    """An expected cost as its unit is written."""
    return amount(cost, language) if unit == "currency" else number(cost, language, 2)


def digits_of(decided: Score | CurvePoint) -> int:
    """The decimals of a probability: one, but at a limit as many as show on which side of it the applicant is."""
    return digits_apart(decided.probability, [*decided.referral_band, decided.threshold])
