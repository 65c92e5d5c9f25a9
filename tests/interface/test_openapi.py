"""`/openapi.json` is true: Schemathesis sends what it allows, and more, and gets what it promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from scoring.interface.who import BATCH

EXAMPLES = 15
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def own_url(
    run_app: Callable[..., AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An app whose cases nobody else decides."""
    with run_app(tmp_path_factory.mktemp("openapi") / "log") as url:
        yield url


@pytest.fixture(scope="module")
def described(own_url: str) -> schemathesis.schemas.BaseSchema:
    return schemathesis.openapi.from_url(f"{own_url}/openapi.json")


calls = schemathesis.pytest.from_fixture("described")


@calls.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_comes_to_what_is_promised(case: schemathesis.Case):
    answer = case.call(timeout=60)
    case.validate_response(answer, checks=CHECKS)
    assert not any(trace in answer.text for trace in ("Traceback", 'File "', "pydantic"))


def test_the_examples_are_answered(own_url: str):
    description = httpx.get(f"{own_url}/openapi.json", timeout=30).json()
    paths = [path for path in description["paths"] if not path.startswith((BATCH, "/gradio_api/run/decide"))]
    for path in paths:
        example = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
        answer = httpx.post(f"{own_url}{path}", json=example, timeout=60)
        assert answer.status_code == (422 if path.endswith(("compare", "scatter", "curve")) else 200), answer.text
