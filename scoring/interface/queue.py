"""Gradio's queue of events: what waits in it, and how the app stops without losing what was begun."""

from __future__ import annotations

import logging
import time

import gradio as gr

from scoring.operations.limits import Queue
from scoring.operations.requests import Work
from scoring.operations.turns import Turns

log = logging.getLogger(__name__)

# What stops a process kills it after 10 s or more, as Docker does.
FINISH_SECONDS = 7.0
CLOSE_SECONDS = 1
LOOK_SECONDS = 0.05
# A call's answer is fetched by a request of its own, just after the call.
FETCH_SECONDS = 0.3


def waiting(demo: gr.Blocks, at_once: int, turns: Turns) -> Queue:
    """What waits, by how long each event's function took so far when `at_once` of them run side by side.

    Calls of endpoints wait in `turns`.
    """
    queues = demo._queue
    events = [event for each in list(queues.event_queue_per_concurrency_id.values()) for event in list(each.queue)]
    seconds = sum(queues.process_time_per_fn[event.fn].avg_time for event in events) / at_once
    calls = turns.waiting
    return Queue(len(events) + calls.length, seconds + calls.seconds)


def finish(demo: gr.Blocks, work: Work) -> None:
    """Lets what was begun be answered, refuses what is new, and ends the server."""
    work.stopping = True
    log.info("Stopping: what was begun is answered.")
    until, quiet_since = time.monotonic() + FINISH_SECONDS, time.monotonic()
    while time.monotonic() < until and time.monotonic() - quiet_since < FETCH_SECONDS:
        if work.running or len(demo._queue) or any(demo._queue.active_jobs):
            quiet_since = time.monotonic()
        time.sleep(LOOK_SECONDS)
    # Open pages would keep their connections for ever.
    demo.server.config.timeout_graceful_shutdown = CLOSE_SECONDS
    demo.close(verbose=False)
    log.info("Stopped.")
