"""JSON schemas of the named endpoints' inputs and answers, from the types that the code declares."""

from __future__ import annotations

from functools import cache
from inspect import Parameter
from typing import Any

from pydantic import TypeAdapter

from scoring.interface.named import Endpoint

DEFINITIONS = "#/$defs/{model}"


def inputs_schema(endpoint: Endpoint) -> dict[str, Any]:
    """The endpoint's inputs as one object; all may be left out, and no other may be sent."""
    properties = {name: _input(parameter) for name, parameter in endpoint.inputs.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _input(parameter: Parameter) -> dict[str, Any]:
    return {**_schema(parameter.annotation), "default": parameter.default}


def answer_schema(endpoint: Endpoint, definitions: str = DEFINITIONS) -> dict[str, Any]:
    """What the endpoint answers; `definitions` is where its parts are found, which are in `$defs`."""
    return TypeAdapter(endpoint.answer).json_schema(mode="serialization", ref_template=definitions)


@cache
def _schema(annotation: Any) -> dict[str, Any]:
    return TypeAdapter(annotation).json_schema()
