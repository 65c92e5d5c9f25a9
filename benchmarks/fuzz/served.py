"""The app in this process: each call costs what it costs the app, and no more."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
from starlette.testclient import TestClient

from benchmarks.fuzz.core import cells_of
from benchmarks.fuzz.page import event_target
from benchmarks.fuzz.programs import app_targets
from benchmarks.fuzz.target import Target
from benchmarks.fuzz.uploads import upload_target
from scoring.journal.journal import keys_of
from scoring.journal.verify import verify

OPEN = {"AUTH": "", "ALLOW_ANONYMOUS": "1", "CALLS_PER_MINUTE": "1000000", "ARTIFACT": "", "APPLICANTS": ""}


@contextmanager
def served_targets(folder: Path) -> Iterator[dict[str, Target]]:
    """The targets of an app whose journal is in a folder.

    Raises:
        AssertionError: at the end, the journal is not as it was recorded.
    """
    os.environ.update(OPEN, JOURNAL_URL=f"sqlite:///{folder / 'journal.db'}")
    # Its settings are read as it is imported.
    running = importlib.import_module("app")
    served = gr.routes.App.create_app(running.demo, app_kwargs=running.app_options())
    service = running.workplace.serving.state.service
    with TestClient(served) as client:
        events = event_target(client, running.demo, int(service.applicants.ids[0]))
        sent = upload_target(client, running.workplace.batches, cells_of(service))
        yield {**app_targets(client, service), "events": events, "uploads": sent}
    engine = running.workplace.desk.journal.engine
    assert verify(engine, keys_of(engine, None)).holds
