"""A reader's page without a browser: it holds what the components show, sends the page's events, and takes the answers.

What the page's own scripts add (drawing, sorting, waiting for a pause in typing) is left out.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

API = "/gradio_api"
RETRY = "retry-request"
LONGEST = 120.0

Answer = dict[int, Any]
Event = dict[str, Any]


class AnswerError(Exception):
    """The server refused an event, or failed."""


class Reader:
    """One open page.

    Args:
        client: with the app's address as its base.
        query: of the page's address, such as `?applicant=100001`.
        config: what `/config` answers, where it is known already.
    """

    def __init__(self, client: httpx.Client, query: str = "", config: dict[str, Any] | None = None) -> None:
        self.client, self.query, self.session = client, query, uuid4().hex
        self.config = config or get_config(client)
        components = self.config["components"]
        self.values: Answer = {each["id"]: each["props"].get("value") for each in components}
        self._ids = {_name_of(each): each["id"] for each in components}
        self._come: dict[str, Any] = {}
        self._commits = count()
        # gradio keeps these itself, and a page sends nothing for them.
        self._kept_there = {each["id"] for each in components if each["type"] == "state"}
        # Others are answered by the page's own scripts.
        answered = [each for each in self.config["dependencies"] if each["backend_fn"]]
        self._events = {(target, event): each for each in answered for target, event in each["targets"]}

    def component(self, element: str) -> int:
        """A component by its id in the page; tabs by `tab-NAME`."""
        return self._ids[element]

    def shown(self, element: str) -> Any:
        """What a component shows."""
        return self.values[self._ids[element]]

    def event(self, element: str, event: str) -> Event:
        """What gradio's configuration says of an event of a component."""
        return self._events[self._ids[element], event]

    def open(self) -> Answer:
        """The page as it opens."""
        (load,) = [each for (_, event), each in self._events.items() if event == "load"]
        return self.send(load)

    def do(self, element: str, event: str, value: Any = None) -> Answer:
        """One event of a component; `value` is what the reader entered.

        Returns:
            what has changed on the page, by component.
        """
        if value is not None:
            self.values[self._ids[element]] = value
        return self.send(self.event(element, event))

    def enter(self, field: str, number: int) -> Answer:
        """A number of the form, committed."""
        self.values[self._ids[f"entry-{field}"]] = str(number)
        return self.do("committed", "change", str(next(self._commits)))

    def send(self, event: Event) -> Answer:
        """An event, which is sent again as long as the server wants that."""
        changed = self.take(event, self.join(event))
        while changed.get(self._ids[RETRY]):
            retry = self.event(RETRY, "change")
            changed = self.take(retry, self.join(retry))
        return changed

    def join(self, event: Event) -> str:
        """Sends an event; it is then known by the id that is returned."""
        data = [None if each in self._kept_there else self.values[each] for each in event["inputs"]]
        body = {"data": data, "fn_index": event["id"], "session_hash": self.session, "trigger_id": None}
        joined = self.client.post(f"{API}/queue/join{self.query}", json=body)
        if joined.status_code != httpx.codes.OK:
            raise AnswerError(f"{joined.status_code}: {joined.text[:200]}")
        name: str = joined.json()["event_id"]
        return name

    def take(self, event: Event, event_id: str) -> Answer:
        """Waits for the answer and shows it."""
        changed = {}
        for component, value in zip(event["outputs"], self._stream(event_id), strict=True):
            if isinstance(value, dict) and value.get("__type__") == "update":
                if "value" not in value:
                    continue
                value = value["value"]
            changed[component] = self.values[component] = value
        return changed

    def _stream(self, event_id: str) -> list[Any]:
        """The answer to one event, from the session's stream; those to others are kept until they are wanted."""
        parameters = {"session_hash": self.session}
        while event_id not in self._come:
            with self.client.stream("GET", f"{API}/queue/data", params=parameters, timeout=LONGEST) as stream:
                for line in stream.iter_lines():
                    message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                    if message.get("msg") == "process_completed":
                        self._come[message["event_id"]] = message
                    elif message.get("msg") == "unexpected_error":
                        raise AnswerError(message["message"])
        message = self._come.pop(event_id)
        if not message["success"]:
            raise AnswerError(str(message["output"].get("error")))
        answer: list[Any] = message["output"]["data"]
        return answer


def _name_of(component: dict[str, Any]) -> str:
    """Its id in the page; tabs have none there, but a name of their own."""
    properties = component["props"]
    return f"tab-{properties['id']}" if component["type"] == "tabitem" else str(properties.get("elem_id"))


def get_config(client: httpx.Client) -> dict[str, Any]:
    """The page's components and events."""
    config: dict[str, Any] = client.get("/config").json()
    return config
