"""The handler of each event on the page: from the values that the page holds to the components that change.

Each event is answered from one state of the server. `scoring.interface.retry` sees to it that the page shows the same
model as that state, and the form's present contents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from scoring.documents.record import Verdict
from scoring.errors import InvalidInputError, ScoringError
from scoring.interface.case import Case, Shown, fresh_case, read_case, together
from scoring.interface.header import matching, options, title_html
from scoring.interface.population_tab import main_characteristics
from scoring.interface.screen import TABS, Menus, Reader, Screen
from scoring.interface.what_if_tab import suggested
from scoring.serving.live import Serving, State
from scoring.words.language import DEFAULT_LANGUAGE, LANGUAGES, Language, browser_language
from scoring.words.wording import text

Values = dict[Any, Any]
Handler = Callable[[State, Values], Shown]


class Events:
    """The event handlers of one screen."""

    def __init__(self, screen: Screen, serving: Serving) -> None:
        self.screen, self.serving = screen, serving

    def language(self, values: Values) -> Language:
        """The language of the page."""
        language = values[self.screen.header.language]
        return language if language in LANGUAGES else DEFAULT_LANGUAGE

    def _case(self, state: State, values: Values) -> Case | None:
        screen = self.screen
        entries = [values[entry] for entry in screen.what_if.entries]
        return read_case(
            state.service, self.language(values), values[screen.chosen], values[screen.allowed_changes], entries
        )

    def _menus(self, values: Values) -> Menus:
        kept = values[self.screen.menus]
        return Menus(kept["theme"], tuple(kept["characteristics"]), tuple(kept["pair"])) if kept else Menus()

    def _reader(self, values: Values) -> Reader:
        record = self.screen.record
        outcome, reason = values[record.outcome], values[record.reason]
        return Reader(
            menus=self._menus(values),
            population=values[self.screen.population.population],
            verdict=Verdict(outcome, (reason or "").strip()) if outcome else None,
            ratio=values[self.screen.model.ratio],
        )

    def open(self, request: gr.Request, state: State, values: Values) -> Shown:
        """The page as it opens: in the language of the URL or the browser, with the applicant and tab of the URL."""
        requested = request.query_params.get("language", "")
        accepted = request.headers.get("accept-language", "")
        language, header = browser_language(requested or accepted), self.screen.header
        shown = together(self.screen.relabel(state, language), header.welcome(state, language))
        if state.served is None:
            return shown
        shown = together(shown, self.screen.model.reset(state.served))
        applicant, tab = (request.query_params.get(name) for name in ("applicant", "tab"))
        if applicant is None:
            return together(shown, self.screen.review(state.served, language)) if tab == "model" else shown
        try:
            return together(shown, self._chosen(state, applicant, language, tab if tab in TABS else TABS[0]))
        except ScoringError as error:
            return together(shown, header.refuse(str(error), language))

    def search(self, typed: str, language: Language) -> Shown:
        """The applicants whose id begins with what was typed."""
        return {self.screen.header.picker: {"choices": options(self.serving.state.served, typed, language)}}

    def pick(self, state: State, values: Values) -> Shown:
        """The applicant that was picked or typed."""
        picked = values[self.screen.header.picker]
        tab = values[self.screen.open_tab]
        return self._chosen(state, str(picked), self.language(values), tab) if picked else {}

    def _chosen(self, state: State, typed: str, language: Language, tab: str) -> Shown:
        digits = typed.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise InvalidInputError(text("screen.bad_id", language, value=digits[:40]))
        # Digits with which only one id begins stand for that id.
        near = matching(state.service, digits, 2)
        case = fresh_case(state.service, near[0] if len(near) == 1 else int(digits), language)
        picker: Shown = {self.screen.header.picker: {"value": str(case.applicant.applicant_id)}}
        return together(self.screen.choose(case, tab), picker)

    def new(self, state: State, values: Values) -> Shown:
        """An empty form for a new application."""
        case = fresh_case(state.service, None, self.language(values))
        return together(self.screen.choose(case, "what_if"), {self.screen.header.picker: {"value": None}})

    def change_language(self, state: State, values: Values) -> Shown:
        """The whole page in the other language, with all entries kept."""
        language = self.language(values)
        shown = together(self.screen.relabel(state, language), self.screen.header.welcome(state, language))
        case = self._case(state, values) if state.served else None
        if case is None:
            return together(shown, self._reviewed(state, values, values[self.screen.open_tab]))
        return together(shown, self.screen.refresh(case, values[self.screen.open_tab], self._reader(values)))

    def show(self, tab: str, state: State, values: Values) -> Shown:
        """A tab that was just opened."""
        case = self._case(state, values)
        shown: Shown = {self.screen.open_tab: {"value": tab}}
        if case is None:
            return together(shown, self._reviewed(state, values, tab))
        return together(shown, self.screen.draw(case, tab, self._reader(values)))

    def _reviewed(self, state: State, values: Values, tab: str) -> Shown:
        """What the page shows while no applicant is chosen: the model, if its tab is open."""
        if tab != "model" or state.served is None:
            return {}
        return self.screen.model.draw(state.served, self._reader(values).ratio, None, self.language(values))

    def try_cost_ratio(self, state: State, values: Values) -> Shown:
        """Another cost ratio, on the Model tab only and only while it is open."""
        if values[self.screen.open_tab] != "model":
            return {}
        case, ratio = self._case(state, values), self._reader(values).ratio
        return self.screen.model.draw_ratio(state.service, ratio, case, self.language(values))

    def edit(self, state: State, values: Values) -> Shown:
        """The decision with the changes made in the form."""
        case = self._case(state, values)
        return self.screen.refresh(case, "what_if", self._reader(values)) if case else {}

    def reset(self, state: State, values: Values) -> Shown:
        """The form reset to the values on file."""
        chosen = values[self.screen.chosen]
        case = fresh_case(state.service, chosen["applicant_id"], self.language(values))
        return together(self.screen.what_if.fill(case), self.screen.refresh(case, "what_if", self._reader(values)))

    def open_theme(self, state: State, values: Values) -> Shown:
        """The features of one theme."""
        screen, case, theme = self.screen, self._case(state, values), values[self.screen.explanation.theme]
        if case is None or not theme:
            return {}
        menus = replace(self._menus(values), theme=theme)
        return together(screen.explanation.draw_theme(case, theme), screen.keep(menus))

    def change_population(self, state: State, values: Values) -> Shown:
        """All plots against another population."""
        case = self._case(state, values)
        return self.screen.draw(case, "population", self._reader(values)) if case else {}

    def choose_characteristic(self, plot: int, state: State, values: Values) -> Shown:
        """Another characteristic in one of the plots."""
        population, case, reader = self.screen.population, self._case(state, values), self._reader(values)
        chosen = values[population.menus[plot]]
        if case is None or not chosen:
            return {}
        characteristics = list(reader.menus.characteristics or main_characteristics(case))
        characteristics[plot] = chosen
        menus = replace(reader.menus, characteristics=tuple(characteristics))
        return together(population.draw_plot(case, reader.population, plot, chosen), self.screen.keep(menus))

    def choose_scatter_axes(self, state: State, values: Values) -> Shown:
        """Another quantity in the scatter plot."""
        population, case, reader = self.screen.population, self._case(state, values), self._reader(values)
        across, up = (values[menu] for menu in population.scatter_axes)
        if case is None or not (across and up):
            return {}
        menus = replace(reader.menus, pair=(across, up))
        return together(population.draw_scatter(case, reader.population, across, up), self.screen.keep(menus))

    def apply(self, index: int, state: State, values: Values) -> Shown:
        """The suggestion that was clicked, entered in the form unless it is another model's."""
        if values[self.screen.drawn_revision] != state.revision:
            return {}
        case = self._case(state, values)
        plans = suggested(case) if case and not case.lacks else []
        if case is None or index >= len(plans):
            return {}
        changed = replace(case, changes={**case.changes, **plans[index].changes}, problem="")
        refreshed = self.screen.refresh(changed, "what_if", self._reader(values))
        return together(self.screen.what_if.fill(changed), refreshed)

    def decide(self, state: State, values: Values) -> Shown:
        """The adviser's own decision and reason, in the documents to save."""
        case = self._case(state, values)
        return self.screen.record.draw(case, self._reader(values).verdict) if case and not case.lacks else {}

    def without_choices(self, values: Values) -> Values:
        """What the page holds without the reader's choices, for a page of another model.

        That model may have other themes and characteristics than the menus show, and recommend something else than
        what the adviser decided on.
        """
        screen = self.screen
        choices = [screen.menus, *screen.all_menus, screen.record.outcome, screen.model.ratio]
        return {**values, **dict.fromkeys(choices)}

    def redraw(self, state: State, values: Values) -> Shown:
        """The whole page for another model."""
        screen, language = self.screen, self.language(values)
        shown = together(screen.relabel(state, language), screen.cleared(), screen.record.undecided())
        if state.served:
            shown = together(shown, screen.model.reset(state.served))
        if case := self._case(state, values):
            shown = together(shown, screen.refresh(case, values[screen.open_tab], self._reader(values)))
        else:
            shown = together(shown, self._reviewed(state, values, values[screen.open_tab]))
        return shown

    def title(self, state: State, values: Values) -> Shown:
        """Which model is served, and what is wrong if anything."""
        return {self.screen.header.title: {"value": title_html(state, self.language(values))}}
