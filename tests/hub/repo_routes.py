"""Requests about accounts, repos, their branches, tags and commits, and a Space's variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.hub.repos import File, HubError, Repo, described
from tests.hub.routing import REPO, route
from tests.hub.state import Answer, Request, State, json_answer, require_write


@route("GET", "/api/whoami-v2")
def whoami(hub: State, request: Request) -> Answer:
    if request.token is None:
        raise HubError(401, "Invalid username or password.")
    token = request.token
    orgs = [{"type": "org", "name": token.org, "roleInOrg": "write" if token.writes else "read"}] if token.org else []
    role = {"accessToken": {"displayName": "test", "role": "write" if token.writes else "read"}}
    return json_answer({"type": "user", "name": token.user, "orgs": orgs, "auth": {"type": "access_token", **role}})


@route("POST", "/api/validate-yaml")
def validate_yaml(hub: State, request: Request) -> Answer:
    return json_answer({"warnings": [], "errors": []})


@route("POST", "/api/repos/create")
def create_repo(hub: State, request: Request) -> Answer:
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
def delete_repo(hub: State, request: Request) -> Answer:
    asked = request.json
    name, kind = f"{asked['organization']}/{asked['name']}", asked.get("type") or "model"
    hub.writable(kind, name, request.token)
    del hub.repos[kind, name]
    return Answer()


@route("PUT", f"{REPO}/settings")
def settings(hub: State, request: Request, kind: str, name: str) -> Answer:
    repo, asked = hub.writable(kind, name, request.token), request.json
    repo.private = asked.get("visibility", "private" if asked.get("private", repo.private) else "public") == "private"
    return json_answer({"private": repo.private})


@route("GET", f"{REPO}(?:/revision/([^/]+))?")
def info(hub: State, request: Request, kind: str, name: str, revision: str | None) -> Answer:
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
def auth_check(hub: State, request: Request, kind: str, name: str, write: str | None) -> Answer:
    (hub.writable if write else hub.readable)(kind, name, request.token)
    return json_answer({})


@route("GET", f"{REPO}/refs")
def refs(hub: State, request: Request, kind: str, name: str) -> Answer:
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
def tree(hub: State, request: Request, kind: str, name: str, revision: str, folder: str | None) -> Answer:
    repo = hub.readable(kind, name, request.token)
    recursive = request.query.get("recursive", "false").lower() == "true"
    return json_answer(repo.listed(unquote(revision), unquote(folder or ""), recursive))


@route("POST", f"{REPO}/paths-info/([^/]+)")
def paths_info(hub: State, request: Request, kind: str, name: str, revision: str) -> Answer:
    files = hub.readable(kind, name, request.token).resolve(unquote(revision)).files
    wanted = parse_qs(request.body.decode())["paths"]
    return json_answer([described(path, files[path]) for path in wanted if path in files])


@route("GET", f"{REPO}/commits/([^/]+)")
def commits(hub: State, request: Request, kind: str, name: str, revision: str) -> Answer:
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
def tag(hub: State, request: Request, kind: str, name: str, revision: str) -> Answer:
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
def branch(hub: State, request: Request, kind: str, name: str, wanted: str) -> Answer:
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


@route("GET", r"/api/spaces/([^/]+/[^/]+)/runtime")
def runtime(hub: State, request: Request, name: str) -> Answer:
    hub.readable("space", name, request.token)
    return json_answer({"stage": "RUNNING", "hardware": {"current": "cpu-basic", "requested": "cpu-basic"}})


@route("GET|POST|DELETE", r"/api/spaces/([^/]+/[^/]+)/(variables|secrets)")
def variables(hub: State, request: Request, name: str, what: str) -> Answer:
    repo = hub.writable("space", name, request.token)
    if what == "secrets":
        repo.secrets.add(request.json["key"])
        return json_answer({})
    if request.method == "POST":
        repo.variables[request.json["key"]] = request.json["value"]
    if request.method == "DELETE":
        repo.variables.pop(request.json["key"], None)
    return json_answer({key: {"value": value} for key, value in repo.variables.items()})
