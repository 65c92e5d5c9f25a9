"""Which handler answers which event of the page.

Every event sends what the page holds and gets back only the components that change. Screen events are not part of the
API. Those of one reader are handled one at a time, in the order in which they happened (`scoring.interface.turns`): in
parallel, the answer to an opened tab could overtake that to an edit, and an older decision would stay on the page. In a
burst of the same event (typing), only the latest is queued.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import gradio as gr

from scoring.errors import ScoringError
from scoring.interface.case import Shown
from scoring.interface.desk_events import DeskEvents
from scoring.interface.drawings import OVERTAKEN, OvertakenError
from scoring.interface.events import PERSON, Events, Handler, Values
from scoring.interface.figure_events import FigureEvents
from scoring.interface.portfolio_events import PortfolioEvents
from scoring.interface.retry import Retries
from scoring.interface.screen import MODEL, TABS, Screen
from scoring.interface.turns import FIGURES, PAGE, lane, opens_another_tab
from scoring.interface.what_if_events import WhatIfEvents
from scoring.interface.who import number_of, person_of
from scoring.interface.workplace import Workplace
from scoring.operations.log import REQUEST
from scoring.serving.live import State
from scoring.words.language import Language
from scoring.words.wording import text

log = logging.getLogger(__name__)

# `Page` prepares the values itself. Gradio would take each of the hundred values of an event through a thread: an edit
# would take twice the time where nothing else runs, and far more under load.
QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "trigger_mode": "always_last",
    "preprocess": False,
}
# Tabs with figures.
DEAR = {"explanation", "population"}

# What the search box holds when the search is sent: if it had to wait, the event's own data would be stale.
TYPED = "(_, language) => [document.querySelector('#picker input').value, language]"

# Browsers and screen readers read the language from the document itself.
SPOKEN = "(language) => { document.documentElement.lang = language; }"
# The page's script no longer greys the result once it belongs to what was entered.
ANSWERED = "(committed) => { answered(committed); }"

# The address and the window keep what a reload opens again.
KEEP_PLACE = "(...place) => { keepPlace(...place); }"
KEEP_TYPED = "(...typed) => { keepTyped(...typed); }"
# What the page brings along takes the place of its last value among those that are sent.
OPENED = "(...values) => { values[%d] = keptHere(); values[%d] = fileHere(); return values.slice(0, %d); }"
KEEP_FILE = "(number) => { keepFile(number); }"


def _guarded(events: Events, handler: Handler) -> Callable[[Values, gr.Request], dict[Any, Any]]:
    """A handler as gradio calls it: an error shows as a message on the page, which otherwise stays as it is.

    A fault that nobody expected is in the log, under the number that the message names.
    """

    def guarded(values: Values, request: gr.Request) -> dict[Any, Any]:
        values = {**values, PERSON: person_of(request)}
        number = number_of(request)
        # Read once, so that the whole answer comes from one model even if another is loaded meanwhile.
        state = events.serving.state
        try:
            return _updates(handler(state, values))
        except ScoringError as error:
            problem = str(error)
        except OvertakenError:
            return gr.skip()
        except Exception:
            REQUEST.set(number)
            log.exception("An event of the page failed: request %s.", number)
            problem = text("screen.failed", events.language(values), number=number)
        return _updates(events.screen.header.refuse(problem, events.language(values)))

    return guarded


def _updates(shown: Shown) -> dict[Any, Any]:
    """In gradio's form. A value alone needs no `gr.update`, which would make gradio rebuild the component."""
    changed = {
        component: properties["value"] if properties.keys() == {"value"} else gr.update(**properties)
        for component, properties in shown.items()
    }
    return changed or gr.skip()


def _unless_left(demo: gr.Blocks, show: Callable[[Values, gr.Request], dict[Any, Any]]) -> Any:
    """What draws an opened tab; it stops, and changes nothing, once the reader has opened another one."""

    def shown(values: Values, request: gr.Request) -> dict[Any, Any]:
        overtaken = OVERTAKEN.set(lambda: opens_another_tab(demo, request.session_hash))
        try:
            return show(values, request)
        finally:
            OVERTAKEN.reset(overtaken)

    return shown


