"""Who calls, whichever of gradio's ways they come, and what they may: on a small app behind the guard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client import Client

from scoring.access.access import open_access
from scoring.access.tokens import add_token
from scoring.access.users import add_user
from scoring.cases.policy import read_policy
from scoring.cases.steps import Desk
from scoring.database.engine import writing
from scoring.errors import AccessError
from scoring.interface.guarded import guarded, operations
from scoring.interface.turns import waiting
from scoring.interface.who import action_of, person_of, require, signed_in_html
from scoring.interface.workplace import Workplace
from scoring.journal.journal import open_journal
from scoring.people import ANYBODY, Person
from scoring.portfolio.batches import Batches
from scoring.serving.live import State
from scoring.serving.settings import DEMO_POLICY, AccessSettings, OperationSettings
from tests.ports import free_port

PASSWORD = "correct horse battery"
ALICE = "Alice adviser None"


@dataclass
class Asked:
    url: str
    cookie: str
    token: str


def who(request: gr.Request) -> str:
    person = person_of(request)
    return f"{person.name} {person.role} {person.scope and sorted(person.scope)}"


def small_app() -> gr.Blocks:
    with gr.Blocks() as page:
        name = gr.Textbox()
        gr.Button().click(who, None, name)
        gr.Button().click(who, None, name, queue=False)
        gr.api(who, api_name="who")
    return page


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    journal = open_journal(f"sqlite:///{tmp_path_factory.mktemp('who') / 'journal.db'}")
    engine = journal.engine
    access = open_access(AccessSettings("password"), engine)
    with writing(engine) as connection:
        add_user(connection, "Alice", "adviser", 0.0, PASSWORD)
        token, _ = add_token(connection, "robot", "supervisor", ["read"], 1, access.clock())
    page = small_app()
    state = State(None, {})
    workplace = Workplace(
        SimpleNamespace(state=state),
        Desk(journal, read_policy(DEMO_POLICY), 30),
        frozenset,
        Batches(lambda: state.service.artifact, lambda batch: None),
    )
    run = operations(workplace, {"who"}, lambda path: waiting(page), OperationSettings())
    layers = {"lifespan": guarded(access, run)}
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, server_port=free_port(), app_kwargs=layers)
    answer = httpx.post(f"{url}login", data={"username": "alice", "password": PASSWORD}, timeout=30)
    yield Asked(url, answer.headers["set-cookie"].partition(";")[0], token)
    page.close()


def event(client: httpx.Client, address: str, session: str) -> Any:
    """What the queue's stream says that an event came to."""
    with client.stream("GET", address, params={"session_hash": session}, timeout=30) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if message.get("msg") == "process_completed":
                return message["output"]["data"][0]
    return None


@pytest.mark.parametrize(
    ("way", "name"),
    [("cookie", ALICE), ("token", "token:robot supervisor ['read']")],
)
def test_handlers_and_endpoints_know_who_calls(asked: Asked, way: str, name: str):
    shown = {"cookie": asked.cookie} if way == "cookie" else {"authorization": f"Bearer {asked.token}"}
    with httpx.Client(base_url=f"{asked.url}gradio_api", headers=shown) as client:
        for number, session in ((0, "queued"), (1, "at-once")):
            joined = {"fn_index": number, "data": [], "session_hash": session}
            assert client.post("/queue/join", json=joined).status_code == 200
            assert event(client, "/queue/data", session) == name
        at_once = {"fn_index": 1, "data": [], "session_hash": "x"}
        assert client.post("/run/predict", json=at_once).json()["data"] == [name]
        assert client.post("/run/who", json={"data": []}).json()["data"] == [name]
        for call in ("/call/who", "/call/v2/who"):
            body = {"data": []} if call == "/call/who" else {}
            number = client.post(call, json=body).json()["event_id"]
            told = client.get(f"/call/who/{number}", timeout=30).text
            assert json.loads(told.splitlines()[1].removeprefix("data: ")) == [name]


def test_gradio_s_own_client_signs_in_or_shows_a_token(asked: Asked):
    assert Client(asked.url, auth=("ALICE", PASSWORD), verbose=False).predict(api_name="/who") == ALICE
    shown = {"Authorization": f"Bearer {asked.token}"}
    assert Client(asked.url, headers=shown, verbose=False).predict(api_name="/who").startswith("token:robot")
    for nobody in (
        {},
        {"auth": ("alice", "wrong")},
        {"token": asked.token},
        {"headers": {"Authorization": "Bearer cs_"}},
    ):
        with pytest.raises(Exception, match="redentials"):
            Client(asked.url, verbose=False, **nobody)


def test_a_request_that_did_not_come_through_the_guard_is_nobody_s():
    for request in (gr.Request(), gr.Request(request=None)):
        with pytest.raises(AccessError, match="sign in"):
            person_of(request)


def test_what_a_role_may_not_do_is_refused_in_words():
    require(Person("a", "adviser"), "decide", "en")
    with pytest.raises(AccessError, match="As reviewer you do not decide"):
        require(Person("a", "reviewer"), "decide", "en")
    with pytest.raises(AccessError, match="vous ne voyez pas les demandeurs"):
        require(Person("a", "maintainer"), "read", "fr")
    with pytest.raises(AccessError, match="it may read"):
        require(Person("token:a", "adviser", frozenset({"read"})), "decide", "en")


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/gradio_api/call/score", "read"),
        ("/gradio_api/call/score/", "read"),
        ("/gradio_api/call/v2/score", "read"),
        ("/gradio_api/run/score", "read"),
        ("/gradio_api/api/decide", "decide"),
        ("/gradio_api/call/anything", "read"),
        ("/gradio_api/call/model", None),
        ("/gradio_api/call/journal", None),
        ("/gradio_api/run/predict", None),
        ("/gradio_api/queue/join", None),
        ("/", None),
        ("/drift", None),
    ],
)
def test_what_a_path_needs(path: str, action: str | None):
    assert action_of(path) == action


def test_the_page_names_who_is_signed_in_without_their_markup():
    html = signed_in_html(Person("<b>Zoë</b>", "reviewer"), "fr")
    assert "Connecté en tant que &lt;b&gt;Zoë&lt;/b&gt; (contrôleur)" in html
    assert 'method="post"' in html
    assert signed_in_html(ANYBODY, "en") == ""


def test_the_guard_is_around_what_gradio_adds_itself(asked: Asked):
    preflight = {"origin": "http://localhost:1", "access-control-request-method": "POST"}
    answer = httpx.options(f"{asked.url}config", headers=preflight)
    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers
