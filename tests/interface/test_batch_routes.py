"""`/batch` of the running app: sent, watched, fetched and cancelled by plain HTTP."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from scoring.interface import batch_routes as batch_routes_module
from scoring.interface.batch_routes import batch_routes
from scoring.people import ANYBODY
from scoring.portfolio.batches import MOST_OF_ONE, Batches
from scoring.portfolio.reading import MOST_BYTES
from scoring.serving.service import Service, answered, assess
from scoring.words.wording import text
from tests.apart import run_apart
from tests.waiting import until

NEW = {"AMT_INCOME_TOTAL": 150_000, "AMT_CREDIT": 333_000.5, "AMT_ANNUITY": 20_000, "DAYS_BIRTH": -12_000}
TABLE = "\n".join([",".join(NEW), ",".join(map(str, NEW.values())), "150000,-5,20000,-12000"])


@pytest.fixture
def client(app_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app_url, timeout=60) as client:
        yield client


def ended(client: httpx.Client, content: str | bytes, **asked: str) -> dict:
    answer = client.post("/batch", params=asked, content=content)
    assert answer.status_code == 202, answer.text

    def end() -> dict | None:
        seen = client.get(f"/batch/{answer.json()['batch']}").json()
        return seen if seen["state"] not in ("waiting", "running") else None

    return until(end)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_file_is_scored_as_score_does(client: httpx.Client, service: Service, language: str):
    seen = ended(client, TABLE, language=language)
    assert (seen["state"], seen["rows"], seen["refused"], seen["expected"]) == ("done", 2, 1, 2)
    file = client.get(f"/batch/{seen['batch']}/file")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    good, bad = csv.DictReader(io.StringIO(file.text))
    answer = answered(service, assess(service, None, NEW, language), "short")
    assert float(good["probability"]) == answer.probability
    assert (good["decision"], float(good["points"])) == (answer.decision, answer.points)
    assert good["reason_1"] == answer.reasons[0].label
    assert bad["error"] == seen["errors"][0]["error"]
    assert seen["model"]["version"] == answer.model.version


def test_what_is_no_such_file_is_refused_in_words(client: httpx.Client):
    seen = ended(client, b"PK\x03\x04")
    assert seen["state"] == "failed"
    assert seen["error"].startswith("The file is compressed")
    answer = client.get(f"/batch/{seen['batch']}/file")
    assert (answer.status_code, answer.json()["detail"]) == (409, seen["error"])


def test_a_file_that_is_too_large_is_not_kept(client: httpx.Client):
    answer = client.post("/batch", content=(b"1" * 1_000_000 for _ in range(MOST_BYTES // 1_000_000 + 1)))
    assert answer.status_code == 413
    assert "larger than 100,000,000 bytes" in answer.json()["detail"]


def test_what_is_wrong_is_said_in_the_language_of_the_request(client: httpx.Client):
    answer = client.get("/batch/x", params={"language": "fr"})
    assert (answer.status_code, answer.json()["detail"]) == (404, text("portfolio.gone", "fr"))


@pytest.mark.parametrize(
    ("asked", "words"), [({"language": "de"}, "The language must be"), ({"format": "xlsx"}, "format must be")]
)
def test_another_language_or_form_is_refused(client: httpx.Client, asked: dict, words: str):
    answer = client.post("/batch", params=asked, content=TABLE)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(words)


def test_what_is_cancelled_or_unknown_is_not_there(client: httpx.Client):
    long = "\n".join([",".join(NEW), *[",".join(map(str, NEW.values()))] * 20_000])
    number = client.post("/batch", content=long).json()["batch"]
    assert client.delete(f"/batch/{number}").json()["state"] == "cancelled"
    assert client.get(f"/batch/{number}/file").status_code == 409
    for path in ("/batch/x", "/batch/x/file", "/batch/../app.py"):
        assert client.get(path).status_code == 404


def let_in(*, still: bool = True) -> dict[str, Any]:
    """What the guard says of somebody whom it let in."""

    async def holds() -> bool:
        return still

    return {"person": ANYBODY, "holds": holds}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_file_that_never_ends_makes_room_for_others(service: Service, monkeypatch: pytest.MonkeyPatch, language: str):
    monkeypatch.setattr(batch_routes_module, "RECEIVING_SECONDS", 0)
    batches = Batches(lambda: service.artifact, lambda batch: None)
    begun, answers = iter([{"type": "http.request", "body": b"AMT_CREDIT", "more_body": True}]), []

    async def receive() -> Any:
        return next(begun, None) or await asyncio.sleep(60)

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/batch", "headers": [], "state": let_in()}
    query = {"query_string": f"language={language}".encode()}
    run_apart(Starlette(routes=batch_routes(batches))({**scope, **query}, receive, send))
    assert answers[0]["status"] == 408
    assert json.loads(answers[1]["body"])["detail"] == text("portfolio.not_received", language, most="0")
    assert all(batches.receive(ANYBODY, "en", "csv") for _ in range(MOST_OF_ONE))


def test_so_many_at_once_and_no_more(service: Service):
    """In an app of its own: all tests send files to the session's app as the same sender."""
    batches = Batches(lambda: service.artifact, lambda batch: None)
    routes = Starlette(routes=batch_routes(batches))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await routes({**scope, "state": let_in()}, receive, send)

    client = TestClient(app)
    going = [batches.receive(ANYBODY, "en", "csv") for _ in range(MOST_OF_ONE)]
    refused = client.post("/batch", content=TABLE)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    batches.cancel(going[0])
    assert client.post("/batch", content=TABLE).status_code == 202


def test_a_file_whose_sender_signed_out_meanwhile_is_not_taken(service: Service):
    batches = Batches(lambda: service.artifact, lambda batch: None)
    routes = Starlette(routes=batch_routes(batches))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await routes({**scope, "state": let_in(still=False)}, receive, send)

    refused = TestClient(app).post("/batch", content=TABLE)
    assert refused.status_code == 401
    assert refused.json()["detail"] == text("sign_in.closed", "en")
    assert all(batches.receive(ANYBODY, "en", "csv") for _ in range(MOST_OF_ONE))
