"""What each event on the page hands over, and what a page that was drawn for another model is answered."""

from __future__ import annotations

import gradio as gr
import pytest

from scoring.cases.policy import read_policy
from scoring.cases.steps import Desk
from scoring.interface.binding import bind
from scoring.interface.case import fresh_case
from scoring.interface.events import PERSON, Events
from scoring.interface.retry import MOST_ATTEMPTS, Retries
from scoring.interface.screen import Screen
from scoring.interface.workplace import Workplace
from scoring.journal.journal import open_journal
from scoring.people import ANYBODY
from scoring.portfolio.batches import Batches
from scoring.serving.live import State
from scoring.serving.settings import DEMO_POLICY


class Fixed:
    """Serving that always serves one state."""

    def __init__(self, state: State) -> None:
        self.state = state


@pytest.fixture
def state(service) -> State:
    return State(service, {})


@pytest.fixture
def workplace(state, tmp_path) -> Workplace:
    desk = Desk(open_journal(f"sqlite:///{tmp_path / 'journal.db'}"), read_policy(DEMO_POLICY), 30)
    return Workplace(Fixed(state), desk, frozenset, Batches(lambda: state.service.artifact, lambda batch: None))


@pytest.fixture
def page(state, workplace):
    with gr.Blocks() as demo:
        screen = Screen(state, workplace.desk.policy)
        bind(screen, workplace, demo)
    return screen, demo


@pytest.fixture
def retries(page, workplace) -> Retries:
    return Retries(Events(page[0], workplace))


@pytest.fixture
def values(page, state):
    """What a page holds that shows nobody yet."""
    screen, _ = page
    held = dict.fromkeys([*screen.remembered, screen.retry_request, *screen.all_menus])
    counts = {screen.fills_sent: 2, screen.fills_seen: 2}
    return {
        **held,
        **counts,
        screen.drawn_revision: state.revision,
        screen.open_tab: "reasons",
        PERSON: ANYBODY,
        screen.header.language: "en",
    }


def test_the_menus_are_handed_over_by_their_own_events_alone(page):
    # Their hundreds of choices would be copied for every edit.
    screen, demo = page
    menus = {menu._id for menu in screen.all_menus}
    for event in demo.fns.values():
        handed = menus & {component._id for component in event.inputs}
        own = {target for target, _ in event.targets}
        assert handed <= own or screen.retry_request._id in own


def test_an_edit_can_change_neither_the_form_nor_the_page_s_words(page):
    screen, demo = page
    first = screen.what_if.entries[0]._id
    edit, _ = [event for event in demo.fns.values() if (first, "input") in event.targets]
    changed = {component._id for component in edit.outputs}
    kept = [*screen.what_if.entries, *screen.tabs.values(), *screen.what_if.headings.values(), *screen.all_menus]
    assert changed.isdisjoint(component._id for component in kept)
    assert changed >= {view._id for view in screen.all_views}


def test_a_page_of_the_present_model_is_answered_at_once(page, retries, state, values):
    screen, _ = page
    shown = retries.retry_if_stale("7", lambda *_: {screen.header.problem: {"value": "done"}})(state, values)
    assert shown[screen.header.problem] == {"value": "done"}
    assert screen.retry_request not in shown


def never(*_: object) -> dict[object, object]:
    raise AssertionError("answered from what is past")


@pytest.mark.parametrize("past", ["model", "form"])
def test_a_page_that_is_behind_is_told_to_ask_again_and_nothing_else(page, retries, state, values, past):
    screen, _ = page
    behind = {"model": {screen.drawn_revision: "an older revision"}, "form": {screen.fills_seen: 1}}[past]
    first, second = (retries.retry_if_stale("7", never)(state, {**values, **behind}) for _ in range(2))
    assert first.keys() == {screen.retry_request}
    assert first[screen.retry_request]["value"].split()[0] == "7"
    # The page asks when it changes.
    assert first != second


def test_what_is_asked_again_is_answered_on_a_page_drawn_anew(page, retries, state, values, some_ids):
    screen, _ = page
    held = {
        **values,
        screen.retry_request: "7 once",
        screen.drawn_revision: "an older revision",
        screen.chosen: {"applicant_id": some_ids[0]},
        screen.open_tab: "explanation",
        screen.menus: {"theme": "a theme of the older model", "characteristics": [], "pair": []},
        screen.population.population: "accepted",
    }
    entries = [entry["value"] for entry in screen.what_if.fill(fresh_case(state.served, some_ids[0], "en")).values()]
    held |= dict(zip(screen.what_if.entries, entries, strict=True))
    shown = retries.answer_retry({"7": lambda *_: {screen.open_tab: {"value": "asked"}}}, state, held)
    assert shown[screen.drawn_revision] == {"value": state.revision}
    assert shown[screen.open_tab] == {"value": "asked"}
    assert "svg" in shown[screen.explanation.waterfall]["value"]
    assert shown[screen.menus]["value"]["theme"] != "a theme of the older model"


def test_what_was_drawn_anew_meanwhile_is_only_answered(page, retries, state, values):
    screen, _ = page
    asked = {**values, screen.retry_request: "7 once"}
    shown = retries.answer_retry({"7": lambda *_: {screen.open_tab: {"value": "asked"}}}, state, asked)
    assert shown.keys() == {screen.header.title, screen.open_tab}


def test_what_is_asked_again_too_early_is_asked_once_more(page, retries, state, values):
    screen, _ = page
    early = {**values, screen.retry_request: "7 0 once", screen.fills_seen: 1}
    shown = retries.answer_retry({"7": never}, state, early)
    assert shown.keys() == {screen.retry_request}
    assert shown[screen.retry_request]["value"].split()[:2] == ["7", "1"]


def test_who_asks_too_often_is_no_longer_behind_whatever_was_counted(page, retries, state, values):
    screen, _ = page
    early = {**values, screen.retry_request: f"7 {MOST_ATTEMPTS - 1} once", screen.fills_seen: 1}
    shown = retries.answer_retry({"7": never}, state, early)
    assert shown[screen.fills_seen] == {"value": values[screen.fills_sent]}


def test_a_page_that_another_process_filled_is_behind_once_only(page, retries, state, values):
    screen, _ = page
    moved = {**values, screen.fills_sent: 0, screen.fills_seen: 5}
    shown = retries.retry_if_stale("7", never)(state, moved)
    assert shown[screen.fills_seen] == {"value": 0}
    retried = {**moved, screen.fills_seen: 0, screen.retry_request: shown[screen.retry_request]["value"]}
    answered = retries.answer_retry({"7": lambda *_: {screen.open_tab: {"value": "asked"}}}, state, retried)
    assert answered[screen.open_tab] == {"value": "asked"}


def test_a_page_takes_an_answer_in_the_order_that_asking_again_needs(page):
    screen, _ = page
    filled = max(component._id for component in [screen.chosen, screen.menus, *screen.what_if.entries])
    assert filled < screen.fills_seen._id < screen.retry_request._id


def test_nothing_asked_again_is_nothing_changed(page, retries, state, values):
    assert retries.answer_retry({}, state, values) == {}


def test_what_fills_the_form_is_counted(page, retries, state, values):
    screen, _ = page
    filled = {screen.what_if.entries[0]: {"value": 1}}
    shown = retries.retry_if_stale("7", lambda *_: filled)(state, values)
    assert shown[screen.fills_sent] == shown[screen.fills_seen] == {"value": 3}
    edited = retries.retry_if_stale("7", lambda *_: {screen.what_if.result: {"value": "done"}})(state, values)
    assert screen.fills_sent not in edited
