"""What the tests of serving from the hub share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoring.serving.settings import DEMO_APPLICANTS, Settings, read_settings
from tests.hub.published import MODEL, SMALL, artifact_folder, reseal
from tests.hub.server import Hub


@pytest.fixture
def settings(hub: Hub) -> Settings:
    return read_settings(
        {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "MODEL_REPO": MODEL, "APPLICANTS": str(DEMO_APPLICANTS)}
    )


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """Another version: other calibration, so other probabilities."""
    folder = artifact_folder(tmp_path / "second", "second", SMALL)
    calibration = json.loads((folder / "calibration.json").read_text())
    (folder / "calibration.json").write_text(json.dumps({**calibration, "intercept": calibration["intercept"] + 0.5}))
    reseal(folder)
    return folder
