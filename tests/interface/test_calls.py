"""Calls over plain HTTP, by both of gradio's ways: what is understood, what takes its default, what is refused and how.

None of them leaves a trace in the app's log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client

from scoring.interface.refused import LONGEST_CALL
from scoring.words.wording import number, text

WAYS = ("call", "run")
JSON_TYPE = {"content-type": "application/json"}
NEW = {"AMT_INCOME_TOTAL": 150_000, "AMT_CREDIT": 333_000.5, "AMT_ANNUITY": 20_000, "DAYS_BIRTH": -12_000}


@pytest.fixture(scope="module")
def someone(some_ids: list[int]) -> int:
    return some_ids[7]


@pytest.fixture(scope="module")
def app_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What this module's own app writes to its log."""
    return tmp_path_factory.mktemp("calls") / "log"


@pytest.fixture(scope="module")
def app_url(app_log: Path, run_app: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """An app that nobody else calls, so that its log is of these tests alone."""
    with run_app(app_log) as url:
        yield url


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    """Gradio's own client of this module's app."""
    return Client(app_url, verbose=False)


@pytest.fixture(autouse=True)
def without_a_trace(app_url: str, app_log: Path) -> Iterator[None]:
    before = len(app_log.read_text())
    yield
    assert "Traceback" not in app_log.read_text()[before:]


def sent(app_url: str, way: str, endpoint: str, body: str | bytes, headers: dict[str, str] = JSON_TYPE) -> Any:
    """The answer of an endpoint, or the words of its refusal."""
    address = f"{app_url}/gradio_api/{way}/{endpoint}"
    answer = httpx.post(address, content=body, headers=headers, timeout=30)
    if answer.status_code in (403, 404, 409, 422):
        return answer.json()["detail"]
    if way == "run":
        return answer.json()["data"][0] if answer.status_code == 200 else answer.json()["error"]
    event, data = httpx.get(f"{address}/{answer.json()['event_id']}", timeout=30).text.split("\n")[:2]
    told = json.loads(data.removeprefix("data: "))
    return told[0] if event == "event: complete" else told["error"]


def asked(app_url: str, way: str, endpoint: str, *inputs: object) -> Any:
    """The same, for inputs that are sent in their order."""
    return sent(app_url, way, endpoint, json.dumps({"data": inputs}))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("endpoint", ["score", "explain", "recourse", "similar"])
def test_ids_numbers_and_languages_are_understood_as_people_write_them(
    app_url: str, someone: int, way: str, endpoint: str
):
    changes = {"AMT_CREDIT": 333_000.5, "FLAG_OWN_CAR": "Y", "FLAG_PHONE": 1}
    plain = asked(app_url, way, endpoint, someone, changes, "fr")
    assert isinstance(plain, dict)
    written = {"AMT_CREDIT": "333 000,50", "FLAG_OWN_CAR": True, "FLAG_PHONE": "oui"}
    assert asked(app_url, way, endpoint, str(someone), written, "fr-FR") == plain
    assert asked(app_url, way, endpoint, float(someone), written, "fr_CA") == plain


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("endpoint", ["compare", "scatter"])
def test_a_comparison_understands_them_too(app_url: str, someone: int, way: str, endpoint: str):
    what = ["AMT_CREDIT", "EXT_SOURCE_2"][: 1 if endpoint == "compare" else 2]
    plain = asked(app_url, way, endpoint, someone, {"AMT_CREDIT": 333_000}, "en", *what)
    assert plain["applicant_id"] == someone
    assert asked(app_url, way, endpoint, f"{someone}.0", {"AMT_CREDIT": "333000"}, "en-GB", *what) == plain


def test_gradios_own_client_hands_them_over_alike(client: Client, someone: int):
    plain = client.predict(someone, {"AMT_CREDIT": 333_000.5}, "fr", api_name="/score")
    assert client.predict(str(someone), {"AMT_CREDIT": "333 000,50"}, "fr-FR", api_name="/score") == plain
    assert client.predict(float(someone), {"AMT_CREDIT": "333000.50"}, "FR", api_name="/score") == plain


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("inputs", [("1010", "20"), (1010, 20.0), (1010.0,), (" 1010 ", "20.0")])
def test_a_search_understands_numbers_as_text_and_text_as_numbers(app_url: str, way: str, inputs: tuple):
    found = asked(app_url, way, "applicants", *inputs)
    assert found == asked(app_url, way, "applicants", "1010", 20)
    assert len(found) == 20


@pytest.mark.parametrize("way", WAYS)
def test_inputs_that_are_left_out_take_their_defaults(app_url: str, someone: int, way: str):
    assert asked(app_url, way, "score", someone) == asked(app_url, way, "score", someone, {}, "en")
    assert asked(app_url, way, "applicants") == asked(app_url, way, "applicants", "", 20)
    assert asked(app_url, way, "score").startswith("A new application needs these fields too")


@pytest.mark.parametrize("way", WAYS)
def test_inputs_that_are_too_many_are_refused(app_url: str, someone: int, way: str):
    told = asked(app_url, way, "score", someone, {}, "en", "full", 5)
    assert told == "5 inputs were sent. /score takes these, in this order: applicant_id, changes, language, detail."
    assert asked(app_url, way, "model", 1) == "1 inputs were sent. /model takes these, in this order: none."


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('[NaN, {}, "en"]', "The applicant's id must be a whole number, not nan"),
        ('[null, {"AMT_CREDIT": NaN}, "en"]', "AMT_CREDIT: nan is not a finite number. Send a number from 1 to"),
        ('[null, {"AMT_CREDIT": -Infinity}, "en"]', "AMT_CREDIT: -inf is not a finite number"),
        ('[null, {"EXT_SOURCE_1": NaN}, "en"]', "Send a number from 0 to 1, or null where it is not on file."),
        ('[null, {"OCCUPATION_TYPE": NaN}, "en"]', "OCCUPATION_TYPE: nan is not one of the allowed levels"),
        ("[null, {}, NaN]", 'The language must be "en" or "fr", not nan'),
        (r'["\ud800"]', r"must be a whole number, not '\ud800'"),
        (r'[null, {"AMT_CREDIT": "\ud800"}]', r"AMT_CREDIT: '\ud800' is not a number"),
        (r'[null, {"\ud800": 1}]', r"There is no field '\ud800'"),
        (r'[null, {"AMT_CREDIT": "5\u0000"}]', r"AMT_CREDIT: '5\x00' is not a number"),
        ('[null, {"amt_credit": 5}]', "Did you mean one of: AMT_CREDIT?"),
        (
            '[null, {"AMT_CREDIT": {"path": "/etc/hosts", "meta": {"_type": "gradio.FileData"}}}]',
            "AMT_CREDIT: {'meta': {'_type': 'gradio.FileData'}, 'path': '/etc/hosts'} is not a number",
        ),
    ],
)
def test_what_no_field_may_hold_is_refused_by_name(app_url: str, way: str, data: str, message: str):
    assert message in sent(app_url, way, "score", f'{{"data": {data}}}')


