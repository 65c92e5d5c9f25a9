"""The named endpoints as a program meets them: the service's own answers, and a clear word for every wrong input."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from scoring.assessment.comparison import compare
from scoring.assessment.curve import curve
from scoring.assessment.scatter import scatter
from scoring.assessment.similar import similar
from scoring.serving.description import describe, find_applicants
from scoring.serving.service import Service, answered, assess, explain, recourse_with_offers

NAMES = {
    "/applicants",
    "/score",
    "/explain",
    "/compare",
    "/scatter",
    "/recourse",
    "/similar",
    "/curve",
    "/model",
    "/decide",
    "/journal",
}
CHANGES = {"AMT_CREDIT": 450_000, "AMT_ANNUITY": 25_000.5}


@pytest.fixture(scope="module")
def someone(some_ids: list[int]) -> int:
    return some_ids[7]


def over_the_wire(answer: Any) -> Any:
    """An answer as JSON brings it."""
    return json.loads(json.dumps(answer))


def posted(app_url: str, endpoint: str, body: str) -> tuple[str, Any]:
    """Event and data of a raw call, or the status and the body of its refusal."""
    address = f"{app_url}/gradio_api/call/{endpoint}"
    asked = httpx.post(address, content=body, headers={"content-type": "application/json"}, timeout=30)
    if asked.status_code != 200:
        return str(asked.status_code), asked.text
    event, data = httpx.get(f"{address}/{asked.json()['event_id']}", timeout=30).text.split("\n")[:2]
    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_only_the_named_endpoints_are_public(client: Client):
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == NAMES


def test_parameters_come_in_the_promised_order(client: Client):
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    names = {name: [part["parameter_name"] for part in end["parameters"]] for name, end in endpoints.items()}
    applicant = ["applicant_id", "changes", "language"]
    assert names == {
        "/applicants": ["query", "limit"],
        "/score": [*applicant, "detail"],
        "/explain": applicant,
        "/compare": [*applicant, "characteristic", "population"],
        "/scatter": [*applicant, "across", "up", "population"],
        "/recourse": applicant,
        "/similar": applicant,
        "/curve": [*applicant, "field", "keep"],
        "/model": [],
        "/decide": [*applicant[:2], "outcome", "reason_code", "note", "told_reasons", "language", "history"],
        "/journal": ["applicant_id", "kind", "by", "since", "until", "after", "limit"],
    }


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("changes", [{}, CHANGES])
def test_score_is_the_services_own(client: Client, service: Service, someone: int, changes: dict, language: str):
    answer = client.predict(someone, changes, language, api_name="/score")
    assert answer == over_the_wire(asdict(answered(service, assess(service, someone, changes, language))))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_short_score_is_the_services_own(client: Client, service: Service, someone: int, language: str):
    answer = client.predict(someone, CHANGES, language, "short", api_name="/score")
    assert answer == over_the_wire(asdict(answered(service, assess(service, someone, CHANGES, language), "short")))


def test_explain_is_the_services_own(client: Client, service: Service, someone: int):
    answer = client.predict(applicant_id=someone, changes=CHANGES, api_name="/explain")
    assert answer == over_the_wire(asdict(explain(service, assess(service, someone, CHANGES, "en"))))


def test_recourse_is_the_services_own(client: Client, service: Service, some_ids: list[int]):
    for applicant_id in some_ids[:12]:
        answer = client.predict(applicant_id, {}, "en", api_name="/recourse")
        own = recourse_with_offers(service, assess(service, applicant_id, {}, "en"))
        assert answer == over_the_wire(asdict(own))


@pytest.mark.parametrize("keep", ["instalment", "term"])
def test_curve_is_the_services_own(client: Client, service: Service, someone: int, keep: str):
    answer = client.predict(someone, {}, "fr", "AMT_CREDIT", keep, api_name="/curve")
    assert answer == over_the_wire(
        asdict(curve(service.artifact, assess(service, someone, {}, "fr"), "AMT_CREDIT", keep))
    )


def test_similar_is_the_services_own(client: Client, service: Service, someone: int):
    answer = client.predict(someone, CHANGES, "fr", api_name="/similar")
    assert answer == over_the_wire(asdict(similar(service.artifact, assess(service, someone, CHANGES, "fr"))))


@pytest.mark.parametrize("characteristic", ["AMT_CREDIT", "OCCUPATION_TYPE", "FLAG_OWN_CAR"])
def test_compare_is_the_services_own(client: Client, service: Service, someone: int, characteristic: str):
    answer = client.predict(someone, {}, "fr", characteristic, "repaid", api_name="/compare")
    own = compare(service.artifact, assess(service, someone, {}, "fr"), characteristic, "repaid")
    assert answer == over_the_wire(asdict(own))


def test_scatter_is_the_services_own(client: Client, service: Service, someone: int):
    pair = ("AMT_CREDIT", "EXT_SOURCE_2")
    answer = client.predict(someone, CHANGES, "fr", *pair, "accepted", api_name="/scatter")
    own = scatter(service.artifact, assess(service, someone, CHANGES, "fr"), *pair, "accepted")
    assert answer == over_the_wire(asdict(own))


def test_model_and_applicants_are_the_services_own(client: Client, service: Service, someone: int):
    assert client.predict(api_name="/model") == over_the_wire(asdict(describe(service)))
    query = str(someone)[:3]
    assert client.predict(query, 5, api_name="/applicants") == over_the_wire(find_applicants(service, query, 5))


def test_a_new_application_is_scored_from_its_fields_alone(client: Client):
    fields = client.predict(api_name="/model")["fields"]
    required = {field["name"]: field["range"][0] for field in fields if field["required"]}
    answer = client.predict(None, {**required, **CHANGES}, "en", api_name="/score")
    assert answer["applicant_id"] is None
    assert 0 < answer["probability"] < 1


def test_short_scores_at_once_are_each_callers_own(app_url: str, service: Service, some_ids: list[int]):
    calls = [([one, {"AMT_CREDIT": 300_000 + one}, "en", "short"]) for one in some_ids[:12]] + [[1, {}, "en", "short"]]

    def called(inputs: list[Any]) -> httpx.Response:
        return httpx.post(f"{app_url}/gradio_api/run/score", json={"data": inputs}, timeout=30)

    with ThreadPoolExecutor(len(calls)) as pool:
        *found, unknown = pool.map(called, calls)
    for inputs, answer in zip(calls, found, strict=False):
        own = answered(service, assess(service, *inputs[:3]), "short")
        assert answer.json()["data"] == [over_the_wire(asdict(own))]
    assert "No applicant 1 is on file" in unknown.text


def test_callers_with_different_applicants_never_mix(app_url: str, some_ids: list[int]):
    clients = [Client(app_url, verbose=False) for _ in range(2)]
    halves = [some_ids[:8], some_ids[8:16]]

    def ask(place: int) -> list[int]:
        return [clients[place].predict(one, {}, api_name="/score")["applicant_id"] for one in halves[place]]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, range(2))) == halves


REFUSED = [
    ("score", [1], {}, "No applicant 1 is on file"),
    ("score", [None, {}, "en", "long"], {}, 'detail must be "full" or "short", not \'long\''),
    ("score", ["100,001"], {}, "The applicant's id must be a whole number, not '100,001'"),
    ("score", [True], {}, "must be a whole number, not True"),
    ("score", [None], {}, "A new application needs these fields too"),
    ("score", [None, []], {}, "Changes must be an object of field name to new value, not []"),
    ("score", [None, {"NO_SUCH": 1}], {}, "There is no field 'NO_SUCH'"),
    ("score", [None, {"AMT_CREDIT": "much"}], {}, "AMT_CREDIT: 'much' is not a number"),
    ("score", [None, {"AMT_CREDIT": -5}], {}, "AMT_CREDIT: -5 is outside what is allowed"),
    ("score", [None, {"AMT_CREDIT": [1]}], {}, "AMT_CREDIT: [1] is not a number"),
    ("score", [None, {"CNT_CHILDREN": 1.5}], {}, "CNT_CHILDREN: 1.5 is not a whole number"),
    ("score", [None, {"NAME_EDUCATION_TYPE": "Sorcery"}], {}, "NAME_EDUCATION_TYPE: 'Sorcery' is not one of"),
    ("score", [None, {"AMT_CREDIT": None}], {}, "AMT_CREDIT: this field is required"),
    ("explain", [None, {}, "xx"], {}, 'The language must be "en" or "fr", not \'xx\''),
    ("explain", [None, {}, ["fr"]], {}, "The language must be"),
    ("compare", [], {"characteristic": "NOPE"}, "There is no characteristic 'NOPE'"),
    ("compare", [], {"characteristic": "CODE_GENDER"}, "CODE_GENDER is protected"),
    ("compare", [], {"characteristic": "AMT_CREDIT", "population": "rich"}, "There is no population 'rich'"),
    ("applicants", ["12x"], {}, "The search must be digits"),
    ("applicants", ["", 0], {}, "The limit must be a whole number from 1 to"),
]


@pytest.mark.parametrize(("endpoint", "given", "named", "message"), REFUSED)
def test_wrong_input_is_named_with_what_is_allowed(
    client: Client, someone: int, endpoint: str, given: list, named: dict, message: str
):
    if endpoint == "compare":
        named = {"applicant_id": someone, **named}
    with pytest.raises(AppError) as raised:
        client.predict(*given, **named, api_name=f"/{endpoint}")
    assert message in str(raised.value)


DEEP = 500
RAW = [
    ('[null, {"AMT_CREDIT": NaN}, "en"]', "AMT_CREDIT: nan is not a finite number"),
    ('[null, {"AMT_CREDIT": -Infinity}, "en"]', "AMT_CREDIT: -inf is not a finite number"),
    ('[NaN, {}, "en"]', "must be a whole number, not nan"),
    ('[1e300, {}, "en"]', "must be a whole number, not 1e+300"),
    (f'[{10**400}, {{}}, "en"]', "No applicant 1000"),
    (f'[{10**40}, {{}}, "en"]', "No applicant"),
    (f'[null, {{"AMT_CREDIT": {10**400}}}, "en"]', "AMT_CREDIT"),
    (f'[null, {{"AMT_CREDIT": {"[" * DEEP}{"]" * DEEP}}}, "en"]', "AMT_CREDIT: "),
    (f'[null, {{"AMT_CREDIT": "{"9" * 1_000_000}"}}, "en"]', "AMT_CREDIT: '9999"),
    (
        f'[null, {{{", ".join(f"{chr(34)}F{n}{chr(34)}: 1" for n in range(50_000))}}}, "en"]',
        "50000 changes were sent",
    ),
]


@pytest.mark.parametrize(("data", "message"), RAW, ids=[message for _, message in RAW])
def test_hostile_json_gets_a_short_clear_message_and_the_app_goes_on(
    app_url: str, client: Client, someone: int, data: str, message: str
):
    event, told = posted(app_url, "score", f'{{"data": {data}}}')
    assert event == "error"
    assert message in told["error"]
    assert len(told["error"]) < 1500
    assert client.predict(someone, {}, api_name="/score")["applicant_id"] == someone


def test_answers_over_raw_http_are_strict_json(app_url: str, someone: int):
    body = json.dumps({"data": [someone, {}, "en", "ORGANIZATION_TYPE", "defaulted"]})
    address = f"{app_url}/gradio_api/call/compare"
    headers = {"content-type": "application/json"}
    event = httpx.post(address, content=body, headers=headers, timeout=30).json()["event_id"]
    assert "NaN" not in httpx.get(f"{address}/{event}", timeout=30).text


def test_a_decision_is_recorded_and_then_locked(client: Client, decidable):
    applicant_id = decidable("refuse")
    decided = client.predict(applicant_id=applicant_id, outcome="refuse", note="Called", api_name="/decide")
    assert set(decided) == {"entry", "hash", "time", "state"}
    (entry,) = client.predict(kind="decision", applicant_id=applicant_id, api_name="/journal")
    assert (entry["number"], entry["hash"], entry["payload"]["note"]) == (decided["entry"], decided["hash"], "Called")
    with pytest.raises(ValueError, match="anybody has decided this case"):
        client.predict(applicant_id=applicant_id, outcome="refuse", api_name="/decide")


def test_what_an_override_needs_is_said(client: Client, decidable):
    applicant_id = decidable("refuse")
    with pytest.raises(ValueError, match="choose a reason from the list"):
        client.predict(applicant_id=applicant_id, outcome="approve", api_name="/decide")
    with pytest.raises(ValueError, match="un motif dans la liste"):
        client.predict(applicant_id=applicant_id, outcome="approve", language="fr", api_name="/decide")
    with pytest.raises(ValueError, match=r"outcome = None is not allowed\. Allowed: approve, refer, refuse"):
        client.predict(applicant_id=applicant_id, api_name="/decide")
    assert client.predict(kind="decision", applicant_id=applicant_id, api_name="/journal") == []
