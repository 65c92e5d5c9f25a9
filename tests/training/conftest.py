from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import HfApi

from scoring.artifact.load import load_artifact
from tests.hub.server import Hub
from tests.training.tiny_artifacts import TINY, another_round, variant
from training.gate import gate
from training.publish.pictures import pictures


@pytest.fixture
def api(hub: Hub, hub_home: Path) -> HfApi:
    """The real client, with a token that may write."""
    return HfApi(endpoint=hub.url, token=hub.writer)


@pytest.fixture
def few_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the tiny artifacts be compared, which hold out only 16 defaulters."""
    monkeypatch.setattr(gate, "FEWEST_DEFAULTS", 10)


@pytest.fixture
def first() -> Path:
    """A small artifact."""
    return TINY


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """Another one, as good."""
    return variant(tmp_path / "second", "tiny-second", change=another_round)


@pytest.fixture(scope="session")
def drawn() -> dict[str, bytes]:
    """The pictures of the small artifact's card."""
    return pictures(load_artifact(TINY, "tiny"))


@pytest.fixture
def drawn_once(drawn: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives all cards the same pictures, since drawing takes most of a publish."""
    monkeypatch.setattr("training.publish.version.pictures", lambda _: drawn)
