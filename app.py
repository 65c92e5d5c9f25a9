"""The Space's entry: read the settings, load the model and the applicants, build the page, launch."""

from __future__ import annotations

import gc
import logging
import os
import sys
from functools import partial

# Read by gradio and the hub's client when they are imported: nothing about this app or its readers leaves the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# A Space is reached through the hub's proxy alone: what this says of address and TLS is true.
if "SPACE_ID" in os.environ:
    os.environ.setdefault("FORWARDED_ALLOW_IPS", "*")

import gradio as gr

from scoring.access.access import Access, check_closed, is_open, open_access
from scoring.access.users import deciding
from scoring.cases.notices import record_model, record_start
from scoring.cases.policy import read_policy
from scoring.cases.steps import Desk
from scoring.errors import ScoringError
from scoring.interface.binding import bind
from scoring.interface.calls import Page, call_options
from scoring.interface.drift_route import drift_routes
from scoring.interface.endpoints import add_endpoints
from scoring.interface.guarded import guarded
from scoring.interface.screen import Screen
from scoring.interface.theme import launch_options
from scoring.interface.workplace import Workplace
from scoring.journal.journal import open_journal
from scoring.serving.live import Serving
from scoring.serving.settings import Settings, read_settings
from scoring.words.language import DEFAULT_LANGUAGE
from scoring.words.wording import text
from scoring.worklist.scorer import Scorer

# Events of several readers run side by side; LightGBM and matplotlib work outside Python's lock for the most part.
RUNNING_AT_ONCE = 8
# Uploads and outputs in files do not exist here; whatever gradio keeps is deleted within the hour.
CACHE_SECONDS = 3600


def build(workplace: Workplace) -> gr.Blocks:
    """The page and its endpoints."""
    title = text("screen.title", DEFAULT_LANGUAGE)
    cache = (CACHE_SECONDS, CACHE_SECONDS)
    with Page(title=title, analytics_enabled=False, fill_width=True, delete_cache=cache) as page:
        bind(Screen(workplace.serving.state, workplace.desk.policy), workplace, page)
        add_endpoints(workplace)
    return page.queue(default_concurrency_limit=RUNNING_AT_ONCE)


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
        is_open=is_open(settings),
        record_scores=settings.journal.record_scores,
    )
    return workplace, access


# What is served, and what was refused, goes to the log; nothing of an applicant does.
logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
logging.getLogger("scoring").setLevel(logging.INFO)

try:
    settings = read_settings()
    workplace, access = start(settings)
    demo = build(workplace)
except ScoringError as error:
    sys.exit(f"The app cannot start. {error}")

if __name__ == "__main__":
    if settings.refresh_minutes:
        workplace.serving.watch(settings.refresh_minutes)
    routes = drift_routes(workplace.serving, settings.drift_report)
    # Model and libraries stay: figures leave much garbage, and to look for it among these takes a quarter of a second.
    gc.collect()
    gc.freeze()
    demo.launch(**launch_options(), app_kwargs={"routes": routes, "lifespan": guarded(access), **call_options()})
