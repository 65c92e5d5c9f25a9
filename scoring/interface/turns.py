"""The queue of events: each reader's in the order in which they came, those of several readers side by side.

Events of the page have two lanes, each with a bound of its own: cheap ones, and those that draw figures, which let
cheap ones pass. Calls of programs are in no order, so that one program can make several at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import gradio as gr
from fastapi import HTTPException, Request
from gradio import queueing
from gradio.block_function import BlockFunction
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event, EventQueue

from scoring.access.pages import asked_language
from scoring.interface.paths import EVENT
from scoring.interface.readers import forget_state
from scoring.operations.call_pool import CallPool
from scoring.operations.limits import Queue
from scoring.words.wording import text

# Lanes (gradio's `concurrency_id`), and how many events of each run side by side. Programs' calls have one for all
# endpoints, so that they never take all of gradio's places.
PAGE, FIGURES, CALLS = "page", "figures", "calls"
AT_ONCE = {PAGE: 4, FIGURES: 2, CALLS: 8}
# For so many seconds, an event of the page lets cheap ones pass that came later.
PATIENCE = {PAGE: 0.0, FIGURES: 10.0}
# Of all that may wait, the share that may wait for figures.
FIGURES_SHARE = 0.25
# Seconds between two messages that tell a waiting client its place.
PLACE_SECONDS = 5
TOO_MANY = 429

Pushed = tuple[bool, str | list[dict[str, Any]], Literal["success", "error", "queue_full", "validator_error"]]


def lane(name: str) -> dict[str, Any]:
    """Gradio's options for events of a lane."""
    return {"concurrency_id": name, "concurrency_limit": AT_ONCE[name]}


def in_order(function: BlockFunction) -> bool:
    """Whether events of this function are a reader's, which are answered in turn."""
    return function.concurrency_id in PATIENCE


def running(queue: queueing.Queue) -> Iterator[Event]:
    """The events that are being answered."""
    return (event for job in queue.active_jobs if job for event in job)


def waits(queue: queueing.Queue, lanes: Iterable[str] | None = None) -> Iterator[Event]:
    """The events that wait, by default in all lanes."""
    known = queue.event_queue_per_concurrency_id
    chosen = list(known.values()) if lanes is None else [known[lane] for lane in lanes if lane in known]
    return (event for lane in chosen for event in list(lane.queue))


def waiting(page: gr.Blocks, lanes: Iterable[str] | None = None) -> Queue:
    """How much waits, and for how long, by what its functions took so far."""
    queue = page._queue
    events = list(waits(queue, lanes))
    seconds = (
        queue.process_time_per_fn[event.fn].avg_time / AT_ONCE.get(event.concurrency_id, AT_ONCE[CALLS])
        for event in events
    )
    return Queue(len(events), sum(seconds))


def waiting_before(page: gr.Blocks, calls: CallPool, path: str) -> Queue:
    """What waits before a request to a path: before an event of the page only cheap ones, before all else everything.

    Programs' calls that fill the queue refuse no reader; events for figures are refused by `Turns.push`.
    """
    return waiting(page, [PAGE]) if path.rstrip("/") == EVENT else waiting(page).and_also(calls.waiting)


def opens_another_tab(page: gr.Blocks, session_hash: str | None) -> bool:
    """Whether a reader's page has already sent that another tab was opened."""
    events = waits(page._queue, PATIENCE)
    return any(event.session_hash == session_hash and event.fn.targets[0][1] == "select" for event in events)


class Turns(queueing.Queue):
    """Gradio's queue, which takes the events that wait by whose turn it is.

    Args:
        page: the page whose events these are.
        most_waiting: how many events may wait in all.
    """

    def __init__(self, page: gr.Blocks, most_waiting: int) -> None:
        super().__init__(
            live_updates=False,
            concurrency_count=page.max_threads,
            update_intervals=PLACE_SECONDS,
            max_size=most_waiting,
            blocks=page,
            default_concurrency_limit=AT_ONCE[CALLS],
        )
        # Gradio would keep the last ten thousand events for a page that is off.
        self.ANALYTICS_MAX_EVENTS = 1

    async def push(self, body: PredictBodyInternal, request: Request, username: str | None) -> Pushed:
        """Takes an event, unless it is for figures and too many wait for these.

        Raises:
            HTTPException: too many do; it says for how long.
        """
        called = self.blocks.fns.get(body.fn_index) if body.fn_index is not None else None
        if called is not None and called.concurrency_id == FIGURES:
            wait = waiting(self.blocks, [FIGURES])
            if wait.length >= FIGURES_SHARE * (self.max_size or math.inf):
                seconds = max(1, math.ceil(wait.seconds))
                words = text("busy.figures", asked_language(request.scope), seconds=seconds)
                raise HTTPException(TOO_MANY, words, {"Retry-After": str(seconds)})
        if len(self.pending_event_ids_session) > 2 * self.pending_messages_per_session.max_size:
            self._forget_answered()
        return await super().push(body, request, username)

    def _forget_answered(self) -> None:
        """Forgets the sessions that wait for nothing or whose answers nobody fetched: gradio keeps them all."""
        known, messages = self.pending_event_ids_session, self.pending_messages_per_session
        self.pending_event_ids_session = {name: events for name, events in known.items() if events and name in messages}

    def get_events(self) -> tuple[list[Event], bool, str] | None:
        """The event that is answered next, if its lane has room."""
        for lane, event in self.next_ones():
            if lane.current_concurrency < (lane.concurrency_limit or math.inf):
                lane.queue.remove(event)
                return [event], False, lane.concurrency_id
            if lane.concurrency_id == PAGE:
                # No figure begins while a cheap event waits that is due before it.
                return None
        return None

    def next_ones(self) -> Iterator[tuple[EventQueue, Event]]:
        """What may be answered next, first things first, with its lane.

        That is the first call of a program, and of each reader the oldest event while no other of theirs runs.
        """
        lanes = self.event_queue_per_concurrency_id
        for name, lane in lanes.items():
            if name not in PATIENCE and lane.queue:
                yield lane, lane.queue[0]
        taken = {event.session_hash for event in running(self) if in_order(event.fn)}
        oldest: dict[str, Event] = {}
        for event in sorted(waits(self, PATIENCE), key=lambda event: event.enqueue_time):
            oldest.setdefault(event.session_hash, event)
        turns = [event for session, event in oldest.items() if session not in taken]
        for event in sorted(turns, key=lambda event: event.enqueue_time + PATIENCE[event.concurrency_id]):
            yield lanes[event.concurrency_id], event

    async def process_events(self, events: list[Event], batch: bool, begin_time: float, fn: BlockFunction) -> None:
        """Answers an event; nothing of a program's call is kept."""
        await super().process_events(events, batch, begin_time, fn)
        for event in events:
            if not in_order(event.fn):
                forget_state(self.blocks, event.session_hash)

    def compute_analytics_summary(self, records: object) -> dict[str, Any]:
        """Nothing: gradio would count all that was answered lately, after each answer, for a page that is off."""
        return {}


def readers_wait(page: gr.Blocks) -> bool:
    """Whether a cheap event waits for no other reason than that too many are being answered."""
    queue = page._queue
    assert isinstance(queue, Turns)
    return any(lane.concurrency_id == PAGE for lane, _ in queue.next_ones())
