"""The levels of a characteristic, as in figure and table."""

from __future__ import annotations

import math
from dataclasses import replace

from scoring.answers.population import Comparison, LevelShare, PopulationName
from scoring.words.language import Language
from scoring.words.wording import percent, text

MOST_LEVELS = 12
OUTCOME_POPULATIONS: tuple[PopulationName, ...] = ("repaid", "defaulted")
# A default rate over fewer applicants is noise, and could identify individuals.
FEWEST_FOR_RATE = 30


def has_rates(population: PopulationName) -> bool:
    """Whether default rates mean anything: not where the population is chosen by its outcome."""
    return population not in OUTCOME_POPULATIONS


def _other(levels: list[LevelShare], language: Language) -> LevelShare:
    share = math.fsum(level.share for level in levels)
    defaults = math.fsum(level.share * level.default_rate for level in levels)
    return LevelShare(
        text("chart.other_levels", language, count=len(levels)), share, defaults / share if share else math.nan
    )


def shown_levels(comparison: Comparison, language: Language) -> list[LevelShare]:
    """At most twelve levels by descending share and one for the others; the applicant's own is always among them.

    A level that nobody in the population has is listed with a share of 0. The default rate of a level with fewer than
    thirty applicants, or none, is left out (NaN).
    """
    known = comparison.population.size * (1 - comparison.population.missing)
    return [
        replace(level, default_rate=level.default_rate if level.share * known >= FEWEST_FOR_RATE else math.nan)
        for level in _listed(comparison, language)
    ]


def rate_in_words(level: LevelShare, language: Language) -> str:
    """A level's default rate, or why there is none."""
    if math.isnan(level.default_rate):
        return text("chart.too_few" if level.share else "chart.none_there", language)
    return percent(level.default_rate, language)


def _listed(comparison: Comparison, language: Language) -> list[LevelShare]:
    levels = list(comparison.population.levels or [])
    known = {level.level for level in levels}
    wanted = [comparison.value] if isinstance(comparison.value, str) else []
    if comparison.kind == "yes_no":
        wanted = [text("yes", language), text("no", language)]
    levels += [LevelShare(level, 0.0, math.nan) for level in wanted if level not in known]
    if comparison.kind == "yes_no":
        return sorted(levels, key=lambda level: wanted.index(level.level))
    if len(levels) <= MOST_LEVELS:
        return levels
    own = [level for level in levels[MOST_LEVELS - 1 :] if level.level == comparison.value]
    kept = levels[: MOST_LEVELS - len(own)] + own
    return [*kept, _other([level for level in levels if level not in kept], language)]
