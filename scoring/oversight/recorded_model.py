"""The model that an entry names, from its commit on the hub or from a local folder, whose revision is compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from scoring.artifact.load import Artifact, load_artifact
from scoring.errors import JournalError
from scoring.serving.hub import COMMIT
from scoring.serving.published import load_published, model_files
from scoring.serving.settings import REPO, HubPlace, Settings


def recorded_model(recorded: dict[str, Any], settings: Settings, folder: Path | None) -> tuple[Artifact, str]:
    """The artifact to replay with, and where it comes from in words.

    Args:
        recorded: the entry's "model": version, source and revision.
        settings: of this process: the hub's address and token, and the configured model.
        folder: an artifact to take in place of either.

    Raises:
        ArtifactError: it cannot be loaded; the subclass says why.
        HubError: the hub cannot be reached, refuses, or has no such commit any more.
        JournalError: a local model is recorded, and none is configured.
    """
    if folder is not None:
        return load_artifact(folder, folder.name), str(folder)
    if COMMIT.fullmatch(recorded["revision"]):
        place = HubPlace(_repo(recorded, settings), recorded["revision"], "model")
        api = HfApi(endpoint=settings.endpoint, token=settings.token)
        files = model_files(api, place, place.revision)
        return load_published(place, place.revision, files), str(place)
    if isinstance(settings.artifact, HubPlace):
        raise JournalError(
            f"The recorded model {recorded['version']!r} (revision {recorded['revision']}, {recorded['source']}) was a "
            "folder, while MODEL_REPO is set. Give its folder with --artifact."
        )
    return load_artifact(settings.artifact, settings.source), str(settings.artifact)


def _repo(recorded: dict[str, Any], settings: Settings) -> str:
    """The repo of a recorded commit: the one that the entry names, else the configured one."""
    named = str(recorded["source"]).partition("@")[0]
    if REPO.fullmatch(named):
        return named
    if isinstance(settings.artifact, HubPlace):
        return settings.artifact.repo
    raise JournalError(
        f"The recorded model is commit {recorded['revision']} of a repo that the entry does not name. Set MODEL_REPO, "
        "or give its folder with --artifact."
    )
