"""The Explanation tab: the waterfall by theme, and that of one theme's features."""

from __future__ import annotations

import gradio as gr

from scoring.charts import theme_waterfall, theme_waterfall_table, waterfall, waterfall_table
from scoring.interface.case import Case, Shown
from scoring.interface.drawings import drawing
from scoring.interface.html import page, words
from scoring.schema.features import ModelFeature
from scoring.words.language import Language
from scoring.words.wording import text


class ExplanationTab:
    """The components of the tab and what they show."""

    def __init__(self, features: tuple[ModelFeature, ...], language: Language) -> None:
        with gr.Row(elem_classes="cs-pair"):
            self.intro = gr.HTML(apply_default_css=False)
            self.theme = gr.Dropdown(self._choices(features, language), value=None, elem_id="theme")
        with gr.Row(elem_classes="cs-pair"):
            self.waterfall = gr.HTML(apply_default_css=False, elem_id="waterfall")
            self.opened = gr.HTML(apply_default_css=False, elem_id="theme-waterfall")

    def _choices(self, features: tuple[ModelFeature, ...], language: Language) -> list[tuple[str, str]]:
        themes = {item.feature.theme for item in features}
        return sorted((text(f"theme.{theme}", language), theme) for theme in themes)

    def relabel(self, features: tuple[ModelFeature, ...], language: Language) -> Shown:
        """The tab's own words in a language."""
        intro = page([words("p", text("screen.explanation_intro", language), "cs-intro")], language)
        label = text("screen.open_theme", language)
        return {
            self.intro: {"value": intro},
            self.theme: {"choices": self._choices(features, language), "label": label},
        }

    def draw(self, case: Case, theme: str) -> Shown:
        """Both waterfalls, one theme open."""
        figure = drawing(waterfall, waterfall_table, case.explanation, case.language)
        return {self.waterfall: {"value": figure}, self.theme: {"value": theme}, **self.draw_theme(case, theme)}

    def draw_theme(self, case: Case, theme: str) -> Shown:
        """One theme's features."""
        figure = drawing(theme_waterfall, theme_waterfall_table, case.explanation, case.language, theme)
        return {self.opened: {"value": figure}}
