"""The screen put together: header and tabs, what they show of a case, and in which language.

What a hidden tab would show is not computed until the tab is opened. Which event calls what stands in
`scoring.interface.binding`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import gradio as gr
from gradio.components import Component

from scoring.answers import POPULATIONS
from scoring.documents.record import Verdict
from scoring.interface.case import Case, Shown, kept, together
from scoring.interface.decision_tab import DecisionTab
from scoring.interface.explanation_tab import ExplanationTab
from scoring.interface.header import Header
from scoring.interface.model_tab import ModelTab
from scoring.interface.population_tab import PopulationTab, main_characteristics, main_pair
from scoring.interface.record_tab import RecordTab
from scoring.interface.what_if_tab import WhatIfTab, notice_of
from scoring.lender.features import ModelFeature
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text

TABS = ("decision", "explanation", "population", "what_if", "record", "model")
DEFAULT_LANGUAGE: Language = "en"


@dataclass(frozen=True)
class Menus:
    """What the menus at the figures show: the open theme, the characteristics of the plots and the pair of the scatter.

    Empty until their tab is opened. The page keeps it by itself: the menus hold hundreds of choices, which a browser
    copies again and again for each event that they are handed over with.
    """

    theme: str = ""
    characteristics: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """What the reader has chosen on the tabs: in the menus, a population, a decision, the cost ratio to try."""

    menus: Menus = Menus()
    population: str = POPULATIONS[0]
    verdict: Verdict | None = None
    ratio: float | None = None


NOTHING_CHOSEN = Reader()


def browser_language(accepted: str) -> Language:
    """The first language of an Accept-Language header that the screen speaks."""
    for wanted in accepted.lower().split(","):
        for spoken in LANGUAGES:
            if wanted.strip().startswith(spoken):
                return spoken
    return DEFAULT_LANGUAGE


def features_of(state: State) -> tuple[ModelFeature, ...]:
    """The features of the model that is served, none without one."""
    return state.served.artifact.model.features if state.served else ()


class Screen:
    """The page's components and what they show; the server holds of a reader only how often it filled their form.

    `chosen`, `last`, `visible`, `menus` and `drawn` are kept by the page itself: who is shown, the last changes that
    were allowed, the tab in front, what its menus show, and the revision of the model that everything was drawn for.
    `again` is what the page is to ask once more, with all that it shows as the answer. `filled` counts how often the
    server has filled the form for this page, `received` of which of these the page knows.
    """

    def __init__(self, state: State) -> None:
        features = features_of(state)
        self.drawn = gr.Textbox("", visible=False)
        self.chosen = gr.JSON(visible=False)
        self.last = gr.JSON(visible=False)
        self.visible = gr.Textbox(TABS[0], visible=False)
        self.menus = gr.JSON(visible=False)
        self.filled = gr.State(0)
        self.header = Header(state, DEFAULT_LANGUAGE)
        self.tabs: dict[str, gr.Tab] = {}
        with gr.Tabs(selected=TABS[0], visible=False, elem_id="tabs") as self.tab_bar:
            with self._tab("decision"):
                self.decision = DecisionTab()
            with self._tab("explanation"):
                self.explanation = ExplanationTab(features, DEFAULT_LANGUAGE)
            with self._tab("population"):
                self.population = PopulationTab(features, DEFAULT_LANGUAGE)
            with self._tab("what_if"):
                self.what_if = WhatIfTab(DEFAULT_LANGUAGE)
            with self._tab("record"):
                self.record = RecordTab(DEFAULT_LANGUAGE)
            with self._tab("model"):
                self.model = ModelTab()
        # A page takes an answer in the order in which its components were made: what was received counts once the form
        # is there, and what is to be asked again is asked after that.
        self.received = gr.Number(0, precision=0, visible=False)
        self.again = gr.Textbox("", visible=False)

    def _tab(self, name: str) -> gr.Tab:
        self.tabs[name] = gr.Tab(text(f"screen.tab.{name}", DEFAULT_LANGUAGE), id=name)
        return self.tabs[name]

    @property
    def views(self) -> dict[str, list[Component]]:
        """What each tab computes anew for each case."""
        return {
            "decision": [self.decision.view],
            "explanation": [self.explanation.waterfall, self.explanation.opened],
            "population": [*self.population.plots, self.population.scatter, self.population.similar],
            "what_if": [self.what_if.result, self.what_if.suggestions],
            "record": [self.record.view],
            "model": [*self.model.views],
        }

    @property
    def all_views(self) -> list[Component]:
        """The views of every tab."""
        return [view for views in self.views.values() for view in views]

    @property
    def all_menus(self) -> list[Component]:
        """The menus at the figures."""
        return [self.explanation.theme, *self.population.all_menus]

    @property
    def remembered(self) -> list[Any]:
        """What the page hands over with every event."""
        chosen = [self.header.language, self.population.population]
        own = [self.record.outcome, self.record.reason, self.model.ratio]
        kept_by_page = [self.drawn, self.chosen, self.last, self.visible, self.menus, self.filled, self.received]
        return [*kept_by_page, *chosen, *own, *self.what_if.entries]

    def drawn_by(self, tab: str) -> list[Any]:
        """What drawing one tab may change: gradio takes time for each component that an event could change."""
        frame = [self.header.application, self.header.problem, self.last, self.what_if.problem]
        beside: dict[str, list[Any]] = {
            "explanation": [self.menus, self.explanation.theme],
            "population": [self.menus, *self.population.all_menus],
            "what_if": [self.what_if.reset, *self.what_if.plans],
            "model": [self.model.ratio],
        }
        return [*frame, *self.views[tab], *beside.get(tab, [])]

    @property
    def shown(self) -> list[Any]:
        """Everything on the page that an event may change."""
        header = [self.header.title, self.header.picker, self.header.new, self.header.problem, self.header.application]
        own_words = [self.explanation.intro, self.population.intro, self.what_if.problem, self.what_if.reset]
        own_words += self.what_if.plans
        kept = [*self.remembered, self.again, *self.all_menus]
        headings = self.what_if.headings.values()
        return [*kept, *header, *own_words, *self.all_views, *headings, self.tab_bar, *self.tabs.values()]

    def keep(self, menus: Menus) -> Shown:
        """What the menus show from now on."""
        return {self.menus: {"value": asdict(menus)}}

    def relabel(self, state: State, language: Language) -> Shown:
        """All words of the page that belong to no case, in a language."""
        tabs: Shown = {tab: {"label": text(f"screen.tab.{name}", language)} for name, tab in self.tabs.items()}
        menus = (part.relabel(features_of(state), language) for part in (self.explanation, self.population))
        others = (part.relabel(language) for part in (self.what_if, self.record))
        drawn: Shown = {self.drawn: {"value": state.revision}}
        own = (self.header.relabel(state, language), self.model.relabel(state.served, language))
        return together(tabs, drawn, *own, *menus, *others)

    def cleared(self, but: str = "") -> Shown:
        """Every tab emptied, except one: nobody else's figures may show while new ones are drawn."""
        return {view: {"value": ""} for name, views in self.views.items() if name != but for view in views}

    def choose(self, case: Case, tab: str) -> Shown:
        """The page for a newly chosen applicant: the form filled, the applicant's own main themes in front."""
        frame: Shown = {
            self.chosen: {"value": {"applicant_id": case.applicant.applicant_id}},
            self.tab_bar: {"visible": True, "selected": tab},
            self.visible: {"value": tab},
            **{each: {"interactive": True} for each in self.tabs.values()},
            **{menu: {"value": None} for menu in self.all_menus},
        }
        own = (self.keep(Menus()), self.what_if.fill(case), self.record.emptied())
        return together(frame, *own, self.refresh(case, tab))

    def review(self, service: Service, language: Language) -> Shown:
        """The page for whoever reviews the model, with nobody chosen: no other tab can be opened."""
        front = "model"
        # Hidden ones would come into sight as they are opened first: gradio renders a tab's content only then.
        tabs: Shown = {tab: {"interactive": name == front} for name, tab in self.tabs.items()}
        frame: Shown = {self.tab_bar: {"visible": True, "selected": front}, self.visible: {"value": front}}
        return together(tabs, frame, self.model.draw(service, None, None, language))

    def refresh(self, case: Case, tab: str, reader: Reader = NOTHING_CHOSEN) -> Shown:
        """The page after its case changed: the visible tab drawn, the hidden ones emptied until they are opened."""
        return together(self.cleared(but=tab), self.draw(case, tab, reader))

    def draw(self, case: Case, tab: str, reader: Reader = NOTHING_CHOSEN) -> Shown:
        """The header and one tab. What stands in the way of a score is said where the reader is looking."""
        notice = notice_of(case)
        notices: Shown = {
            self.header.problem: {"value": "" if tab == "what_if" else notice},
            self.what_if.problem: {"value": notice},
        }
        frame = together(self.header.draw(case), {self.last: {"value": kept(case)}}, notices)
        if case.lacks and tab not in ("what_if", "model"):
            return together(frame, {view: {"value": ""} for view in self.views[tab]})
        return together(frame, self._tab_drawn(case, tab, reader))

    def _tab_drawn(self, case: Case, tab: str, reader: Reader) -> Shown:
        match tab:
            case "decision":
                return self.decision.draw(case)
            case "explanation":
                theme = reader.menus.theme or case.explanation.themes[0].theme
                menus = replace(reader.menus, theme=theme)
                return together(self.explanation.draw(case, theme), self._kept(reader, menus))
            case "population":
                return self._population_drawn(case, reader)
            case "record":
                return self.record.draw(case, reader.verdict)
            case "model":
                return self.model.draw(case.service, reader.ratio, case, case.language)
            case _:
                return self.what_if.draw(case)

    def _population_drawn(self, case: Case, reader: Reader) -> Shown:
        """The plots of what the reader chose, at first of what weighs most for this applicant."""
        characteristics = reader.menus.characteristics or main_characteristics(case)
        pair = reader.menus.pair or main_pair(case)
        menus = replace(reader.menus, characteristics=characteristics, pair=pair)
        drawn = self.population.draw(case, reader.population, characteristics, pair)
        return together(drawn, self._kept(reader, menus))

    def _kept(self, reader: Reader, menus: Menus) -> Shown:
        return {} if menus == reader.menus else self.keep(menus)
