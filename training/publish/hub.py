"""A model repo as maintainers see it: every commit of its served branch holds one whole version, named by tags.

All requests go through huggingface_hub. Artifacts are read by the app's own loading, so that nobody publishes, rolls
back to or compares with what the app would refuse.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import CommitInfo, CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import (
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from scoring.artifact.load import Artifact
from scoring.errors import HubAccessError, HubError, HubRepoNotFoundError, HubUnreachableError
from scoring.serving.hub import hub_errors, newest_commit
from scoring.serving.published import load_published, model_files
from scoring.serving.settings import DEFAULT_REVISION, HubPlace

# The branch that apps serve by default.
SERVED = DEFAULT_REVISION
CARD, PICTURES = "README.md", "card"
# The hub's own file on storage.
KEPT = ".gitattributes"
CHANGED = "It was changed by somebody else at the same time: look at it, then run the command again."
REMEDIES = {409: CHANGED, 412: CHANGED, 429: "Too many requests: wait some minutes, then run the command again."}
MAY_WRITE = "Set HF_TOKEN to a token that may write there."


def place_of(repo: str, revision: str = SERVED) -> HubPlace:
    """A model repo at a tag, branch or commit."""
    return HubPlace(repo, revision, "model")


@contextmanager
def writing(location: HubPlace) -> Iterator[None]:
    """Converts errors of huggingface_hub on writing into one that says what to do.

    Raises:
        HubError: the hub cannot be reached, or refuses; the subclass says why.
    """
    with hub_errors(location):
        try:
            yield
        except (RepositoryNotFoundError, RevisionNotFoundError):
            raise
        except HfHubHTTPError as error:
            status = error.response.status_code
            message = f"{location}: the hub answered {status} ({error.server_message or error.response.reason_phrase})."
            if status in (401, 403):
                raise HubAccessError(f"{message} {MAY_WRITE}") from error
            if status in REMEDIES:
                raise HubError(f"{message} {REMEDIES[status]}") from error
            raise
        except RuntimeError as error:
            # The client wraps the failed upload of a large file like this.
            raise HubUnreachableError(f"{location}: {str(error).splitlines()[0]} Run the command again.") from error


@dataclass(frozen=True)
class RepoState:
    """A model repo at one moment: its served commit (None: there is no repo), tags and pull requests with theirs."""

    head: str | None
    tags: Mapping[str, str]
    proposals: Mapping[str, str]


def state(api: HfApi, repo: str) -> RepoState:
    """The present state of the repo.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    with hub_errors(place_of(repo)):
        if not api.repo_exists(repo):
            return RepoState(None, {}, {})
        refs = api.list_repo_refs(repo, include_pull_requests=True)
    heads, tags, proposals = (
        {found.name: found.target_commit for found in some}
        for some in (refs.branches, refs.tags, refs.pull_requests or [])
    )
    return RepoState(heads[SERVED], tags, proposals)


def existing(api: HfApi, repo: str) -> tuple[str, Mapping[str, str]]:
    """The served commit of a repo that must exist, and its tags with their commits.

    Raises:
        HubError: it does not exist, or the hub cannot be reached, or refuses.
    """
    found = state(api, repo)
    if found.head is None:
        raise HubRepoNotFoundError(
            f"{repo}: no model repo of that name on the hub, or the token may not know of it. Check the name, and set "
            "HF_TOKEN to a token that may read it."
        )
    return found.head, found.tags


def fetch_json(api: HfApi, repo: str, revision: str, name: str) -> Any:
    """A JSON file of a revision; None if there is none.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    with tempfile.TemporaryDirectory() as folder, hub_errors(place_of(repo, revision)):
        try:
            path = api.hf_hub_download(repo, name, revision=revision, local_dir=folder)
        except RemoteEntryNotFoundError:
            return None
        return json.loads(Path(path).read_text(encoding="utf-8"))


def fetch_artifact(api: HfApi, repo: str, revision: str) -> tuple[Artifact, dict[str, Path]]:
    """The verified artifact of a revision, as the app would load it, and its files by name.

    Raises:
        HubError: the hub cannot be reached, or refuses.
        ArtifactError: it cannot be served; the subclass says why.
    """
    location = place_of(repo, revision)
    commit = newest_commit(api, location)
    paths = model_files(api, location, commit)
    return load_published(location, commit, paths), paths


def files_of(folder: Path) -> dict[str, Path]:
    """Every file of a folder by its name in a repo."""
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}


def commit_exactly(
    api: HfApi, location: HubPlace, files: Mapping[str, Path], parent: str, title: str, create_pr: bool = False
) -> CommitInfo:
    """One commit on top of `parent` after which the repo has exactly these files.

    Not `upload_folder`, which commits partial results of long uploads, so that half a version would be served.

    Args:
        api: who commits.
        location: the repo and its branch.
        files: path in the repo -> content.
        parent: the commit that the branch must still be at.
        title: first line of the commit.
        create_pr: whether to leave the branch alone and open a pull request.

    Raises:
        HubError: the hub cannot be reached, or refuses, for instance since the branch has moved; nothing is committed.
    """
    with writing(location), warnings.catch_warnings():
        there = api.list_repo_files(location.repo, revision=parent, repo_type=location.kind)
        gone = [CommitOperationDelete(name) for name in there if name not in files and name != KEPT]
        added = [CommitOperationAdd(name, path) for name, path in files.items()]
        # The client takes reference.parquet for a data set in the wrong kind of repo.
        warnings.filterwarnings("ignore", "It seems that you are about to commit a data file")
        return api.create_commit(
            location.repo,
            [*gone, *added],
            commit_message=title,
            repo_type=location.kind,
            revision=None if create_pr else location.revision,
            create_pr=create_pr,
            parent_commit=parent,
        )
