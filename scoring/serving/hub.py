"""Files of a repo on the hub: listed, checked before download, cached, verified and repaired.

huggingface_hub downloads and caches, but trusts its cache and the server. So every file is compared with the hash in
its commit, and downloaded again if it differs. The last verified commit and its hashes are stored beside the cache:
they are all that can be trusted while the hub is down.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from huggingface_hub import HfApi, cached_assets_path, try_to_load_from_cache
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import KernelInfo
from huggingface_hub.utils import WeakFileLock
from huggingface_hub.utils.sha import git_hash

from scoring.artifact.manifest import sha256_of
from scoring.errors import (
    ArtifactTamperedError,
    HubAccessError,
    HubRepoNotFoundError,
    HubRevisionNotFoundError,
    HubUnreachableError,
    OutputError,
)
from scoring.files import NO_SPACE
from scoring.serving.settings import HubPlace
from scoring.strict import MalformedError, parse, strict

COMMIT = re.compile(r"[0-9a-f]{40}")
# Timeout for a hub that accepts the request and does not answer.
SECONDS = 10
NOT_WRITABLE = {*NO_SPACE, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}


@contextmanager
def hub_errors(location: HubPlace) -> Iterator[None]:
    """Converts errors of huggingface_hub into one of ours, which says what to do.

    Raises:
        HubError: the hub cannot be reached, or refuses; the subclass says why.
        OutputError: the cache cannot be written to.
    """
    try:
        yield
    except GatedRepoError as error:
        raise HubAccessError(
            f"{location}: access must be asked for on the repo's page. Ask, then set HF_TOKEN to a token of "
            "that account."
        ) from error
    except RepositoryNotFoundError as error:
        raise HubRepoNotFoundError(
            f"{location.repo}: no {location.kind} repo of that name on the hub, or the token may not know of it. Check "
            "the name, and set HF_TOKEN to a token that may read it."
        ) from error
    except RevisionNotFoundError as error:
        raise HubRevisionNotFoundError(
            f"{location}: the repo has no tag, branch or commit {location.revision!r}. Set one that it has."
        ) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        message = f"{location}: the hub answered {status} ({error.server_message or error.response.reason_phrase})."
        if status in (401, 403):
            raise HubAccessError(f"{message} Set HF_TOKEN to a token that may read the repo.") from error
        raise HubUnreachableError(f"{message} Wait for the hub, or set HF_ENDPOINT to another.") from error
    except HFValidationError as error:
        raise HubRepoNotFoundError(f"{location.repo!r} is not the name of a repo. Set ORG/NAME.") from error
    except (ValueError, KeyError, TypeError) as error:
        # The server is not a hub, or a proxy alters its answers.
        raise HubUnreachableError(
            f"{location}: the hub's answer cannot be read ({error!r}). Check that HF_ENDPOINT is right, and try again."
        ) from error
    except (HTTPError, OSError) as error:
        if isinstance(error, OSError) and error.errno in NOT_WRITABLE:
            raise OutputError(
                f"{error.filename or 'the cache'}: not written: {error.strerror}. Make room, or set HF_HOME to another "
                "folder."
            ) from error
        message = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise HubUnreachableError(
            f"{location}: the hub cannot be reached ({message}). Check that it is up and that HF_ENDPOINT is right."
        ) from error


def newest_commit(api: HfApi, location: HubPlace) -> str:
    """The commit to which a location now refers; a commit refers to itself.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    if COMMIT.fullmatch(location.revision):
        return location.revision
    with hub_errors(location):
        found = api.repo_info(location.repo, repo_type=location.kind, revision=location.revision, timeout=SECONDS)
    return str(found.sha)


@dataclass(frozen=True)
class Listed:
    """A file as a commit lists it: its Git hash, and its SHA-256 if it is stored in LFS."""

    name: str
    size: int
    git_hash: str
    sha256: str | None


