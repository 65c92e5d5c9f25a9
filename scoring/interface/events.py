"""Which event on the page does what.

Every event hands over all that the page holds and gets back only the components that change. Screen events are no
part of the API. They are answered one after the other, in the order in which they happened: side by side, the answer to
an opened tab could overtake that to an edit, and an older decision would stay on the page. (Python draws one figure at
a time anyway.) Of a storm of them (typing) only the last one waits for its turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Any

import gradio as gr

from scoring.errors import InvalidInputError, ScoringError
from scoring.fields import LANGUAGES, Language
from scoring.interface.case import Case, Shown, fresh_case, read_case, together
from scoring.interface.header import matching, options
from scoring.interface.screen import DEFAULT_LANGUAGE, TABS, Reader, Screen, browser_language
from scoring.interface.what_if_tab import suggested
from scoring.record import Verdict
from scoring.wording import text

Values = dict[Any, Any]
Handler = Callable[..., Shown]

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

    def __init__(self, screen: Screen) -> None:
        self.screen, self.service = screen, screen.service

    def _language(self, values: Values) -> Language:
        return values[self.screen.header.language]

    def _case(self, values: Values) -> Case | None:
        screen = self.screen
        entries = [values[entry] for entry in screen.what_if.entries]
        return read_case(self.service, self._language(values), values[screen.chosen], values[screen.last], entries)

    def _reader(self, values: Values) -> Reader:
        population, record = self.screen.population, self.screen.record
        outcome, reason = values[record.outcome], values[record.reason]
        return Reader(
            theme=values[self.screen.explanation.theme],
            population=values[population.population],
            characteristics=tuple(values[menu] for menu in population.menus),
            verdict=Verdict(outcome, (reason or "").strip()) if outcome else None,
        )

    def open(self, values: Values, request: gr.Request) -> Shown:
        """The page as it opens: in the address' or the browser's language, with the address' applicant if any."""
        asked = request.query_params.get("language", "")
        accepted = request.headers.get("accept-language", "")
        language = browser_language(asked or accepted)
        shown = self.screen.relabel(language)
        applicant = request.query_params.get("applicant")
        if applicant is None:
            return together(shown, self.screen.header.draw(None, language))
        try:
            return together(shown, self._chosen(applicant, language, TABS[0]))
        except ScoringError as error:
            header = self.screen.header
            return together(shown, header.draw(None, language), header.refuse(str(error), language))

    def search(self, typed: str, language: Language) -> Shown:
        """The applicants whose id begins with what is typed."""
        return {self.screen.header.picker: {"choices": options(self.service, typed, language)}}

    def pick(self, values: Values) -> Shown:
        """The applicant that was picked or typed."""
        picked = values[self.screen.header.picker]
        return self._chosen(str(picked), self._language(values), values[self.screen.visible]) if picked else {}

    def _chosen(self, typed: str, language: Language, tab: str) -> Shown:
        digits = typed.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise InvalidInputError(text("screen.bad_id", language, value=digits[:40]))
        # Digits that only one id begins with are that id.
        near = matching(self.service, digits, 2)
        case = fresh_case(self.service, near[0] if len(near) == 1 else int(digits), language)
        picker: Shown = {self.screen.header.picker: {"value": str(case.applicant.applicant_id)}}
        return together(self.screen.choose(case, tab), picker)

    def new(self, values: Values) -> Shown:
        """An empty form for a new application."""
        case = fresh_case(self.service, None, self._language(values))
        return together(self.screen.choose(case, "what_if"), {self.screen.header.picker: {"value": None}})

    def speak(self, values: Values) -> Shown:
        """The whole page in the other language; what was entered stays."""
        language, case = self._language(values), self._case(values)
        shown = self.screen.relabel(language)
        if case is None:
            return together(shown, self.screen.header.draw(None, language))
        return together(shown, self.screen.refresh(case, values[self.screen.visible], self._reader(values)))

    def show(self, tab: str, values: Values) -> Shown:
        """A tab that was opened, drawn now."""
        case = self._case(values)
        shown: Shown = {self.screen.visible: {"value": tab}}
        return shown if case is None else together(shown, self.screen.draw(case, tab, self._reader(values)))

    def edit(self, values: Values) -> Shown:
        """The form was changed: the decision with the changes, at once."""
        case = self._case(values)
        return self.screen.refresh(case, "what_if", self._reader(values)) if case else {}

    def reset(self, values: Values) -> Shown:
        """The form as the file has it."""
        chosen = values[self.screen.chosen]
        case = fresh_case(self.service, chosen["applicant_id"], self._language(values))
        return together(self.screen.what_if.fill(case), self.screen.refresh(case, "what_if", self._reader(values)))

    def open_theme(self, values: Values) -> Shown:
        """One theme, opened into its features."""
        case, theme = self._case(values), self._reader(values).theme
        return self.screen.explanation.draw_theme(case, theme) if case and theme else {}

    def repopulate(self, values: Values) -> Shown:
        """All plots against another population."""
        case, reader = self._case(values), self._reader(values)
        return self.screen.population.draw(case, reader.population, list(reader.characteristics)) if case else {}

    def characterise(self, place: int, values: Values) -> Shown:
        """Another characteristic in one of the plots."""
        case, reader = self._case(values), self._reader(values)
        chosen = reader.characteristics[place]
        return self.screen.population.draw_plot(case, reader.population, place, chosen) if case and chosen else {}

    def apply(self, place: int, values: Values) -> Shown:
        """A suggestion that was clicked, entered in the form."""
        case = self._case(values)
        plans = suggested(case) if case and not case.lacks else []
        if case is None or place >= len(plans):
            return {}
        changed = replace(case, changes={**case.changes, **plans[place].changes}, problem="")
        refreshed = self.screen.refresh(changed, "what_if", self._reader(values))
        return together(self.screen.what_if.fill(changed), refreshed)

    def decide(self, values: Values) -> Shown:
        """The adviser's own decision and reason, in what can be saved."""
        case = self._case(values)
        return self.screen.record.draw(case, self._reader(values).verdict) if case and not case.lacks else {}


