"""`/openapi.json`: what programs may send and what comes back, as OpenAPI 3.1, for whoever is let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scoring import __version__
from scoring.interface.named import Endpoint
from scoring.interface.schemas import answer_schema, inputs_schema
from scoring.interface.who import BATCH
from scoring.interface.workplace import Workplace
from scoring.lender.roles import CREDIT

OPENAPI = "3.1.0"
COMPONENTS = "#/components/schemas/{model}"
REFUSALS = {
    "401": "Nobody is signed in, or the token is not valid.",
    "403": "The role or token may not do this.",
    "404": "There is no such applicant, endpoint or file.",
    "408": "What was sent came too slowly.",
    "409": "The case, or file, is not as this needs it.",
    "413": "What was sent is too large.",
    "422": "An input is not allowed; `detail` says which, and what is.",
    "429": "Too often, or too much waits; `Retry-After` says for how many seconds.",
    "503": "The app stops, or its database does not answer.",
}
DETAIL = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"type": "string"}, "request_id": {"type": "string"}},
}
BATCH_STATE = {
    "type": "object",
    "required": ["batch", "state", "rows", "refused", "decisions", "probabilities", "errors"],
    "properties": {
        "batch": {"type": "string"},
        "state": {"enum": ["waiting", "running", "done", "failed", "cancelled"]},
        "expected": {"type": ["integer", "null"]},
        "rows": {"type": "integer"},
        "refused": {"type": "integer"},
        "decisions": {"type": "object", "additionalProperties": {"type": "integer"}},
        "probabilities": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}},
        "errors": {"type": "array", "items": {"type": "object"}},
        "error": {"type": ["string", "null"]},
        "model": {"type": ["object", "null"]},
    },
}
STATE = {"$ref": "#/components/schemas/Batch"}
NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}}


def openapi_routes(workplace: Workplace, endpoints: Mapping[str, Endpoint]) -> list[Route]:
    """The route of the description."""

    def describe(_: Request) -> Response:
        applicants = workplace.serving.state.service.applicants
        return JSONResponse(description(endpoints, int(applicants.ids[0]) if applicants else None))

    return [Route("/openapi.json", describe)]


def description(endpoints: Mapping[str, Endpoint], someone: int | None) -> dict[str, Any]:
    """The description of these endpoints and of `/batch`.

    Args:
        endpoints: by name.
        someone: an applicant for the examples, None where nobody is on file.
    """
    schemas: dict[str, Any] = {"Refusal": DETAIL, "Batch": BATCH_STATE}
    paths = {f"/gradio_api/run/{name}": _call(name, each, someone, schemas) for name, each in endpoints.items()}
    return {
        "openapi": OPENAPI,
        "info": {"title": "Credit scoring", "version": __version__},
        "paths": {**paths, **_batch()},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


def _call(name: str, endpoint: Endpoint, someone: int | None, schemas: dict[str, Any]) -> dict[str, Any]:
    inputs = [{"title": title, **schema} for title, schema in inputs_schema(endpoint)["properties"].items()]
    answer = answer_schema(endpoint, COMPONENTS)
    schemas.update(answer.pop("$defs", {}))
    data = {"type": "array", "prefixItems": inputs, "items": False, "maxItems": len(inputs)}
    sent = [someone, {CREDIT: 450_000}, "en"] if "changes" in endpoint.inputs and name != "decide" else []
    return {
        "post": {
            "operationId": name,
            "summary": endpoint.function.__doc__,
            "requestBody": {
                "required": True,
                "content": _json(_object({"data": data}), {"data": sent}),
            },
            "responses": {
                "200": {
                    "description": "The answer.",
                    "content": _json(_object({"data": {"type": "array", "prefixItems": [answer], "minItems": 1}})),
                },
                **_refusals(),
            },
        }
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _json(schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    return {"application/json": {"schema": schema, **({"example": example} if example is not None else {})}}


def _refusals() -> dict[str, Any]:
    refused = _json({"$ref": "#/components/schemas/Refusal"})
    return {status: {"description": words, "content": refused} for status, words in REFUSALS.items()}


def _batch() -> dict[str, Any]:
    seen = {"description": "How far it is.", "content": _json(STATE)}
    kinds = ("text/csv", "application/vnd.apache.parquet", "application/vnd.apache.arrow.file")
    asked = [
        {"name": "language", "in": "query", "schema": {"enum": ["en", "fr"], "default": "en"}},
        {"name": "format", "in": "query", "schema": {"enum": ["csv", "parquet"], "default": "csv"}},
    ]
    file = {kind: {"schema": {"type": "string"}} for kind in kinds[:2]}
    one = f"{BATCH}/{{number}}"
    return {
        BATCH: {
            "post": {
                "operationId": "send_batch",
                "summary": "Sends a file of applications to be scored.",
                "parameters": asked,
                "requestBody": {"required": True, "content": {kind: {"schema": {"type": "string"}} for kind in kinds}},
                "responses": {"202": seen, **_refusals()},
            }
        },
        one: {
            "parameters": [NUMBER],
            "get": {"operationId": "watch_batch", "responses": {"200": seen, **_refusals()}},
            "delete": {"operationId": "cancel_batch", "responses": {"200": seen, **_refusals()}},
        },
        f"{one}/file": {
            "parameters": [NUMBER],
            "get": {
                "operationId": "fetch_batch",
                "responses": {"200": {"description": "The scored file.", "content": file}, **_refusals()},
            },
        },
    }
