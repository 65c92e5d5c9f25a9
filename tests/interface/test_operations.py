"""The running app seen from outside: its log as JSON, and what it says when it is asked too often."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
from gradio_client import Client
from playwright.sync_api import Browser, expect

from tests.interface.pages import new_page
from tests.interface.shown import PATIENCE

NAME = "Marie Dupont"


def test_the_log_is_json_and_holds_nothing_of_an_applicant(
    run_app: Callable[..., AbstractContextManager[str]], tmp_path: Path, ids: tuple[int, int]
):
    with (
        run_app(tmp_path / "log", LOG_FORMAT="json", CALLS_PER_MINUTE="1000") as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        Client(url, verbose=False).predict(ids[0], {"AMT_CREDIT": 333_444}, api_name="/score")
        begun = client.post("/gradio_api/call/explain", json={"data": [ids[0], {"AMT_CREDIT": 333_444}]}).json()
        assert "complete" in client.get(f"/gradio_api/call/explain/{begun['event_id']}").text
        for path in (f"/?applicant={ids[0]}", f"/{ids[0]}", f"/gradio_api/call/{NAME}", f"/sign-in?next={NAME}"):
            client.get(path, headers={"user-agent": NAME, "accept-language": "fr"})
        odd = {"data": [NAME, {NAME: ids[0]}]}
        refused = [client.post(f"/gradio_api/{way}", json=odd) for way in (f"call/{NAME}", "call/score", "run/score")]
        number = refused[0].json()["request_id"]
        ready = client.get("/ready")
        assert (ready.status_code, ready.text) == (200, "ready")
    lines = [line for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines]
    endpoints = {line.get("endpoint") for line in told}
    assert {"page_event", "explain", "score", "call", "unknown", "page", "other", "probe"} <= endpoints
    assert [line["status"] for line in told if line.get("request_id") == number] == [404]
    assert not re.search(rf"{ids[0]}|333.?444|AMT_CREDIT|Marie|Dupont", (tmp_path / "log").read_text())


def test_somebody_who_asks_too_often_is_told_so_on_the_page(
    run_app: Callable[..., AbstractContextManager[str]], tmp_path: Path, browser: Browser, ids: tuple[int, int]
):
    with run_app(tmp_path / "log", CALLS_PER_MINUTE="48") as url, new_page(browser, "fr-FR") as page:
        page.goto(f"{url}/?applicant={ids[0]}")
        expect(page.locator("#application h2")).to_contain_text(str(ids[0]), timeout=PATIENCE)
        # Words come in the language of the page, which its address names.
        page.wait_for_url(re.compile("language=fr"))
        told = page.locator(".toast-body")
        for place in range(40):
            page.get_by_role("tab").nth(place % 3).click()
            if told.count():
                break
        expect(told).to_contain_text("Trop de demandes à la fois. Réessayez dans")
