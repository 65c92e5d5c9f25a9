"""A small hub on loopback that speaks the protocol of the real one, for the real `huggingface_hub` client.

    with running_hub() as hub:
        api = HfApi(endpoint=hub.url, token=hub.writer)
        hub.fail("status", "PUT /lfs/", status=500)     # the next request that looks so
        with hub.down(): ...                            # nobody listens at that address

Tokens: `hub.writer` may read and write the repos of ORG, `hub.reader` may read them, `hub.stranger` belongs to somebody
else, who sees public repos only. For files in large storage the client must not use its own other protocol for them:
set HF_HUB_DISABLE_XET=1 before `huggingface_hub` is imported (`tests/conftest.py` does).

`hub.requests` lists what was asked, as "METHOD /path"; `hub.repo(...)` gives the repo itself, to look into or
to commit to.
`python -m tests.hub.server` runs one by hand.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from tests.hub.repos import File, HubError, Repo, described, is_large

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


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news."""


class Hub:
    """The hub's state, and the server in front of it."""

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
        self._server: _Server | None = None
        self.start()

    @property
    def url(self) -> str:
        """What HF_ENDPOINT is set to."""
        return f"http://{BIND}:{self.port}"

    def start(self) -> None:
        """Listens, at the same port as before if there was one."""
        self._server = _Server((BIND, self.port), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Nobody listens any more."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def down(self) -> Iterator[None]:
        """The hub cannot be reached within."""
        self.stop()
        try:
            with self.failing("refuse", ""):  # connections that are still open
                yield
        finally:
            self.start()

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


# A route answers a request; the groups of its pattern come as arguments.
Route = Callable[..., Answer]
ROUTES: list[tuple[str, re.Pattern[str], Route]] = []
REPO = r"/api/(model|dataset|space)s/([^/]+/[^/]+)"
FILE = r"/(?:(dataset|space)s/)?([^/]+/[^/]+)"


def route(methods: str, pattern: str) -> Callable[[Route], Route]:
    def register(function: Route) -> Route:
        ROUTES.append((methods, re.compile(pattern), function))
        return function

    return register


@route("GET", "/api/whoami-v2")
def whoami(hub: Hub, request: Request) -> Answer:
    if request.token is None:
        raise HubError(401, "Invalid username or password.")
    token = request.token
    orgs = [{"type": "org", "name": token.org, "roleInOrg": "write" if token.writes else "read"}] if token.org else []
    role = {"accessToken": {"displayName": "test", "role": "write" if token.writes else "read"}}
    return json_answer({"type": "user", "name": token.user, "orgs": orgs, "auth": {"type": "access_token", **role}})


@route("POST", "/api/validate-yaml")
def validate_yaml(hub: Hub, request: Request) -> Answer:
    return json_answer({"warnings": [], "errors": []})


@route("POST", "/api/repos/create")
def create_repo(hub: Hub, request: Request) -> Answer:
    asked = request.json
    owner = asked.get("organization") or (request.token.user if request.token else "")
    name, kind = f"{owner}/{asked['name']}", asked.get("type", "model")
    require_write(name, request.token)
    taken = (kind, name) in hub.repos
    if not taken:
        repo = Repo(kind, name, asked.get("visibility") == "private" or bool(asked.get("private")), asked.get("sdk"))
        repo.variables |= {item["key"]: item["value"] for item in asked.get("variables", [])}
        hub.repos[kind, name] = repo
    address = f"{hub.url}/{hub.repos[kind, name].prefix}{name}"
    words = {"error": "You already created this repo"} if taken else {}
    return json_answer({"url": address, "name": name, **words}, 409 if taken else 200)


@route("DELETE", "/api/repos/delete")
def delete_repo(hub: Hub, request: Request) -> Answer:
    asked = request.json
    name, kind = f"{asked['organization']}/{asked['name']}", asked.get("type") or "model"
    hub.writable(kind, name, request.token)
    del hub.repos[kind, name]
    return Answer()


@route("PUT", f"{REPO}/settings")
def settings(hub: Hub, request: Request, kind: str, name: str) -> Answer:
    repo, asked = hub.writable(kind, name, request.token), request.json
    repo.private = asked.get("visibility", "private" if asked.get("private", repo.private) else "public") == "private"
    return json_answer({"private": repo.private})


@route("GET", f"{REPO}(?:/revision/([^/]+))?")
def info(hub: Hub, request: Request, kind: str, name: str, revision: str | None) -> Answer:
    repo = hub.readable(kind, name, request.token)
    commit = repo.resolve(unquote(revision or "main"))
    first = repo.history(commit.oid)[-1]
    blobs = request.query.get("blobs", "false").lower() == "true"
    siblings = [sibling(path, file, blobs) for path, file in sorted(commit.files.items())]
    return json_answer(
        {
            "id": name,
            "author": name.split("/")[0],
            "sha": commit.oid,
            "lastModified": stamp(commit.date),
            "createdAt": stamp(first.date),
            "private": repo.private,
            "disabled": False,
            "gated": False,
            "downloads": 0,
            "likes": 0,
            "tags": [],
            "siblings": siblings,
            **({"sdk": repo.sdk, "runtime": {"stage": "RUNNING", "hardware": None}} if kind == "space" else {}),
        }
    )


def sibling(path: str, file: File, blobs: bool) -> dict[str, Any]:
    """A file as a repo's info lists it."""
    if not blobs:
        return {"rfilename": path}
    large = {"lfs": {"sha256": file.sha256, "size": file.size, "pointerSize": 134}} if file.lfs else {}
    return {"rfilename": path, "size": file.size, "blobId": file.oid, **large}


def stamp(date: Any) -> str:
    return str(date.strftime("%Y-%m-%dT%H:%M:%S.000Z"))


@route("GET", f"{REPO}/auth-check(/write)?")
def auth_check(hub: Hub, request: Request, kind: str, name: str, write: str | None) -> Answer:
    (hub.writable if write else hub.readable)(kind, name, request.token)
    return json_answer({})


@route("GET", f"{REPO}/refs")
def refs(hub: Hub, request: Request, kind: str, name: str) -> Answer:
    repo = hub.readable(kind, name, request.token)

    def listed(names: Mapping[str, str], prefix: str) -> list[dict[str, str]]:
        return [{"name": name, "ref": f"{prefix}{name}", "targetCommit": oid} for name, oid in names.items()]

    found = {
        "branches": listed(repo.branches, "refs/heads/"),
        "tags": listed(repo.tags, "refs/tags/"),
        "converts": [],
    }
    if request.query.get("include_prs"):
        found["pullRequests"] = listed(repo.pulls, "")
    return json_answer(found)


@route("GET", f"{REPO}/tree/([^/]+)(?:/(.+))?")
def tree(hub: Hub, request: Request, kind: str, name: str, revision: str, folder: str | None) -> Answer:
    repo = hub.readable(kind, name, request.token)
    recursive = request.query.get("recursive", "false").lower() == "true"
    return json_answer(repo.listed(unquote(revision), unquote(folder or ""), recursive))


@route("POST", f"{REPO}/paths-info/([^/]+)")
def paths_info(hub: Hub, request: Request, kind: str, name: str, revision: str) -> Answer:
    files = hub.readable(kind, name, request.token).resolve(unquote(revision)).files
    wanted = parse_qs(request.body.decode())["paths"]
    return json_answer([described(path, files[path]) for path in wanted if path in files])


@route("GET", f"{REPO}/commits/([^/]+)")
def commits(hub: Hub, request: Request, kind: str, name: str, revision: str) -> Answer:
    history = hub.readable(kind, name, request.token).history(unquote(revision))
    return json_answer(
        [
            {
                "id": commit.oid,
                "title": commit.title,
                "message": commit.message,
                "authors": [{"user": commit.author}],
                "date": stamp(commit.date),
            }
            for commit in history
        ]
    )


@route("POST|DELETE", f"{REPO}/tag/([^/]+)")
def tag(hub: Hub, request: Request, kind: str, name: str, revision: str) -> Answer:
    repo = hub.writable(kind, name, request.token)
    if request.method == "DELETE":
        if unquote(revision) not in repo.tags:
            raise HubError(404, "Tag not found", "RevisionNotFound")
        del repo.tags[unquote(revision)]
        return Answer()
    wanted = request.json["tag"]
    if wanted in repo.tags:
        raise HubError(409, "Tag reference exists already")
    repo.tags[wanted] = repo.resolve(unquote(revision)).oid
    return json_answer({})


@route("POST|DELETE", f"{REPO}/branch/([^/]+)")
def branch(hub: Hub, request: Request, kind: str, name: str, wanted: str) -> Answer:
    repo, wanted = hub.writable(kind, name, request.token), unquote(wanted)
    if request.method == "DELETE":
        if wanted == "main" or wanted not in repo.branches:
            raise HubError(403 if wanted == "main" else 404, "Branch cannot be deleted")
        del repo.branches[wanted]
        return Answer()
    if wanted in repo.branches:
        raise HubError(409, "Reference already exists")
    repo.branches[wanted] = repo.resolve(request.json.get("startingPoint", "main")).oid
    return json_answer({})


@route("POST", f"{REPO}/preupload/([^/]+)")
def preupload(hub: Hub, request: Request, kind: str, name: str, revision: str) -> Answer:
    pull = request.query.get("create_pr")
    repo = (hub.readable if pull and request.token else hub.writable)(kind, name, request.token)
    files = repo.resolve(unquote(revision)).files
    told = []
    for asked in request.json["files"]:
        path, size = asked["path"], asked["size"]
        large = is_large(path, size, base64.b64decode(asked["sample"]))
        known = {"oid": files[path].etag} if path in files else {}
        told.append({"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": False, **known})
    return json_answer({"files": told})


@route("POST", rf"{FILE}\.git/info/lfs/objects/batch")
def lfs_batch(hub: Hub, request: Request, kind: str | None, name: str) -> Answer:
    repo = hub.readable(kind or "model", name, request.token)
    told = []
    for item in request.json["objects"]:
        place = f"{hub.url}/lfs/{repo.kind}/{name}/{item['oid']}"
        actions = {"upload": {"href": place, "header": {}}, "verify": {"href": f"{place}/verify", "header": {}}}
        told.append({**item, "actions": actions} if item["oid"] not in repo.stored else dict(item))
    return json_answer({"transfer": "basic", "objects": told})


@route("PUT", r"/lfs/(\w+)/([^/]+/[^/]+)/(\w+)")
def lfs_upload(hub: Hub, request: Request, kind: str, name: str, oid: str) -> Answer:
    file = File(request.body, lfs=True)
    if file.sha256 != oid:
        raise HubError(400, "The content does not have that hash")
    hub.repos[kind, name].stored[oid] = request.body
    return Answer(headers={"ETag": f'"{oid}"'})


@route("POST", r"/lfs/(\w+)/([^/]+/[^/]+)/(\w+)/verify")
def lfs_verify(hub: Hub, request: Request, kind: str, name: str, oid: str) -> Answer:
    if oid not in hub.repos[kind, name].stored:
        raise HubError(404, "Not uploaded")
    return json_answer({})


@route("POST", f"{REPO}/commit/([^/]+)")
def commit(hub: Hub, request: Request, kind: str, name: str, revision: str) -> Answer:
    pull = bool(request.query.get("create_pr"))
    repo = (hub.readable if pull and request.token else hub.writable)(kind, name, request.token)
    target = unquote(revision)
    heads = repo.branches if target in repo.branches else repo.pulls
    if target not in heads:
        raise HubError(404, f"Invalid rev id: {target}", "RevisionNotFound")
    lines = [json.loads(line) for line in request.body.splitlines() if line]
    header = lines[0]["value"]
    parent = heads[target]
    wanted = header.get("parentCommit")
    if wanted and not parent.startswith(wanted):
        if not pull:
            raise HubError(412, "A commit has happened since. Please refresh and try again.")
        parent = repo.resolve(wanted).oid
    changes = _changes(repo, repo.commits[parent].files, lines[1:])
    author = request.token.user if request.token else "anonymous"
    oid = repo.add(parent, changes, header["summary"], header["description"], author)
    address = f"{hub.url}/{repo.prefix}{name}"
    told = {"success": True, "commitOid": oid, "commitUrl": f"{address}/commit/{oid}", "hookOutput": ""}
    if pull:
        number = len(repo.pulls) + 1
        repo.pulls[f"refs/pr/{number}"] = oid
        return json_answer({**told, "pullRequestUrl": f"{address}/discussions/{number}"})
    heads[target] = oid
    return json_answer(told)


def _changes(repo: Repo, before: Mapping[str, File], lines: list[dict[str, Any]]) -> dict[str, File | None]:
    changes: dict[str, File | None] = {}
    for line in lines:
        value = line["value"]
        match line["key"]:
            case "file":
                changes[value["path"]] = File(base64.b64decode(value["content"]))
            case "lfsFile":
                known = {file.sha256: file.content for file in before.values()} | repo.stored
                if value["oid"] not in known:
                    raise HubError(400, f"{value['path']} points to a file that was not uploaded")
                changes[value["path"]] = File(known[value["oid"]], lfs=True)
            case "deletedFile":
                changes[value["path"]] = None
            case "deletedFolder":
                folder = value["path"].rstrip("/") + "/"
                changes |= {path: None for path in before if path.startswith(folder)}
            case other:
                raise HubError(400, f"unknown operation {other}")
    return changes


@route("GET|HEAD", rf"{FILE}/resolve/([^/]+)/(.+)")
def resolve(hub: Hub, request: Request, kind: str | None, name: str, revision: str, path: str) -> Answer:
    repo = hub.readable(kind or "model", name, request.token)
    found = repo.resolve(unquote(revision))
    file = found.files.get(unquote(path))
    headers = {"X-Repo-Commit": found.oid}
    if file is None:
        raise HubError(404, "Entry not found", "EntryNotFound")
    if file.lfs:
        headers |= {"X-Linked-Size": str(file.size), "X-Linked-Etag": f'"{file.etag}"'}
    return ranged(file.content, request, {**headers, "ETag": f'"{file.etag}"', "Accept-Ranges": "bytes"})


def ranged(content: bytes, request: Request, headers: dict[str, str]) -> Answer:
    """The content, or the part of it that a Range header asks for."""
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    if asked is None:
        return Answer(content, headers=headers)
    start, end = int(asked[1]), int(asked[2] or len(content) - 1)
    if start >= len(content):
        raise HubError(416, "Range Not Satisfiable")
    told = f"bytes {start}-{min(end, len(content) - 1)}/{len(content)}"
    return Answer(content[start : end + 1], 206, {**headers, "Content-Range": told})


@route("GET", r"/api/spaces/([^/]+/[^/]+)/runtime")
def runtime(hub: Hub, request: Request, name: str) -> Answer:
    hub.readable("space", name, request.token)
    return json_answer({"stage": "RUNNING", "hardware": {"current": "cpu-basic", "requested": "cpu-basic"}})


@route("GET|POST|DELETE", r"/api/spaces/([^/]+/[^/]+)/(variables|secrets)")
def variables(hub: Hub, request: Request, name: str, what: str) -> Answer:
    repo = hub.writable("space", name, request.token)
    if what == "secrets":
        repo.secrets.add(request.json["key"])
        return json_answer({})
    if request.method == "POST":
        repo.variables[request.json["key"]] = request.json["value"]
    if request.method == "DELETE":
        repo.variables.pop(request.json["key"], None)
    return json_answer({key: {"value": value} for key, value in repo.variables.items()})


def _token(hub: Hub, headers: Headers) -> Token | None:
    given = headers.get("Authorization", "").removeprefix("Bearer ")
    if given and given not in hub.tokens:
        raise HubError(401, "Invalid credentials in Authorization header")
    return hub.tokens.get(given)


def answer_to(hub: Hub, method: str, target: str, headers: Headers, body: bytes) -> Answer:
    """What the hub says to a request when nothing fails on purpose."""
    asked = urlsplit(target)
    query = {key: values[0] for key, values in parse_qs(asked.query).items()}
    try:
        request = Request(method, asked.path, query, headers, body, _token(hub, headers))
        for methods, pattern, function in ROUTES:
            found = pattern.fullmatch(asked.path)
            if found and method in methods.split("|"):
                with hub.lock:
                    return function(hub, request, *found.groups())
        raise HubError(404, f"Nothing at {asked.path}")
    except HubError as error:
        code = {"X-Error-Code": error.code} if error.code else {}
        return json_answer({"error": error.message}, error.status, **{"X-Error-Message": error.message, **code})


def _spoilt(answer: Answer, fault: Fault) -> Answer:
    """The answer with what the fault does to it."""
    match fault.kind:
        case "status":
            return json_answer({"error": "on purpose"}, fault.status, **{"X-Error-Message": "on purpose"})
        case "change":
            middle = len(answer.body) // 2
            body = answer.body[:middle] + bytes([answer.body[middle] ^ 1]) + answer.body[middle + 1 :]
            return Answer(body, answer.status, answer.headers)
        case "etag":
            return Answer(answer.body, answer.status, {**answer.headers, "ETag": '"0000"', "X-Linked-Etag": '"0000"'})
        case _:
            return answer


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: object) -> None:
            pass

        def _body(self, share: float) -> bytes:
            """The request's body, or the first part of it."""
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(int(self.headers.get("Content-Length", 0)) * share))
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if share < 1:
                    break
            else:
                self.rfile.readline()
            return b"".join(parts)

        def _answer(self) -> None:
            asked = f"{self.command} {urlsplit(self.path).path}"
            with hub.lock:
                hub.requests.append(asked)
                fault = next((fault for fault in hub.faults if fault.hits(asked)), None)
            kind = fault.kind if fault else None
            body = self._body(0.5 if kind == "cut" else 1)
            if kind in ("cut", "refuse"):
                self.close_connection = True
                return
            if fault and kind == "slow":
                time.sleep(fault.seconds)
            # An error on purpose stands for a request that had no effect.
            answer = Answer() if kind == "status" else answer_to(hub, self.command, self.path, self.headers, body)
            if kind == "close":
                self.close_connection = True
                return
            answer = _spoilt(answer, fault) if fault else answer
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body[: len(answer.body) // 2] if kind == "truncate" else answer.body)
            self.close_connection = self.close_connection or kind == "truncate"

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

    return Handler


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A hub on a free port, as long as it is wanted."""
    hub = Hub()
    try:
        yield hub
    finally:
        hub.stop()


if __name__ == "__main__":
    with running_hub() as running:
        print(f"HF_ENDPOINT={running.url} HF_TOKEN={running.writer}")  # noqa: T201
        threading.Event().wait()
