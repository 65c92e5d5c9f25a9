"""The Space's entry: read the settings, load the model and the applicants, build the page, launch."""

from __future__ import annotations

import gc
import logging
import os
import sys

# Read by gradio and the hub's client when they are imported: nothing about this app or its readers leaves the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# A Space is reached through the hub's proxy alone: what this says of address and TLS is true.
if "SPACE_ID" in os.environ:
    os.environ.setdefault("FORWARDED_ALLOW_IPS", "*")

import gradio as gr

from scoring.access.access import Access, check_closed, open_access
from scoring.errors import ScoringError
from scoring.interface.binding import bind
from scoring.interface.calls import Page, call_options
from scoring.interface.drift_route import drift_routes
from scoring.interface.endpoints import add_endpoints
from scoring.interface.guarded import guarded
from scoring.interface.screen import Screen
from scoring.interface.theme import launch_options
from scoring.journal.journal import open_journal
from scoring.serving.live import Serving
from scoring.serving.settings import Settings, read_settings
from scoring.words.language import DEFAULT_LANGUAGE
from scoring.words.wording import text

# Events of several readers run side by side; LightGBM and matplotlib work outside Python's lock for the most part.
RUNNING_AT_ONCE = 8
# Uploads and outputs in files do not exist here; whatever gradio keeps is deleted within the hour.
CACHE_SECONDS = 3600


def build(serving: Serving) -> gr.Blocks:
    """The page and its endpoints."""
    title = text("screen.title", DEFAULT_LANGUAGE)
    cache = (CACHE_SECONDS, CACHE_SECONDS)
    with Page(title=title, analytics_enabled=False, fill_width=True, delete_cache=cache) as page:
        bind(Screen(serving.state), serving, page)
        add_endpoints(serving)
    return page.queue(default_concurrency_limit=RUNNING_AT_ONCE)


def sign_in_of(settings: Settings) -> Access | None:
    """Sign-in, on the journal's database; None where nobody signs in."""
    if settings.access.sign_in == "none":
        return None
    return open_access(settings.access, open_journal(settings.journal.url, settings.journal.key).engine)


# What is served, and what was refused, goes to the log; nothing of an applicant does.
logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
logging.getLogger("scoring").setLevel(logging.INFO)

try:
    settings = read_settings()
    check_closed(settings)
    access = sign_in_of(settings)
    serving = Serving(settings)
    demo = build(serving)
except ScoringError as error:
    sys.exit(f"The app cannot start. {error}")

if __name__ == "__main__":
    if settings.refresh_minutes:
        serving.watch(settings.refresh_minutes)
    routes = drift_routes(serving, settings.drift_report)
    # Model and libraries stay: figures leave much garbage, and to look for it among these takes a quarter of a second.
    gc.collect()
    gc.freeze()
    demo.launch(**launch_options(), app_kwargs={"routes": routes, "lifespan": guarded(access), **call_options()})
