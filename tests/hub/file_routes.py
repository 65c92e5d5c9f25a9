"""Requests that upload files to a repo, by commits and large-file storage, and that download them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tests.hub.repos import File, HubError, Repo, is_large
from tests.hub.routing import FILE, REPO, route
from tests.hub.state import Answer, Request, State, json_answer


@route("POST", f"{REPO}/preupload/([^/]+)")
def preupload(hub: State, request: Request, kind: str, name: str, revision: str) -> Answer:
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
def lfs_batch(hub: State, request: Request, kind: str | None, name: str) -> Answer:
    repo = hub.readable(kind or "model", name, request.token)
    told = []
    for item in request.json["objects"]:
        place = f"{hub.url}/lfs/{repo.kind}/{name}/{item['oid']}"
        actions = {"upload": {"href": place, "header": {}}, "verify": {"href": f"{place}/verify", "header": {}}}
        told.append({**item, "actions": actions} if item["oid"] not in repo.stored else dict(item))
    return json_answer({"transfer": "basic", "objects": told})


@route("PUT", r"/lfs/(\w+)/([^/]+/[^/]+)/(\w+)")
def lfs_upload(hub: State, request: Request, kind: str, name: str, oid: str) -> Answer:
    file = File(request.body, lfs=True)
    if file.sha256 != oid:
        raise HubError(400, "The content does not have that hash")
    hub.repos[kind, name].stored[oid] = request.body
    return Answer(headers={"ETag": f'"{oid}"'})


@route("POST", r"/lfs/(\w+)/([^/]+/[^/]+)/(\w+)/verify")
def lfs_verify(hub: State, request: Request, kind: str, name: str, oid: str) -> Answer:
    if oid not in hub.repos[kind, name].stored:
        raise HubError(404, "Not uploaded")
    return json_answer({})


@route("POST", f"{REPO}/commit/([^/]+)")
def commit(hub: State, request: Request, kind: str, name: str, revision: str) -> Answer:
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
def resolve(hub: State, request: Request, kind: str | None, name: str, revision: str, path: str) -> Answer:
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
    """The content, or the part requested by a Range header."""
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    if asked is None:
        return Answer(content, headers=headers)
    start, end = int(asked[1]), int(asked[2] or len(content) - 1)
    if start >= len(content):
        raise HubError(416, "Range Not Satisfiable")
    told = f"bytes {start}-{min(end, len(content) - 1)}/{len(content)}"
    return Answer(content[start : end + 1], 206, {**headers, "Content-Range": told})
