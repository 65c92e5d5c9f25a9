"""The state of the test hub: tokens, repos, requests, and faults to inject."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Literal

from tests.hub.repos import HubError, Repo

ORG = "lender"
BIND = "127.0.0.1"

Headers = Message
Kind = Literal["model", "dataset", "space"]
# Faults that can be injected:
#   status    the answer is an error
#   close     the connection ends without an answer; the request had its effect
#   refuse    the connection ends without an answer, before the request had any effect
#   cut       the connection ends while the request's body is read
#   truncate  half of the body, then the connection ends
#   change    one byte of the body differs
#   etag      the file's etag is another one
#   slow      the answer takes `seconds`
Failure = Literal["status", "close", "refuse", "cut", "truncate", "change", "etag", "slow"]


@dataclass(frozen=True)
class Token:
    """A token's owner and permissions."""

    user: str
    org: str | None
    writes: bool


@dataclass
class Fault:
    """A fault: of the requests that match `pattern`, the first `skip` succeed and the next `times` fail."""

    kind: Failure
    pattern: str
    status: int
    seconds: float
    skip: int
    times: int

    def hits(self, request: str) -> bool:
        """Counts a request and says whether it fails."""
        if not re.search(self.pattern, request) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Answer:
    """A response."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(content: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(json.dumps(content).encode(), status, {"Content-Type": "application/json", **headers})


@dataclass
class Request:
    """A request as routes see it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Headers
    body: bytes
    token: Token | None

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class State:
    """The hub without its server."""

    writer, reader, stranger = "hf_writer", "hf_reader", "hf_stranger"

    def __init__(self) -> None:
        self.tokens = {
            self.writer: Token("maintainer", ORG, True),
            self.reader: Token("app", ORG, False),
            self.stranger: Token("stranger", None, True),
        }
        self.repos: dict[tuple[str, str], Repo] = {}
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self.port = 0

    @property
    def url(self) -> str:
        """The value for HF_ENDPOINT."""
        return f"http://{BIND}:{self.port}"

    def fail(
        self, kind: Failure, pattern: str, *, status: int = 500, seconds: float = 0, skip: int = 0, times: int = 1
    ) -> Fault:
        """Makes requests fail whose "METHOD /path" matches the pattern; -1 times means until the fault is removed."""
        fault = Fault(kind, pattern, status, seconds, skip, times)
        self.faults.append(fault)
        return fault

    @contextmanager
    def failing(self, kind: Failure, pattern: str, *, status: int = 500, seconds: float = 0) -> Iterator[None]:
        """Makes all matching requests fail within the context."""
        fault = self.fail(kind, pattern, status=status, seconds=seconds, times=-1)
        try:
            yield
        finally:
            self.faults.remove(fault)

    def create(self, name: str, kind: Kind = "model", private: bool = False) -> Repo:
        """Creates a repo, bypassing the protocol."""
        self.repos[kind, name] = Repo(kind, name, private)
        return self.repos[kind, name]

    def repo(self, name: str, kind: Kind = "model") -> Repo:
        """An existing repo."""
        return self.repos[kind, name]

    def readable(self, kind: str, name: str, token: Token | None) -> Repo:
        """A repo, if the token may see it."""
        repo = self.repos.get((kind, name))
        if repo is None or (repo.private and (token is None or token.org != name.split("/")[0])):
            raise HubError(404 if token else 401, "Repository not found", "RepoNotFound")
        return repo

    def writable(self, kind: str, name: str, token: Token | None) -> Repo:
        """A repo, if the token may write to it."""
        repo = self.readable(kind, name, token)
        require_write(name, token)
        return repo


def require_write(name: str, token: Token | None) -> None:
    if token is None:
        raise HubError(401, "Invalid username or password.")
    if token.org != name.split("/")[0]:
        raise HubError(403, f"Forbidden: you don't have the rights to write to {name}")
    if not token.writes:
        raise HubError(403, "Forbidden: you must use a write token to upload to a repository.")
