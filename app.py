"""The Space's entry: read the settings, load the model and the applicants, build the page, launch."""

from __future__ import annotations

import os
import sys

# Read by gradio when it is imported: nothing about this app or its readers leaves the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from scoring.applicants_file import open_applicants
from scoring.artifact import load_artifact
from scoring.errors import ScoringError
from scoring.interface.endpoints import add_endpoints
from scoring.interface.events import bind
from scoring.interface.screen import DEFAULT_LANGUAGE, Screen
from scoring.interface.theme import launch_options
from scoring.recost import with_costs
from scoring.service import Service
from scoring.settings import read_settings
from scoring.wording import text

# Events of several readers run side by side; LightGBM and matplotlib work outside Python's lock for the most part.
RUNNING_AT_ONCE = 8
# Uploads and outputs in files do not exist here; whatever gradio keeps is deleted within the hour.
CACHE_SECONDS = 3600


def open_service() -> Service:
    """The model and the applicants that the settings name.

    Raises:
        ScoringError: they cannot be served; the message says why.
    """
    settings = read_settings()
    trained = load_artifact(settings.artifact, settings.source)
    artifact = with_costs(trained, trained.curves.chosen(settings.cost_function, settings.cost_ratio))
    applicants = settings.applicants
    return Service(artifact, open_applicants(applicants, artifact.history_names) if applicants else None)


def build(service: Service) -> gr.Blocks:
    """The page and its endpoints."""
    title = text("screen.title", DEFAULT_LANGUAGE)
    cache = (CACHE_SECONDS, CACHE_SECONDS)
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True, delete_cache=cache) as page:
        bind(Screen(service), page)
        add_endpoints(service)
    return page.queue(default_concurrency_limit=RUNNING_AT_ONCE)


try:
    demo = build(open_service())
except ScoringError as error:
    sys.exit(f"The app cannot start. {error}")

if __name__ == "__main__":
    demo.launch(**launch_options())
