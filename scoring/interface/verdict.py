"""A recommendation as it is shown everywhere: in word and icon, and its probability on a scale."""

from __future__ import annotations

import math

from scoring.answers.applicant import Outcome, Score
from scoring.decision.in_words import digits_of
from scoring.decision.rule import OUTCOMES
from scoring.interface.html import element, icon, words
from scoring.words.language import Language
from scoring.words.wording import percent, text

# The scale extends at least this far, so that those of two applicants are comparable.
LEAST_REACH = 0.3
REACH_STEP = 0.1
# Near the ends, labels are anchored at one side to stay inside the scale.
NEAR_END = 0.12


def decision_words(outcome: Outcome, language: Language) -> str:
    """A decision with its icon."""
    name = words("span", text(f"decision.{outcome}", language))
    return element("span", icon(outcome) + name, f"cs-decision cs-{outcome}")


def _reach(furthest: float) -> float:
    """The upper end of the scale: a round share that includes all that it shows."""
    return max(LEAST_REACH, min(1.0, math.ceil(round(furthest / REACH_STEP, 6)) * REACH_STEP))


def _threshold(place: float, label: str) -> str:
    """The labelled line of the threshold; `place` in [0, 1]."""
    side = "start" if place < NEAR_END else "end" if place > 1 - NEAR_END else "middle"
    return element(
        "span", words("span", label), f"cs-marker cs-threshold cs-at-{side}", style=f"left:{100 * place:.2f}%"
    )


def scale_html(score: Score, language: Language) -> str:
    """The probability on a scale with the threshold and the band between approving and refusing."""
    low, high = score.referral_band
    reach, digits = _reach(max(score.probability, high)), digits_of(score)
    shown = {key: percent(share, language, digits) for key, share in (("p", score.probability), ("t", score.threshold))}
    band = {"low": percent(low, language, digits), "high": percent(high, language, digits)}
    sizes = {"approve": low / reach, "refer": (high - low) / reach, "refuse": 1 - high / reach}
    zones = "".join(
        element("span", "", f"cs-zone cs-{key}", style=f"width:{100 * sizes[key]:.2f}%") for key in OUTCOMES
    )
    own = element("span", "", "cs-marker cs-own", style=f"left:{100 * score.probability / reach:.2f}%")
    threshold = _threshold(score.threshold / reach, text("screen.threshold", language, threshold=shown["t"]))
    label = text("screen.scale", language, probability=shown["p"], threshold=shown["t"], **band)
    end = words("span", percent(reach, language, 0), "cs-end")
    keys = "".join(
        element(
            "li", element("i", "", f"cs-zone cs-{key}") + words("span", text(f"screen.zone.{key}", language, **band))
        )
        for key in OUTCOMES
    )
    track = element("div", element("div", zones, "cs-bar") + threshold + own + end, "cs-track")
    return element("div", track, "cs-scale", role="img", aria_label=label) + element("ul", keys, "cs-keys")
