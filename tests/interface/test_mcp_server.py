"""`/mcp` by the SDK's own client, over loopback: the endpoints' answers, resources, and words for what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, TypeVar

import httpx
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from scoring.assessment.comparison import compare
from scoring.assessment.curve import curve
from scoring.serving.description import describe, find_applicants
from scoring.serving.service import Service, answered, assess, explain, recourse_with_offers
from tests.apart import run_apart

T = TypeVar("T")
CHANGES = {"AMT_CREDIT": 450_000}


@pytest.fixture(scope="module")
def someone(some_ids: list[int]) -> int:
    return some_ids[7]


def asked(app_url: str, ask: Callable[[Client], Awaitable[T]]) -> T:
    async def whole() -> T:
        async with Client(f"{app_url}/mcp") as client:
            return await ask(client)

    return run_apart(whole())


def called(app_url: str, tool: str, **inputs: Any) -> Any:
    return asked(app_url, lambda client: client.call_tool(tool, inputs))


def over_the_wire(answer: Any) -> Any:
    return json.loads(json.dumps(answer))


def test_the_tools_say_what_they_take_and_that_they_change_nothing(app_url: str):
    tools = {tool.name: tool for tool in asked(app_url, lambda client: client.list_tools()).tools}
    assert list(tools) == ["find", "score", "explain", "compare", "scatter", "similar", "curve", "recourse"]
    for tool in tools.values():
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
    assert tools["score"].input_schema["properties"]["language"]["enum"] == ["en", "fr"]


def test_the_tools_answer_as_the_endpoints_do(app_url: str, service: Service, someone: int):
    assessment = assess(service, someone, CHANGES, "fr")
    inputs = {"applicant_id": someone, "changes": CHANGES, "language": "fr"}
    own = {
        "score": answered(service, assessment),
        "explain": explain(service, assessment),
        "recourse": recourse_with_offers(service, assessment),
    }
    for tool, answer in own.items():
        told = called(app_url, tool, **inputs)
        assert told.structured_content == over_the_wire(asdict(answer)), tool
        assert json.loads(told.content[0].text) == told.structured_content
    stands = called(app_url, "compare", **inputs, characteristic="AMT_CREDIT", population="repaid")
    assert stands.structured_content == over_the_wire(
        asdict(compare(service.artifact, assessment, "AMT_CREDIT", "repaid"))
    )
    runs = called(app_url, "curve", **inputs, field="AMT_CREDIT", keep="term")
    assert runs.structured_content == over_the_wire(asdict(curve(service.artifact, assessment, "AMT_CREDIT", "term")))
    found = called(app_url, "find", query="1000", limit=3)
    assert json.loads(found.content[0].text) == over_the_wire(find_applicants(service, "1000", 3))


@pytest.mark.parametrize(
    ("tool", "inputs", "words"),
    [
        ("score", {"applicant_id": 1}, "No applicant 1 is on file"),
        ("score", {"applicant_id": "many"}, "The applicant's id must be a whole number, not 'many'"),
        ("score", {"changes": [1]}, "Changes must be an object"),
        ("score", {"applicant": 1}, "There is no input 'applicant'. /score takes these: applicant_id,"),
        ("score", {"language": {"a": 1}}, 'The language must be "en" or "fr"'),
        ("curve", {"applicant_id": 100001, "field": "NO_SUCH"}, "NO_SUCH"),
        ("decide", {"applicant_id": 100001, "outcome": "approve"}, "There is no tool 'decide'. Call one of: find,"),
    ],
)
def test_what_is_not_allowed_is_refused_in_words(app_url: str, tool: str, inputs: dict[str, Any], words: str):
    told = called(app_url, tool, **inputs)
    assert told.is_error
    assert words in told.content[0].text
    assert not any(trace in told.content[0].text for trace in ("Traceback", "pydantic", "Error executing", "File "))


def test_the_resources_are_there_to_read(app_url: str, service: Service):
    listed = asked(app_url, lambda client: client.list_resources()).resources
    assert [str(each.uri) for each in listed] == ["credit://model", "credit://glossary", "credit://drift"]

    def content(uri: str) -> str:
        return asked(app_url, lambda client: client.read_resource(uri)).contents[0].text

    assert json.loads(content("credit://model")) == over_the_wire(asdict(describe(service)))
    assert "probabilité de défaut" in content("credit://glossary")
    assert json.loads(content("credit://drift"))["columns"]
    (template,) = asked(app_url, lambda client: client.list_resource_templates()).resource_templates
    assert template.uri_template == "credit://cases/{applicant_id}"


def test_a_case_is_what_was_recorded_of_it(app_url: str, decidable: Callable[[str], int]):
    applicant_id = decidable("approve")
    inputs = [applicant_id, {}, "approve", "", "", None, "en"]
    decided = httpx.post(f"{app_url}/gradio_api/run/decide", json={"data": inputs}, timeout=30)
    assert decided.status_code == 200, decided.text
    told = asked(app_url, lambda client: client.read_resource(f"credit://cases/{applicant_id}"))
    entries = json.loads(told.contents[0].text)
    assert decided.json()["data"][0]["entry"] in [entry["number"] for entry in entries]
    assert {entry["applicant_id"] for entry in entries} == {applicant_id}


@pytest.mark.parametrize("uri", ["credit://nothing", "credit://cases/x", "file:///etc/passwd"])
def test_a_resource_that_is_not_there_is_refused_in_words(app_url: str, uri: str):
    async def refused(client: Client) -> str:
        with pytest.raises(MCPError) as error:
            await client.read_resource(uri)
        return str(error.value)

    assert re.search("There is no resource|must be a whole number", asked(app_url, refused))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"jsonrpc": "2.0", "method": 5, "id": 1}',
        b'{"jsonrpc": "2.0", "method": "tools/list", "id": [1]}',
        b'{"jsonrpc": "2.0", "method": "tools/call", "id": 1, "params": [1]}',
        b'{"jsonrpc": "2.0", "method": "tools/call", "id": 1, "params": {"name": "\\ud800"}}',
        b'{"jsonrpc": "2.0", "result": {}, "id": 1}',
    ],
)
def test_what_is_no_call_is_refused_without_a_trace(app_url: str, body: bytes):
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{app_url}/mcp", content=body, headers=headers, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("The call cannot be read. Send one JSON-RPC 2.0 object")


def test_a_message_of_any_length_is_not_read(app_url: str):
    assert httpx.post(f"{app_url}/mcp", content=b" " * 5_000_000, timeout=30).status_code == 413
