"""The served model while requests run and processes start concurrently."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from scoring.serving.live import Serving
from scoring.serving.service import assess, score
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, ROOT
from tests.hub.published import MODEL, SMALL, put_model
from tests.scoring.served import revision

pytestmark = pytest.mark.usefixtures("hub_home")


def test_no_request_sees_half_of_two_models(hub, settings, second, some_ids):
    put_model(hub, SMALL)
    serving = Serving(settings)
    probabilities = {
        revision(serving): score(
            serving.state.service, assess(serving.state.service, some_ids[0], {}, "en")
        ).probability
    }
    stop, seen = threading.Event(), set()

    def ask() -> None:
        while not stop.is_set():
            service = serving.state.service
            answer = score(service, assess(service, some_ids[0], {}, "en"))
            seen.add((answer.model.revision, answer.model.version, answer.probability))

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask) for _ in range(2)]
        for folder in (second, DEMO_ARTIFACT, second):
            put_model(hub, folder)
            serving.refresh()
            service = serving.state.service
            answer = score(service, assess(service, some_ids[0], {}, "en"))
            probabilities[revision(serving)] = answer.probability
        stop.set()
        for finished in asked:
            finished.result()
    assert len(seen) > 1
    assert {(found, probability) for found, _, probability in seen} <= set(probabilities.items())


STARTING = """
import sys
from scoring.serving.live import Serving
from scoring.serving.settings import read_settings
state = Serving(read_settings()).state
print(state.revision, state.trouble)
"""


@pytest.mark.parametrize("cache", ["empty", "corrupt"])
def test_two_processes_may_start_on_the_same_cache_at_once(hub, settings, hub_home, cache):
    commit = put_model(hub, SMALL)
    environment = {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": hub.reader,
        "HF_HOME": str(hub_home),
        "MODEL_REPO": MODEL,
        "APPLICANTS": str(DEMO_APPLICANTS),
        "HF_HUB_DISABLE_XET": "1",
        "OMP_NUM_THREADS": "1",
        "PATH": "",
    }

    def start() -> subprocess.Popen:
        command = [sys.executable, "-c", STARTING]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    if cache == "corrupt":
        Serving(settings)
        for blob in (hub_home / "hub").rglob("blobs/*"):
            blob.write_bytes(blob.read_bytes()[:-1])
    started = [start() for _ in range(2)]
    assert [process.communicate()[0].strip() for process in started] == [f"{commit} None"] * 2
