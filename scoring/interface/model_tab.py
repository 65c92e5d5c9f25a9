"""The model's page for a reviewer: identity, threshold, performance, treatment of groups, and drift.

It needs no applicant. What depends on the model alone is drawn once per version and language; trying a cost ratio only
reads the cost curve, and changes nothing on the other tabs.
"""

from __future__ import annotations

from functools import lru_cache

import gradio as gr

from scoring.interface.case import Case, Shown
from scoring.interface.html import page
from scoring.interface.model.accuracy import accuracy_section
from scoring.interface.model.card import card_section
from scoring.interface.model.drift import drift_section
from scoring.interface.model.groups import groups_section
from scoring.interface.model.quality import quality_section
from scoring.interface.model.recourse import recourse_section
from scoring.interface.model.summary import summary_html
from scoring.interface.model.threshold import HIGHEST, LOWEST, STEP, amounts_html, ratio_html, served_ratio, why_section
from scoring.interface.model.validation import validation_section
from scoring.interface.model.version import version_section
from scoring.interface.model.weights import weights_section
from scoring.serving.service import Service
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text


@lru_cache(maxsize=len(LANGUAGES))
def before_threshold(service: Service, language: Language) -> str:
    """Summary, version, and the reasons for the threshold."""
    artifact = service.artifact
    parts = [summary_html(service, language), version_section(artifact, language), why_section(artifact, language)]
    return page(parts, language, "cs-model")


@lru_cache(maxsize=len(LANGUAGES))
def after_threshold(service: Service, language: Language) -> str:
    """All sections after the threshold."""
    artifact = service.artifact
    parts = [
        accuracy_section(artifact, language),
        weights_section(artifact, language),
        groups_section(artifact, language),
        quality_section(artifact, language),
        recourse_section(artifact, language),
        validation_section(service, language),
        drift_section(service, language),
        card_section(artifact, language),
    ]
    return page(parts, language, "cs-model")


class ModelTab:
    """The components of the tab and what they show."""

    def __init__(self) -> None:
        self.before = gr.HTML(apply_default_css=False, elem_id="model-before")
        self.ratio = gr.Slider(LOWEST, HIGHEST, value=LOWEST, step=STEP, elem_id="cost-ratio")
        self.ratio_view = gr.HTML(apply_default_css=False, elem_id="model-weighed")
        self.oversight = gr.HTML(apply_default_css=False, elem_id="model-used", elem_classes="cs-slot")
        self.after = gr.HTML(apply_default_css=False, elem_id="model-after")

    @property
    def views(self) -> list[gr.HTML]:
        """The components that are recomputed when the tab is drawn."""
        return [self.before, self.ratio_view, self.oversight, self.after]

    def relabel(self, service: Service | None, language: Language) -> Shown:
        """The slider's labels in a language; it is hidden for the amount cost function, which has no ratio."""
        by_ratio = service is not None and served_ratio(service.artifact) is not None
        label, info = text("model.slider", language), text("model.slider_info", language)
        return {self.ratio: {"label": label, "info": info, "visible": by_ratio}}

    def reset(self, service: Service) -> Shown:
        """The slider at the served ratio, within its range."""
        return {self.ratio: {"value": min(max(served_ratio(service.artifact) or LOWEST, LOWEST), HIGHEST)}}

    def draw(
        self, service: Service, ratio: float | None, case: Case | None, language: Language, oversight: str = ""
    ) -> Shown:
        """The whole tab; `ratio` is the slider's, None for the served one; `oversight` how the model is used."""
        return {
            self.before: {"value": before_threshold(service, language)},
            self.oversight: {"value": oversight},
            self.after: {"value": after_threshold(service, language)},
            **({} if ratio else self.reset(service)),
            **self.draw_ratio(service, ratio, case, language),
        }

    def draw_ratio(self, service: Service, ratio: float | None, case: Case | None, language: Language) -> Shown:
        """The part that depends on the slider."""
        served = served_ratio(service.artifact)
        if served is None:
            drawn = amounts_html(service.artifact, language)
        else:
            drawn = ratio_html(service.artifact, ratio or served, case, language)
        return {self.ratio_view: {"value": page([drawn], language, "cs-model")}}
