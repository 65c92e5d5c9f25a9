from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.hub.server import Hub
from tests.training.tiny_artifacts import TINY, variant
from training import gate


@pytest.fixture
def api(hub: Hub, hub_home: Path) -> HfApi:
    """The real client, with a token that may write."""
    return HfApi(endpoint=hub.url, token=hub.writer)


@pytest.fixture
def few_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny artifacts hold out 18 defaulters: enough to be compared, in tests."""
    monkeypatch.setattr(gate, "FEWEST_DEFAULTS", 10)


@pytest.fixture
def first() -> Path:
    """A small artifact."""
    return TINY


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """Another one, as good."""
    return variant(tmp_path / "second", "tiny-second", change=lambda metrics: {**metrics, "note": "second"})
