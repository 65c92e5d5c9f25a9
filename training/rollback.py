"""Points the served branch back to an earlier version: one commit that holds what the tag holds."""

from __future__ import annotations

import tempfile
from pathlib import Path

from huggingface_hub import HfApi

from scoring.artifact import MANIFEST
from scoring.errors import PublishError
from training.hub import CARD_PATTERNS, SERVED, commit_exactly, existing, fetch, fetch_artifact, fetch_json, files_of
from training.publish import Published


def rollback(api: HfApi, repo: str, tag: str) -> Published:
    """Serves a tagged version again. The version is verified first; history is kept, and no tag is moved.

    Raises:
        PublishError: there is no such tag.
        ArtifactError: what the tag holds is not to be served.
        HubError: the hub cannot be reached, or refuses; what was served before is served on.
    """
    found = existing(api, repo)
    if tag not in found.tags:
        raise PublishError(f"{repo}: no version {tag}. There are: {', '.join(sorted(found.tags)) or 'none'}.")
    commit, head = found.tags[tag], found.head
    assert head is not None
    if fetch_json(api, repo, head, MANIFEST) == fetch_json(api, repo, commit, MANIFEST):
        return Published(head, (f"{tag} is served already: nothing was changed", f"commit {head}"))
    with tempfile.TemporaryDirectory() as scratch:
        artifact, card = Path(scratch) / "artifact", Path(scratch) / "card"
        fetch_artifact(api, repo, commit, artifact)
        fetch(api, repo, commit, CARD_PATTERNS, card)
        done = commit_exactly(api, repo, files_of(artifact) | files_of(card), head, f"Roll back to {tag}")
    return Published(done.oid, (f"{SERVED} serves {tag} again", f"commit {done.oid}"))
