"""The Decision tab: the recommendation, how certain it is, what it costs, and why, in words."""

from __future__ import annotations

import math

import gradio as gr

from scoring.answers import Outcome, Reason, Score
from scoring.decision.in_words import cost_in_words
from scoring.decision.rule import OUTCOMES
from scoring.documents.reasons import standing_in_words
from scoring.interface.case import Case, Shown
from scoring.interface.html import element, icon, page, words
from scoring.interface.plan_cards import plan_line
from scoring.serving.service import with_responsiveness
from scoring.words.language import Language
from scoring.words.wording import digits_apart, percent, text, value_in_words

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


def _marker(place: float, label: str, classes: str) -> str:
    """A labelled line across the scale; `place` in [0, 1]."""
    side = "start" if place < NEAR_END else "end" if place > 1 - NEAR_END else "middle"
    return element("span", words("span", label), f"cs-marker {classes} cs-at-{side}", style=f"left:{100 * place:.2f}%")


def scale_html(score: Score, language: Language) -> str:
    """The probability on a scale with the threshold and the band between approving and refusing."""
    low, high = score.referral_band
    reach = _reach(max(score.probability, high))
    # At an edge, enough decimals to show on which side the applicant is.
    digits = digits_apart(score.probability, [low, score.threshold, high])
    told = {key: percent(share, language, digits) for key, share in (("p", score.probability), ("t", score.threshold))}
    band = {"low": percent(low, language, digits), "high": percent(high, language, digits)}
    sizes = {"approve": low / reach, "refer": (high - low) / reach, "refuse": 1 - high / reach}
    zones = "".join(
        element("span", "", f"cs-zone cs-{key}", style=f"width:{100 * sizes[key]:.2f}%") for key in OUTCOMES
    )
    threshold = text("screen.threshold", language, threshold=told["t"])
    label = text("screen.scale", language, probability=told["p"], threshold=told["t"], **band)
    markers = _marker(score.threshold / reach, threshold, "cs-threshold") + _marker(
        score.probability / reach, told["p"], "cs-own"
    )
    ticks = "".join(
        words("span", percent(tick * REACH_STEP, language, 0)) for tick in range(round(reach / REACH_STEP) + 1)
    )
    keys = "".join(
        element(
            "li", element("i", "", f"cs-zone cs-{key}") + words("span", text(f"screen.zone.{key}", language, **band))
        )
        for key in OUTCOMES
    )
    drawn = element("div", element("div", zones, "cs-bar") + markers, "cs-track")
    figure = element("div", drawn + element("div", ticks, "cs-ticks"), "cs-scale", role="img", aria_label=label)
    return figure + element("ul", keys, "cs-keys")


def _costs(score: Score, language: Language) -> str:
    """The expected cost of either choice, with the lower one marked."""
    expected = score.expected_cost
    costs = {"approve": expected.approve, "refuse": expected.refuse}
    rows = []
    for choice, cost in costs.items():
        lower = words("small", text("screen.lower", language)) if cost == min(costs.values()) else ""
        name = words("dt", text(f"screen.cost_{choice}", language))
        rows.append(name + element("dd", words("b", cost_in_words(cost, expected.unit, language)) + lower))
    unit = words("p", text(f"screen.cost_unit.{expected.unit}", language), "cs-small")
    return element("dl", "".join(rows), "cs-costs") + unit


def _reason(reason: Reason, probability: float, language: Language) -> str:
    standing = standing_in_words(reason, probability, language)
    value = value_in_words(reason.value, reason.unit, language)
    told = words("span", reason.label, "cs-label") + words("b", value)
    told += words("small", standing[:1].upper() + standing[1:]) if standing else ""
    if reason.can_change is not None:
        key = "reason.can_change" if reason.can_change else "reason.cannot_change"
        told += words("small", text(key, language), "cs-small")
    return element("li", told)


def _reasons(score: Score, language: Language) -> str:
    title = words("h3", text("screen.reasons", language))
    if not score.reasons:
        return title + words("p", text("screen.no_reasons", language))
    told = "".join(_reason(reason, score.probability, language) for reason in score.reasons)
    usual = words("p", text("screen.usual_note", language), "cs-small")
    return title + element("ol", told, "cs-reasons") + usual


def _warnings(score: Score, language: Language) -> str:
    """Warnings before deciding, without the one on made-up data, which is shown above all tabs."""
    told = [warning for warning in score.warnings if warning != text("warning.synthetic", language)]
    if not told:
        return ""
    listed = element("ul", "".join(words("li", warning) for warning in told))
    return element("section", words("h3", text("screen.warnings", language)) + listed, "cs-card cs-warnings")


def decision_html(score: Score, how_sure: str, comment: str, language: Language, plan: str = "") -> str:
    """The whole tab; `plan` is the line on what would be approved, in HTML."""
    probability = words("span", text("screen.probability", language)) + words(
        "b", percent(score.probability, language), "cs-figure-number"
    )
    sure = words("h3", text("screen.how_sure", language)) + words("p", how_sure, "cs-sure")
    verdict = decision_words(score.decision, language) + words("p", score.summary) + plan + sure
    measure = element("p", probability, "cs-probability") + scale_html(score, language)
    cards = [
        element("section", verdict, "cs-card cs-verdict"),
        element("section", measure + _costs(score, language), "cs-card cs-measure"),
        element("section", _reasons(score, language), "cs-card cs-why"),
    ]
    told = words("h3", text("record.comment", language)) + words("p", comment)
    cards.append(element("section", told, "cs-card cs-comment"))
    return page([*cards, _warnings(score, language)], language, "cs-decision-tab")


class DecisionTab:
    """The components of the tab and what they show."""

    def __init__(self) -> None:
        self.view = gr.HTML(apply_default_css=False, elem_id="decision")

    def draw(self, case: Case) -> Shown:
        """The decision of a case."""
        score = with_responsiveness(case.score, case.recourse)
        decided = decision_html(score, case.how_sure, case.comment, case.language, plan_line(case))
        return {self.view: {"value": decided}}
