"""The steps of a waterfall, as in figure and table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from scoring.answers.applicant import Explanation
from scoring.words.language import Language
from scoring.words.wording import number, text, value_in_words

MOST_STEPS = 9
# Changes below a tenth of a point get one more decimal, so that they do not show as zero.
SMALL_CHANGE = 0.1


@dataclass(frozen=True)
class Step:
    """One contribution, from one level of log-odds to the next; `value` in words, "" for a whole theme."""

    label: str
    value: str
    start: float
    end: float

    @property
    def points(self) -> float:
        """The change of probability at this step of the waterfall, in percentage points."""
        return 100 * (probability(self.end) - probability(self.start))


@dataclass(frozen=True)
class Waterfall:
    """Steps from a named first level to this applicant's."""

    title: str
    start_label: str
    start: float
    steps: list[Step]


def probability(log_odds: float) -> float:
    """The probability at a level of log-odds."""
    return 1 / (1 + math.exp(-log_odds))


def points_in_words(step: Step, language: Language) -> str:
    """The change of probability with its sign, also where it is too small to show."""
    size = abs(step.points)
    sign = "" if step.end == step.start else "+" if step.end > step.start else "−"
    shown = number(size, language, 2 if size < SMALL_CHANGE else 1)
    return text("chart.points", language, number=sign + shown)


def _steps(start: float, parts: Sequence[tuple[str, str, float]], rest_label: str) -> list[Step]:
    """Steps by descending size; if there are too many, the smallest are combined in a last one."""
    ordered = sorted(parts, key=lambda part: -abs(part[2]))
    if rest := ordered[MOST_STEPS:]:
        ordered = [*ordered[:MOST_STEPS], (rest_label, "", math.fsum(change for *_, change in rest))]
    levels = list(accumulate((change for *_, change in ordered), initial=start))
    return [Step(label, value, *ends) for (label, value, _), ends in zip(ordered, pairwise(levels), strict=True)]


def theme_steps(explanation: Explanation, language: Language) -> Waterfall:
    """From the just accepted applicants' level to this applicant's, theme by theme."""
    parts = [(theme.label, "", theme.contribution) for theme in explanation.themes]
    return Waterfall(
        title=text("chart.waterfall", language),
        start_label=text("chart.just_accepted", language),
        start=explanation.base,
        steps=_steps(explanation.base, parts, text("chart.other_themes", language)),
    )


def feature_steps(explanation: Explanation, theme: str, language: Language) -> Waterfall:
    """From this applicant's level without a theme's contributions to the level with them, item by item.

    Raises:
        KeyError: the explanation has no such theme.
    """
    opened = {part.theme: part for part in explanation.themes}[theme]
    start = explanation.log_odds - opened.contribution
    parts = [
        (item.label, value_in_words(item.value, item.unit, language), item.contribution) for item in opened.features
    ]
    return Waterfall(
        title=text("chart.theme_waterfall", language, theme=opened.label),
        start_label=text("chart.before_theme", language),
        start=start,
        steps=_steps(start, parts, text("chart.other_features", language)),
    )
