"""Every route of the running app, mounted ones included: who may use it, and that nobody else gets anything."""

from __future__ import annotations

import re
import time

import pytest

from scoring.access.tokens import add_token
from scoring.database.engine import writing
from tests.interface.app_in_process import SECRETS, Running, paths_of, sent, status

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
# What is open to everybody, by path and method; the rest of a path's methods are refused with 405.
OPEN = {
    "/health": {"GET": 200, "HEAD": 200},
    "/ready": {"GET": 200, "HEAD": 200},
    "/sign-in": {"GET": 200, "HEAD": 200, "POST": 400},
    "/login": {"GET": 303, "POST": 401},
    "/sign-out": {"GET": 303, "POST": 303},
}
# Paths that no list of routes holds.
MORE_PATHS = (
    *(
        "/docs",
        "/redoc",
        "/openapi.json",
        "/mcp",
        "/gradio_api/mcp/",
        "/gradio_api/mcp/sse",
        "/nothing",
        "//",
        "//config",
    ),
    *("/gradio_api/file=artifacts/demo-applicants.parquet", "/gradio_api/file=/etc/passwd", "/static/../config"),
    *(
        "/gradio_api/proxy=https://x.hf.space/",
        "/%2e%2e/config",
        "/config%2f",
        "/Config",
        "/mounted/",
        "/mounted/deep/x",
    ),
)
# Who may call what. Every other path is the app's frame: it needs a session, and any will do.
EVERYBODY = {"adviser", "supervisor", "reviewer", "maintainer", "token"}
READERS = EVERYBODY - {"maintainer"}
MAY = {
    **dict.fromkeys(("applicants", "score", "explain", "compare", "scatter", "recourse", "similar", "curve"), READERS),
    "model": EVERYBODY,
    "decide": {"adviser", "supervisor"},
    "journal": EVERYBODY,
}
CALLS = ("/gradio_api/call", "/gradio_api/run", "/gradio_api/api")
# Files and other hosts, whoever asks; and what only developers are offered, or is switched off.
REFUSED_BY_GRADIO = ("file", "proxy", "vibe", "reload", "monitoring")
REFUSED = re.compile(r'(\{"detail":"Please sign in\.","request_id":"[0-9a-f]{16}"\})?')


@pytest.fixture(scope="module")
def paths(running: Running) -> list[str]:
    found = sorted({*paths_of(running.app.routes), *MORE_PATHS})
    for known in (
        "/",
        "/config",
        "/drift",
        "/metrics",
        "/mounted/deep/x",
        "/gradio_api/queue/join",
        "/gradio_api/call/v2/x",
    ):
        assert known in found
    for known in ("/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/app_id", "/gradio_api/token", "/theme.css"):
        assert known in found
    assert len(found) > 80
    return found


def test_every_answer_is_hardened(running: Running, paths: list[str]):
    with running.client(cookie=running.cookie("adviser"), origin="https://evil.example") as known:
        for client in (running.client(), known):
            for path in paths:
                for method in ("GET", "POST", "OPTIONS"):
                    answer = sent(client, method, path)
                    where = (method, path, answer.status_code)
                    assert answer.headers["x-content-type-options"] == "nosniff", where
                    assert answer.headers["referrer-policy"] == "same-origin", where
                    policy = answer.headers["content-security-policy"]
                    assert "default-src 'none'" in policy, where
                    assert path == "/drift" or "frame-ancestors" in policy, where
                    assert ("unsafe-inline" in policy.partition("style-src")[0]) == policy.startswith("sandbox"), where
                    assert "permissions-policy" in answer.headers, where
                    assert "strict-transport-security" not in answer.headers, where
                    assert not [name for name in answer.headers if name.startswith("access-control-")], where


def test_without_a_session_nothing_answers_but_what_is_open(running: Running, paths: list[str], nobodies: dict):
    found: dict[tuple[str, str, str], int] = {}
    for who, shown in nobodies.items():
        with running.client(**shown) as client:
            for path in (path for path in paths if path not in OPEN):
                # Each way to be nobody on the usual methods; nobody at all on every one.
                for method in METHODS if who == "nothing" else ("GET", "POST"):
                    request = client.build_request(method, "/")
                    request.url = request.url.copy_with(raw_path=path.encode())
                    answer = client.send(request)
                    found[who, method, path] = answer.status_code
                    assert REFUSED.fullmatch(answer.text), (who, method, path)
                    assert answer.headers["cache-control"] == "no-store"
                    assert "set-cookie" not in answer.headers
    assert {key: code for key, code in found.items() if code != 401} == {}


def test_what_is_open_says_nothing_of_what_is_behind_it(running: Running):
    with running.client() as client:
        for path, methods in OPEN.items():
            for method in METHODS:
                answer = client.request(method, path)
                assert answer.status_code == (methods.get(method) or (401 if path in ("/health", "/ready") else 405))
                assert not SECRETS.search(answer.text)


