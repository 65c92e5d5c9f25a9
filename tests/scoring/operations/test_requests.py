from __future__ import annotations

import json
import logging
import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from scoring.journal.journal import open_journal
from scoring.operations.log import REQUEST, JsonLines
from scoring.operations.metrics import Metrics
from scoring.operations.requests import Observed, Work
from scoring.serving.live import State

NUMBER = re.compile(r"[0-9a-f]{16}")
STATUS = {"/ok": 200, "/refused": 403, "/wrong": 422, "/often": 429, "/failed": 503}


def coded(request: Request) -> Response:
    return JSONResponse({"detail": f"é {REQUEST.get()}"}, STATUS[request.url.path])


def listed(request: Request) -> Response:
    return JSONResponse([1], 400)


def page(request: Request) -> Response:
    return HTMLResponse("<p>no</p>", 404)


def streamed(request: Request) -> Response:
    return StreamingResponse(
        iter(["event: heartbeat\n\n", 'event: error\ndata: "no"\n\n']), media_type="text/event-stream"
    )


def broken(request: Request) -> Response:
    raise RuntimeError("an inner fault")


ROUTES = [Route(path, coded) for path in STATUS]
ROUTES += [Route("/listed", listed), Route("/page", page), Route("/stream", streamed), Route("/broken", broken)]


@pytest.fixture
def metrics(tmp_path) -> Metrics:
    state = State(None, {})
    return Metrics(lambda: state, open_journal(f"sqlite:///{tmp_path / 'journal.db'}").engine, lambda: 3)


@pytest.fixture
def client(metrics: Metrics) -> TestClient:
    def endpoint_of(method: str, path: str) -> str | None:
        return None if path == "/page" else path.strip("/")

    observed = Observed(Starlette(routes=ROUTES), metrics, Work(), endpoint_of)
    return TestClient(observed, raise_server_exceptions=False)


def test_each_answer_names_its_request_and_an_error_in_json_too(client: TestClient):
    numbers = set()
    for path in STATUS:
        answer = client.get(path)
        number = answer.headers["x-request-id"]
        assert NUMBER.fullmatch(number)
        numbers.add(number)
        named = {"detail": f"é {number}"} | ({"request_id": number} if path != "/ok" else {})
        assert answer.json() == named
        assert int(answer.headers["content-length"]) == len(answer.content)
    assert len(numbers) == len(STATUS)


def test_errors_of_another_shape_stay_as_they_are(client: TestClient):
    assert client.get("/listed").json() == [1]
    assert client.get("/page").text == "<p>no</p>"
    assert client.head("/failed").status_code == 503


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        *(("/ok", "answered"), ("/refused", "refused"), ("/wrong", "error"), ("/often", "busy"), ("/failed", "failed")),
        *(("/stream", "error"), ("/broken", "failed")),
    ],
)
def test_answers_are_counted_by_endpoint_and_outcome(client: TestClient, metrics: Metrics, path: str, outcome: str):
    client.get(path)
    client.get(path)
    told = metrics.text().decode()
    name = path.strip("/")
    assert f'credit_requests_total{{endpoint="{name}",outcome="{outcome}"}} 2.0' in told
    assert f'credit_request_seconds_count{{endpoint="{name}"}} 2.0' in told
    assert "credit_requests_running 0.0" in told


def test_what_lasts_as_long_as_a_page_is_not_counted(client: TestClient, metrics: Metrics):
    assert "x-request-id" in client.get("/page").headers
    assert "credit_requests_total" not in re.sub(r"#.*", "", metrics.text().decode())


def test_a_request_is_a_line_of_json_without_what_was_asked(client: TestClient, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "scoring.operations.requests"):
        answer = client.get("/refused?applicant=100003&name=Alice", headers={"cookie": "x=100004"})
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "scoring.operations.requests"]
    (line,) = lines
    told = json.loads(line)
    assert {name: told[name] for name in ("endpoint", "method", "status", "outcome")} == {
        "endpoint": "refused",
        "method": "GET",
        "status": 403,
        "outcome": "refused",
    }
    assert told["seconds"] >= 0
    assert answer.status_code == 403
    assert not re.search(r"10000|Alice|testclient", line)
