"""Rolls the served branch back to an earlier version, by one commit with the content of its tag."""

from __future__ import annotations

from huggingface_hub import HfApi

from scoring.artifact.manifest import MANIFEST
from scoring.errors import PublishError
from scoring.serving.hub import fetch, listed_files
from scoring.serving.published import of_card
from training.publish.hub import SERVED, commit_exactly, existing, fetch_artifact, fetch_json, place_of
from training.publish.version import Published


def rollback(api: HfApi, repo: str, tag: str) -> Published:
    """Serves a tagged version again. The version is verified first; history is kept, and no tag is moved.

    Raises:
        PublishError: there is no such tag.
        ArtifactError: the tagged version cannot be served.
        HubError: the hub cannot be reached, or refuses; the version served before stays.
    """
    head, tags = existing(api, repo)
    if tag not in tags:
        raise PublishError(f"{repo}: no version {tag}. There are: {', '.join(sorted(tags)) or 'none'}.")
    commit = tags[tag]
    if fetch_json(api, repo, head, MANIFEST) == fetch_json(api, repo, commit, MANIFEST):
        return Published(head, (f"{tag} is served already: nothing was changed", f"commit {head}"))
    _, files = fetch_artifact(api, repo, commit)
    place = place_of(repo, commit)
    beside = [file for name, file in listed_files(api, place, commit).items() if name not in files and of_card(name)]
    files |= fetch(api, place, commit, beside)
    done = commit_exactly(api, place_of(repo), files, head, f"Roll back to {tag}")
    return Published(done.oid, (f"{SERVED} serves {tag} again", f"commit {done.oid}"))
