"""Made-up calls of programs and of MCP: no failure, no trace, and nothing changed but what a decision records."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
from hypothesis import Phase

from benchmarks.fuzz.__main__ import tried
from benchmarks.fuzz.programs import app_targets
from scoring.serving.service import Service
from tests.interface.conftest import ROOT

TRIED = 60


def test_whatever_is_sent_is_answered_or_refused(
    run_app: Callable[..., AbstractContextManager[str]], service: Service, tmp_path: Path
):
    journal = f"sqlite:///{tmp_path / 'journal.db'}"
    with (
        run_app(tmp_path / "log", JOURNAL_URL=journal) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        for target in app_targets(client, service).values():
            tried(target, target.check, max_examples=TRIED, derandomize=True, phases=[Phase.generate])()
    assert "Traceback" not in (tmp_path / "log").read_text()
    command = [sys.executable, "-m", "scoring", "journal", "verify"]
    assert subprocess.run(command, cwd=ROOT, env={**os.environ, "JOURNAL_URL": journal}, check=False).returncode == 0
