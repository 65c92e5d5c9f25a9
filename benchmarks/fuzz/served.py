"""A running app: whatever is sent to an endpoint or to MCP is answered as the description promises, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx
import jsonschema
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from benchmarks.app import first_answer, running_app
from benchmarks.fuzz.inputs import ANYTHING, CHANGES, LANGUAGE, Strategy, applicant_ids
from benchmarks.fuzz.target import INNER_WORDS, Target
from scoring.serving.service import Service

ON_FILE = 50
LONGEST = 60
DESCRIPTION = "/openapi.json"
MCP = "/mcp"
# Asked for between other inputs: the answer stays what it was.
ASKED_EVERY = 200
TOOLS = ("find", "score", "explain", "compare", "scatter", "similar", "curve", "recourse")
METHODS = ("tools/call", "tools/list", "resources/list", "resources/read", "resources/templates/list", "initialize")
MCP_HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@contextmanager
def served_targets(service: Service) -> Iterator[dict[str, Target]]:
    """The targets of an app that runs as long as they are tried."""
    with running_app(CALLS_PER_MINUTE="1000000") as (address, _):
        with httpx.Client(base_url=address, timeout=LONGEST) as client:
            first_answer(client)
        with httpx.Client(base_url=address.removesuffix("/gradio_api/call"), timeout=LONGEST) as client:
            yield app_targets(client, service)


def app_targets(client: httpx.Client, service: Service) -> dict[str, Target]:
    """The targets of an app at whose address the client is: its endpoints, and MCP."""
    assert service.applicants is not None
    ids = applicant_ids(service.applicants.ids[:ON_FILE].tolist())
    app = _App(client, int(service.applicants.ids[0]))
    inputs = {"applicant_id": ids, "changes": CHANGES, "language": LANGUAGE}
    return {
        "endpoints": Target(st.sampled_from(app.paths).flatmap(lambda path: app.calls(path, inputs)), app.call),
        "mcp": Target(_messages(inputs), app.message),
    }


class _App:
    """What runs, and what it answered at first."""

    def __init__(self, client: httpx.Client, someone: int) -> None:
        self._client, self._asked = client, 0
        self._described = client.get(DESCRIPTION).json()
        self._usual = {"data": [someone, {}, "en", "short"]}
        self._first = self._answer_now()

    @property
    def paths(self) -> list[str]:
        """The endpoints that are called."""
        return [path for path in self._described["paths"] if path.startswith("/gradio_api/run/")]

    def calls(self, path: str, inputs: dict[str, Strategy]) -> Strategy:
        """A path with what may be sent there as JSON, and what may not."""
        titled = _body_schema(self._described, path)["properties"]["data"]["prefixItems"]
        data = [inputs.get(each["title"], from_schema(_without_title(each)) | ANYTHING) for each in titled]
        given = st.integers(0, len(data)).flatmap(lambda number: st.tuples(*data[:number]).map(list))
        sent = given.map(lambda values: json.dumps({"data": values}).encode())
        return st.tuples(st.just(path), sent | ANYTHING.map(lambda value: json.dumps(value).encode()) | st.binary())

    def call(self, sent: tuple[str, bytes]) -> None:
        """Sends it, and holds the answer to the description."""
        path, body = sent
        answer = self._client.post(path, content=body, headers={"Content-Type": "application/json"})
        promised = self._described["paths"][path]["post"]["responses"]
        assert str(answer.status_code) in promised, (answer.status_code, answer.text[:500])
        self._check(answer)
        _validator(str(answer.status_code), path, json.dumps(self._described)).validate(answer.json())

    def message(self, body: bytes) -> None:
        """Sends a message to MCP."""
        self._check(self._client.post(MCP, content=body, headers=MCP_HEADERS))

    def _check(self, answer: httpx.Response) -> None:
        assert answer.status_code < 500, (answer.status_code, answer.text[:500])
        assert not INNER_WORDS.search(answer.text), answer.text[:500]
        self._asked += 1
        if self._asked % ASKED_EVERY == 0:
            assert self._answer_now() == self._first

    def _answer_now(self) -> Any:
        return self._client.post("/gradio_api/run/score", json=self._usual).json()["data"]


def _body_schema(described: dict[str, Any], path: str) -> dict[str, Any]:
    schema: dict[str, Any] = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return schema


def _without_title(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in ("title", "default")}


@cache
def _validator(status: str, path: str, described: str) -> jsonschema.Draft202012Validator:
    document = json.loads(described)
    content = document["paths"][path]["post"]["responses"][status]["content"]["application/json"]
    schema = {**content["schema"], "components": document["components"]}
    return jsonschema.Draft202012Validator(schema)


def _messages(inputs: dict[str, Strategy]) -> Strategy:
    """JSON-RPC, more or less."""
    arguments = st.fixed_dictionaries({}, optional=inputs) | ANYTHING
    params = st.fixed_dictionaries(
        {"name": st.sampled_from(TOOLS) | ANYTHING, "arguments": arguments},
        optional={"uri": st.sampled_from(["case://1", "model://card", "glossary://terms", ""]) | ANYTHING},
    )
    message = st.fixed_dictionaries(
        {
            "jsonrpc": st.just("2.0") | ANYTHING,
            "method": st.sampled_from(METHODS) | ANYTHING,
            "params": params | ANYTHING,
        },
        optional={"id": st.integers() | ANYTHING},
    )
    return (
        message.map(lambda sent: json.dumps(sent).encode())
        | st.binary()
        | st.lists(message).map(lambda sent: json.dumps(sent).encode())
    )
