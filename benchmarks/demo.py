"""The bundled model and applicants, on which most figures are measured."""

from __future__ import annotations

from scoring.applicants.store import open_applicants
from scoring.artifact.in_words import DEMO_SOURCE
from scoring.artifact.load import load_artifact
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT


def demo_service() -> Service:
    """The service that the app starts with by default."""
    artifact = load_artifact(DEMO_ARTIFACT, DEMO_SOURCE)
    return Service(artifact, open_applicants(DEMO_APPLICANTS, artifact.history_names))