def _guarded(events: Events, handler: Handler) -> Handler:
    """A handler as gradio calls it: errors are said on the page, which otherwise stays as it is."""

    @wraps(handler)
    def guarded(values: Values, *given: Any) -> dict[Any, Any]:
        try:
            shown = handler(values, *given)
        except ScoringError as error:
            language = values[events.screen.header.language]
            shown = events.screen.header.refuse(str(error), language if language in LANGUAGES else DEFAULT_LANGUAGE)
        return _updates(shown)

    return guarded


def _updates(shown: Shown) -> dict[Any, Any]:
    return {component: gr.update(**properties) for component, properties in shown.items()}


def bind(screen: Screen, demo: gr.Blocks) -> None:
    """Connects the page's events to their functions."""
    events, header, what_if = Events(screen), screen.header, screen.what_if
    page: set[Any] = {*screen.remembered, header.picker}

    def on(triggers: list[Any], handler: Handler, outputs: list[Any]) -> None:
        gr.on(triggers, _guarded(events, handler), page, outputs, **IN_ORDER)

    demo.load(_guarded(events, events.open), page, screen.shown, **IN_ORDER)
    header.picker.key_up(
        lambda typed, language: _updates(events.search(typed, language)),
        [header.typed, header.language],
        [header.picker],
        js=TYPED,
        queue=False,
        **QUIET,
    )
    on([header.picker.input], events.pick, screen.shown)
    on([header.new.click], events.new, screen.shown)
    on([header.language.input], events.speak, screen.shown)
    header.language.change(None, header.language, js=SPOKEN, api_visibility="private")
    figures = [view for views in screen.views.values() for view in views]
    told = [screen.last, screen.visible, header.application, header.problem, what_if.problem, what_if.reset, *figures]
    told += what_if.plans
    menus = [screen.explanation.theme, *screen.population.menus]
    for name, tab in screen.tabs.items():
        on([tab.select], partial(events.show, name), [*told, *menus])
    on([entry.input for entry in what_if.entries], events.edit, told)
    on([what_if.reset.click], events.reset, [*told, *what_if.entries])
    for place, plan in enumerate(what_if.plans):
        on([plan.click], partial(events.apply, place), [*told, *what_if.entries])
    # Its change, not its input: pasted words are no input to gradio.
    own = [screen.record.outcome.input, screen.record.reason.change]
    on(own, events.decide, [header.problem, screen.record.view])
    on([screen.explanation.theme.input], events.open_theme, [header.problem, screen.explanation.opened])
    population = screen.population
    on(
        [population.population.input],
        events.repopulate,
        [header.problem, *screen.views["population"], *population.menus],
    )
    for place, menu in enumerate(population.menus):
        on([menu.input], partial(events.characterise, place), [header.problem, population.plots[place]])
