from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from scoring.access import pages
from scoring.access.access import Access
from scoring.access.attempts import OWN
from scoring.access.cookies import SESSION, SIGN_IN
from scoring.errors import DatabaseError
from scoring.journal.journal import Journal
from tests.scoring.access.conftest import PASSWORD, WRONG, Clock, client_of, given_user, sign_in_by_program, told


def form(client: TestClient, address: str = "/sign-in", **headers: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    page = client.get(address, headers=headers).text
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', page)}


def post(client: TestClient, fields: dict[str, str], name: str = "alice", password: str = PASSWORD, **headers: str):
    return client.post("/sign-in", data={**fields, "username": name, "password": password}, headers=headers)


def test_somebody_signs_in_is_led_back_and_signs_out(client: TestClient, quick_access: Access, quick_journal: Journal):
    given_user(quick_access)
    answer = post(client, form(client, "/sign-in?next=/%3Fapplicant%3D5"), origin="http://testserver")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?applicant=5")
    assert client.get("/config").json()["person"] == "Alice"
    assert SIGN_IN not in client.cookies
    out = client.post("/sign-out", headers={"origin": "http://testserver"})
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert SESSION not in client.cookies
    assert client.get("/config").status_code == 401
    assert [entry.payload for entry in told(quick_journal, "sign_out")] == [{"address": "testclient"}]


@pytest.mark.parametrize(
    "then", ["https://evil.example", "//evil.example", "/\\evil.example", "\\/evil.example", "/%09/evil.example"]
)
def test_nobody_is_led_elsewhere(client: TestClient, quick_access: Access, then: str):
    given_user(quick_access)
    fields = form(client)
    assert post(client, {**fields, "next": unquote(then)}).headers["location"] == "/"
    assert "evil" not in form(client, f"/sign-in?next={then}").get("next", "")


def test_a_form_of_another_page_or_browser_or_day_signs_nobody_in(
    client: TestClient, quick_access: Access, monkeypatch: pytest.MonkeyPatch
):
    given_user(quick_access)
    fields = form(client)
    with client_of(quick_access) as attacker:
        theirs = form(attacker)
    for wrong in ({}, {"token": ""}, {"token": fields["token"] + "x"}, {"token": theirs["token"]}):
        answer = post(client, {**fields, "token": "", **wrong})
        assert answer.status_code == 400
        assert "too old, or comes from another page" in answer.text
    for elsewhere in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/sign-in", data={**fields}, headers=elsewhere).status_code == 400
        login = client.post("/login", data={"username": "alice", "password": PASSWORD}, headers=elsewhere)
        assert login.status_code == 403
    assert SESSION not in client.cookies
    monkeypatch.setattr(pages, "FORM_SECONDS", -1)
    assert post(client, fields).status_code == 400


def test_two_tabs_both_sign_in(client: TestClient, quick_access: Access):
    given_user(quick_access)
    first, second = form(client), form(client)
    assert post(client, first).status_code == 303
    # The first tab's sign-in took the browser's mark away: the second is asked to try again, and can.
    assert post(client, second).status_code == 400
    assert post(client, form(client)).status_code == 303


def test_the_session_is_a_new_one_at_each_sign_in(client: TestClient, quick_access: Access):
    given_user(quick_access)
    sign_in_by_program(client)
    before = client.cookies[SESSION]
    client.cookies.set(SESSION, before)
    post(client, form(client))
    after = client.cookies.jar
    values = {cookie.value for cookie in after if cookie.name == SESSION}
    assert before not in values or len(values) == 2
    client.cookies.clear()
    assert client.get("/config", headers={"cookie": f"{SESSION}={before}"}).status_code == 401


@pytest.mark.parametrize(
    ("language", "wrong"), [("en", "Name or password is wrong."), ("fr", "Nom ou mot de passe incorrect.")]
)
def test_a_refusal_is_in_the_page_s_language_and_says_nothing_else(
    client: TestClient, quick_access: Access, language: str, wrong: str
):
    given_user(quick_access)
    fields = form(client, **{"accept-language": f"{language}-CH,de;q=0.5"})
    answers = [post(client, fields, name, WRONG) for name in ("alice", "nobody")]
    assert [answer.status_code for answer in answers] == [401, 401]
    bare = {re.sub(r'value="[^"]*"|nonce[-="\w]*', "", answer.text.replace("nobody", "alice")) for answer in answers}
    assert len(bare) == 1
    page = unescape(answers[0].text)
    assert f'<html lang="{language}">' in page
    assert f'role="alert" id="problem">{wrong}</p>' in page
    assert WRONG not in page
    assert 'value="alice"' in page


def test_a_name_is_shown_again_without_its_markup(client: TestClient, quick_access: Access):
    answer = post(client, form(client), '"><script>alert(1)</script>', WRONG)
    assert "<script" not in answer.text
    assert "&quot;&gt;&lt;script&gt;" in answer.text


def test_guessing_is_told_when_to_try_again(client: TestClient, quick_access: Access):
    given_user(quick_access)
    for _ in range(OWN.free):
        assert client.post("/login", data={"username": "alice", "password": WRONG}).status_code == 401
    by_program = client.post("/login", data={"username": "alice", "password": PASSWORD})
    by_page = post(client, form(client))
    assert [answer.status_code for answer in (by_program, by_page)] == [429, 429]
    assert [answer.headers["retry-after"] for answer in (by_program, by_page)] == ["2", "2"]
    assert "Try again in 2 s." in by_page.text


def test_the_page_says_how_to_make_the_first_user_until_there_is_one(client: TestClient, quick_access: Access):
    command = "python -m scoring users add NAME --role adviser"
    assert command in client.get("/sign-in").text
    given_user(quick_access)
    assert command not in client.get("/sign-in").text


def test_the_page_needs_nothing_else_and_runs_nothing(client: TestClient):
    answer = client.get("/sign-in")
    policy, page = answer.headers["content-security-policy"], answer.text
    nonce = re.search(r'<style nonce="(.*?)">', page)
    assert nonce is not None
    assert f"style-src 'nonce-{nonce[1]}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script|\son\w+=|style=|src=|https?://", page)
    assert answer.headers["cache-control"] == "no-store"
    assert nonce[1] not in client.get("/sign-in").text