def bind(screen: Screen, workplace: Workplace, demo: gr.Blocks) -> None:
    """Connects the page's events to their functions."""
    events = Events(screen, workplace)
    desk, tried, figures, worklist = DeskEvents(events), WhatIfEvents(events), FigureEvents(events), screen.worklist
    files, portfolio = PortfolioEvents(events), screen.portfolio
    retries, header, what_if = Retries(events), screen.header, screen.what_if
    explanation, population, record, model = screen.explanation, screen.population, screen.record, screen.model
    # Gradio sends progress to each of these some five times an event: a hidden component costs nothing.
    quiet: dict[str, Any] = {**QUIET, "show_progress_on": [screen.drawn_revision]}
    cheap, dear = {**quiet, **lane(PAGE)}, {**quiet, **lane(FIGURES)}
    page = {*screen.remembered}
    always = {header.title, header.problem, screen.retry_request, screen.fills_sent, screen.fills_seen}
    handlers: dict[str, Handler] = {}

    def answering(handler: Handler) -> Callable[[Values, gr.Request], dict[Any, Any]]:
        key = str(len(handlers))
        handlers[key] = handler
        return _guarded(events, retries.retry_if_stale(key, handler))

    def on(
        triggers: list[Any],
        handler: Handler,
        changed: Iterable[Any],
        read: Iterable[Any] = (),
        kind: dict[str, Any] = cheap,
    ) -> None:
        """Binds a handler with the components that it may change, and those that it reads beside the page's state."""
        gr.on(triggers, answering(handler), {*page, *read}, {*always, *changed}, **kind)

    def open_page(values: Values, request: gr.Request) -> dict[Any, Any]:
        def opened(state: State, held: Values) -> Shown:
            return retries.count_fills(held, events.open(request, state, held))

        return _guarded(events, opened)(values, request)

    def searched(typed: str | None, language: Language, request: gr.Request) -> dict[Any, Any]:
        spoken = events.language({header.language: language})
        return _updates(events.search(typed or "", spoken)) if person_of(request).may("read") else {}

    opening = sorted({*page, what_if.kept}, key=lambda component: component._id)
    brought = OPENED % (opening.index(what_if.kept), opening.index(portfolio.number), len(opening))
    demo.load(open_page, {*opening}, screen.shown, js=brought, **cheap)
    header.picker.key_up(
        searched,
        [header.typed, header.language],
        [header.picker],
        js=TYPED,
        queue=False,
        **QUIET,
    )
    on([header.picker.input], events.pick, screen.shown, [header.picker])
    on([header.new.click], events.new, screen.shown)
    on([header.language.input], events.change_language, screen.shown)
    header.language.change(None, header.language, js=SPOKEN, api_visibility="private")
    for name, tab in screen.tabs.items():
        show, changed = partial(events.show, name), {*always, screen.open_tab, *screen.drawn_by(name)}
        gr.on([tab.select], _unless_left(demo, answering(show)), page, changed, **(dear if name in DEAR else cheap))
    on(
        [header.to_model.click],
        events.show_model,
        [screen.open_tab, *screen.places, *screen.drawn_by(MODEL)],
        kind=dear,
    )
    first = [screen.open_tab, *screen.places, *screen.drawn_by(TABS[0])]
    on([header.to_case.click], partial(events.lead_to, TABS[0]), first)
    on([header.to_files.click], files.show, [screen.open_tab, *screen.places, *portfolio.drawn])
    redraw_file = [portfolio.number.change, portfolio.timer.tick, header.language.input]
    on(redraw_file, files.redraw, portfolio.drawn)
    on([portfolio.cancel.click], files.cancel, portfolio.drawn)
    portfolio.number.change(None, portfolio.number, js=KEEP_FILE, api_visibility="private")
    edited = [*screen.drawn_by("what_if"), *screen.all_views]
    # Numbers count when they are committed: `scripts/entries.js` writes it into `committed`.
    chosen = [entry.input for entry in what_if.entries if not isinstance(entry, gr.Textbox)]
    on(chosen, tried.edit, edited)
    on([what_if.committed.change], tried.commit, [*edited, *what_if.entries, what_if.answered])
    what_if.answered.change(None, what_if.answered, js=ANSWERED, api_visibility="private")
    kept_scenarios = [what_if.scenarios, *edited, *what_if.entries]
    on([what_if.scenario_command.change], tried.scenario, kept_scenarios, [what_if.scenario_command])
    on([what_if.reset.click], tried.reset, [*edited, *what_if.entries])
    for index, plan in enumerate(what_if.plans.buttons):
        on([plan.click], partial(tried.apply, index), [*edited, *what_if.entries])
    on([what_if.curve_choice.change], tried.choose_curve, [what_if.curve])
    on([what_if.curve_moved.change], tried.move, [*edited, *what_if.entries], [what_if.curve_moved])
    on([record.outcome.input], desk.choose_outcome, record.drawn)
    done = [*record.drawn, header.standing, screen.seen]
    for button, handler in (
        (record.record, desk.record),
        (record.confirm, desk.confirm),
        (record.send_back, desk.send_back),
        (record.reopen, desk.reopen),
    ):
        on([button.click], handler, done)
    # `change`, not `input`: gradio reports no input that a script makes.
    on([screen.command.change], desk.obey, screen.shown, [screen.command])
    on([header.next.click], desk.next, screen.shown)
    on([header.back.click], desk.back, screen.shown)
    # `change`, not `input`: gradio reports no input for pasted text.
    on([worklist.recommendation.input, *(each.change for each in worklist.filters[1:])], desk.filter, worklist.shown)
    on([worklist.timer.tick], desk.redraw_list, worklist.shown)
    place: list[Any] = [
        screen.chosen,
        worklist.order,
        header.language,
        screen.open_tab,
        screen.allowed_changes,
        what_if.scenarios,
    ]
    # Any of them: one may still be the old one when another changes.
    gr.on([each.change for each in place], None, place, js=KEEP_PLACE, api_visibility="private")
    form = [screen.chosen, screen.allowed_changes, *what_if.entries]
    gr.on(
        [*chosen, what_if.committed.change, screen.fills_seen.change],
        None,
        form,
        js=KEEP_TYPED,
        api_visibility="private",
    )
    # `change`, not `input`: a number out of range is clamped when its entry loses focus.
    on([model.ratio.change], figures.try_cost_ratio, [model.ratio_view], kind=dear)
    on([explanation.theme.input], figures.open_theme, [explanation.opened, screen.menus], [explanation.theme], dear)
    on([population.population.input], figures.change_population, screen.drawn_by("population"), kind=dear)
    for plot, menu in enumerate(population.menus):
        choose, drawn = partial(figures.choose_characteristic, plot), [population.plots[plot], screen.menus]
        on([menu.input], choose, drawn, [menu], dear)
    axes = population.scatter_axes
    on([menu.input for menu in axes], figures.choose_scatter_axes, [population.scatter, screen.menus], axes, dear)
    everything = {*page, header.picker, screen.retry_request, *screen.all_menus}
    gr.on(
        [screen.retry_request.change],
        _guarded(events, partial(retries.answer_retry, handlers)),
        everything,
        screen.shown,
        # Each one is answered, since retries of different events may be queued.
        **{**cheap, "trigger_mode": "multiple"},
    )
