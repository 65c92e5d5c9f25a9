"""Which event on the page does what.

Every event hands over what the page holds and gets back only the components that change. Screen events are no part of
the API. They are answered one after the other, in the order in which they happened: side by side, the answer to
an opened tab could overtake that to an edit, and an older decision would stay on the page. (Python draws one figure at
a time anyway.) Of a storm of them (typing) only the last one waits for its turn.

Each event is answered from one state of what is served. If that is another model than the page was drawn for, nothing
is changed but `again`: the page asks the same once more, and the answer draws the whole page anew, so that no two
figures on it come from different models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from scoring.errors import InvalidInputError, ScoringError
from scoring.fields import LANGUAGES, Language
from scoring.interface.case import Case, Shown, fresh_case, read_case, together
from scoring.interface.header import matching, options, title_html
from scoring.interface.population_tab import main_characteristics
from scoring.interface.screen import DEFAULT_LANGUAGE, TABS, Menus, Reader, Screen, browser_language
from scoring.interface.what_if_tab import suggested
from scoring.record import Verdict
from scoring.serving import Serving, State
from scoring.wording import text

Values = dict[Any, Any]
Handler = Callable[[State, Values], Shown]

QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "trigger_mode": "always_last",
}
IN_ORDER: dict[str, Any] = {**QUIET, "concurrency_id": "page", "concurrency_limit": 1}

# What is typed when the search is sent: the event's own data would be the first key's if the search had to wait.
TYPED = "(_, language) => [document.querySelector('#picker input').value, language]"

# For the browser and the screen reader, which ask the document itself.
SPOKEN = "(language) => { document.documentElement.lang = language; }"


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
        """A handler of a page that was drawn for the present model; any other page is to ask the same again."""

        def answer(state: State, values: Values) -> Shown:
            if values[self.screen.drawn] != state.revision:
                return {self.screen.again: {"value": asked}}
            return together(self._titled(state, values), handler(state, values))

        return answer

    def renew(self, handlers: Mapping[str, Handler], state: State, values: Values) -> Shown:
        """What is asked again, on a page that is drawn anew where it was drawn for another model than the present."""
        screen, language, asked = self.screen, self._language(values), values[self.screen.again]
        if not asked:
            return {}
        shown = together(self._titled(state, values), {screen.again: {"value": ""}})
        if values[screen.drawn] == state.revision:
            return together(shown, handlers[asked](state, values))
        shown = together(shown, screen.relabel(state, language), screen.cleared(), screen.record.undecided())
        # The other model may have other themes and characteristics than those in the menus, and recommend otherwise
        # than what the adviser decided on.
        forgotten = [screen.menus, *screen.all_menus, screen.record.outcome, screen.model.ratio]
        values = {**values, **dict.fromkeys(forgotten)}
        if state.served:
            shown = together(shown, screen.model.reset(state.served))
        if case := self._case(state, values):
            shown = together(shown, screen.refresh(case, values[screen.visible], self._reader(values)))
        else:
            shown = together(shown, self._reviewed(state, values, values[screen.visible]))
        told = screen.header.tell(text("screen.model_changed", language), language)
        return together(shown, handlers[asked](state, values), told)

    def _titled(self, state: State, values: Values) -> Shown:
        """Which model is served, and what is wrong if anything."""
        return {self.screen.header.title: {"value": title_html(state, self._language(values))}}


def _guarded(events: Events, handler: Handler) -> Callable[[Values], dict[Any, Any]]:
    """A handler as gradio calls it: errors are said on the page, which otherwise stays as it is."""

    def guarded(values: Values) -> dict[Any, Any]:
        # Once: whatever is served meanwhile, the whole answer is of one model.
        state = events.serving.state
        try:
            return _updates(handler(state, values))
        except ScoringError as error:
            return _updates(events.screen.header.refuse(str(error), events._language(values)))

    return guarded


def _updates(shown: Shown) -> dict[Any, Any]:
    """As gradio has it. A value alone goes without `gr.update`, for which gradio would build its component anew."""
    return {
        component: properties["value"] if properties.keys() == {"value"} else gr.update(**properties)
        for component, properties in shown.items()
    }


def bind(screen: Screen, serving: Serving, demo: gr.Blocks) -> None:
    """Connects the page's events to their functions."""
    events, header, what_if = Events(screen, serving), screen.header, screen.what_if
    explanation, population, record, model = screen.explanation, screen.population, screen.record, screen.model
    # Gradio tells each of these how far an event is, some five times: what nobody sees is told at no cost.
    in_order: dict[str, Any] = {**IN_ORDER, "show_progress_on": [screen.drawn]}
    page, always = {*screen.remembered}, {header.title, header.problem, screen.again}
    handlers: dict[str, Handler] = {}

    def on(triggers: list[Any], handler: Handler, changed: Iterable[Any], read: Iterable[Any] = ()) -> None:
        """A handler with what it may change, and what it reads beyond the page's own memory."""
        asked = str(len(handlers))
        handlers[asked] = handler
        gr.on(
            triggers,
            _guarded(events, events.current(asked, handler)),
            {*page, *read},
            {*always, *changed},
            **in_order,
        )

    def open_page(values: Values, request: gr.Request) -> dict[Any, Any]:
        return _guarded(events, partial(events.open, request))(values)

    demo.load(open_page, page, screen.shown, **in_order)
    header.picker.key_up(
        lambda typed, language: _updates(events.search(typed, language)),
        [header.typed, header.language],
        [header.picker],
        js=TYPED,
        queue=False,
        **QUIET,
    )
    on([header.picker.input], events.pick, screen.shown, [header.picker])
    on([header.new.click], events.new, screen.shown)
    on([header.language.input], events.speak, screen.shown)
    header.language.change(None, header.language, js=SPOKEN, api_visibility="private")
    for name, tab in screen.tabs.items():
        on([tab.select], partial(events.show, name), [screen.visible, *screen.drawn_by(name)])
    edited = [*screen.drawn_by("what_if"), *screen.all_views]
    on([entry.input for entry in what_if.entries], events.edit, edited)
    on([what_if.reset.click], events.reset, [*edited, *what_if.entries])
    for place, plan in enumerate(what_if.plans):
        on([plan.click], partial(events.apply, place), [*edited, *what_if.entries])
    # Its change, not its input: pasted words are no input to gradio.
    on([record.outcome.input, record.reason.change], events.decide, [record.view])
    # Its change, not its input: a number beyond the ends is brought back as its entry is left.
    on([model.ratio.change], events.weigh, [model.weighed])
    on([explanation.theme.input], events.open_theme, [explanation.opened, screen.menus], [explanation.theme])
    on([population.population.input], events.repopulate, screen.drawn_by("population"))
    for place, menu in enumerate(population.menus):
        on([menu.input], partial(events.characterise, place), [population.plots[place], screen.menus], [menu])
    quantities = population.pair
    on([menu.input for menu in quantities], events.pair, [population.scatter, screen.menus], quantities)
    everything = {*page, header.picker, screen.again, *screen.all_menus}
    gr.on(
        [screen.again.change],
        _guarded(events, partial(events.renew, handlers)),
        everything,
        screen.shown,
        **in_order,
    )
