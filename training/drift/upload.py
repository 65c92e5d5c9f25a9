"""Uploads both reports to a branch of the model's repo, from which the app reads the figures."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import HfApi

from scoring.drift.report import PAGE, REPORT
from scoring.serving.hub import newest_commit
from scoring.serving.published_drift import BRANCH, drift_place
from training.publish.hub import commit_exactly, existing, place_of, writing


def upload(api: HfApi, repo: str, folder: Path) -> str:
    """Replaces the content of the branch `drift` by a folder's reports, in one commit, and returns that.

    Raises:
        HubError: there is no such repo, or the hub cannot be reached or refuses; nothing is committed.
    """
    existing(api, repo)
    with writing(place_of(repo, BRANCH)):
        api.create_branch(repo, branch=BRANCH, exist_ok=True)
    place = drift_place(place_of(repo))
    files = {name: folder / name for name in (REPORT, PAGE)}
    return str(commit_exactly(api, place, files, newest_commit(api, place), "Drift report").oid)
