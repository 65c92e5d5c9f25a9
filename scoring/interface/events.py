"""What each event on the page does: from what the page holds to what changes on it.

Each event is answered from one state of what is served. If that is another model than the page was drawn for, nothing
is changed but `again`: the page asks the same once more, and the answer draws the whole page anew, so that no two
figures on it come from different models. An event that was sent while the server filled the form is asked again too: it
holds what the form showed before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import gradio as gr

from scoring.documents.record import Verdict
from scoring.errors import InvalidInputError, ScoringError
from scoring.interface.case import Case, Shown, fresh_case, read_case, together
from scoring.interface.header import matching, options, title_html
from scoring.interface.population_tab import main_characteristics
from scoring.interface.screen import DEFAULT_LANGUAGE, TABS, Menus, Reader, Screen, browser_language
from scoring.interface.what_if_tab import suggested
from scoring.serving.live import Serving, State
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text

Values = dict[Any, Any]
Handler = Callable[[State, Values], Shown]


class Events:
    """The functions behind the events of one screen: from what the page holds to what changes on it."""

    def __init__(self, screen: Screen, serving: Serving) -> None:
        self.screen, self.serving = screen, serving

    def _language(self, values: Values) -> Language:
        language = values[self.screen.header.language]
        return language if language in LANGUAGES else DEFAULT_LANGUAGE

    def _case(self, state: State, values: Values) -> Case | None:
        screen = self.screen
        entries = [values[entry] for entry in screen.what_if.entries]
        return read_case(state.service, self._language(values), values[screen.chosen], values[screen.last], entries)

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
        """The page as it opens: in the address' or the browser's language, with the address' applicant and tab."""
        asked = request.query_params.get("language", "")
        accepted = request.headers.get("accept-language", "")
        language, header = browser_language(asked or accepted), self.screen.header
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
        """The applicants whose id begins with what is typed."""
        return {self.screen.header.picker: {"choices": options(self.serving.state.served, typed, language)}}

    def pick(self, state: State, values: Values) -> Shown:
        """The applicant that was picked or typed."""
        picked = values[self.screen.header.picker]
        tab = values[self.screen.visible]
        return self._chosen(state, str(picked), self._language(values), tab) if picked else {}

    def _chosen(self, state: State, typed: str, language: Language, tab: str) -> Shown:
        digits = typed.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise InvalidInputError(text("screen.bad_id", language, value=digits[:40]))
        # Digits that only one id begins with are that id.
        near = matching(state.service, digits, 2)
        case = fresh_case(state.service, near[0] if len(near) == 1 else int(digits), language)
        picker: Shown = {self.screen.header.picker: {"value": str(case.applicant.applicant_id)}}
        return together(self.screen.choose(case, tab), picker)

    def new(self, state: State, values: Values) -> Shown:
        """An empty form for a new application."""
        case = fresh_case(state.service, None, self._language(values))
        return together(self.screen.choose(case, "what_if"), {self.screen.header.picker: {"value": None}})

    def speak(self, state: State, values: Values) -> Shown:
        """The whole page in the other language; what was entered stays."""
        language = self._language(values)
        shown = together(self.screen.relabel(state, language), self.screen.header.welcome(state, language))
        case = self._case(state, values) if state.served else None
        if case is None:
            return together(shown, self._reviewed(state, values, values[self.screen.visible]))
        return together(shown, self.screen.refresh(case, values[self.screen.visible], self._reader(values)))

    def show(self, tab: str, state: State, values: Values) -> Shown:
        """A tab that was opened, drawn now."""
        case = self._case(state, values)
        shown: Shown = {self.screen.visible: {"value": tab}}
        if case is None:
            return together(shown, self._reviewed(state, values, tab))
        return together(shown, self.screen.draw(case, tab, self._reader(values)))

    def _reviewed(self, state: State, values: Values, tab: str) -> Shown:
        """What the page shows while nobody is chosen: the model, if that tab is open."""
        if tab != "model" or state.served is None:
            return {}
        return self.screen.model.draw(state.served, self._reader(values).ratio, None, self._language(values))

    def weigh(self, state: State, values: Values) -> Shown:
        """Another cost ratio on the model's tab if that is in front, and nowhere else."""
        if values[self.screen.visible] != "model":
            return {}
        case, ratio = self._case(state, values), self._reader(values).ratio
        return self.screen.model.weigh(state.service, ratio, case, self._language(values))

    def edit(self, state: State, values: Values) -> Shown:
        """The form was changed: the decision with the changes, at once."""
        case = self._case(state, values)
        return self.screen.refresh(case, "what_if", self._reader(values)) if case else {}

    def reset(self, state: State, values: Values) -> Shown:
        """The form as the file has it."""
        chosen = values[self.screen.chosen]
        case = fresh_case(state.service, chosen["applicant_id"], self._language(values))
        return together(self.screen.what_if.fill(case), self.screen.refresh(case, "what_if", self._reader(values)))

    def open_theme(self, state: State, values: Values) -> Shown:
        """One theme, opened into its features."""
        screen, case, theme = self.screen, self._case(state, values), values[self.screen.explanation.theme]
        if case is None or not theme:
            return {}
        menus = replace(self._menus(values), theme=theme)
        return together(screen.explanation.draw_theme(case, theme), screen.keep(menus))

    def repopulate(self, state: State, values: Values) -> Shown:
        """All plots against another population."""
        case = self._case(state, values)
        return self.screen.draw(case, "population", self._reader(values)) if case else {}

    def characterise(self, place: int, state: State, values: Values) -> Shown:
        """Another characteristic in one of the plots."""
        population, case, reader = self.screen.population, self._case(state, values), self._reader(values)
        chosen = values[population.menus[place]]
        if case is None or not chosen:
            return {}
        characteristics = list(reader.menus.characteristics or main_characteristics(case))
        characteristics[place] = chosen
        menus = replace(reader.menus, characteristics=tuple(characteristics))
        return together(population.draw_plot(case, reader.population, place, chosen), self.screen.keep(menus))

    def pair(self, state: State, values: Values) -> Shown:
        """Another quantity in the scatter."""
        population, case, reader = self.screen.population, self._case(state, values), self._reader(values)
        across, up = (values[menu] for menu in population.pair)
        if case is None or not (across and up):
            return {}
        menus = replace(reader.menus, pair=(across, up))
        return together(population.draw_scatter(case, reader.population, across, up), self.screen.keep(menus))

    def apply(self, place: int, state: State, values: Values) -> Shown:
        """A suggestion that was clicked, entered in the form; another model's suggestion is not."""
        if values[self.screen.drawn] != state.revision:
            return {}
        case = self._case(state, values)
        plans = suggested(case) if case and not case.lacks else []
        if case is None or place >= len(plans):
            return {}
        changed = replace(case, changes={**case.changes, **plans[place].changes}, problem="")
        refreshed = self.screen.refresh(changed, "what_if", self._reader(values))
        return together(self.screen.what_if.fill(changed), refreshed)

    def decide(self, state: State, values: Values) -> Shown:
        """The adviser's own decision and reason, in what can be saved."""
        case = self._case(state, values)
        return self.screen.record.draw(case, self._reader(values).verdict) if case and not case.lacks else {}

    def current(self, asked: str, handler: Handler) -> Handler:
        """A handler of a page that shows what is present; any other page is to ask the same again."""

        def answer(state: State, values: Values) -> Shown:
            if self._behind(values) or values[self.screen.drawn] != state.revision:
                return self._ask_again(asked, values)
            return self.counted(values, together(self._titled(state, values), handler(state, values)))

        return answer

    def renew(self, handlers: Mapping[str, Handler], state: State, values: Values) -> Shown:
        """What is asked again, on a page that is drawn anew where it was drawn for another model than the present."""
        asked, *_ = (values[self.screen.again] or "").split() or [""]
        if not asked:
            return {}
        if self._behind(values):
            return self._ask_again(asked, values)
        shown = self._titled(state, values)
        if values[self.screen.drawn] == state.revision:
            return self.counted(values, together(shown, handlers[asked](state, values)))
        values, language = self._forgotten(values), self._language(values)
        told = self.screen.header.tell(text("screen.model_changed", language), language)
        anew = self._drawn_anew(state, values)
        return self.counted(values, together(shown, anew, handlers[asked](state, values), told))

    def counted(self, values: Values, shown: Shown) -> Shown:
        """What fills the form or a menu is counted: so an event is known that the page sent before that was there."""
        screen = self.screen
        if shown.keys().isdisjoint([screen.chosen, screen.menus, *screen.what_if.entries]):
            return shown
        count = {"value": values[screen.filled] + 1}
        return {**shown, screen.filled: count, screen.received: count}

    def _behind(self, values: Values) -> bool:
        """Whether the page sent an event while the form was being filled: what it holds is not what it shows by now."""
        return bool(values[self.screen.received] != values[self.screen.filled])

    def _ask_again(self, asked: str, values: Values) -> Shown:
        """As something new each time: the page asks when it changes.

        It has received by then what was filled; or the server was started anew, and counts from the beginning.
        """
        once = f"{asked} {uuid4().hex}"
        return {self.screen.received: {"value": values[self.screen.filled]}, self.screen.again: {"value": once}}

    def _forgotten(self, values: Values) -> Values:
        """The other model may have other themes and characteristics than those in the menus, and recommend otherwise
        than what the adviser decided on.
        """
        screen = self.screen
        forgotten = [screen.menus, *screen.all_menus, screen.record.outcome, screen.model.ratio]
        return {**values, **dict.fromkeys(forgotten)}

    def _drawn_anew(self, state: State, values: Values) -> Shown:
        """The whole page for another model."""
        screen, language = self.screen, self._language(values)
        shown = together(screen.relabel(state, language), screen.cleared(), screen.record.undecided())
        if state.served:
            shown = together(shown, screen.model.reset(state.served))
        if case := self._case(state, values):
            shown = together(shown, screen.refresh(case, values[screen.visible], self._reader(values)))
        else:
            shown = together(shown, self._reviewed(state, values, values[screen.visible]))
        return shown

    def _titled(self, state: State, values: Values) -> Shown:
        """Which model is served, and what is wrong if anything."""
        return {self.screen.header.title: {"value": title_html(state, self._language(values))}}
