"""Where the applicant stands among a population: three characteristics, each with its own menu under its plot."""

from __future__ import annotations

import gradio as gr

from scoring.answers import POPULATIONS
from scoring.charts import Table, comparison_figure, comparison_table
from scoring.comparison import compare
from scoring.features import ModelFeature, field_feature, restated_fields, unjoined_features
from scoring.fields import Feature, Language, fields
from scoring.interface.case import Case, Shown
from scoring.interface.html import element, figure_html, page, table_html, words
from scoring.similar import similar
from scoring.wording import percent, text, value_in_words

PLOTS = 3


def comparable(features: tuple[ModelFeature, ...]) -> list[Feature]:
    """What an applicant can be compared on: the model's features, and what else an application gives."""
    known = {item.feature.name for item in features} | set(restated_fields())
    raw = [field_feature(field) for field in fields().values() if not field.protected]
    beside = [feature for feature in (*raw, *unjoined_features()) if feature.name not in known]
    return [item.feature for item in features] + beside


def similar_html(case: Case) -> str:
    """The past applicants alike as a table, under what they are and are not."""
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
    table = table_html(Table(answer.note, (*headers, *amounts), rows))
    title = words("h3", text("screen.similar", language))
    return page([title, element("div", table, "cs-scroll")], language, "cs-card cs-similar")


def main_characteristics(case: Case) -> list[str]:
    """The strongest features of this applicant, of as many kinds as there are, one for each factor."""
    features = {item.feature.name: item.feature for item in case.service.artifact.model.features}
    parts = [part for theme in case.explanation.themes for part in theme.features]
    ordered = [features[part.feature] for part in sorted(parts, key=lambda part: -abs(part.contribution))]
    by_factor: dict[str, Feature] = {}
    by_kind: dict[str, Feature] = {}
    for feature in ordered:
        if by_factor.setdefault(feature.factor, feature) is feature:
            by_kind.setdefault(feature.kind, feature)
    of_each_kind = [feature.name for feature in by_kind.values()]
    others = [feature.name for feature in by_factor.values() if feature.name not in of_each_kind]
    return [*of_each_kind, *others][:PLOTS]


class PopulationTab:
    """The components of the tab and what they show."""

    def __init__(self, features: tuple[ModelFeature, ...], language: Language) -> None:
        with gr.Row(elem_classes="cs-pair"):
            self.intro = gr.HTML(apply_default_css=False)
            self.population = gr.Dropdown(self._populations(language), value=POPULATIONS[0], elem_id="population")
        self.plots: list[gr.HTML] = []
        self.menus: list[gr.Dropdown] = []
        with gr.Row(elem_classes="cs-pair"):
            for place in range(PLOTS):
                with gr.Column(min_width=280):
                    self.plots.append(gr.HTML(apply_default_css=False, elem_id=f"plot-{place}"))
                    menu = gr.Dropdown(self._choices(features, language), value=None, elem_id=f"characteristic-{place}")
                    self.menus.append(menu)
        self.similar = gr.HTML(apply_default_css=False, elem_id="similar")

    def _populations(self, language: Language) -> list[tuple[str, str]]:
        return [(text(f"population.{name}", language), name) for name in POPULATIONS]

    def _choices(self, features: tuple[ModelFeature, ...], language: Language) -> list[tuple[str, str]]:
        """Every characteristic under the name of its theme, so that the menu is grouped and can be searched."""
        return sorted(
            (f"{text(f'theme.{item.theme}', language)} · {item.label[language]}", item.name)
            for item in comparable(features)
        )

    def relabel(self, features: tuple[ModelFeature, ...], language: Language) -> Shown:
        """The tab's own words in a language."""
        choices, label = self._choices(features, language), text("screen.characteristic", language)
        menus: Shown = {menu: {"choices": choices, "label": label} for menu in self.menus}
        intro = page([words("p", text("screen.population_intro", language), "cs-intro")], language)
        populations = {"choices": self._populations(language), "label": text("screen.compare_with", language)}
        return {self.intro: {"value": intro}, self.population: populations, **menus}

    def draw(self, case: Case, population: str, characteristics: list[str | None]) -> Shown:
        """All plots; an applicant's main characteristics unless the reader chose others."""
        chosen = main_characteristics(case) if None in characteristics else characteristics
        shown: Shown = {self.similar: {"value": similar_html(case)}}
        for place, name in enumerate(chosen):
            shown |= {self.menus[place]: {"value": name}, **self.draw_plot(case, population, place, str(name))}
        return shown

    def draw_plot(self, case: Case, population: str, place: int, characteristic: str) -> Shown:
        """One plot, drawn by the kind of its characteristic."""
        answer = compare(case.service, case.assessment, characteristic, population)
        figure = comparison_figure(answer, case.language)
        return {
            self.plots[place]: {"value": figure_html(figure, comparison_table(answer, case.language), case.language)}
        }
