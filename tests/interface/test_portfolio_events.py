"""The page for files shows each reader their own file and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import pytest

from scoring.cases.policy import read_policy
from scoring.cases.steps import Desk
from scoring.errors import AccessError
from scoring.interface.events import PERSON, Events, Values
from scoring.interface.portfolio_events import PortfolioEvents
from scoring.interface.screen import PORTFOLIO, TABS, Screen
from scoring.interface.workplace import Workplace
from scoring.journal.journal import open_journal
from scoring.people import Person
from scoring.portfolio.batches import Batch, Batches
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_POLICY
from scoring.words.wording import text
from tests.waiting import until

ANNA, BEN, MONA = Person("anna", "adviser"), Person("ben", "adviser"), Person("mona", "maintainer")
HEADER, LINE = "AMT_INCOME_TOTAL,AMT_CREDIT,AMT_ANNUITY,DAYS_BIRTH", "150000,333000,20000,-12000"


@pytest.fixture(scope="module")
def files(service: Service, tmp_path_factory: pytest.TempPathFactory) -> PortfolioEvents:
    state = State(service, {})
    journal = open_journal(f"sqlite:///{tmp_path_factory.mktemp('files') / 'journal.db'}")
    desk = Desk(journal, read_policy(DEMO_POLICY), 30)
    workplace = Workplace(lambda: state, desk, frozenset, Batches(lambda: service.artifact, lambda batch: None))
    with gr.Blocks():
        screen = Screen(state, desk.policy)
    return PortfolioEvents(Events(screen, workplace))


@pytest.fixture
def sent(files: PortfolioEvents) -> Iterator[Batch]:
    """A file of anna's that is being received."""
    batch = files.batches.receive(ANNA, "en", "csv")
    yield batch
    files.batches.cancel(batch)


def held(files: PortfolioEvents, person: Person, number: str, tab: str = PORTFOLIO) -> Values:
    screen = files.screen
    own = {screen.header.language: "en", screen.open_tab: tab, screen.portfolio.number: number}
    return {**dict.fromkeys(screen.remembered), **own, PERSON: person}


def view(files: PortfolioEvents, values: Values) -> str:
    return files.redraw(State(None, {}), values)[files.screen.portfolio.view]["value"]


def score(files: PortfolioEvents, batch: Batch, content: str) -> None:
    batch.sent.write_text(content)
    files.batches.start(batch)
    until(lambda: batch.ended_at is not None)


def test_a_file_is_shown_to_its_sender_and_to_nobody_else(files: PortfolioEvents, sent: Batch):
    score(files, sent, f"{HEADER}\n{LINE}\n1,2,3,4")
    shown = view(files, held(files, ANNA, sent.number))
    assert f"batch/{sent.number}/file" in shown
    assert text("portfolio.errors", "en", refused="1") in shown
    gone = view(files, held(files, BEN, sent.number))
    assert text("portfolio.gone", "en") in gone
    assert sent.number not in gone


def test_it_is_drawn_again_as_long_as_it_is_being_scored(files: PortfolioEvents, sent: Batch):
    portfolio, values = files.screen.portfolio, held(files, ANNA, sent.number)
    going = files.redraw(State(None, {}), values)
    assert (going[portfolio.timer]["active"], going[portfolio.cancel]["visible"]) == (True, True)
    ended = files.cancel(State(None, {}), values)
    assert (ended[portfolio.timer]["active"], ended[portfolio.cancel]["visible"]) == (False, False)
    assert text("portfolio.cancelled", "en") in ended[portfolio.view]["value"]


def test_nobody_cancels_the_file_of_another(files: PortfolioEvents, sent: Batch):
    files.cancel(State(None, {}), held(files, BEN, sent.number))
    assert sent.ended_at is None


def test_a_role_that_reads_no_applications_sees_no_file(files: PortfolioEvents, sent: Batch):
    with pytest.raises(AccessError):
        view(files, held(files, MONA, sent.number))


def test_nothing_is_drawn_behind_another_tab(files: PortfolioEvents, sent: Batch):
    assert files.redraw(State(None, {}), held(files, ANNA, sent.number, TABS[0])) == {}


@pytest.mark.parametrize("number", ["", None, {"a": 1}, "../../etc"])
def test_a_number_that_is_none_leads_to_no_file(files: PortfolioEvents, number: object):
    assert "batch/" not in view(files, held(files, ANNA, number))  # type: ignore[arg-type]
