"""What may go wrong around a running app, one fault after the other: each leaves it as quick and as whole as before."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.load.memory import resident_after
from scoring.errors import ArtifactMissingError, ArtifactTamperedError
from scoring.serving.live import Serving, State
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, read_settings
from tests.interface.conftest import app_process, wait_until_up
from tests.ports import free_port
from tests.waiting import until

DROPPED = 1_000
SLOW = 50
# The app's connections may take a moment to be closed.
LONGEST = 60
# What the first answers need stays in the process: the margin is for that.
FEW, MORE, MARGIN = 200, 500, 1.08


@dataclass
class App:
    """An app whose model and applicants are files of its own."""

    port: int
    process: subprocess.Popen
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def score(self, applicant_id: int, amount: int) -> Any:
        body = {"data": [applicant_id, {"AMT_CREDIT": amount}]}
        answer = httpx.post(f"{self.url}/gradio_api/run/score", json=body, timeout=LONGEST)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"][0]

    def connections(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port))


def started_anew(app: App) -> State:
    """What a process serves that starts on the same files now."""
    own = {"ARTIFACT": str(app.folder / "model"), "APPLICANTS": str(app.folder / "applicants.parquet")}
    return Serving(read_settings(own)).state


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder, port = tmp_path_factory.mktemp("faults"), free_port()
    shutil.copytree(DEMO_ARTIFACT, folder / "model")
    shutil.copy(DEMO_APPLICANTS, folder / "applicants.parquet")
    own = {"ARTIFACT": str(folder / "model"), "APPLICANTS": str(folder / "applicants.parquet")}
    with app_process(folder / "log", port, **own) as process:
        wait_until_up(f"http://127.0.0.1:{port}", process, folder / "log")
        yield App(port, process, folder)


def test_connections_that_are_dropped_leave_nothing_behind(app: App, ids: tuple[int, int]):
    before, kept = app.score(ids[0], 300_000), app.connections()
    join = b'{"data": [], "fn_index": 0, "session_hash": "dropped"}'
    beginnings = [
        b"",
        b"GET /gradio_api/heartbeat/dropped HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /gradio_api/queue/data?session_hash=dropped HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + join,
    ]
    for place in range(DROPPED):
        with app.connected() as dropped:
            dropped.sendall(beginnings[place % len(beginnings)])
    assert app.score(ids[0], 300_000) == before
    until(lambda: app.connections() <= kept + 5)


def test_those_who_do_not_read_their_answers_stop_nobody(app: App, ids: tuple[int, int]):
    before = app.score(ids[0], 300_000)
    slow = [app.connected() for _ in range(SLOW)]
    for each in slow:
        # Two megabytes of answers, of which nothing is read.
        each.sendall(b"GET /config HTTP/1.1\r\nHost: x\r\n\r\n" * 4)
    assert app.score(ids[0], 300_000) == before
    assert httpx.get(f"{app.url}/ready", timeout=LONGEST).text == "ready"
    for each in slow:
        each.close()


def test_memory_stays_where_it_is(app: App, ids: tuple[int, int]):
    few, more = resident_after(app.url, app.process.pid, [*ids], [FEW, MORE])
    assert more < few * MARGIN


def test_a_model_and_applicants_whose_files_are_gone_are_served_on(app: App, ids: tuple[int, int]):
    before = [app.score(each, 300_000) for each in ids]
    shutil.rmtree(app.folder / "model")
    moved = (app.folder / "applicants.parquet").rename(app.folder / "elsewhere.parquet")
    body = {"data": [ids[0], {"AMT_CREDIT": 300_000}]}
    gone = httpx.post(f"{app.url}/gradio_api/run/score", json=body, timeout=LONGEST)
    # Whoever is looked up now is found, or it is said that the file is gone.
    assert gone.status_code == 200 or "applicants.parquet" in gone.text, gone.text
    assert httpx.get(f"{app.url}/ready", timeout=LONGEST).text == "ready"
    with pytest.raises(ArtifactMissingError):
        started_anew(app)
    moved.rename(app.folder / "applicants.parquet")
    assert [app.score(each, 300_000) for each in ids] == before


def test_a_folder_that_is_back_is_checked_before_it_is_served(app: App, ids: tuple[int, int]):
    before = [app.score(each, 300_000) for each in ids]
    shutil.copytree(DEMO_ARTIFACT, app.folder / "model", dirs_exist_ok=True)
    model = app.folder / "model" / "model.txt"
    sound = model.read_bytes()
    model.write_bytes(sound.replace(b"leaf_value=0", b"leaf_value=1", 1))
    with pytest.raises(ArtifactTamperedError, match=r"model\.txt"):
        started_anew(app)
    # What is served was checked when it started, and stays.
    assert [app.score(each, 300_000) for each in ids] == before
    assert httpx.get(f"{app.url}/ready", timeout=LONGEST).text == "ready"
    model.write_bytes(sound)
    assert started_anew(app).revision == before[0]["model"]["revision"]
