"""The Population tab: the applicant among a population, on three characteristics and in a scatter plot."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from scoring.answers.population import POPULATIONS
from scoring.assessment.comparison import compare
from scoring.assessment.scatter import scatter
from scoring.assessment.similar import similar
from scoring.charts import comparison_figure, comparison_table, scatter_figure, scatter_table
from scoring.interface.case import Case, Shown
from scoring.interface.drawings import drawing
from scoring.interface.html import page, scrolling, table_html, words
from scoring.lender.roles import CREDIT, INCOME
from scoring.markup import Table
from scoring.schema.features import ModelFeature, field_feature, restated_fields, unjoined_features
from scoring.schema.fields import Feature, fields
from scoring.words.language import Language
from scoring.words.wording import percent, text, value_in_words

PLOTS = 3
# Quantities of the scatter plot if the applicant's main features include fewer than two.
SPARE_PAIR = (CREDIT, INCOME)


def comparable(features: tuple[ModelFeature, ...]) -> list[Feature]:
    """The characteristics to compare on: the model's features, and other data of an application."""
    known = {item.feature.name for item in features} | set(restated_fields())
    raw = [field_feature(field) for field in fields().values() if not field.protected]
    beside = [feature for feature in (*raw, *unjoined_features()) if feature.name not in known]
    return [item.feature for item in features] + beside


def similar_html(case: Case) -> str:
    """A table of similar past applicants, under a note on what they are."""
    language, answer = case.language, similar(case.service.artifact, case.assessment)
    amounts = [
        text("screen.about", language, label=fields()[name].label[language]) for name in answer.applicants[0].about
    ]
    headers = tuple(
        text(key, language)
        for key in ("screen.likeness", "screen.became", "screen.probability", "screen.decided_today")
    )
    rows = [
        (
            percent(past.likeness, language, 0),
            text(f"similar.outcome.{past.outcome}", language),
            percent(past.probability, language),
            text(f"decision.{past.decision}", language),
            *(value_in_words(value, "amount", language) for value in past.about.values()),
        )
        for past in answer.applicants
    ]
    title = text("screen.similar", language)
    table = table_html(Table(title, (*headers, *amounts), rows))
    note = words("p", answer.note, "cs-small")
    parts = [words("h3", title), note, scrolling(table, title)]
    return page(parts, language, "cs-card cs-similar")


def _by_factor(case: Case) -> list[Feature]:
    """The feature of each factor with the largest contribution for this applicant, strongest first."""
    features = {item.feature.name: item.feature for item in case.service.artifact.model.features}
    parts = [part for theme in case.explanation.themes for part in theme.features]
    found: dict[str, Feature] = {}
    for part in sorted(parts, key=lambda part: -abs(part.contribution)):
        found.setdefault(features[part.feature].factor, features[part.feature])
    return list(found.values())


def main_characteristics(case: Case) -> tuple[str, ...]:
    """This applicant's strongest features, one per factor, covering as many kinds as possible."""
    by_kind: dict[str, Feature] = {}
    for feature in _by_factor(case):
        by_kind.setdefault(feature.kind, feature)
    of_each_kind = [feature.name for feature in by_kind.values()]
    others = [feature.name for feature in _by_factor(case) if feature.name not in of_each_kind]
    return tuple([*of_each_kind, *others][:PLOTS])


def main_pair(case: Case) -> tuple[str, str]:
    """The two known quantities with the largest contributions for this applicant."""
    known = {part.feature for theme in case.explanation.themes for part in theme.features if part.value is not None}
    found = [item.name for item in _by_factor(case) if item.kind == "quantitative" and item.name in known]
    across, up = [*found, *(name for name in SPARE_PAIR if name not in found)][:2]
    return across, up


