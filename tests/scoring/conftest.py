"""Fixtures for all rooms: serving from the hub, and a desk on a new database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoring.cases.policy import Policy, read_policy
from scoring.cases.steps import Desk
from scoring.journal.journal import open_journal
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_POLICY, Settings, read_settings
from tests.hub.published import MODEL, SMALL, artifact_folder
from tests.hub.server import Hub
from tests.sealed import reseal


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


@pytest.fixture(scope="session")
def policy() -> Policy:
    return read_policy(DEMO_POLICY)


@pytest.fixture
def desk(database_url: str, policy: Policy) -> Desk:
    """On each kind of database."""
    return Desk(open_journal(database_url), policy, decision_days=30)


@pytest.fixture
def local_desk(tmp_path: Path, policy: Policy) -> Desk:
    """On SQLite, for what does not depend on the database."""
    return Desk(open_journal(f"sqlite:///{tmp_path / 'journal.db'}"), policy, decision_days=30)
