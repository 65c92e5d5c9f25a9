"""Where one applicant stands among others, as a small picture: inline SVG in the colours of the page."""

from __future__ import annotations

from html import escape

from scoring.answers.applicant import Reason
from scoring.answers.population import Comparison, Histogram, LevelShare
from scoring.markup import element, words
from scoring.words.language import Language
from scoring.words.wording import frequency_in_words, percent, text, value_in_words

WIDTH, HEIGHT = 160.0, 32.0
# The applicant's mark stays visible at either end.
MARK = 3.0
# Levels that a plot names, beside the applicant's own.
MOST_NAMED = 5


def strip_html(reason: Reason, comparison: Comparison, language: Language, classes: str = "cs-strip") -> str:
    """The picture of a reason's value among a population; the sentence of `place_in_words` is its label.

    A quantity is drawn as a histogram with what is usual shaded, anything else as the shares of its levels.
    """
    drawn = ""
    if comparison.population.histogram:
        drawn = _quantity(reason, comparison.population.histogram)
    elif comparison.population.levels:
        drawn = _levels(reason, comparison.population.levels)
    label = escape(place_in_words(reason, comparison, language))
    return (
        f'<svg class="{classes}" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}">{drawn}</svg>'
    )


def plot_html(reason: Reason, comparison: Comparison, language: Language) -> str:
    """The same larger and with words on it: a quantity's ends, or the most frequent levels with the applicant's."""
    place = comparison.population
    if place.levels:
        return _named_levels(reason, place.levels, language)
    ends = place.histogram.edges[:: len(place.histogram.edges) - 1] if place.histogram else []
    named = "".join(words("span", value_in_words(end, reason.unit, language)) for end in ends)
    return strip_html(reason, comparison, language, "cs-place") + element("div", named, "cs-ends")


def _named_levels(reason: Reason, levels: list[LevelShare], language: Language) -> str:
    shown = [level for place, level in enumerate(levels) if place < MOST_NAMED or level.level == reason.value]
    rows = []
    for level in shown:
        bar = element("i", "", style=f"width:{100 * level.share / levels[0].share:.1f}%")
        name = (
            words("span", level.level)
            + element("span", bar, "cs-length")
            + words("b", percent(level.share, language, 0))
        )
        rows.append(element("li", name, "cs-own-level" if level.level == reason.value else ""))
    return element("ol", "".join(rows), "cs-levels")


def place_in_words(reason: Reason, comparison: Comparison, language: Language) -> str:
    """Where the applicant stands: "higher than 83 in 100 accepted applicants", or how many have the same."""
    if comparison.value is None:
        return text("place.missing", language, missing=percent(comparison.population.missing, language, 0))
    if reason.lower is None or reason.higher is None:
        levels = comparison.population.levels or []
        share = next((level.share for level in levels if level.level == comparison.value), 0.0)
        return frequency_in_words("same", share, language)
    same = 1 - reason.lower - reason.higher
    if same > max(reason.lower, reason.higher):
        return frequency_in_words("same", same, language)
    return frequency_in_words("higher", reason.lower, language)


def _quantity(reason: Reason, histogram: Histogram) -> str:
    low, high = histogram.edges[0], histogram.edges[-1]

    def across(value: float) -> float:
        return WIDTH * min(max((value - low) / (high - low), 0.0), 1.0)

    usual = [value for value in reason.usual_range if isinstance(value, (int, float))]
    band = _bar(across(usual[0]), 0.0, max(across(usual[-1]) - across(usual[0]), 1.0), HEIGHT, "cs-usual")
    tallest, step = max(histogram.shares), WIDTH / len(histogram.shares)
    path = "".join(
        f"M{place * step:.1f} {HEIGHT:g}v-{HEIGHT * share / tallest:.1f}h{step - 0.6:.1f}V{HEIGHT:g}z"
        for place, share in enumerate(histogram.shares)
        if share
    )
    own = ""
    if isinstance(reason.value, (int, float)):
        own = _bar(min(max(across(reason.value) - MARK / 2, 0.0), WIDTH - MARK), 0.0, MARK, HEIGHT, "cs-self")
    return (band if usual else "") + f'<path class="cs-others" d="{path}"/>' + own


def _levels(reason: Reason, levels: list[LevelShare]) -> str:
    drawn, start = [], 0.0
    for level in levels:
        width = WIDTH * level.share
        kind = "cs-self" if level.level == reason.value else "cs-others"
        drawn.append(_bar(start, HEIGHT / 4, max(width - 1.0, 0.5), HEIGHT / 2, kind))
        start += width
    return "".join(drawn)


def _bar(left: float, top: float, width: float, height: float, kind: str) -> str:
    return element("rect", "", kind, x=f"{left:.1f}", y=f"{top:g}", width=f"{width:.1f}", height=f"{height:g}")