class PopulationTab:
    """The components of the tab and what they show."""

    def __init__(self, features: tuple[ModelFeature, ...], language: Language) -> None:
        with gr.Row(elem_classes="cs-pair"):
            self.intro = gr.HTML(apply_default_css=False)
            self.population = gr.Dropdown(self._populations(language), value=POPULATIONS[0], elem_id="population")
        self.plots: list[gr.HTML] = []
        self.menus: list[gr.Dropdown] = []
        choices = self._choices(features, language)
        # The scatter plot, which is tall, stands under the first plot, often low: so both columns end near each other.
        with gr.Row(elem_classes="cs-pair"):
            with gr.Column(min_width=280):
                self._plot(choices)
                quantities = self._choices(features, language, quantities=True)
                with gr.Row(elem_classes="cs-axes"):
                    self.scatter_axes = [
                        gr.Dropdown(quantities, value=None, elem_id=f"scatter-{name}") for name in ("across", "up")
                    ]
                self.scatter = gr.HTML(apply_default_css=False, elem_id="scatter")
            with gr.Column(min_width=280):
                for _ in range(1, PLOTS):
                    self._plot(choices)
        self.similar = gr.HTML(apply_default_css=False, elem_id="similar")

    def _plot(self, choices: list[tuple[str, str]]) -> None:
        """A plot under the menu of what it shows."""
        index = len(self.plots)
        self.menus.append(gr.Dropdown(choices, value=None, elem_id=f"characteristic-{index}"))
        self.plots.append(gr.HTML(apply_default_css=False, elem_id=f"plot-{index}"))

    @property
    def all_menus(self) -> list[gr.Dropdown]:
        """The menus of the plots and of the scatter plot."""
        return [*self.menus, *self.scatter_axes]

    def _populations(self, language: Language) -> list[tuple[str, str]]:
        return [(text(f"population.{name}", language), name) for name in POPULATIONS]

    def _choices(
        self, features: tuple[ModelFeature, ...], language: Language, quantities: bool = False
    ) -> list[tuple[str, str]]:
        """All characteristics, prefixed with their theme, so that the menu is grouped and searchable."""
        return sorted(
            (f"{text(f'theme.{item.theme}', language)} · {item.label[language]}", item.name)
            for item in comparable(features)
            if item.kind == "quantitative" or not quantities
        )

    def relabel(self, features: tuple[ModelFeature, ...], language: Language) -> Shown:
        """The tab's own words in a language."""
        choices, label = self._choices(features, language), text("screen.characteristic", language)
        menus: Shown = {menu: {"choices": choices, "label": label} for menu in self.menus}
        intro = page([words("p", text("screen.population_intro", language), "cs-intro")], language)
        populations = {"choices": self._populations(language), "label": text("screen.compare_with", language)}
        quantities = self._choices(features, language, quantities=True)
        for menu, key in zip(self.scatter_axes, ("screen.across", "screen.up"), strict=True):
            menus[menu] = {"choices": quantities, "label": text(key, language)}
        return {self.intro: {"value": intro}, self.population: populations, **menus}

    def draw(self, case: Case, population: str, characteristics: Sequence[str], pair: Sequence[str]) -> Shown:
        """All plots, and the similar past applicants."""
        shown: Shown = {self.similar: {"value": similar_html(case)}}
        for place, name in enumerate(characteristics):
            shown |= {self.menus[place]: {"value": name}, **self.draw_plot(case, population, place, name)}
        shown |= {menu: {"value": name} for menu, name in zip(self.scatter_axes, pair, strict=True)}
        return {**shown, **self.draw_scatter(case, population, *pair)}

    def draw_plot(self, case: Case, population: str, place: int, characteristic: str) -> Shown:
        """One plot, of the type that suits its characteristic."""
        answer = compare(case.service.artifact, case.assessment, characteristic, population)
        return {self.plots[place]: {"value": drawing(comparison_figure, comparison_table, answer, case.language)}}

    def draw_scatter(self, case: Case, population: str, across: str, up: str) -> Shown:
        """The scatter plot."""
        answer = scatter(case.service.artifact, case.assessment, across, up, population)
        return {self.scatter: {"value": drawing(scatter_figure, scatter_table, answer, case.language)}}
