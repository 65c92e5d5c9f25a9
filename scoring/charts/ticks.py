"""A quantity's axis: its name, and ticks written as its unit is."""

from __future__ import annotations

from scoring.words.language import Language
from scoring.words.wording import amount, percent, short_number, text

MOST_TICKS = 5
# Units that a tick does not show by itself, as an amount or a percentage does.
NAMED_UNITS = ("years", "months", "days", "score")


def axis_name(label: str, unit: str, language: Language) -> str:
    """What an axis measures, with its unit where the ticks do not show it."""
    if unit not in NAMED_UNITS:
        return label
    return text("chart.in_unit", language, label=label, unit=text(f"axis.{unit}", language))


def tick_label(tick: float, unit: str, language: Language) -> str:
    """A tick's label; a named unit stands once, in the axis' name."""
    if unit == "amount":
        return amount(tick, language)
    return percent(tick, language) if unit == "share" else short_number(tick, language, 2)
