"""`/openapi.json` describes what is served: its examples are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest

from scoring.interface.who import BATCH


@pytest.fixture(scope="module")
def own_url(
    run_app: Callable[..., AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An app whose cases nobody else decides."""
    with run_app(tmp_path_factory.mktemp("openapi") / "log") as url:
        yield url


def test_the_examples_are_answered(own_url: str):
    description = httpx.get(f"{own_url}/openapi.json", timeout=30).json()
    paths = [path for path in description["paths"] if not path.startswith((BATCH, "/gradio_api/run/decide"))]
    for path in paths:
        example = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
        answer = httpx.post(f"{own_url}{path}", json=example, timeout=60)
        assert answer.status_code == (422 if path.endswith(("compare", "scatter", "curve")) else 200), answer.text