def test_a_link_signs_nobody_in_or_out(client: TestClient, quick_access: Access):
    given_user(quick_access)
    sign_in_by_program(client)
    for address in ("/sign-out", f"/login?username=alice&password={PASSWORD}"):
        assert client.get(address).headers["location"] == "/sign-in"
    assert client.get("/config").status_code == 200
    assert client.post("/sign-out", headers={"origin": "https://evil.example"}).status_code == 403
    assert client.get("/config").status_code == 200
    assert client.delete("/sign-in").status_code == 405


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"username": "alice", "password": "correct horse battery"}'),
        ("multipart/form-data; boundary=x", b"--x"),
        ("application/x-www-form-urlencoded", b"username=alice&password=" + b"x" * 20_000),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(2000))),
        ("application/x-www-form-urlencoded", b"\xff\xfe%ff%00"),
        ("application/x-www-form-urlencoded", b"username=%00&password=%00"),
        ("", b""),
    ],
)
def test_a_form_of_another_kind_is_a_wrong_one(
    client: TestClient, quick_access: Access, content_type: str, body: bytes
):
    given_user(quick_access)
    answer = client.post("/login", content=body, headers={"content-type": content_type})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Name or password is wrong."})


def test_what_cannot_be_recorded_is_reported_in_words(
    client: TestClient, quick_access: Access, monkeypatch: pytest.MonkeyPatch
):
    given_user(quick_access)
    fields = form(client)

    def gone(*_: object) -> str:
        raise DatabaseError("inner words")

    monkeypatch.setattr(pages, "sign_in", gone)
    answer = post(client, fields)
    assert answer.status_code == 503
    assert "could not be recorded" in answer.text
    assert "inner words" not in answer.text
    assert client.post("/login", data={"username": "a", "password": "b"}).status_code == 503


def test_over_tls_the_cookie_is_for_tls_alone(quick_access: Access, clock: Clock):
    given_user(quick_access)
    with client_of(quick_access, base_url="https://testserver") as client:
        answer = client.post("/login", data={"username": "alice", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-scoring-session=")
        assert "Secure" in cookie
        assert client.get("/config").status_code == 200


def test_under_a_path_of_its_host_everything_stays_there(quick_access: Access):
    given_user(quick_access)
    with client_of(quick_access, root_path="/app") as client:
        away = client.get("/app/?applicant=5", headers={"accept": "text/html"})
        assert away.headers["location"] == "/app/sign-in?next=%2F%3Fapplicant%3D5"
        page = client.get(away.headers["location"])
        assert 'action="/app/sign-in"' in page.text
        token = re.search(r'name="token" value="(.*?)"', page.text)
        assert token is not None
        fields = {"token": token[1], "next": "/?applicant=5", "username": "alice", "password": PASSWORD}
        assert client.post("/app/sign-in", data=fields).headers["location"] == "/app/?applicant=5"
