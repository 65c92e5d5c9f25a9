"""The page's own events, sent by somebody who is no page: other values, of other types, and other numbers of them."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from hypothesis import strategies as st

from benchmarks.fuzz.inputs import ANYTHING, CHANGES, FIELDS, Strategy, changed, mostly
from benchmarks.fuzz.programs import Client
from benchmarks.fuzz.target import Target, check_answer
from scoring.words.wording import text

OK = 200
# How the page says that an event failed; the log says why.
FAULT = text("screen.failed", "en", number="").partition(";")[0]
EVENTS = "/gradio_api/run/predict"
# What the page may hold somewhere, and another component may not.
HELD: tuple[Any, ...] = ("en", "fr", "new", "reasons", "model", "100001", "", 0, 1, -1, 0.5, [], {}, True)


def event_target(client: Client, page: gr.Blocks, someone: int) -> Target:
    """Events of a page on which somebody's case is open; a few of the values that it sends are others."""
    events = [function for function in page.fns.values() if function.api_visibility != "public" and function.fn]
    held = {block["id"]: block["props"].get("value") for block in page.config["components"]}
    load = next(event for event in events if event.targets[0][1] == "load")
    opened = client.post(f"{EVENTS}?applicant={someone}&language=en", json=_sent(load, held)).json()["data"]
    for component, value in zip(load.outputs, opened, strict=True):
        # Without a session, no event knows that this one filled the form: it would be asked for again.
        if not (isinstance(component, gr.Number) and component.visible is False):
            held[component._id] = value.get("value", held[component._id]) if _is_update(value) else value
    bodies = st.one_of([_bodies(event, held) for event in events])

    def check(body: str) -> bool:
        answer = client.post(EVENTS, content=body.encode(), headers={"Content-Type": "application/json"})
        check_answer(answer.status_code, answer.text)
        assert FAULT not in answer.text, answer.text[:500]
        return answer.status_code == OK

    return Target(bodies, check)


def _is_update(value: Any) -> bool:
    return isinstance(value, dict) and value.get("__type__") == "update"


def _sent(event: Any, held: dict[int, Any]) -> dict[str, Any]:
    data = [held.get(component._id) for component in event.inputs]
    return {"fn_index": event._id, "data": data, "session_hash": None}


def _bodies(event: Any, held: dict[int, Any]) -> Strategy:
    usual = _sent(event, held)
    number = len(usual["data"])
    stored = [value for value in usual["data"] if isinstance(value, dict)]
    spoilt = [st.just(value) | changed(value) for value in stored]
    values = st.one_of(st.sampled_from(HELD), ANYTHING, CHANGES, FIELDS, *spoilt)
    places = st.lists(st.tuples(st.integers(0, max(0, number - 1)), values), max_size=3)

    def with_others(others: list[tuple[int, Any]]) -> list[Any]:
        data = list(usual["data"])
        for place, value in others:
            data[place : place + 1] = [value]
        return data

    data = mostly(places.map(with_others), beside=st.lists(ANYTHING, max_size=3) | ANYTHING)
    session = mostly(st.just(usual["session_hash"]))
    return st.tuples(data, session).map(lambda sent: json.dumps({**usual, "data": sent[0], "session_hash": sent[1]}))
