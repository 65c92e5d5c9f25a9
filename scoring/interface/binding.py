"""Which event on the page is answered by what.

Every event hands over what the page holds and gets back only the components that change. Screen events are no part of
the API. They are answered one after the other, in the order in which they happened: side by side, the answer to an
opened tab could overtake that to an edit, and an older decision would stay on the page. (Python draws one figure at a
time anyway.) Of a storm of them (typing) only the last one waits for its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import gradio as gr

from scoring.errors import ScoringError
from scoring.interface.case import Shown
from scoring.interface.events import Events, Handler, Values
from scoring.interface.screen import Screen
from scoring.serving.live import Serving, State

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
    page = {*screen.remembered}
    always = {header.title, header.problem, screen.again, screen.filled, screen.received}
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
        def opened(state: State, held: Values) -> Shown:
            return events.counted(held, events.open(request, state, held))

        return _guarded(events, opened)(values)

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
        # Each is answered: what is asked again differs.
        **{**in_order, "trigger_mode": "multiple"},
    )
