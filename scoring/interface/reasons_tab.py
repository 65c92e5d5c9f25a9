"""The Reasons tab: one ranked list of what speaks against and for the application, each opening beside it.

Inline SVG and HTML alone; a reason opens in the browser, without a call of the server.
"""

from __future__ import annotations

import gradio as gr

from scoring.answers.applicant import Reason, Score
from scoring.answers.population import Comparison
from scoring.applicants.in_words import field_label
from scoring.artifact.reads import fields_of
from scoring.assessment.comparison import compare
from scoring.decision.in_words import cost_in_words
from scoring.documents.reasons import (
    LEAST_POINTS_SHOWN,
    beside_usual_in_words,
    effect_in_words,
    headline,
    needs_label,
    points_of,
)
from scoring.documents.summary import beyond_training
from scoring.interface.bar import field_link
from scoring.interface.case import Case, Shown
from scoring.interface.html import element, page, words
from scoring.interface.strip import place_in_words, plot_html, strip_html
from scoring.schema.features import ModelFeature
from scoring.schema.fields import fields
from scoring.schema.sayings import sayings_of
from scoring.words.language import Language
from scoring.words.wording import number, text, value_in_words

# So many of the reasons on either side come first.
MAIN = 2
# The population of the pictures.
AMONG = "accepted"


def ranked(reasons: list[Reason], probability: float) -> list[Reason]:
    """The main reasons on either side by what they change of a probability, then the others likewise."""
    by_size = sorted(reasons, key=lambda reason: -abs(points_of(reason, probability)))
    sides = [[reason for reason in by_size if (reason.contribution > 0) == raises] for raises in (True, False)]
    main = [reason.feature for side in sides for reason in side[:MAIN]]
    return sorted(by_size, key=lambda reason: reason.feature not in main)


def _effect(reason: Reason, probability: float, language: Language) -> str:
    """What a reason adds or takes: a sign and a number for the eye, a sentence for the ear."""
    raises = reason.contribution > 0
    points = abs(points_of(reason, probability))
    shown = ("+" if raises else "−") + number(points, language, 1)
    if points < LEAST_POINTS_SHOWN:
        shown = f"&lt;{number(2 * LEAST_POINTS_SHOWN, language, 1)}"
    arrow = '<path d="M12 5l7 12H5z"/>' if raises else '<path d="M12 19L5 7h14z"/>'
    drawn = f'<svg class="cs-arrow" viewBox="0 0 24 24" aria-hidden="true">{arrow}</svg>'
    spoken = words("span", effect_in_words(reason, probability, language), "cs-spoken")
    return element(
        "span",
        drawn + element("b", shown, aria_hidden="true") + spoken,
        f"cs-effect cs-{'against' if raises else 'for'}",
    )


def _row(reason: Reason, comparison: Comparison, probability: float, language: Language) -> str:
    value = value_in_words(reason.value, reason.unit, language)
    standing = beside_usual_in_words(reason, language)
    labelled = needs_label(reason)
    name = words("span", text("chart.item", language, label=reason.label, value="")) if labelled else ""
    parts = [name + words("b", value)] if reason.value is not None else []
    beside = element("small", " · ".join([*parts, words("span", standing)] if standing else parts))
    sentence = element("span", words("span", headline(reason, language), "cs-label") + beside, "cs-told")
    return element(
        "summary", _effect(reason, probability, language) + sentence + strip_html(reason, comparison, language)
    )


def _opened(case: Case, reason: Reason, comparison: Comparison) -> str:
    """What a reason opens into: its place among others, what it is, and the fields of the form behind it."""
    language = case.language
    kind = "levels" if comparison.population.levels else "quantity"
    parts = [words("h3", reason.label), plot_html(reason, comparison, language)]
    parts += [
        words("p", place_in_words(reason, comparison, language)),
        words("p", text(f"reasons.key.{kind}", language), "cs-small"),
    ]
    if sayings := sayings_of(reason.feature, reason.factor):
        pairs = {"meaning": sayings.meaning, "source": sayings.source, "change": sayings.change}
        listed = "".join(
            words("dt", text(f"reasons.{key}", language)) + words("dd", said[language]) for key, said in pairs.items()
        )
        parts.append(element("dl", listed, "cs-about"))
    behind = [name for name in fields_of(_item(case, reason)) if fields()[name].editable]
    if reason.can_change is not None:
        parts.append(words("p", text(f"reason.{'can' if reason.can_change else 'cannot'}_change", language)))
    if links := "".join(element("li", field_link(name, field_label(name, language))) for name in behind):
        parts += [words("p", text("reasons.try", language), "cs-small"), element("ul", links, "cs-links")]
    return element("div", "".join(parts), "cs-opened")


def _item(case: Case, reason: Reason) -> ModelFeature:
    features = case.service.artifact.model.features
    return next(item for item in features if item.feature.name == reason.feature)


def reasons_html(case: Case) -> str:
    """The ranked list, with what each reason opens into."""
    language, probability = case.language, case.score.probability
    if not case.reasons:
        return words("p", text("comment.no_points", language))
    listed = []
    for reason in ranked(case.reasons, probability):
        comparison = compare(case.service.artifact, case.assessment, reason.feature, AMONG)
        opened = _row(reason, comparison, probability, language) + _opened(case, reason, comparison)
        listed.append(element("li", element("details", opened, name="reason")))
    title = words("h2", text("reasons.title", language), "cs-spoken")
    note = words("p", text("reasons.note", language), "cs-small")
    return title + element("ol", "".join(listed), "cs-reasons") + note


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
    return element("section", element("dl", "".join(rows), "cs-costs") + unit, "cs-card")


def _warnings(case: Case) -> str:
    """Warnings before deciding, without those that are said above all tabs."""
    language, own = case.language, case.assessment
    said = [text("warning.synthetic", language), *beyond_training(own.values, case.service.artifact, language)]
    others = [warning for warning in case.score.warnings if warning not in said]
    if not others:
        return ""
    listed = element("ul", "".join(words("li", warning) for warning in others))
    return element("section", words("h3", text("screen.warnings", language)) + listed, "cs-card cs-warnings")


class ReasonsTab:
    """The component of the tab and what it shows."""

    def __init__(self) -> None:
        self.view = gr.HTML(apply_default_css=False, elem_id="reasons")

    def draw(self, case: Case) -> Shown:
        """The reasons of a case."""
        parts = [_warnings(case), reasons_html(case), _costs(case.score, case.language)]
        return {self.view: {"value": page(parts, case.language, "cs-reasons-tab")}}