def listed_files(api: HfApi, location: HubPlace, commit: str) -> dict[str, Listed]:
    """The files of a commit, by name.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    with hub_errors(location):
        # Not `list_repo_tree`, which has no timeout.
        info = api.repo_info(
            location.repo, repo_type=location.kind, revision=commit, files_metadata=True, timeout=SECONDS
        )
    assert not isinstance(info, KernelInfo)
    found = (
        Listed(file.rfilename, file.size or 0, file.blob_id or "", file.lfs.sha256 if file.lfs else None)
        for file in info.siblings or []
    )
    return {file.name: file for file in found}


def fetch(api: HfApi, location: HubPlace, commit: str, files: Iterable[Listed]) -> dict[str, Path]:
    """Files of a commit in the cache, verified against the commit; missing or altered ones are downloaded.

    Returns:
        name -> path.

    Raises:
        ArtifactTamperedError: the hub serves a file that differs from its own commit.
        HubError: the hub cannot be reached, or refuses.
        OutputError: the cache cannot be written to.
    """
    return {file.name: _fetched(api, location, commit, file) for file in files}


def _fetched(api: HfApi, location: HubPlace, commit: str, file: Listed) -> Path:
    def download(anew: bool) -> Path:
        return Path(
            api.hf_hub_download(
                location.repo,
                file.name,
                repo_type=location.kind,
                revision=commit,
                force_download=anew,
                etag_timeout=SECONDS,
            )
        )

    with hub_errors(location):
        path = download(anew=False)
        if _is(path, file):
            return path
        # Two processes that repair the cache at once would delete each other's files.
        with WeakFileLock(_memory(location) / "repair.lock"):
            if not _is(path, file):
                path.unlink(missing_ok=True)
                path = download(anew=True)
    if not _is(path, file):
        raise ArtifactTamperedError(
            f"{location}: the hub serves a {file.name} that is not the one of commit {commit}. Try again; if it stays "
            "so, publish the version anew."
        )
    return path


def _is(path: Path, file: Listed) -> bool:
    """Whether a file's hash is the one in the commit."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    if file.sha256:
        return sha256_of(path) == file.sha256
    return git_hash(path.read_bytes()) == file.git_hash


@strict
@dataclass(frozen=True)
class Verified:
    """The last verified commit of a location, and the SHA-256 of each of its files."""

    commit: str
    files: Mapping[str, str]


def _memory(location: HubPlace) -> Path:
    """The file that records a location's last verified commit."""
    return cached_assets_path("credit-scoring", f"{location.kind}s--{location.repo.replace('/', '--')}", "verified")


def _record(location: HubPlace) -> Path:
    # A branch name may contain slashes, and two names may differ in case only.
    return _memory(location) / f"{hashlib.sha256(location.revision.encode()).hexdigest()}.json"


def remember(location: HubPlace, commit: str, paths: Mapping[str, Path]) -> None:
    """Records, atomically, that these files of a commit were verified.

    Raises:
        OutputError: the cache cannot be written to.
    """
    record = Verified(commit, {name: sha256_of(path) for name, path in paths.items()})
    with hub_errors(location):
        with NamedTemporaryFile("w", dir=_memory(location), delete=False, encoding="utf-8") as file:
            json.dump(asdict(record), file)
        os.replace(file.name, _record(location))


def remembered(location: HubPlace) -> Verified | None:
    """The last verified commit of a location; None if there is none, or its record is unreadable.

    Raises:
        OutputError: the cache cannot be written to.
    """
    with hub_errors(location):
        path = _record(location)
    try:
        return parse(Verified, path.read_bytes()) if path.is_file() else None
    except MalformedError:
        return None


def cached_files(location: HubPlace, verified: Verified) -> dict[str, Path] | None:
    """The cached files of a verified commit, without a request; None if one of them has changed."""
    paths: dict[str, Path] = {}
    for name, sha256 in verified.files.items():
        found = try_to_load_from_cache(location.repo, name, repo_type=location.kind, revision=verified.commit)
        if not isinstance(found, str) or sha256_of(Path(found)) != sha256:
            return None
        paths[name] = Path(found)
    return paths