@pytest.mark.parametrize(
    ("endpoint", "inputs", "status"),
    [
        ("score", [1], 404),
        ("score", [None, {"AMT_CREDIT": -5}], 422),
        ("score", [None, {}, "de"], 422),
        ("decide", ["nobody"], 422),
        ("journal", [None, "guess"], 422),
    ],
)
def test_a_refusal_in_one_round_trip_says_what_it_is(app_url: str, endpoint: str, inputs: list, status: int):
    answer = httpx.post(f"{app_url}/gradio_api/run/{endpoint}", json={"data": inputs}, timeout=30)
    assert answer.status_code == status
    told = answer.json()
    assert set(told) == {"detail", "request_id"}
    assert told["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("way", [*WAYS, "call/v2"])
@pytest.mark.parametrize(
    "body",
    ["", "nonsense", "[1", "[]", "null", b'{"data": ["\xff"]}', f'{{"data": [{"[" * 200_000}]}}', f"[{'9' * 5_000}]"],
)
def test_what_is_no_call_at_all_is_refused(app_url: str, way: str, body: str | bytes):
    told = sent(app_url, way, "score", body)
    assert told.startswith("The call cannot be read. Send JSON in UTF-8")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"data": null}',
        '{"data": {"applicant_id": 1}}',
        '{"data": NaN}',
        r'{"data": "\ud800"}',
        '{"data": [], "fn_index": 0}',
        r'{"data": [], "session_hash": "\ud800"}',
    ],
)
def test_a_call_of_another_shape_is_refused(app_url: str, way: str, body: str):
    assert sent(app_url, way, "score", body).startswith("The call cannot be read.")


