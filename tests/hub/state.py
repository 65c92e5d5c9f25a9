"""What the hub of the tests knows and is asked: tokens, repos, requests, and what is to go wrong on purpose."""

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
# What goes wrong on purpose:
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
    """Whose token it is and what it may do."""

    user: str
    org: str | None
    writes: bool


@dataclass
class Fault:
    """A failure on purpose: of requests that `pattern` finds, skips the first `skip`, then fails the next `times`."""

    kind: Failure
    pattern: str
    status: int
    seconds: float
    skip: int
    times: int

    def hits(self, request: str) -> bool:
        """Whether this request fails, counting it."""
        if not re.search(self.pattern, request) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Answer:
    """What goes back over the wire."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(content: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(json.dumps(content).encode(), status, {"Content-Type": "application/json", **headers})


@dataclass
class Request:
    """One request as the routes below see it."""

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
    """Everything but the server in front of it."""

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
        """What HF_ENDPOINT is set to."""
        return f"http://{BIND}:{self.port}"

    def fail(
        self, kind: Failure, pattern: str, *, status: int = 500, seconds: float = 0, skip: int = 0, times: int = 1
    ) -> Fault:
        """From now on, requests fail whose "METHOD /path" the pattern finds. -1 times: until the fault is removed."""
        fault = Fault(kind, pattern, status, seconds, skip, times)
        self.faults.append(fault)
        return fault

    @contextmanager
    def failing(self, kind: Failure, pattern: str, *, status: int = 500, seconds: float = 0) -> Iterator[None]:
        """Every request that the pattern finds fails within."""
        fault = self.fail(kind, pattern, status=status, seconds=seconds, times=-1)
        try:
            yield
        finally:
            self.faults.remove(fault)

    def create(self, name: str, kind: Kind = "model", private: bool = False) -> Repo:
        """A new repo, without asking the protocol."""
        self.repos[kind, name] = Repo(kind, name, private)
        return self.repos[kind, name]

    def repo(self, name: str, kind: Kind = "model") -> Repo:
        """A repo that is there."""
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
