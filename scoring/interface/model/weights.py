"""Global importance, by feature and by theme."""

from __future__ import annotations

from scoring.applicants.in_words import field_label
from scoring.artifact.importance import Importance
from scoring.artifact.load import Artifact
from scoring.charts import beeswarm, svg, themes_figure, themes_table
from scoring.interface.html import element, figure_html, words
from scoring.interface.model.parts import paragraph, section
from scoring.lender.roles import BIRTH
from scoring.markup import Table
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import number, percent, text


def weights_section(artifact: Artifact, language: Language) -> str:
    """The whole section."""
    importance, reads = artifact.importance, _reads(artifact, language)
    if importance is None:
        return section("weights", [paragraph("model.no_importance", language), *reads], language)
    labels = {item.feature.name: item.feature.label for item in artifact.model.features}
    strongest = _strongest(importance, {name: label[language] for name, label in labels.items()}, language)
    drawn = [
        figure_html(svg(themes_figure, importance, language), themes_table(importance, language), language),
        figure_html(svg(beeswarm, importance, labels, language), strongest, language),
    ]
    applicants = number(importance.applicants, language, 0)
    intro = paragraph("model.weights.who", language, applicants=applicants)
    return section("weights", [intro, element("div", "".join(drawn), "cs-figures"), *reads], language)


def _reads(artifact: Artifact, language: Language) -> list[str]:
    """Which fields of an application the model reads and which it does not, to unfold, and why age is asked for."""
    reads = artifact.reads
    sides = {key: [name for name in fields() if (name in reads) == (key == "reads")] for key in ("reads", "unread")}
    history = len(reads) - len(sides["reads"])
    parts = []
    for key, names in sides.items():
        summary = text(f"model.{key}", language, count=len(names), total=len(fields()), history=history)
        listed = words("p", ", ".join(field_label(name, language) for name in names), "cs-small")
        parts.append(element("details", words("summary", summary) + listed))
    return parts if BIRTH in reads else [*parts, paragraph("model.why_birth", language)]


def _strongest(importance: Importance, labels: dict[str, str], language: Language) -> Table:
    total = sum(importance.features.values())
    rows: list[tuple[str, ...]] = [
        (labels[swarm.feature], number(weight, language, 3), percent(weight / total, language))
        for swarm in importance.swarms
        for weight in (importance.features[swarm.feature],)
    ]
    headers = tuple(text(f"model.chart.{key}", language) for key in ("feature", "weight", "share"))
    return Table(text("chart.beeswarm", language), headers, rows)
