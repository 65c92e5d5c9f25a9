from __future__ import annotations

import pytest

from scoring.interface.paths import begins_work, endpoint_of

NAMES = frozenset({"score", "model"})


@pytest.mark.parametrize(
    ("method", "path", "endpoint"),
    [
        ("POST", "/gradio_api/run/score", "score"),
        ("POST", "/gradio_api/api/score/", "score"),
        ("POST", "/gradio_api/call/score", "call"),
        ("POST", "/gradio_api/call/v2/score", "call"),
        ("GET", "/gradio_api/call/score/a1b2", "score"),
        ("POST", "/gradio_api/call/no_such_name", "unknown"),
        ("GET", "/gradio_api/call/no_such_name/a1b2", "unknown"),
        ("POST", "/gradio_api/run/predict", "page_event"),
        ("POST", "/gradio_api/queue/join", "page_event"),
        ("GET", "/gradio_api/queue/data", "page_answers"),
        ("GET", "/gradio_api/heartbeat/x", None),
        ("GET", "/", "page"),
        ("GET", "/assets/index.js", "file"),
        ("GET", "/metrics", "metrics"),
        ("GET", "/ready", "probe"),
        ("POST", "/sign-in", "sign_in"),
        ("GET", "/100003", "other"),
        ("GET", "/gradio_api/call/score", "other"),
    ],
)
def test_a_request_is_one_of_a_few_words(method: str, path: str, endpoint: str | None):
    assert endpoint_of(NAMES, method, path) == endpoint


@pytest.mark.parametrize(
    ("method", "path", "begins"),
    [
        ("POST", "/gradio_api/call/score", True),
        ("POST", "/gradio_api/call/v2/score/", True),
        ("POST", "/gradio_api/run/predict", True),
        ("POST", "/gradio_api/queue/join/", True),
        ("GET", "/gradio_api/call/score/a1b2", False),
        ("POST", "/gradio_api/cancel", False),
        ("GET", "/", False),
        ("POST", "/sign-in", False),
    ],
)
def test_only_what_is_computed_begins_work(method: str, path: str, begins: bool):
    assert begins_work(method, path) is begins
