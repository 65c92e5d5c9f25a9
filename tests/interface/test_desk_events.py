"""What the page hands over is not believed: forged or forgotten, it leads to words, never to a record or a crash."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import gradio as gr
import pytest

from scoring.cases.evidence import evidence
from scoring.cases.policy import read_policy
from scoring.cases.steps import Desk
from scoring.cases.store import write
from scoring.database.engine import writing
from scoring.errors import ScoringError
from scoring.interface.case import fresh_case
from scoring.interface.desk_events import DeskEvents
from scoring.interface.events import PERSON, Events
from scoring.interface.form import entries_of
from scoring.interface.screen import Screen
from scoring.interface.workplace import Workplace
from scoring.journal.append import append
from scoring.journal.journal import open_journal
from scoring.people import Person
from scoring.portfolio.batches import Batches
from scoring.serving.live import State
from scoring.serving.service import assess, commented
from scoring.serving.settings import DEMO_POLICY
from scoring.words.wording import text

ANNA, RITA = Person("anna", "adviser"), Person("rita", "reviewer")


class Fixed:
    def __init__(self, state: State) -> None:
        self.state = state


@pytest.fixture
def state(service) -> State:
    return State(service, {})


@pytest.fixture
def desk(state, tmp_path):
    workplace = Workplace(
        Fixed(state),
        Desk(open_journal(f"sqlite:///{tmp_path / 'journal.db'}"), read_policy(DEMO_POLICY), 30),
        lambda: frozenset({"anna", "ben"}),
        Batches(lambda: state.service.artifact, lambda batch: None),
    )
    with gr.Blocks():
        screen = Screen(state, workplace.desk.policy)
    return DeskEvents(Events(screen, workplace))


@pytest.fixture
def opened(desk, state, ids):
    """The page's values after an applicant was opened, and their recommendation chosen."""
    screen = desk.screen
    held = dict.fromkeys([*screen.remembered, screen.command, screen.retry_request])
    held |= {
        screen.header.language: "en",
        screen.open_tab: "record",
        PERSON: ANNA,
        screen.drawn_revision: state.revision,
    }
    shown = desk.events.open_id(state, held, str(ids[0]), "record", "en")
    outcome = assess(state.service, ids[0], {}, "en").decision.outcome
    entries = entries_of(fresh_case(state.service, ids[0], "en").applicant.raw, {}, "en")
    values = {**held, **dict(zip(screen.what_if.entries, entries, strict=True))}
    for component in (screen.chosen, screen.seen, screen.allowed_changes):
        values[component] = shown[component]["value"]
    return {**values, screen.record.outcome: outcome, screen.record.note: "Why", screen.record.told: None}


def kinds(desk) -> list[str]:
    return [entry.kind for entry in desk.workplace.desk.journal.entries()]


def said(desk, shown) -> str:
    return shown[desk.screen.record.view]["value"]


def test_a_decision_is_recorded_and_its_entries_emptied(desk, state, opened):
    shown = desk.record(state, opened)
    assert "Recorded: entry 2" in said(desk, shown)
    assert shown[desk.screen.record.note]["value"] == ""
    assert kinds(desk) == ["view", "decision"]


@pytest.mark.parametrize(
    "seen",
    [None, {}, [], "x", {"version": "0"}, {"version": 0}, {"version": 0, "revision": None, "application": ""}],
)
def test_what_was_seen_cannot_be_left_out(desk, state, opened, seen):
    shown = desk.record(state, {**opened, desk.screen.seen: seen})
    assert text("case.changed_meanwhile", "en") in said(desk, shown)
    assert kinds(desk) == ["view"]
    # Shown anew, it can be decided.
    assert "Recorded" in said(desk, desk.record(state, {**opened, desk.screen.seen: shown[desk.screen.seen]["value"]}))


@pytest.mark.parametrize("outcome", [None, "accept", 1, ["approve"], {}])
def test_another_outcome_records_nothing(desk, state, opened, outcome):
    shown = desk.record(state, {**opened, desk.screen.record.outcome: outcome})
    assert text("case.choose_outcome", "en") in said(desk, shown)
    assert kinds(desk) == ["view"]


@pytest.mark.parametrize(
    ("entry", "value"),
    [("listed", ["other"]), ("listed", "no such"), ("listed", 5), ("note", "x" * 3000), ("note", "a\0b")],
)
def test_forged_entries_are_refused_in_words(desk, state, opened, entry, value):
    shown = desk.record(state, {**opened, getattr(desk.screen.record, entry): value})
    assert "not allowed" in said(desk, shown) or "characters" in said(desk, shown)
    assert kinds(desk) == ["view"]


def test_a_reviewer_s_click_records_nothing(desk, state, opened):
    shown = desk.record(state, {**opened, PERSON: RITA})
    assert "decide" in said(desk, shown)
    assert kinds(desk) == ["view"]


@pytest.mark.parametrize("order", [None, [], "x", {"page": "2"}, {"page": -5}, {"sort": "salary"}, {"states": None}])
def test_a_forged_order_shows_the_first_page(desk, state, opened, order):
    wanted = desk.screen.worklist.wanted({**opened, desk.screen.worklist.order: order})
    assert (wanted.page, wanted.sort, wanted.states) == (1, "date", frozenset())


@pytest.mark.parametrize("command", [None, "", "open", "drop 1 2", "open 1; 2", "page 99999999999999 1", "sort x 1"])
def test_a_forged_command_leads_nowhere_or_to_words(desk, state, opened, command):
    values = {**opened, desk.screen.command: command}
    with suppress(ScoringError):
        desk.obey(state, values)
    assert kinds(desk) == ["view"]


@pytest.mark.parametrize(("changes", "shown"), [({"AMT_CREDIT": 222_222}, True), ({"AMT_CREDIT": -1}, False)])
def test_a_decided_case_opens_as_it_was_decided_if_that_is_still_allowed(desk, state, opened, ids, changes, shown):
    here, now = desk.workplace.desk, datetime.now(UTC)
    on_file = state.service.applicants.find(ids[0])
    score = commented(state.service, assess(state.service, ids[0], {}, "en"))
    told = {"outcome": "refuse", "reason_code": "", "note": "", "told_reasons": []}
    payload = {**evidence(state.service, on_file, changes, score, "en"), **told}
    with writing(here.journal.engine) as connection:
        entry = append(connection, "decision", ANNA, payload, ids[0]).number
        case = {"state": "decided", "outcome": "refuse", "decided_by": "anna", "decided_at": now, "changed_at": now}
        write(connection, ids[0], **case, entry=entry, version=1)
    page = desk.events.open_id(state, opened, str(ids[0]), "record", "en")
    assert page[desk.screen.allowed_changes]["value"]["changes"] == (changes if shown else {})
