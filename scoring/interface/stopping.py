"""How the app stops without losing what was begun."""

from __future__ import annotations

import logging
import time

import gradio as gr

from scoring.operations.requests import Work

log = logging.getLogger(__name__)

# What stops a process kills it after 10 s or more, as Docker does.
FINISH_SECONDS = 7.0
CLOSE_SECONDS = 1
LOOK_SECONDS = 0.05
# A call's answer is fetched by a request of its own, just after the call.
FETCH_SECONDS = 1.0


def finish(demo: gr.Blocks, work: Work) -> None:
    """Lets what was begun be answered, refuses what is new, and ends the server."""
    work.stopping = True
    log.info("Stopping: what was begun is answered.")
    until, quiet_since = time.monotonic() + FINISH_SECONDS, time.monotonic()
    while time.monotonic() < until and time.monotonic() - quiet_since < FETCH_SECONDS:
        if work.running or len(demo._queue) or any(demo._queue.active_jobs):
            quiet_since = time.monotonic()
        time.sleep(LOOK_SECONDS)
    # It may be stopped while it starts. Open pages would keep their connections for ever.
    if demo.is_running:
        demo.server.config.timeout_graceful_shutdown = CLOSE_SECONDS
    demo.close(verbose=False)
    log.info("Stopped.")
