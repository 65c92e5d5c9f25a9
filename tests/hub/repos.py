"""The loopback hub's repos, in memory: commits, branches and tags that look like Git to a client."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import PurePosixPath
from typing import Any

INITIAL_FILES = {".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"}
LARGE = 10 * 1024 * 1024
_numbers = count(1)


class HubError(Exception):
    """An error response in the hub's form: status, the hub's own code, and a message."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


@dataclass(frozen=True)
class File:
    """A file in a commit. `claimed` is the size shown in listings, if a test wants it to be wrong."""

    content: bytes
    lfs: bool = False
    claimed: int | None = None

    @property
    def size(self) -> int:
        return len(self.content) if self.claimed is None else self.claimed

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def oid(self) -> str:
        """Git's id of the blob, or of the pointer for a file in large-file storage."""
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {self.size}\n".encode()
        content = pointer if self.lfs else self.content
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    @property
    def etag(self) -> str:
        return self.sha256 if self.lfs else self.oid


@dataclass(frozen=True)
class Commit:
    oid: str
    parent: str | None
    title: str
    message: str
    author: str
    date: datetime
    files: Mapping[str, File]


def is_large(path: str, size: int, sample: bytes) -> bool:
    """Whether the hub wants a file in large-file storage rather than in the commit itself."""
    return size > LARGE or b"\0" in sample or PurePosixPath(path).suffix in (".parquet", ".png", ".pkl", ".bin")


@dataclass
class Repo:
    kind: str
    name: str
    private: bool
    sdk: str | None = None
    variables: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    pulls: dict[str, str] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.branches["main"] = self.add(None, INITIAL_FILES, "initial commit", author="system")

    @property
    def prefix(self) -> str:
        """The prefix of the name in an address."""
        return "" if self.kind == "model" else f"{self.kind}s/"

    def resolve(self, revision: str) -> Commit:
        """The commit of a branch, tag, pull request or commit hash."""
        name = revision.removeprefix("refs/heads/").removeprefix("refs/tags/")
        for names in (self.branches, self.tags, self.pulls, {oid: oid for oid in self.commits}):
            if name in names:
                return self.commits[names[name]]
        short = [oid for oid in self.commits if re.fullmatch(r"[0-9a-f]{7,40}", name) and oid.startswith(name)]
        if len(short) == 1:
            return self.commits[short[0]]
        raise HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")

    def history(self, revision: str) -> list[Commit]:
        """A commit and its ancestors, newest first."""
        found = [self.resolve(revision)]
        while found[-1].parent is not None:
            found.append(self.commits[found[-1].parent])
        return found

    def add(
        self,
        parent: str | None,
        changes: Mapping[str, bytes | File | None],
        title: str,
        message: str = "",
        author: str = "tester",
    ) -> str:
        """A new commit on top of `parent`; a change to None deletes the file. No branch is moved.

        Returns:
            its hash.
        """
        files = dict(self.commits[parent].files) if parent else {}
        for path, content in changes.items():
            if content is None:
                files.pop(path, None)
            elif isinstance(content, File):
                files[path] = content
            else:
                files[path] = File(content, is_large(path, len(content), content[:512]))
        number = next(_numbers)
        oid = hashlib.sha1(f"{self.kind} {self.name} {number} {parent} {title}".encode()).hexdigest()
        self.commits[oid] = Commit(oid, parent, title, message, author, datetime.now(UTC), files)
        return oid

    def commit(self, changes: Mapping[str, bytes | File | None], title: str = "a change", branch: str = "main") -> str:
        """Commits to a branch, bypassing the protocol, for names and contents that no client would send.

        Returns:
            its hash.
        """
        self.branches[branch] = self.add(self.branches[branch], changes, title)
        return self.branches[branch]

    def listed(self, revision: str, folder: str = "", recursive: bool = True) -> list[dict[str, Any]]:
        """The tree as the hub lists it."""
        entries: dict[str, dict[str, Any]] = {}
        for path, file in sorted(self.resolve(revision).files.items()):
            if folder and not path.startswith(f"{folder}/"):
                continue
            for parent in PurePosixPath(path).parents:
                if str(parent) not in (".", "/", folder) and ".." not in parent.parts:
                    entries[str(parent)] = {"type": "directory", "path": str(parent), "oid": "0" * 40, "size": 0}
            entries[path] = described(path, file)
        if folder and not entries:
            raise HubError(404, f"{folder} does not exist", "EntryNotFound")
        depth = folder.count("/") + 1 if folder else 0
        return [entry for path, entry in sorted(entries.items()) if recursive or path.count("/") == depth]


def described(path: str, file: File) -> dict[str, Any]:
    """A file as described by listings and `paths-info`."""
    entry: dict[str, Any] = {"type": "file", "path": path, "oid": file.oid, "size": file.size}
    if file.lfs:
        entry["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": 134}
    return entry
