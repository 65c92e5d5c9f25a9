"""The running app commits the journal's head to the hub when it starts, and once more when it is told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from scoring.journal.head import Head, head_from_json
from scoring.journal.journal import open_journal
from scoring.people import ANYBODY
from tests.hub.server import Hub
from tests.ports import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[2]
REPO = "lender/journal"


def anchored(hub: Hub) -> Head | None:
    files = hub.repo(REPO, "dataset").resolve("main").files
    return head_from_json(files["head.json"].content) if "head.json" in files else None


def wait_for(hub: Hub, number: int) -> None:
    until(lambda: (head := anchored(hub)) and head.number >= number)


def test_the_head_is_anchored_at_the_start_and_at_the_end(hub: Hub, tmp_path: Path):
    hub.create(REPO, kind="dataset", private=True)
    url = f"sqlite:///{tmp_path}/journal.db"
    settings = {"JOURNAL_URL": url, "JOURNAL_ANCHOR": REPO, "HF_ENDPOINT": hub.url, "HF_TOKEN": hub.writer}
    places = {"HF_HOME": str(tmp_path / "hub"), "GRADIO_SERVER_PORT": str(free_port())}
    app = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env={**os.environ, **settings, **places})
    try:
        wait_for(hub, 1)
        last = open_journal(url).record("view", ANYBODY, {})
    finally:
        app.send_signal(signal.SIGTERM)
    app.wait(60)
    head = anchored(hub)
    assert head
    assert (head.number, head.hash) == (last.number, last.hash)