@pytest.mark.parametrize("way", [*WAYS, "call/v2"])
def test_a_call_that_is_not_said_to_be_json_is_refused(app_url: str, way: str):
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert "content-type: application/json" in sent(app_url, way, "score", '{"applicant_id": 1}', form)
    assert "content-type: application/json" in sent(app_url, way, "score", "applicant_id=1", form)


@pytest.mark.parametrize("way", [*WAYS, "call/v2"])
def test_an_endpoint_that_is_not_there_is_named_with_those_that_are(app_url: str, way: str):
    told = sent(app_url, way, "scores", '{"data": []}')
    assert told.startswith("There is no endpoint 'scores'. Call one of: /applicants, /score, ")


def test_inputs_may_be_sent_by_name(app_url: str, someone: int):
    plain = asked(app_url, "call", "score", someone)
    assert sent(app_url, "call/v2", "score", json.dumps({"applicant_id": str(someone)})) == plain


def test_an_input_of_another_name_is_refused(app_url: str):
    told = sent(app_url, "call/v2", "score", '{"applicant": 1}')
    assert told == "There is no input 'applicant'. /score takes these: applicant_id, changes, language, detail."


@pytest.mark.parametrize("way", WAYS)
def test_a_new_application_may_be_all_text(app_url: str, way: str):
    written = {name: str(value) for name, value in NEW.items()}
    assert asked(app_url, way, "score", None, written) == asked(app_url, way, "score", None, NEW)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("values", [lambda number: ["?"] * number, lambda number: []], ids=["foreign", "too few"])
def test_an_event_with_values_that_no_page_sends_is_refused(app_url: str, language: str, values: Callable):
    events = httpx.get(f"{app_url}/config", timeout=30).json()["dependencies"]
    event = max(events, key=lambda each: len(each["inputs"]) * each["backend_fn"])
    body = {"fn_index": event["id"], "data": values(len(event["inputs"])), "session_hash": "x"}
    answer = httpx.post(
        f"{app_url}/gradio_api/run/predict", json=body, headers={"Accept-Language": language}, timeout=30
    )
    assert (answer.status_code, answer.json()["detail"]) == (422, text("error.foreign_values", language))


def test_a_search_for_nothing_is_answered(app_url: str):
    events = httpx.get(f"{app_url}/config", timeout=30).json()["dependencies"]
    search = next(event["id"] for event in events if event["targets"][0][1] == "key_up")
    body = {"fn_index": search, "data": [None, "en"], "session_hash": "x"}
    assert httpx.post(f"{app_url}/gradio_api/run/predict", json=body, timeout=30).status_code == 200


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xff\xfe", {}),
        (b'{"session_hash": "\\ud800", "fn_index": 0}', {}),
        (b'{"session_hash": 1e999}', {}),
        (b"--x", {"Content-Type": "multipart/form-data; boundary=x"}),
    ],
)
@pytest.mark.parametrize("path", ["queue/join", "reset", "cancel", "component_server"])
def test_what_gradio_itself_would_fail_on_is_refused(app_url: str, path: str, body: bytes, headers: dict[str, str]):
    answer = httpx.post(f"{app_url}/gradio_api/{path}", content=body, headers=headers, timeout=30)
    assert answer.status_code in (404, 422), answer.text


@pytest.mark.parametrize("name", ["heartbeat/%00", "proxy=%00", "file=%0a"])
def test_a_path_that_is_no_address_is_refused(app_url: str, name: str):
    assert httpx.get(f"{app_url}/gradio_api/{name}", timeout=30).status_code == 400


@pytest.mark.parametrize("length", ["said", "not said"])
def test_a_call_of_any_length_is_not_read(app_url: str, length: str):
    body = b'{"data": ["' + b"1" * LONGEST_CALL + b'"]}'
    sent = body if length == "said" else iter([body])
    answer = httpx.post(f"{app_url}/gradio_api/run/score?language=fr", content=sent, timeout=30)
    allowed = number(LONGEST_CALL, "fr", 0)
    assert (answer.status_code, answer.json()["detail"]) == (413, text("error.body_too_large", "fr", most=allowed))


@pytest.mark.parametrize(
    ("body", "name"),
    [('{"data": [1], "data": [2]}', "data"), ('{"data": [1, {"AMT_CREDIT": 1, "AMT_CREDIT": 2}]}', "AMT_CREDIT")],
)
def test_a_name_that_is_there_twice_is_refused(app_url: str, body: str, name: str):
    answer = httpx.post(f"{app_url}/gradio_api/run/score", content=body, timeout=30)
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        text("error.repeated_name", "en", value=repr(name)),
    )