def test_a_page_leads_to_sign_in(running: Running, paths: list[str]):
    with running.client(accept="text/html") as client:
        for path in paths:
            if path in OPEN or path in ("", "//") or path.startswith("//"):
                continue
            request = client.build_request("GET", "/")
            request.url = request.url.copy_with(raw_path=path.encode())
            answer = client.send(request)
            assert (answer.status_code, answer.text) == (303, ""), path
            assert answer.headers["location"].startswith("/sign-in"), path


def shown_by(running: Running, who: str) -> dict[str, str]:
    if who != "token":
        return {"cookie": running.cookie(who)}
    with writing(running.access.engine) as connection:
        secret, _ = add_token(
            connection, f"robot {time.monotonic_ns()}", "supervisor", ["read"], 1, running.access.clock()
        )
    return {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_whoever_is_signed_in_may_what_the_table_says(running: Running, who: str):
    functions = running.app.get_blocks().fns.values()
    numbers = {each.api_name: each._id for each in functions if each.api_visibility == "public"}
    assert set(numbers) == set(MAY)
    with running.client(**shown_by(running, who)) as client:
        for endpoint, allowed in MAY.items():
            calls = {
                f"/gradio_api/call/{endpoint}": {"data": []},
                f"/gradio_api/call/{endpoint}/": {"data": []},
                f"/gradio_api/call/v2/{endpoint}": {},
                f"/gradio_api/run/{endpoint}": {"data": []},
                f"/gradio_api/api/{endpoint}": {"data": []},
                "/gradio_api/queue/join": {"data": [], "fn_index": numbers[endpoint], "session_hash": "x"},
                "/gradio_api/queue/join/": {"data": [], "fn_index": str(numbers[endpoint]), "session_hash": "x"},
                "/gradio_api/run/predict": {"data": [], "fn_index": numbers[endpoint], "session_hash": "x"},
                "/gradio_api/run/model": {"data": [], "fn_index": numbers[endpoint], "session_hash": "x"},
            }
            for path, body in calls.items():
                answer = client.post(path, json=body)
                if who in allowed:
                    assert answer.status_code not in (401, 403), (path, answer.text)
                elif answer.status_code != 403:
                    # Not a way to call it at all.
                    assert answer.status_code in (404, 405, 307, 422), (path, answer.text)
                assert "Traceback" not in answer.text


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_any_session_opens_the_frame_of_the_app(running: Running, paths: list[str], who: str):
    with running.client(**shown_by(running, who)) as client:
        for path in paths:
            if not path.startswith(CALLS) and path not in OPEN:
                code = status(client, "GET", path)
                assert code != 401, path
                own = path in ("/metrics", "/mcp") or path.startswith("/batch")
                assert code != 403 or own or any(word in path for word in REFUSED_BY_GRADIO), path
        for path in ("/", "/config", "/drift", "/theme.css", "/gradio_api/info", "/mounted/deep/x"):
            answer = client.get(path, headers={"accept": "text/html"})
            assert answer.status_code == 200, path
            assert answer.headers["cache-control"] == "no-store", path


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_only_who_reads_applicants_sends_files_of_them(running: Running, who: str):
    with running.client(**shown_by(running, who)) as client:
        for method, path in (
            ("POST", "/batch"),
            ("GET", "/batch/x"),
            ("GET", "/batch/x/file"),
            ("DELETE", "/batch/x"),
        ):
            answer = client.request(method, path)
            assert answer.status_code == (403 if who not in READERS else 202 if method == "POST" else 404), path


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_only_who_reads_applicants_has_an_assistant_do_so(running: Running, who: str):
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "score", "arguments": {}}}
    accepted = {"accept": "application/json, text/event-stream"}
    with running.client(**shown_by(running, who), **accepted) as client:
        answer = client.post("/mcp", json=call)
        assert answer.status_code == (200 if who in READERS else 403), answer.text
        assert ("A new application needs these fields too" in answer.text) == (who in READERS)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_only_who_operates_the_app_reads_its_figures(running: Running, who: str):
    with running.client(**shown_by(running, who)) as client:
        for path, found in (("/metrics", 200), ("/metrics/", 307)):
            answer = client.get(path)
            assert answer.status_code == (found if who == "maintainer" else 403), path
            assert ("credit_requests_total" in answer.text) == (who == "maintainer" and found == 200)
            assert not re.search(r"AMT_|10000|Traceback|sqlalchemy", answer.text)


def test_what_goes_to_everybody_holds_nobody_s_id(running: Running):
    with running.client(cookie=running.cookie("maintainer"), accept="text/html") as client:
        for path in ("/", "/config", "/gradio_api/info"):
            assert re.findall(r"\b10[0-3]\d{3}\b", client.get(path).text) == [], path
