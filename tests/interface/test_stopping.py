"""Stopping the app: running requests are answered, new ones are refused, and the process ends in time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.interface.conftest import PLAIN, ROOT, wait_until_up
from tests.ports import free_port

AT_ONCE = 12
LONGEST = 10.0
# Python closes it at the end if it can, and else leaves a traceback in the log.
LEFT_OPEN = "unclosed event loop"


def hear_ctrl_c() -> None:
    """A shell switches it off for what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_what_was_begun_is_answered_and_what_is_new_is_refused(tmp_path: Path, ids: tuple, sent: signal.Signals):
    port, log = free_port(), tmp_path / "log"
    own = {"GRADIO_SERVER_PORT": str(port), "JOURNAL_URL": f"sqlite:///{tmp_path / 'journal.db'}"}
    own["PYTHONWARNINGS"] = f"default:{LEFT_OPEN}:ResourceWarning"
    with log.open("w") as out:
        environment = {**os.environ, **PLAIN, **own}
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=out, stderr=out, preexec_fn=hear_ctrl_c
        )
    url, answers = f"http://127.0.0.1:{port}", []
    try:
        wait_until_up(url, process, log)
        with httpx.Client(base_url=url, timeout=30) as client, client.stream("GET", "/gradio_api/heartbeat/x") as page:
            next(page.iter_text())
            calls = f"{url}/gradio_api/call/explain"
            begun = [client.post(calls, json={"data": [ids[0]]}).json()["event_id"] for _ in range(AT_ONCE)]

            def fetch(event: str) -> None:
                answers.append(httpx.get(f"{calls}/{event}", timeout=30).text)

            threads = [threading.Thread(target=fetch, args=[event]) for event in begun]
            for thread in threads:
                thread.start()
            told = time.monotonic()
            process.send_signal(sent)
            late = None
            while late is None or late.status_code == 200:
                assert time.monotonic() - told < LONGEST
                late = httpx.post(calls, json={"data": [ids[0]]}, timeout=30)
            assert (late.status_code, late.headers["retry-after"]) == (503, "10")
            assert "restarted" in late.json()["detail"]
            assert httpx.get(f"{url}/ready", timeout=30).status_code == 503
            assert process.wait(LONGEST) == 0
            assert time.monotonic() - told < LONGEST
            for thread in threads:
                thread.join()
    finally:
        process.kill()
        process.wait()
    assert len(answers) == AT_ONCE
    assert all(re.match(r"(event: heartbeat\ndata: null\n\n)*event: complete\n", answer) for answer in answers)
    assert "Traceback" not in log.read_text()
    assert LEFT_OPEN not in log.read_text()
