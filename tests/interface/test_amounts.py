"""The app when its model decides by amounts: endpoints, page, and the settings that choose the costs."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, expect

from scoring.artifact.recost import with_costs
from scoring.decision.costs import RatioCosts
from scoring.interface.verdict import scale_html
from scoring.serving.description import describe
from scoring.serving.service import Service, answered, assess, explain, score
from scoring.serving.settings import DEMO_APPLICANTS
from scoring.words.wording import amount, percent, text
from tests.interface.pages import AMOUNT, enter

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def amount_client(amount_url: str) -> Client:
    return Client(amount_url, verbose=False)


def over_the_wire(answer: object) -> dict:
    return json.loads(json.dumps(answer))


@pytest.mark.parametrize("changes", [{}, {"AMT_CREDIT": 450_000, "AMT_ANNUITY": 25_000.5}])
def test_the_endpoints_are_the_services_own(
    amount_client: Client, amount_service: Service, some_ids: list[int], changes: dict
):
    asked = assess(amount_service, some_ids[7], changes, "fr")
    answers = {"/score": answered(amount_service, asked), "/explain": explain(amount_service, asked)}
    for name, own in answers.items():
        told = amount_client.predict(some_ids[7], changes, "fr", api_name=name)
        expected = over_the_wire(asdict(own))
        # The same files under another name.
        assert {**told, "model": {**told["model"], "source": "amount"}} == expected


def test_the_model_tells_how_errors_are_priced(amount_client: Client, amount_service: Service):
    told = amount_client.predict(api_name="/model")
    assert told["threshold"] is None
    assert told["cost_function"] == over_the_wire(asdict(describe(amount_service).cost_function))


def test_the_scale_reaches_over_a_high_referral_band(amount_service: Service, some_ids: list[int]):
    for applicant_id in some_ids:
        drawn = scale_html(score(amount_service, assess(amount_service, applicant_id, {}, "en")), "en")
        assert "width:-" not in drawn


@pytest.mark.browser
def test_the_page_shows_currency_and_an_edit_moves_the_threshold(
    browser: Browser, amount_url: str, amount_service: Service, some_ids: list[int]
):
    wanted = some_ids[7]
    own = score(amount_service, assess(amount_service, wanted, {}, "en"))
    changed = score(amount_service, assess(amount_service, wanted, {"AMT_CREDIT": 900_000}, "en"))
    page = browser.new_page(locale="en-GB")
    page.goto(f"{amount_url}/?applicant={wanted}")
    decision = page.locator("#reasons")
    expect(decision.locator(".cs-costs")).to_contain_text(amount(own.expected_cost.approve, "en"), timeout=60_000)
    expect(decision.locator(".cs-costs")).to_contain_text(amount(own.expected_cost.refuse, "en"))
    expect(decision).to_contain_text(text("screen.cost_unit.currency", "en"))
    page.get_by_role("tab", name=text("screen.tab.what_if", "en")).click()
    enter(page, AMOUNT, "900000")
    thresholds = [f"Threshold {percent(scored.threshold, 'en')}" for scored in (own, changed)]
    assert thresholds[0] != thresholds[1]
    for place, threshold in enumerate(thresholds):
        expect(page.locator("#result .cs-side").nth(place)).to_contain_text(threshold, timeout=60_000)
    page.close()


def test_another_ratio_is_served_from_the_same_artifact(
    amount_folder: Path, amount_service: Service, some_ids: list[int], tmp_path: Path, run_app: Callable
):
    changed = Service(with_costs(amount_service.artifact, RatioCosts(5)), amount_service.applicants)
    own = score(changed, assess(changed, some_ids[7], {}, "en"))
    settings = {"ARTIFACT": str(amount_folder), "APPLICANTS": str(DEMO_APPLICANTS), "COST_RATIO": "5"}
    with run_app(tmp_path / "log", **settings) as url:
        told = Client(url, verbose=False).predict(some_ids[7], {}, "en", api_name="/score")
    assert told["threshold"] == own.threshold
    assert told["expected_cost"] == asdict(own.expected_cost)
    assert told["expected_cost"]["unit"] == "refusals"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"COST_RATIO": "1000"}, "Cost ratio 1000 is not allowed"),
        ({"COST_RATIO": "ten"}, "COST_RATIO='ten' is not a number"),
        ({"COST_FUNCTION": "profit"}, "Set one of: ratio, amount"),
    ],
)
def test_costs_that_cannot_be_served_stop_the_app_with_a_word(
    settings: dict, message: str, monkeypatch: pytest.MonkeyPatch
):
    for name, value in {"ARTIFACT": "", "APPLICANTS": "", **settings}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
    assert str(stopped.value).startswith("The app cannot start. ")
    assert message in str(stopped.value)


def test_the_word_that_stops_the_app_goes_to_its_errors():
    environment = {**os.environ, "ARTIFACT": "", "APPLICANTS": "", "COST_RATIO": "-3"}
    ran = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("The app cannot start. ")
    assert "false_approval = -3.0 is not allowed" in ran.stderr
