"""Global importance, by feature and by theme."""

from __future__ import annotations

from scoring.artifact.importance import Importance
from scoring.artifact.load import Artifact
from scoring.charts import beeswarm, svg, themes_figure, themes_table
from scoring.interface.html import element, figure_html
from scoring.interface.model.parts import section, told
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, text


def weights_section(artifact: Artifact, language: Language) -> str:
    """The whole section."""
    importance = artifact.importance
    if importance is None:
        return section("weights", [told("model.no_importance", language)], language)
    labels = {item.feature.name: item.feature.label for item in artifact.model.features}
    strongest = _strongest(importance, {name: label[language] for name, label in labels.items()}, language)
    drawn = [
        figure_html(svg(themes_figure, importance, language), themes_table(importance, language), language),
        figure_html(svg(beeswarm, importance, labels, language), strongest, language),
    ]
    applicants = number(importance.applicants, language, 0)
    intro = told("model.weights.who", language, applicants=applicants)
    return section("weights", [intro, element("div", "".join(drawn), "cs-figures")], language)


def _strongest(importance: Importance, labels: dict[str, str], language: Language) -> Table:
    total = sum(importance.features.values())
    rows: list[tuple[str, ...]] = [
        (labels[swarm.feature], number(weight, language, 3), percent(weight / total, language))
        for swarm in importance.swarms
        for weight in (importance.features[swarm.feature],)
    ]
    headers = tuple(text(f"model.chart.{key}", language) for key in ("feature", "weight", "share"))
    return Table(text("chart.beeswarm", language), headers, rows)
