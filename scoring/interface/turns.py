"""The queue of events: each reader's in the order in which they came, those of several readers side by side.

Events of the page have two lanes, each with a bound of its own: cheap ones, and those that draw figures, which wait
when much else does. Calls of programs are in no order, so that one program can make several at once.
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
from scoring.interface.readers import forget_state
from scoring.operations.limits import Queue
from scoring.words.wording import text

# Lanes of the page's events (gradio's `concurrency_id`), and how many of each run side by side.
PAGE, FIGURES = "page", "figures"
AT_ONCE = {PAGE: 4, FIGURES: 2}
# Calls of one endpoint run side by side; LightGBM works outside Python's lock for the most part.
RUNNING_AT_ONCE = 8
# Of all that may wait, the share that may wait for figures.
FIGURES_SHARE = 0.25
# Seconds between two messages that tell a waiting client its place.
PLACE_SECONDS = 5
TOO_MANY = 429

Pushed = tuple[bool, str | list[dict[str, Any]], Literal["success", "error", "queue_full", "validator_error"]]


def in_order(function: BlockFunction) -> bool:
    """Whether events of this function are a reader's, which are answered in turn."""
    return function.concurrency_id in AT_ONCE


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
        queue.process_time_per_fn[event.fn].avg_time / AT_ONCE.get(event.concurrency_id, RUNNING_AT_ONCE)
        for event in events
    )
    return Queue(len(events), sum(seconds))


def opens_another_tab(page: gr.Blocks, session_hash: str | None) -> bool:
    """Whether a reader's page has already sent that another tab was opened."""
    events = waits(page._queue, AT_ONCE)
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
            default_concurrency_limit=RUNNING_AT_ONCE,
        )

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
        """The event whose turn it is: a cheap one if there is any; of each reader the oldest, while no other runs."""
        taken = {event.session_hash for event in running(self) if in_order(event.fn)}
        oldest: dict[str, Event] = {}
        for event in waits(self, AT_ONCE):
            first = oldest.setdefault(event.session_hash, event)
            if event.enqueue_time < first.enqueue_time:
                oldest[event.session_hash] = event
        for lane in self._lanes():
            for event in lane.queue:
                turn = event.session_hash not in taken and oldest.get(event.session_hash) is event
                if turn or not in_order(event.fn):
                    lane.queue.remove(event)
                    return [event], False, lane.concurrency_id
        return None

    async def process_events(self, events: list[Event], batch: bool, begin_time: float, fn: BlockFunction) -> None:
        """Answers an event; nothing of a program's call is kept."""
        await super().process_events(events, batch, begin_time, fn)
        for event in events:
            if not in_order(event.fn):
                forget_state(self.blocks, event.session_hash)

    def compute_analytics_summary(self, records: object) -> dict[str, Any]:
        """Nothing: gradio would count all that was answered lately, after each answer, for a page that is off."""
        return {}

    def _lanes(self) -> list[EventQueue]:
        """The lanes that have room, cheap ones first."""
        dearness = {PAGE: 0, FIGURES: 2}
        lanes = [
            lane
            for lane in self.event_queue_per_concurrency_id.values()
            if lane.concurrency_limit is None or lane.current_concurrency < lane.concurrency_limit
        ]
        return sorted(lanes, key=lambda lane: dearness.get(lane.concurrency_id, 1))
