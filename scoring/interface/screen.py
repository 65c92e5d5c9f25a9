"""The whole screen: bar, tabs, list and the model's page, and what they show of a case in each language.

A hidden tab is not computed until it is opened. `scoring.interface.binding` says which event calls which handler.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import gradio as gr
from gradio.components import Component

from scoring.answers.population import POPULATIONS
from scoring.cases.policy import Policy
from scoring.interface.case import Case, Shown, kept, together
from scoring.interface.curve_view import FIRST_CURVE, CurveChoice
from scoring.interface.explanation_tab import ExplanationTab
from scoring.interface.header import Header
from scoring.interface.model_tab import ModelTab
from scoring.interface.population_tab import PopulationTab, main_characteristics, main_pair
from scoring.interface.portfolio_view import PortfolioView
from scoring.interface.reasons_tab import ReasonsTab
from scoring.interface.record_tab import RecordTab
from scoring.interface.scenarios_view import Changes, stored
from scoring.interface.standing import DeskView, own_decision_html
from scoring.interface.stored import AllowedChanges, Chosen, ChosenMenus, of_shape
from scoring.interface.what_if_tab import WhatIfTab, notice_of
from scoring.interface.worklist_view import WorklistView
from scoring.schema.features import ModelFeature
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.words.language import DEFAULT_LANGUAGE, Language
from scoring.words.wording import text

TABS = ("reasons", "explanation", "population", "what_if", "record")
# Pages of their own, without a case: the model, and files of applications.
MODEL: Literal["model"] = "model"
PORTFOLIO: Literal["portfolio"] = "portfolio"
PAGES = (MODEL, PORTFOLIO)
Place = Literal["list", "case", "model", "portfolio"]


@dataclass(frozen=True)
class Menus:
    """What the menus of the figures show: the open theme, the plots' characteristics and the scatter plot's two axes.

    Empty until their tab is opened. The page stores this apart from the menus themselves, whose hundreds of choices a
    browser would copy for every event that sends them.
    """

    theme: str = ""
    characteristics: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """What the reader has chosen on the tabs: menus, population and the cost ratio to try.

    With what is drawn for this reader alone: the desk, and for a reviewer how the model is used, as HTML.
    """

    menus: Menus = Menus()
    population: str = POPULATIONS[0]
    desk: DeskView | None = None
    oversight: str = ""
    ratio: float | None = None
    curve: CurveChoice = FIRST_CURVE
    scenarios: Sequence[Changes] = ()


NOTHING_CHOSEN = Reader()


def features_of(state: State) -> tuple[ModelFeature, ...]:
    """The features of the served model; none if no model is served."""
    return state.served.artifact.model.features if state.served else ()


class Screen:
    """The page's components and what they show. The only state on the server is `fills_sent`.

    The page itself stores `chosen` (the applicant), `allowed_changes` (the last changes to the form that were valid),
    `open_tab`, `menus` (what they show) and `drawn_revision` (the model revision for which everything was drawn). For
    `scoring.interface.retry`, `retry_request` names the event that the page is to send again; `fills_sent` counts how
    often the server has filled this page's form, `fills_seen` how many of these fills the page has received.
    """

    def __init__(self, state: State, policy: Policy) -> None:
        self.policy = policy
        features = features_of(state)
        self.drawn_revision = gr.Textbox("", visible=False)
        self.chosen = of_shape(gr.JSON(visible=False), Chosen | None)
        self.allowed_changes = of_shape(gr.JSON(visible=False), AllowedChanges | None)
        self.open_tab = gr.Textbox(TABS[0], visible=False)
        self.menus = of_shape(gr.JSON(visible=False), ChosenMenus | None)
        self.seen = gr.JSON(visible=False)
        # In the document, unseen: clicks in our own HTML write into it what is to be done.
        self.command = gr.Textbox("", visible="hidden", elem_id="command")
        self.fills_sent = gr.State(0)
        self.header = Header(DEFAULT_LANGUAGE)
        self.worklist = WorklistView(DEFAULT_LANGUAGE)
        self.tabs: dict[str, gr.Tab] = {}
        with gr.Tabs(selected=TABS[0], visible=False, elem_id="tabs") as self.tab_bar:
            with self._tab("reasons"):
                self.reasons = ReasonsTab()
            with self._tab("explanation"):
                self.explanation = ExplanationTab(features, DEFAULT_LANGUAGE)
            with self._tab("population"):
                self.population = PopulationTab(features, DEFAULT_LANGUAGE)
            with self._tab("what_if"):
                self.what_if = WhatIfTab(DEFAULT_LANGUAGE)
            with self._tab("record"):
                self.record = RecordTab(policy, DEFAULT_LANGUAGE)
        with gr.Column(visible=False, elem_id="model-page") as self.model_page:
            self.model = ModelTab()
        self.portfolio = PortfolioView()
        # A page applies an answer in the order in which its components were created: `fills_seen` must follow the form,
        # and the retry must follow `fills_seen`.
        self.fills_seen = of_shape(gr.Number(0, precision=0, visible=False), int)
        self.retry_request = gr.Textbox("", visible=False, elem_id="retry-request")

    def _tab(self, name: str) -> gr.Tab:
        self.tabs[name] = gr.Tab(text(f"screen.tab.{name}", DEFAULT_LANGUAGE), id=name)
        return self.tabs[name]

    @property
    def views(self) -> dict[str, list[Component]]:
        """The components of each tab that are recomputed for each case."""
        return {
            "reasons": [self.reasons.view],
            "explanation": [self.explanation.waterfall, self.explanation.opened],
            "population": [*self.population.plots, self.population.scatter, self.population.similar],
            "what_if": [
                self.what_if.result,
                self.what_if.scenarios_view,
                self.what_if.curve,
                *self.what_if.plans.views,
            ],
            "record": [self.record.view],
            "model": [*self.model.views],
            "portfolio": [],
        }

    @property
    def all_views(self) -> list[Component]:
        """The views of every tab."""
        return [view for views in self.views.values() for view in views]

    @property
    def all_menus(self) -> list[Component]:
        """The menus of the figures."""
        return [self.explanation.theme, *self.population.all_menus]

    @property
    def remembered(self) -> list[Any]:
        """What the page sends with every event."""
        chosen = [self.header.language, self.population.population]
        own = [*self.record.entries, *self.worklist.remembered, self.model.ratio, *self.what_if.remembered]
        kept_by_page = [
            self.drawn_revision,
            self.chosen,
            self.allowed_changes,
            self.open_tab,
            self.menus,
            self.seen,
            self.fills_sent,
            self.fills_seen,
            self.portfolio.number,
        ]
        return [*kept_by_page, *chosen, *own, *self.what_if.entries]

    def drawn_by(self, tab: str) -> list[Any]:
        """What drawing a tab, or the model's page, may change; each possible output of an event costs gradio time."""
        frame = [self.header.application, self.header.problem, self.allowed_changes, self.what_if.problem]
        beside: dict[str, list[Any]] = {
            "explanation": [self.menus, self.explanation.theme],
            "population": [self.menus, *self.population.all_menus],
            "what_if": [self.what_if.reset, *self.what_if.plans.buttons],
            "model": [self.model.ratio],
            "record": self.record.drawn,
        }
        return [*frame, *self.views[tab], *beside.get(tab, [])]

    @property
    def shown(self) -> list[Any]:
        """Everything on the page that an event may change."""
        header = [self.header.title, self.header.picker, self.header.new, self.header.problem, self.header.application]
        header += [self.header.standing, self.header.next, self.header.who, self.header.to_files, *self.places]
        own_words = [
            self.explanation.intro,
            self.population.intro,
            self.what_if.problem,
            self.what_if.reset,
            self.what_if.answered,
        ]
        own_words += self.what_if.plans.buttons
        kept = [*self.remembered, self.retry_request, *self.all_menus]
        headings = self.what_if.headings.values()
        files = [self.portfolio.form, *self.portfolio.drawn]
        parts = [*self.record.drawn, *self.worklist.shown, *files]
        return list(
            dict.fromkeys([*kept, *header, *own_words, *parts, *self.all_views, *headings, *self.tabs.values()])
        )

    @property
    def places(self) -> list[Any]:
        """What going to another place may change: the list, a case, the model's page or that for files."""
        header = self.header
        ways = [header.back, header.to_model, header.to_case]
        pages = [self.model_page, self.portfolio.column, self.portfolio.timer]
        return [self.worklist.column, self.worklist.timer, header.bar, self.tab_bar, *pages, *ways]

    def go(self, place: Place, chosen: bool) -> Shown:
        """One of the places in view; `chosen` says whether there is a case to come back to."""
        header = self.header
        return {
            self.worklist.column: {"visible": place == "list"},
            **({} if place == "list" else {self.worklist.timer: {"active": False}}),
            **({} if place == PORTFOLIO else {self.portfolio.timer: {"active": False}}),
            header.bar: {"visible": place not in PAGES},
            self.tab_bar: {"visible": place == "case"},
            self.model_page: {"visible": place == MODEL},
            self.portfolio.column: {"visible": place == PORTFOLIO},
            header.back: {"visible": place != "list"},
            header.to_model: {"visible": place != MODEL},
            header.to_case: {"visible": place in PAGES and chosen},
        }

    def keep(self, menus: Menus) -> Shown:
        """Stores what the menus show."""
        return {self.menus: {"value": asdict(menus)}}

    def relabel(self, state: State, language: Language) -> Shown:
        """All words on the page that do not depend on a case, in a language."""
        tabs: Shown = {tab: {"label": text(f"screen.tab.{name}", language)} for name, tab in self.tabs.items()}
        menus = (part.relabel(features_of(state), language) for part in (self.explanation, self.population))
        others = (part.relabel(language) for part in (self.record, self.worklist, self.portfolio))
        form = self.what_if.relabel(language, state.served.artifact.reads if state.served else ())
        drawn: Shown = {self.drawn_revision: {"value": state.revision}}
        own = (self.header.relabel(state, language), self.model.relabel(state.served, language))
        return together(tabs, drawn, *own, *menus, form, *others)

    def cleared(self, but: str = "") -> Shown:
        """All tabs emptied but one, so that no other applicant's figures show while new ones are drawn."""
        return {view: {"value": ""} for name, views in self.views.items() if name != but for view in views}

    def choose(
        self, case: Case, tab: str, desk: DeskView, present: str = "", scenarios: Sequence[Changes] = ()
    ) -> Shown:
        """The page for a newly chosen applicant: form filled, menus reset to what matters most for the applicant.

        `tab` may be a page without a case. `present` is the open tab: to select that again would undo a click on
        another one meanwhile.
        """
        selected = {} if tab in (present, *PAGES) else {"selected": tab}
        frame: Shown = {
            self.chosen: {"value": {"applicant_id": case.applicant.applicant_id}},
            self.what_if.scenarios: {"value": stored(case, scenarios)},
            self.tab_bar: selected,
            self.open_tab: {"value": tab},
            **{menu: {"value": None} for menu in self.all_menus},
        }
        frame = together(frame, self.go(next((page for page in PAGES if page == tab), "case"), chosen=True))
        own = (self.keep(Menus()), self.what_if.fill(case), self.record.emptied(), self.stand(desk, case.language))
        return together(frame, *own, self.refresh(case, tab, Reader(desk=desk, scenarios=scenarios)))

    def stand(self, desk: DeskView, language: Language) -> Shown:
        """How the case stands and the person's own decision, in the bar."""
        return {self.header.standing: {"value": own_decision_html(desk, self.policy, language)}}

    def close(self) -> Shown:
        """The page without a case: the list in place of the tabs."""
        return {
            **self.go("list", chosen=False),
            self.chosen: {"value": None},
            self.allowed_changes: {"value": None},
            self.seen: {"value": None},
            self.open_tab: {"value": TABS[0]},
            self.header.picker: {"value": None},
            self.header.standing: {"value": ""},
            **self.cleared(),
            **self.record.emptied(),
        }

    def review(self, service: Service, case: Case | None, reader: Reader, language: Language) -> Shown:
        """The model's page, with or without a case to come back to."""
        drawn = self.model.draw(service, reader.ratio, case, language, reader.oversight)
        return together({self.open_tab: {"value": MODEL}}, self.go("model", chosen=case is not None), drawn)

    def go_to_files(self, chosen: bool) -> Shown:
        """The page for files, with or without a case to come back to."""
        return together({self.open_tab: {"value": PORTFOLIO}}, self.go(PORTFOLIO, chosen))

    def refresh(self, case: Case, tab: str, reader: Reader = NOTHING_CHOSEN) -> Shown:
        """The page after its case changed: the open tab drawn, the others emptied until they are opened."""
        return together(self.cleared(but=tab), self.draw(case, tab, reader))

    def draw(self, case: Case, tab: str, reader: Reader = NOTHING_CHOSEN) -> Shown:
        """The header and one tab. A notice of what prevents a score goes where the reader is looking."""
        notice = notice_of(case)
        notices: Shown = {
            self.header.problem: {"value": "" if tab == "what_if" else notice},
            self.what_if.problem: {"value": notice},
        }
        frame = together(self.header.draw(case), {self.allowed_changes: {"value": kept(case)}}, notices)
        if case.lacks and tab not in ("what_if", *PAGES):
            return together(frame, {view: {"value": ""} for view in self.views[tab]})
        return together(frame, self._tab_drawn(case, tab, reader))

    def _tab_drawn(self, case: Case, tab: str, reader: Reader) -> Shown:
        match tab:
            case "reasons":
                return self.reasons.draw(case)
            case "explanation":
                theme = reader.menus.theme or case.explanation.themes[0].theme
                menus = replace(reader.menus, theme=theme)
                return together(self.explanation.draw(case, theme), self._kept(reader, menus))
            case "population":
                return self._population_drawn(case, reader)
            case "record":
                return self.record.draw(case, reader.desk) if reader.desk else {}
            case "model":
                return self.model.draw(case.service, reader.ratio, case, case.language, reader.oversight)
            case "portfolio":
                return {}
            case _:
                return self.what_if.draw(case, reader.curve, reader.scenarios)

    def _population_drawn(self, case: Case, reader: Reader) -> Shown:
        """The plots of what the reader chose; at first, of what contributes most to this applicant's score."""
        characteristics = reader.menus.characteristics or main_characteristics(case)
        pair = reader.menus.pair or main_pair(case)
        menus = replace(reader.menus, characteristics=characteristics, pair=pair)
        drawn = self.population.draw(case, reader.population, characteristics, pair)
        return together(drawn, self._kept(reader, menus))

    def _kept(self, reader: Reader, menus: Menus) -> Shown:
        return {} if menus == reader.menus else self.keep(menus)
