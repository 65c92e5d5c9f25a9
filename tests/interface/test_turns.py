"""Whose turn it is: each reader's events in order, those of several readers side by side, cheap ones first."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest

from benchmarks.load.reader import AnswerError, Reader
from scoring.interface.paths import ANSWERS, HEARTBEAT
from scoring.interface.readers import Leaving, keep_no_copies
from scoring.interface.turns import (
    AT_ONCE,
    FIGURES,
    FIGURES_SHARE,
    PAGE,
    PATIENCE,
    Turns,
    lane,
    waiting_before,
    waits,
)
from scoring.operations.limits import Queue
from tests.apart import run_apart
from tests.ports import free_port
from tests.waiting import until

MOST_WAITING = 16
LONGEST = 30


@dataclass
class Desk:
    """A page with a cheap button and one for figures, both of which wait for what they are sent to be let go."""

    url: str = ""
    begun: list[str] = field(default_factory=list)
    gates: dict[str, threading.Event] = field(default_factory=dict)
    page: Any = None

    def answer(self, name: str) -> str:
        self.begun.append(name)
        if name in self.gates:
            assert self.gates[name].wait(LONGEST)
        return name

    def close(self, *names: str) -> None:
        self.gates |= {name: threading.Event() for name in names}

    def open(self, *names: str) -> None:
        for name in names:
            self.gates[name].set()

    def reader(self) -> Reader:
        return Reader(httpx.Client(base_url=self.url, timeout=LONGEST))

    def waits(self) -> int:
        return len(self.page._queue)


@asynccontextmanager
async def forgetting(app: Any) -> AsyncIterator[None]:
    app.middleware_stack = Leaving(app.middleware_stack, app.get_blocks())
    yield


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    with gr.Blocks() as page:
        sent, shown = gr.Textbox(elem_id="sent"), gr.Textbox(elem_id="shown")
        gr.Textbox(elem_id="retry-request").change(None)
        for name in (PAGE, FIGURES):
            gr.Button(elem_id=name).click(desk.answer, sent, shown, **lane(name))
        gr.api(desk.answer, api_name="call")
    page._queue, desk.page = Turns(page, MOST_WAITING), page
    keep_no_copies(page)
    own = {"lifespan": forgetting}
    _, desk.url, _ = page.launch(prevent_thread_lock=True, quiet=True, server_port=free_port(), app_kwargs=own)
    yield desk
    desk.open(*desk.gates)
    page.close()


def click(reader: Reader, lane: str, name: str) -> str:
    """Sends an event."""
    reader.values[reader.component("sent")] = name
    return reader.join(reader.event(lane, "click"))


def answer(reader: Reader, lane: str, event: str) -> Any:
    """What it is answered."""
    reader.take(reader.event(lane, "click"), event)
    return reader.shown("shown")


def test_events_of_a_reader_are_answered_one_at_a_time_in_order(desk: Desk):
    desk.close("first", "second")
    reader = desk.reader()
    sent = [(lane, click(reader, lane, name)) for lane, name in ((FIGURES, "first"), (PAGE, "second"), (PAGE, "third"))]
    until(lambda: desk.begun)
    desk.open("second")
    time.sleep(0.1)
    assert desk.begun == ["first"]
    desk.open("first")
    assert [answer(reader, lane, event) for lane, event in sent] == ["first", "second", "third"]
    assert desk.begun == ["first", "second", "third"]


def test_a_reader_does_not_wait_for_another_s_figure(desk: Desk):
    desk.close("slow")
    slow, quick = desk.reader(), desk.reader()
    event = click(slow, FIGURES, "slow")
    until(lambda: desk.begun)
    assert answer(quick, FIGURES, click(quick, FIGURES, "figure")) == "figure"
    assert answer(quick, PAGE, click(quick, PAGE, "cheap")) == "cheap"
    desk.open("slow")
    assert answer(slow, FIGURES, event) == "slow"


def test_lanes_are_bounded_and_cheap_events_pass_figures(desk: Desk):
    names = [f"figure {place}" for place in range(AT_ONCE[FIGURES] + 2)]
    desk.close(*names)
    readers = [desk.reader() for _ in names]
    events = [click(reader, FIGURES, name) for reader, name in zip(readers, names, strict=True)]
    until(lambda: len(desk.begun) == AT_ONCE[FIGURES])
    late = desk.reader()
    assert answer(late, PAGE, click(late, PAGE, "cheap")) == "cheap"
    assert len(desk.begun) == AT_ONCE[FIGURES] + 1
    desk.open(*names)
    answers = [answer(reader, FIGURES, event) for reader, event in zip(readers, events, strict=True)]
    assert answers == names


def crowded(desk: Desk) -> None:
    """As many cheap events as run side by side, another that waits, and after it a figure."""
    names = [f"cheap {place}" for place in range(AT_ONCE[PAGE])]
    desk.close(*names)
    for name in names:
        click(desk.reader(), PAGE, name)
    until(lambda: len(desk.begun) == AT_ONCE[PAGE])
    for kind, name in ((PAGE, "waits"), (FIGURES, "figure")):
        click(desk.reader(), kind, name)
    # Whatever can begin has begun once a program that came later is answered.
    assert desk.reader().client.post("/gradio_api/call/call", json={"data": ["program"]}).status_code == 200
    until(lambda: "program" in desk.begun)


def test_no_figure_begins_while_a_cheap_event_waits(desk: Desk):
    crowded(desk)
    assert "figure" not in desk.begun
    desk.open("cheap 0")
    until(lambda: {"waits", "figure"} <= {*desk.begun})


def test_what_programs_and_figures_wait_for_refuses_no_cheap_event(desk: Desk):
    crowded(desk)
    calls = SimpleNamespace(waiting=Queue(1_000, 0.0))
    assert waiting_before(desk.page, calls, "/gradio_api/queue/join").length == 1
    assert waiting_before(desk.page, calls, "/gradio_api/run/call").length == 1_002


def test_a_figure_that_has_let_cheap_events_pass_for_long_takes_its_turn(desk: Desk):
    crowded(desk)
    (figure,) = waits(desk.page._queue, [FIGURES])
    figure.enqueue_time -= PATIENCE[FIGURES] + 1
    until(lambda: "figure" in desk.begun)
    assert "waits" not in desk.begun


def test_too_many_figures_are_refused_and_cheap_events_are_not(desk: Desk):
    room = AT_ONCE[FIGURES] + int(FIGURES_SHARE * MOST_WAITING)
    names = [f"figure {place}" for place in range(room)]
    desk.close(*names)
    for name in names:
        click(desk.reader(), FIGURES, name)
    until(lambda: desk.waits() == FIGURES_SHARE * MOST_WAITING)
    refused = desk.reader()
    with pytest.raises(AnswerError, match=r"429: .*many figures are waiting to be drawn. Try again in about \d+ s"):
        click(refused, FIGURES, "one more")
    assert answer(refused, PAGE, click(refused, PAGE, "cheap")) == "cheap"


def test_calls_of_one_program_run_side_by_side(desk: Desk):
    desk.close("a", "b")
    program = desk.reader()
    for name in ("a", "b"):
        program.client.post("/gradio_api/call/call", json={"data": [name], "session_hash": "program"})
    until(lambda: len(desk.begun) == 2)


def test_nothing_is_kept_of_a_program_s_call(desk: Desk):
    client = desk.reader().client
    for place in range(3):
        event = client.post("/gradio_api/call/call", json={"data": [str(place)]}).json()["event_id"]
        assert f'["{place}"]' in client.get(f"/gradio_api/call/call/{event}").text
    until(lambda: not desk.page.state_holder.session_data)
    desk.page._queue._forget_answered()
    assert not desk.page._queue.pending_event_ids_session
    assert len(desk.page._queue.event_analytics) <= 1


def test_a_session_keeps_no_copy_of_what_is_shown(desk: Desk):
    reader = desk.reader()
    answer(reader, PAGE, click(reader, PAGE, "an applicant's name"))
    state = desk.page.state_holder.session_data[reader.session]
    assert "an applicant's name" not in repr(state.config_values)


def test_a_reader_who_leaves_is_forgotten(desk: Desk):
    reader = desk.reader()
    with reader.client.stream("GET", f"/gradio_api/heartbeat/{reader.session}") as page:
        beats = page.iter_text()
        next(beats)
        answer(reader, PAGE, click(reader, PAGE, "here"))
        assert reader.session in desk.page.state_holder.session_data
    queue = desk.page._queue
    kept = (desk.page.state_holder.session_data, queue.pending_messages_per_session, queue.pending_event_ids_session)
    until(lambda: not any(reader.session in each for each in kept))


def test_a_stream_that_is_still_open_when_its_reader_leaves_ends_in_peace():
    reader = {"reader": object()}
    queue = SimpleNamespace(pending_messages_per_session=dict(reader), pending_event_ids_session=dict(reader))
    states = SimpleNamespace(session_data=dict(reader), time_last_used=dict(reader))
    page = SimpleNamespace(_queue=queue, state_holder=states)

    async def leave_while_answers_are_streamed() -> None:
        ends = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["path"] == ANSWERS:
                await ends.wait()

        leaving = Leaving(app, page)
        request = {"type": "http", "path": ANSWERS, "query_string": b"session_hash=reader"}
        stream = asyncio.create_task(leaving(request, None, None))
        await asyncio.sleep(0)
        await leaving({"type": "http", "path": f"{HEARTBEAT}reader"}, None, None)
        assert not states.session_data
        assert queue.pending_messages_per_session == reader
        ends.set()
        await stream

    run_apart(leave_while_answers_are_streamed())
    assert not queue.pending_messages_per_session
    assert not queue.pending_event_ids_session
