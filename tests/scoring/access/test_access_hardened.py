from __future__ import annotations

import base64
import hashlib

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from scoring.access.hardened import Hardened

HELLO = 'console.log("hello")'
PAGE = f"<html><script>{HELLO}</script><script src='a.js'></script><script type=module>\n2</script></html>"
CORS = {"Access-Control-Allow-Origin": "https://evil.example", "Access-Control-Allow-Credentials": "true"}


def page(request: Request) -> Response:
    return HTMLResponse(PAGE, headers=CORS)


def in_parts(request: Request) -> Response:
    return StreamingResponse(iter([PAGE[:20], PAGE[20:]]), media_type="text/html; charset=utf-8")


def own(request: Request) -> Response:
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": "sandbox", "Referrer-Policy": "no-referrer"})


def data(request: Request) -> Response:
    return JSONResponse({})


ROUTES = [Route("/", page), Route("/parts", in_parts), Route("/own", own), Route("/data", data)]


def client_of(base_url: str = "http://test", **more: list[str]) -> TestClient:
    return TestClient(Hardened(Starlette(routes=ROUTES), **more), base_url=base_url)


def hash_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_a_page_s_own_scripts_run_and_no_other_inline_ones(path: str):
    answer = client_of(scripts=["later()"]).get(path)
    assert answer.text == PAGE
    scripts = answer.headers["content-security-policy"].partition("script-src ")[2].partition(";")[0]
    assert scripts.split() == ["'self'", "'unsafe-eval'", hash_of(HELLO), hash_of("\n2"), hash_of("later()")]


def test_only_the_named_sites_frame_a_page_and_nobody_the_rest():
    client = client_of(framed_by=["https://huggingface.co"])
    assert client.get("/").headers["content-security-policy"].endswith("frame-ancestors 'self' https://huggingface.co")
    assert client.get("/data").headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert client_of().get("/").headers["content-security-policy"].endswith("frame-ancestors 'self'")


def test_what_the_app_says_itself_stands():
    headers = client_of().get("/own").headers
    assert headers.get_list("content-security-policy") == ["sandbox"]
    assert headers.get_list("referrer-policy") == ["no-referrer"]
    # A browser shows no page that is in a sandbox and isolates its opener.
    assert "cross-origin-opener-policy" not in headers
    assert client_of().get("/").headers["cross-origin-opener-policy"] == "same-origin"


def test_no_other_site_s_page_reads_an_answer():
    assert [name for name in client_of().get("/").headers if name.startswith("access-control-")] == []


def test_browsers_are_held_to_tls_where_there_is_any():
    assert client_of("https://test").get("/data").headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in client_of().get("/data").headers
