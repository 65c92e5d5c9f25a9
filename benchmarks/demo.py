"""What most figures are measured on: the bundled model and applicants."""

from __future__ import annotations

from scoring.applicants_file import open_applicants
from scoring.artifact import load_artifact
from scoring.service import Service
from scoring.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, DEMO_SOURCE


def demo_service() -> Service:
    """The service that the app starts with."""
    artifact = load_artifact(DEMO_ARTIFACT, DEMO_SOURCE)
    return Service(artifact, open_applicants(DEMO_APPLICANTS, artifact.history_names))
