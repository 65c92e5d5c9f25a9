"""A repo on the hub as maintainers see it: every commit of its served branch holds one whole version, named by tags.

All requests are huggingface_hub's own; this module says which, and puts its errors into words.
"""

from __future__ import annotations

import json
import shutil
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
    HFValidationError,
    HTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from scoring.artifact import FILES, MANIFEST, Artifact, load_artifact
from scoring.errors import HubError

SERVED = "main"
CARD, PICTURES = "README.md", "card"
ARTIFACT_PATTERNS = sorted({MANIFEST, *(name for names in FILES.values() for name in names)})
CARD_PATTERNS = [CARD, f"{PICTURES}/*.png"]
# The hub's own, about how files are stored.
KEPT = ".gitattributes"

REMEDIES = {
    401: "Set HF_TOKEN to a token that may write there.",
    403: "Set HF_TOKEN to a token that may write there.",
    409: "It was changed by somebody else at the same time: look at it, then run the command again.",
    412: "It was changed by somebody else at the same time: look at it, then run the command again.",
    429: "Too many requests: wait some minutes, then run the command again.",
}
NO_REPO = "{repo}: no such repo on the hub, or the token may not see it. Check the name, and set HF_TOKEN."
OTHER_REMEDY = "Nothing half done is served: run the command again later."


@contextmanager
def hub_errors(repo: str) -> Iterator[None]:
    """What huggingface_hub raises within becomes one sentence and a remedy.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    try:
        yield
    except RepositoryNotFoundError as error:
        raise HubError(NO_REPO.format(repo=repo)) from error
    except RevisionNotFoundError as error:
        raise HubError(f"{repo}: no such tag, branch or commit. List them with: python -m training versions") from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        words = error.server_message or error.response.reason_phrase
        raise HubError(f"{repo}: the hub answered {status} ({words}). {REMEDIES.get(status, OTHER_REMEDY)}") from error
    except HFValidationError as error:
        raise HubError(f"{repo!r} is no name of a repo. Give ORG/NAME.") from error
    # The client wraps a failed upload of a large file in a RuntimeError, and being offline in an OSError.
    except (HTTPError, OSError, RuntimeError) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise HubError(f"{repo}: the hub cannot be reached ({told}). {OTHER_REMEDY}") from error


@dataclass(frozen=True)
class RepoState:
    """A model repo at one moment: its served commit (None: there is no repo), tags and pull requests with theirs."""

    head: str | None
    tags: Mapping[str, str]
    proposals: Mapping[str, str]


def state(api: HfApi, repo: str) -> RepoState:
    """What the repo holds now.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    with hub_errors(repo):
        if not api.repo_exists(repo):
            return RepoState(None, {}, {})
        refs = api.list_repo_refs(repo, include_pull_requests=True)
    heads, tags, proposals = (
        {found.name: found.target_commit for found in some}
        for some in (refs.branches, refs.tags, refs.pull_requests or [])
    )
    return RepoState(heads[SERVED], tags, proposals)


def existing(api: HfApi, repo: str) -> RepoState:
    """What a repo holds that must be there.

    Raises:
        HubError: it is not, or the hub cannot be reached, or refuses.
    """
    found = state(api, repo)
    if found.head is None:
        raise HubError(
            f"{repo}: no such repo on the hub, or the token may not see it. Check the name, and set HF_TOKEN."
        )
    return found


def fetch(api: HfApi, repo: str, revision: str, patterns: list[str], folder: Path) -> Path:
    """Downloads the files of a revision that match patterns into a folder of its own; no cache is trusted.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    with hub_errors(repo):
        api.snapshot_download(repo, revision=revision, local_dir=folder, allow_patterns=patterns)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    return folder


def fetch_json(api: HfApi, repo: str, revision: str, name: str) -> Any:
    """A JSON file of a revision; None where it is not there.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    with tempfile.TemporaryDirectory() as folder, hub_errors(repo):
        try:
            path = api.hf_hub_download(repo, name, revision=revision, local_dir=folder)
        except RemoteEntryNotFoundError:
            return None
        return json.loads(Path(path).read_text(encoding="utf-8"))


def fetch_artifact(api: HfApi, repo: str, revision: str, folder: Path) -> Artifact:
    """The verified artifact of a revision.

    Raises:
        HubError: the hub cannot be reached, or refuses.
        ArtifactError: what lies there is not to be served; the subclass says why.
    """
    return load_artifact(fetch(api, repo, revision, ARTIFACT_PATTERNS, folder), f"{repo}@{revision}")


def files_of(folder: Path) -> dict[str, Path]:
    """Every file of a folder by its name in a repo."""
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}


def commit_exactly(
    api: HfApi,
    repo: str,
    files: Mapping[str, Path],
    parent: str,
    title: str,
    kind: str = "model",
    create_pr: bool = False,
) -> CommitInfo:
    """One commit on top of `parent` after which the repo holds exactly these files.

    Not `upload_folder`: it commits what it has when an upload takes long, and half a version would be served.

    Args:
        api: who commits.
        repo: ORG/NAME.
        files: what lies where in the repo.
        parent: the commit that the served branch must still be at.
        title: first line of the commit.
        kind: "model" or "space".
        create_pr: whether to leave the branch alone and open a pull request.

    Raises:
        HubError: the hub cannot be reached, or refuses, for instance since the branch has moved; nothing is committed.
    """
    with hub_errors(repo), warnings.catch_warnings():
        there = api.list_repo_files(repo, revision=parent, repo_type=kind)
        gone = [CommitOperationDelete(name) for name in there if name not in files and name != KEPT]
        added = [CommitOperationAdd(name, path) for name, path in files.items()]
        # The client takes reference.parquet for a data set that lies in the wrong kind of repo.
        warnings.filterwarnings("ignore", "It seems that you are about to commit a data file")
        return api.create_commit(
            repo,
            [*gone, *added],
            commit_message=title,
            repo_type=kind,
            revision=None if create_pr else SERVED,
            create_pr=create_pr,
            parent_commit=parent,
        )
