"""What tests share: the bundled model with its applicants, and the real sample where it is there."""

from __future__ import annotations

import os

# Two test processes share two cores: LightGBM's threads would only get in each other's way. Set before it is imported.
os.environ["OMP_NUM_THREADS"] = "1"

from pathlib import Path

import pytest

from scoring.applicants_file import ApplicantsFile, open_applicants
from scoring.artifact import Artifact, load_artifact
from scoring.service import Service
from scoring.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, DEMO_SOURCE

REAL_SAMPLE = Path(__file__).parents[1].parent / "shared" / "data" / "home-credit-sample"


@pytest.fixture(scope="session")
def artifact() -> Artifact:
    """The bundled artifact."""
    return load_artifact(DEMO_ARTIFACT, DEMO_SOURCE)


@pytest.fixture(scope="session")
def applicants(artifact: Artifact) -> ApplicantsFile:
    """The bundled applicants."""
    return open_applicants(DEMO_APPLICANTS, artifact.history_names)


@pytest.fixture(scope="session")
def service(artifact: Artifact, applicants: ApplicantsFile) -> Service:
    """The bundled model, served."""
    return Service(artifact, applicants)


@pytest.fixture(scope="session")
def some_ids(applicants: ApplicantsFile) -> list[int]:
    """Sixty applicants spread over the file."""
    return applicants.ids[:: len(applicants) // 60].tolist()


@pytest.fixture(scope="session")
def real_sample() -> Path:
    """The folder of real rows; its tests are skipped where it is absent."""
    if not REAL_SAMPLE.is_dir():
        pytest.skip("the shared sample of real rows is not on this machine")
    return REAL_SAMPLE
