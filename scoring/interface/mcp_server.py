"""`/mcp`: the Model Context Protocol for assistants, over streamable HTTP without sessions; nothing here is changed.

Gradio's own MCP stays off: it would be open to anybody. This one is behind the guard, and each call is its caller's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)
from starlette.requests import Request

from scoring import __version__
from scoring.cases.reading import MOST_ENTRIES, checked_filter, read_entries
from scoring.errors import InvalidInputError, ScoringError
from scoring.interface.named import Endpoint
from scoring.interface.schemas import answer_schema, inputs_schema
from scoring.interface.who import person_of, require
from scoring.interface.workplace import Workplace
from scoring.operations.call_pool import CallPool
from scoring.people import Person
from scoring.schema.definition import quoted
from scoring.serving.description import describe
from scoring.serving.settings import ROOT
from scoring.words.wording import text

log = logging.getLogger(__name__)
T = TypeVar("T")

# Tool -> endpoint.
TOOLS = {
    "find": "applicants",
    **{name: name for name in ("score", "explain", "compare", "scatter", "similar", "curve", "recourse")},
}
MODEL, GLOSSARY, DRIFT, CASE = "credit://model", "credit://glossary", "credit://drift", "credit://cases/"
JSON_TYPE, MARKDOWN = "application/json", "text/markdown"
# Address -> name, type.
RESOURCES = {
    MODEL: ("The model card", JSON_TYPE),
    GLOSSARY: ("The terms in both languages", MARKDOWN),
    DRIFT: ("Drift since training", JSON_TYPE),
}
READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
FAULT = "The call could not be answered because of a fault, which is in the log."
INSTRUCTIONS = (
    "Scores loan applications. Probabilities are of default. find gives applicants on file; score, explain, compare, "
    "curve and recourse take an applicant_id, and changes by field as the resource credit://model lists them."
)
Context = ServerRequestContext[Any]


def mcp_server(workplace: Workplace, endpoints: Mapping[str, Endpoint], pool: CallPool) -> Server:
    """The server of one app."""

    async def list_tools(_: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_tool(name, endpoints[endpoint]) for name, endpoint in TOOLS.items()])

    async def call_tool(context: Context, call: CallToolRequestParams) -> CallToolResult:
        try:
            person = _reader(context)
            work = _work(endpoints, call.name, call.arguments or {}, person)
            return _as_result(await _answered(pool, work))
        except ScoringError as error:
            return CallToolResult(content=[TextContent(type="text", text=str(error))], is_error=True)

    async def list_resources(_: Context, __: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(
            resources=[Resource(uri=uri, name=name, mime_type=kind) for uri, (name, kind) in RESOURCES.items()]
        )

    async def list_templates(_: Context, __: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        case = ResourceTemplate(
            uri_template=f"{CASE}{{applicant_id}}", name="What was recorded of a case", mime_type=JSON_TYPE
        )
        return ListResourceTemplatesResult(resource_templates=[case])

    async def read_resource(context: Context, asked: ReadResourceRequestParams) -> ReadResourceResult:
        uri = str(asked.uri)
        try:
            person = _reader(context)
            content = await _answered(pool, lambda: _content(workplace, uri, person))
        except ScoringError as error:
            raise MCPError(INVALID_PARAMS, str(error)) from None
        _, kind = RESOURCES.get(uri, ("", JSON_TYPE))
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, text=content, mime_type=kind)])

    return Server(
        "credit-scoring",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


async def _answered(pool: CallPool, work: Callable[[], T]) -> T:
    """What the work comes to; a fault goes to the log, and not to the caller.

    Raises:
        ScoringError: the work's own.
        MCPError: anything else.
    """
    try:
        return await pool.run(work)
    except ScoringError:
        raise
    except Exception:
        log.exception("An assistant's call could not be answered.")
        raise MCPError(INTERNAL_ERROR, FAULT) from None


def _reader(context: Context) -> Person:
    assert isinstance(context.request, Request)
    person = person_of(context.request)
    require(person, "read", "en")
    return person


def _tool(name: str, endpoint: Endpoint) -> Tool:
    answer = answer_schema(endpoint)
    return Tool(
        name=name,
        description=endpoint.function.__doc__,
        input_schema=inputs_schema(endpoint),
        output_schema=answer if answer.get("type") == "object" else None,
        annotations=READ_ONLY,
    )


def _work(endpoints: Mapping[str, Endpoint], tool: str, inputs: Mapping[str, Any], person: Person) -> Callable[[], Any]:
    """The call of a tool, still to be made.

    Raises:
        InvalidInputError: there is no such tool, or it has no such input.
    """
    if tool not in TOOLS:
        raise InvalidInputError(f"There is no tool {quoted(tool)}. Call one of: {', '.join(TOOLS)}.")
    endpoint = endpoints[TOOLS[tool]]
    for name in inputs:
        if name not in endpoint.inputs:
            allowed = ", ".join(endpoint.inputs)
            raise InvalidInputError(
                text("error.unknown_input", "en", sent=quoted(name), endpoint=TOOLS[tool], allowed=allowed)
            )
    return endpoint.call(person, **inputs)


def _as_result(answer: Any) -> CallToolResult:
    words = TextContent(type="text", text=json.dumps(answer, ensure_ascii=False))
    return CallToolResult(content=[words], structured_content=answer if isinstance(answer, dict) else None)


def _content(workplace: Workplace, uri: str, person: Person) -> str:
    """A resource as text.

    Raises:
        InvalidInputError: there is none of that address.
    """
    if uri == GLOSSARY:
        return (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return json.dumps(_facts(workplace, uri, person), ensure_ascii=False)


def _facts(workplace: Workplace, uri: str, person: Person) -> Any:
    service = workplace.serving.state.service
    if uri == MODEL:
        return asdict(describe(service))
    if uri == DRIFT and service.drift:
        return asdict(service.drift)
    if uri == DRIFT:
        raise InvalidInputError("There is no drift report. Make one with python -m training drift.")
    if uri.startswith(CASE):
        wanted = checked_filter(uri.removeprefix(CASE), None, None, None, None, 0, MOST_ENTRIES)
        return read_entries(workplace.desk.journal, person, wanted)
    raise InvalidInputError(f"There is no resource {quoted(uri)}. Read one of: {', '.join(RESOURCES)}, {CASE}ID.")
