"""The Space's entry: read the settings, load the model and the applicants, build the page, launch."""

from __future__ import annotations

import asyncio
import atexit
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

# Read by gradio and the hub's client when they are imported: nothing about this app or its readers leaves the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# A Space is reached through the hub's proxy alone: what this says of address and TLS is true.
if "SPACE_ID" in os.environ:
    os.environ.setdefault("FORWARDED_ALLOW_IPS", "*")

import gradio as gr
from starlette.routing import Route

from scoring.access.access import Access, check_closed, is_open, open_access
from scoring.access.users import deciding
from scoring.cases.notices import record_batch, record_model, record_start
from scoring.cases.policy import read_policy
from scoring.cases.steps import Desk
from scoring.charts.drawing import start_drawing, stop_drawing
from scoring.errors import ScoringError
from scoring.interface.batch_routes import batch_routes, columns_on_file
from scoring.interface.binding import bind
from scoring.interface.calls import Page, call_options
from scoring.interface.drift_route import drift_routes
from scoring.interface.endpoints import add_endpoints
from scoring.interface.guarded import guarded, operations
from scoring.interface.mcp_route import McpRoute
from scoring.interface.mcp_server import mcp_server
from scoring.interface.named import Endpoint, named_endpoints
from scoring.interface.openapi import openapi_routes
from scoring.interface.readers import keep_no_copies
from scoring.interface.screen import Screen
from scoring.interface.stopping import finish
from scoring.interface.theme import launch_options
from scoring.interface.turns import AT_ONCE, CALLS, Turns, readers_wait, waiting_before
from scoring.interface.who import MCP
from scoring.interface.workplace import Workplace
from scoring.journal.anchor import Anchoring
from scoring.journal.journal import open_journal
from scoring.operations.call_pool import CallPool
from scoring.operations.log import set_up_log
from scoring.operations.memory import share_heaps
from scoring.portfolio.batches import Batches
from scoring.serving.anchor import hub_anchor
from scoring.serving.live import Serving
from scoring.serving.settings import Settings, read_settings
from scoring.words.language import DEFAULT_LANGUAGE
from scoring.words.wording import text
from scoring.worklist.scorer import Scorer

HUB = "https://huggingface.co"
# One processor is left for all else.
DRAWING_AT_ONCE = max(1, min(4, (os.cpu_count() or 1) - 1))
# Gradio takes no uploads here and makes no files; whatever it keeps is deleted within the hour.
CACHE_SECONDS = 3600

T = TypeVar("T")


def in_loop(make: Callable[[], T]) -> T:
    """What this makes within an event loop: outside of one, gradio makes one for each of its locks and closes none."""

    async def made() -> T:
        return make()

    return asyncio.run(made())


def build(workplace: Workplace, queue_length: int, endpoints: Mapping[str, Endpoint], calls: CallPool) -> gr.Blocks:
    """The page, of whose events so many may wait, and its endpoints, whose calls work in a pool."""
    title = text("screen.title", DEFAULT_LANGUAGE)
    cache = (CACHE_SECONDS, CACHE_SECONDS)
    with Page(title=title, analytics_enabled=False, fill_width=True, delete_cache=cache) as page:
        bind(Screen(workplace.serving.state, workplace.desk.policy), workplace, page)
        add_endpoints(endpoints, calls)
    page._queue = Turns(page, queue_length)
    keep_no_copies(page)
    return page


def start(settings: Settings) -> tuple[Workplace, Access | None]:
    """The workplace, whose start is in the journal; and sign-in, None where nobody signs in."""
    check_closed(settings)
    policy = read_policy(settings.policy)
    serving = Serving(settings)
    journal = open_journal(settings.journal.url, settings.journal.key)
    record_start(journal, settings)
    serving.observe(partial(record_model, journal))
    scorer = Scorer(journal.engine)
    serving.observe(scorer.observe)
    scorer.start()
    access = open_access(settings.access, journal.engine) if settings.access.sign_in != "none" else None
    workplace = Workplace(
        serving=serving,
        desk=Desk(journal, policy, settings.decision_days),
        colleagues=partial(deciding, journal.engine),
        batches=Batches(
            lambda: serving.state.service.artifact, partial(record_batch, journal), partial(columns_on_file, serving)
        ),
        is_open=is_open(settings),
        record_scores=settings.journal.record_scores,
    )
    return workplace, access


try:
    settings = read_settings()
    share_heaps()
    # What is served, and what was refused, goes to the log; nothing of an applicant does.
    set_up_log(settings.operation.log_format)
    workplace, access = start(settings)
    calls, endpoints = CallPool(AT_ONCE[CALLS], lambda: readers_wait(demo)), named_endpoints(workplace)
    demo: gr.Blocks = in_loop(lambda: build(workplace, settings.operation.queue_length, endpoints, calls))
except ScoringError as error:
    sys.exit(f"The app cannot start. {error}")

# What is around the page: the guard, limits, headers, and figures on how it runs.
run = operations(workplace, endpoints, partial(waiting_before, demo, calls), settings.operation)
# A Space's page on the hub shows the app in a frame, to which browsers send no session.
framed_by = [HUB] if "SPACE_ID" in os.environ and access is None else []


def app_options() -> dict[str, Any]:
    """Arguments for gradio's app: our routes and layers, and calls refused in our words."""
    mcp = McpRoute(mcp_server(workplace, endpoints, calls))
    drift = drift_routes(workplace.serving, settings.drift_report)
    described = openapi_routes(workplace, endpoints)
    routes = [*drift, *batch_routes(workplace.batches), Route(MCP, mcp), *described, *run.routes]
    lifespan = guarded(access, run, framed_by, mcp.manager.run)
    return {"routes": routes, "lifespan": lifespan, **call_options()}


if __name__ == "__main__":
    start_drawing(DRAWING_AT_ONCE)
    # Model and libraries stay: figures leave much garbage, and to look for it among these takes a quarter of a second.
    gc.collect()
    gc.freeze()
    # What stops a process politely does so as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if settings.refresh_minutes:
        workplace.serving.watch(settings.refresh_minutes)
    anchor = hub_anchor(settings)
    if anchor:
        # The last entries are anchored once all is answered.
        atexit.register(Anchoring(workplace.desk.journal, anchor).stop)
    try:
        in_loop(lambda: demo.launch(**launch_options(), app_kwargs=app_options(), prevent_thread_lock=True))
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        finish(demo, run.work)
    finally:
        stop_drawing()
