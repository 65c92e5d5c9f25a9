"""A model's whole life on the hub while the app answers requests: published, replaced, rolled back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from huggingface_hub import HfApi

from scoring.applicants.store import open_applicants
from scoring.serving.settings import DEMO_APPLICANTS
from tests.hub.server import Hub
from tests.training.tiny_artifacts import TINY, variant
from training.gate import gate
from training.publish.rollback import rollback
from training.publish.version import Order, publish

NAME = "lender/credit"
READERS = 3
# How often the app looks for a newer version, and how long until an answer shows it, in seconds.
REFRESH, PATIENCE = 1.0, 60


@dataclass
class Load:
    """What readers who never stop asking were answered: (reader, revision, probability), and what failed."""

    address: str
    applicant_id: int
    answers: list[tuple[int, str, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, client: httpx.Client) -> tuple[str, float]:
        event = (
            client.post("/score", json={"data": [self.applicant_id, {}, "en"]}).raise_for_status().json()["event_id"]
        )
        lines = client.get(f"/score/{event}").raise_for_status().text.splitlines()
        assert lines[0] == "event: complete", lines
        answer = json.loads(lines[1].removeprefix("data: "))[0]
        return answer["model"]["revision"], answer["probability"]

    def read(self, reader: int) -> None:
        with httpx.Client(base_url=self.address, timeout=PATIENCE) as client:
            while not self.over.is_set():
                try:
                    self.answers.append((reader, *self.ask(client)))
                except Exception as error:  # noqa: BLE001 (whatever fails is what the test is about)
                    self.failures.append(repr(error))
                time.sleep(0.02)

    @contextmanager
    def running(self) -> Iterator[None]:
        readers = [threading.Thread(target=self.read, args=(reader,)) for reader in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            yield
        finally:
            self.over.set()
            for reader in readers:
                reader.join()

    def wait_for(self, commit: str) -> None:
        """Until every reader was answered by this commit."""
        start = time.monotonic()
        while len({reader for reader, revision, _ in self.answers if revision == commit}) < READERS:
            assert time.monotonic() - start < PATIENCE, self.failures[:3]
            time.sleep(0.1)


@pytest.fixture
def api(hub: Hub, hub_home: Path) -> HfApi:
    """A maintainer's client."""
    return HfApi(endpoint=hub.url, token=hub.writer)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """Another version, whose probabilities are a little higher."""

    def raised(calibration: dict[str, float]) -> dict[str, float]:
        return {**calibration, "intercept": calibration["intercept"] + 0.02}

    return variant(tmp_path / "second", "second", "calibration.json", raised)


def test_published_loaded_replaced_under_load_and_rolled_back(hub, api, second, run_app, tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "FEWEST_DEFAULTS", 10)
    first_commit = publish(api, Order(TINY, NAME, "v1.0.0", private=True)).commit
    settings = {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": hub.reader,
        "HF_HOME": str(tmp_path / "cache"),
        "MODEL_REPO": NAME,
        "MODEL_REFRESH_MINUTES": str(REFRESH / 60),
        "APPLICANTS": str(DEMO_APPLICANTS),
    }
    with run_app(tmp_path / "log", **settings) as url:
        load = Load(f"{url}/gradio_api/call", int(open_applicants(DEMO_APPLICANTS, ()).ids[0]))
        with load.running():
            load.wait_for(first_commit)
            second_commit = publish(api, Order(second, NAME, "v1.1.0")).commit
            load.wait_for(second_commit)
            third_commit = rollback(api, NAME, "v1.0.0").commit
            load.wait_for(third_commit)

    assert load.failures == []
    commits = [first_commit, second_commit, third_commit]
    for reader in range(READERS):
        seen = [revision for each, revision, _ in load.answers if each == reader]
        # Each version until the next one, never back and forth.
        assert seen == sorted(seen, key=commits.index)
    probabilities = {commit: {found for _, revision, found in load.answers if revision == commit} for commit in commits}
    # One revision, one probability: no answer is half of two models; and the rollback says what the first version said.
    assert [len(found) for found in probabilities.values()] == [1, 1, 1]
    assert probabilities[first_commit] == probabilities[third_commit] != probabilities[second_commit]
    assert hub.repo(NAME).tags == {"v1.0.0": first_commit, "v1.1.0": second_commit}
    assert len(hub.repo(NAME).history("main")) == 4
