from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from scoring.operations.limits import Limited, Pace, Queue
from scoring.operations.requests import Work
from scoring.people import ANYBODY, Person

ALICE, ROBOT = Person("alice", "adviser"), Person("token:nightly", "adviser", frozenset({"read"}))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def limited(
    person: Person = ALICE,
    clock: Callable[[], float] | None = None,
    queue: Queue | None = None,
    work: Work | None = None,
    address: str = "10.0.0.1",
    pace: Pace | None = None,
) -> TestClient:
    """A client whose requests come from this person; `/work` begins work, six times a minute and twice at once."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse(Request(scope).url.path)(scope, receive, send)

    inner = Limited(
        app,
        lambda method, path: path == "/work",
        pace or Pace(6, 2, clock or Clock()),
        lambda path: queue or Queue(0, 0.0),
        10,
        work or Work(),
    )

    async def named(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "state": {"person": person}, "client": (address, 1)}, receive, send)

    return TestClient(named)


def test_each_has_a_burst_and_then_a_pace():
    clock = Clock()
    pace = Pace(6, 2, clock)
    assert [pace.wait("alice") for _ in range(3)] == [0, 0, pytest.approx(10)]
    assert pace.wait("bob") == 0
    clock.now += 9
    assert pace.wait("alice") == pytest.approx(1)
    clock.now += 1
    assert [pace.wait("alice") for _ in range(2)] == [0, pytest.approx(10)]
    clock.now += 3600
    # What was not used is not saved up.
    assert [pace.wait("alice") for _ in range(3)] == [0, 0, pytest.approx(10)]


def test_too_many_requests_are_told_when_to_come_back():
    client = limited()
    answers = [client.get("/work", headers={"accept-language": "fr"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "10"
    assert answers[2].json() == {"detail": "Trop de demandes à la fois. Réessayez dans 10\u00a0s environ."}
    assert answers[2].headers["cache-control"] == "no-store"


def test_what_begins_no_work_is_never_limited():
    client = limited()
    assert {client.get("/other").status_code for _ in range(20)} == {200}


@pytest.mark.parametrize(("person", "status"), [(ALICE, 429), (ROBOT, 429), (ANYBODY, 200)])
def test_people_and_tokens_are_limited_wherever_they_are_and_nobody_by_address(person: Person, status: int):
    pace = Pace(6, 2, Clock())
    for address in ("10.0.0.1", "10.0.0.2"):
        assert limited(person, address=address, pace=pace).get("/work").status_code == 200
    assert limited(person, address="10.0.0.3", pace=pace).get("/work").status_code == status


@pytest.mark.parametrize(("length", "status"), [(9, 200), (10, 429)])
def test_a_full_queue_takes_nothing_more(length: int, status: int):
    answer = limited(queue=Queue(length, 12.2)).get("/work")
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == ("13" if status == 429 else None)


def test_a_queue_of_unknown_length_in_seconds_says_a_second():
    assert limited(queue=Queue(10, 0.0)).get("/work").headers["retry-after"] == "1"


def test_nothing_is_begun_while_the_app_stops():
    client = limited(work=Work(stopping=True))
    answer = client.get("/work")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "restarted" in answer.json()["detail"]
    assert client.get("/other").status_code == 200
