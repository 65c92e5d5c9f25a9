"""Puts models and applicants on the loopback hub, as a publisher would."""

from __future__ import annotations

import shutil
from pathlib import Path

from scoring.artifact.manifest import FORMAT
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT
from tests.hub.server import Hub
from tests.sealed import reseal

MODEL, PEOPLE = "lender/credit", "lender/people"
# A small artifact of the current format, which opens in a tenth of the time of the bundled one.
SMALL = Path(__file__).parents[1] / "formats" / str(FORMAT)


def artifact_folder(place: Path, version: str, artifact: Path = DEMO_ARTIFACT) -> Path:
    """Copies an artifact, by default the bundled one, as another version."""
    shutil.copytree(artifact, place)
    reseal(place, version=version)
    return place


def put_model(hub: Hub, folder: Path = DEMO_ARTIFACT) -> str:
    """Commits a folder's files and a card to the model's repo; returns the hash."""
    if ("model", MODEL) not in hub.repos:
        hub.create(MODEL, private=True)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return hub.repo(MODEL).commit({**files, "README.md": b"# Card\n", "card/costs.png": b"\x89PNG"}, "a version")


def put_applicants(hub: Hub, file: Path = DEMO_APPLICANTS) -> str:
    """Commits a file of applicants to the dataset repo; returns the hash."""
    if ("dataset", PEOPLE) not in hub.repos:
        hub.create(PEOPLE, "dataset", private=True)
    return hub.repo(PEOPLE, "dataset").commit({"applicants.parquet": file.read_bytes()}, "applicants")
