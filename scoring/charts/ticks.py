"""Ticks of a quantity's axis, written as its unit is."""

from __future__ import annotations

from scoring.words.language import Language
from scoring.words.wording import amount, percent, short_number

MOST_TICKS = 5


def tick_label(tick: float, unit: str, language: Language) -> str:
    """A tick's label; its unit stands once, beside the axis."""
    if unit == "amount":
        return amount(tick, language)
    return percent(tick, language) if unit == "share" else short_number(tick, language, 2)
