"""Endpoints and MCP of a running app: whatever is sent there is answered as described, or refused."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import httpx
import jsonschema
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from starlette.testclient import TestClient

from benchmarks.fuzz.inputs import ANYTHING, CHANGES, LANGUAGE, Strategy, applicant_ids, mostly
from benchmarks.fuzz.target import Target, check_answer
from scoring.serving.service import Service

# Over the network, or to an app in this process.
Client = httpx.Client | TestClient
ON_FILE = 50
DESCRIPTION = "/openapi.json"
MCP = "/mcp"
# Asked for between other inputs: the answer stays what it was.
ASKED_EVERY = 200
TOOLS = ("find", "score", "explain", "compare", "scatter", "similar", "curve", "recourse")
OK = 200
RESOURCES = ("credit://model", "credit://glossary", "credit://drift", "credit://cases/100001", "credit://cases/", "")
METHODS = ("tools/call", "tools/list", "resources/list", "resources/read", "resources/templates/list", "initialize")
MCP_HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


def app_targets(client: Client, service: Service) -> dict[str, Target]:
    """The targets of an app that the client calls: its endpoints, and MCP."""
    assert service.applicants is not None
    ids = applicant_ids(service.applicants.ids[:ON_FILE].tolist())
    app = _App(client, int(service.applicants.ids[0]))
    # Not by its schema: hypothesis-jsonschema 0.23.1 makes no objects with this Hypothesis.
    history = mostly(st.lists(CHANGES, max_size=3), st.none())
    inputs = {"applicant_id": ids, "changes": CHANGES, "language": LANGUAGE, "history": history}
    return {
        "endpoints": Target(st.one_of([app.calls(path, inputs) for path in app.paths]), app.call),
        "mcp": Target(_messages(inputs), app.message),
    }


class _App:
    """What runs, and what it answered at first."""

    def __init__(self, client: Client, someone: int) -> None:
        self._client, self._asked = client, 0
        self._described = client.get(DESCRIPTION).json()
        self._usual = {"data": [someone, {}, "en", "short"]}
        self._first = self._answer_now()

    @cached_property
    def paths(self) -> list[str]:
        """The endpoints that are called."""
        return [path for path in self._described["paths"] if path.startswith("/gradio_api/run/")]

    @cached_property
    def _promised(self) -> dict[tuple[str, str], jsonschema.Draft202012Validator]:
        """What an endpoint promises to answer with a status."""
        components = self._described["components"]
        return {
            (path, status): jsonschema.Draft202012Validator(
                {**answer["content"]["application/json"]["schema"], "components": components}
            )
            for path in self.paths
            for status, answer in self._described["paths"][path]["post"]["responses"].items()
        }

    def calls(self, path: str, inputs: dict[str, Strategy]) -> Strategy:
        """A path with what may be sent there as JSON, and what may not."""
        content = self._described["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        titled = content["schema"]["properties"]["data"]["prefixItems"]
        data = [inputs.get(each["title"], mostly(from_schema(_without_title(each)))) for each in titled]
        given = st.integers(0, len(data)).flatmap(lambda number: st.tuples(*data[:number]).map(list))
        sent = given.map(lambda values: json.dumps({"data": values}).encode())
        other = ANYTHING.map(lambda value: json.dumps(value).encode()) | st.binary()
        return st.tuples(st.just(path), mostly(sent, beside=other))

    def call(self, sent: tuple[str, bytes]) -> bool:
        """Sends it, and holds the answer to the description."""
        path, body = sent
        answer = self._client.post(path, content=body, headers={"Content-Type": "application/json"})
        self._check(answer.status_code, answer.text)
        self._promised[path, str(answer.status_code)].validate(answer.json())
        return answer.status_code == OK

    def message(self, body: bytes) -> bool:
        """Sends a message to MCP."""
        answer = self._client.post(MCP, content=body, headers=MCP_HEADERS)
        self._check(answer.status_code, answer.text)
        return answer.status_code == OK and '"error"' not in answer.text and '"isError":true' not in answer.text

    def _check(self, status: int, words: str) -> None:
        check_answer(status, words)
        self._asked += 1
        if self._asked % ASKED_EVERY == 0:
            assert self._answer_now() == self._first

    def _answer_now(self) -> Any:
        return self._client.post("/gradio_api/run/score", json=self._usual).json()["data"]


def _without_title(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in ("title", "default")}


def _messages(inputs: dict[str, Strategy]) -> Strategy:
    """JSON-RPC, more or less."""
    arguments = mostly(st.fixed_dictionaries({}, optional=inputs))
    called = st.fixed_dictionaries({"name": mostly(st.sampled_from(TOOLS)), "arguments": arguments})
    read = st.fixed_dictionaries({"uri": mostly(st.sampled_from(RESOURCES))})
    message = st.fixed_dictionaries(
        {
            "jsonrpc": mostly(st.just("2.0")),
            "method": mostly(st.sampled_from(METHODS)),
            "params": mostly(called, read),
            "id": mostly(st.integers(0, 2**31)),
        },
    )
    several = st.lists(message, max_size=3).map(json.dumps)
    return mostly(message.map(json.dumps), beside=several).map(str.encode) | st.binary(max_size=50)
