"""An expected cost in words."""

from __future__ import annotations

from scoring.answers.applicant import CostUnit
from scoring.words.language import Language
from scoring.words.wording import amount, number


def cost_in_words(cost: float, unit: CostUnit, language: Language) -> str:
    """An expected cost as its unit is written."""
    return amount(cost, language) if unit == "currency" else number(cost, language, 2)
