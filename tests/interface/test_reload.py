"""A reload, a link and a restarted server lose nothing; the address holds no new application, and goes to no server."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring.serving.service import Service
from scoring.words.wording import text
from tests.interface.conftest import running_app
from tests.interface.pages import AMOUNT, INCOME, Opened, commit, enter, shown_probability
from tests.ports import free_port

pytestmark = pytest.mark.browser
INSTALMENT = "#entry-AMT_ANNUITY input"
RESULT = "#result .cs-side b"
SETTLED_MS = 500


def link(applicant: int, changes: dict, scenarios: list) -> str:
    kept = json.dumps({"changes": changes, "scenarios": scenarios})
    return f"?applicant={applicant}&tab=what_if&language=en#what-if={quote(kept)}"


def test_a_reload_brings_back_edits_scenarios_and_what_is_not_allowed(opened: Opened, service: Service, ids: tuple):
    page = opened(f"?applicant={ids[0]}&tab=what_if")
    enter(page, AMOUNT, "300,000")
    page.get_by_role("button", name="Keep as a scenario").click()
    expect(page.locator("#scenarios thead th")).to_have_count(1)
    enter(page, INCOME, "x")
    expect(page.locator("#entry-problem")).to_contain_text("Yearly income")
    page.reload()
    expect(page.locator(AMOUNT)).to_have_value("300,000")
    expect(page.locator(INCOME)).to_have_value("x")
    expect(page.locator("#entry-problem")).to_contain_text("Yearly income")
    expect(page.locator("#scenarios thead th")).to_have_count(1)


@pytest.mark.parametrize("tab", ["reasons", "what_if"])
def test_a_reload_of_what_nobody_edited_is_as_on_file(opened: Opened, service: Service, ids: tuple, tab: str):
    page = opened(f"?applicant={ids[0]}&tab={tab}")
    for _ in range(2):
        expect(page.locator("#application .cs-probability b")).to_have_text(shown_probability(service, ids[0], {}))
        expect(page.locator("#problem")).not_to_contain_text("required")
        # Until all that the page keeps is kept.
        page.wait_for_timeout(SETTLED_MS)
        page.reload()
    expect(page.locator("#application .cs-decision")).to_be_visible()
    assert "is required" not in page.inner_text("body")


def test_a_link_opens_edits_and_scenarios_in_another_browser(opened: Opened, service: Service, ids: tuple):
    scenarios = [{"AMT_CREDIT": 200_000}, {"AMT_CREDIT": 500_000}]
    page = opened(link(ids[0], {"AMT_CREDIT": 300_000}, scenarios))
    expect(page.locator(RESULT).nth(1)).to_have_text(shown_probability(service, ids[0], {"AMT_CREDIT": 300_000}))
    told = [shown_probability(service, ids[0], changes) for changes in scenarios]
    expect(page.locator("#scenarios td b")).to_have_text(told)


def test_a_link_whose_changes_are_not_allowed_opens_the_file_and_says_so(opened: Opened, service: Service, ids: tuple):
    page = opened(link(ids[0], {"AMT_CREDIT": -5}, []))
    expect(page.locator("#problem")).to_contain_text("The changes in this link are not allowed")
    on_file = shown_probability(service, ids[0], {})
    expect(page.locator(RESULT)).to_have_text([on_file, on_file])


def test_changes_stand_in_the_address_where_no_server_sees_them(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}&tab=what_if")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    enter(page, AMOUNT, "345,678")
    expect(page.locator("#result table")).to_contain_text("345,678")
    page.wait_for_function("location.hash.includes('345678')")
    page.reload()
    expect(page.locator(AMOUNT)).to_have_value("345,678")
    assert not [url for url in asked if "345678" in url.split("#")[0]]


def test_a_new_application_survives_a_reload_but_is_not_in_the_address(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    page.locator("#new-application").click()
    for place, value in {
        AMOUNT: "456,789",
        INSTALMENT: "25,000",
        INCOME: "180,000",
        "#entry-DAYS_BIRTH input": "40",
    }.items():
        commit(page, place, value)
    expect(page.locator("#result .cs-side")).to_have_count(1)
    page.wait_for_function("location.search.includes('applicant=new')")
    assert "456" not in page.url
    page.reload()
    expect(page.locator(AMOUNT)).to_have_value("456,789")
    expect(page.locator("#result .cs-side")).to_have_count(1)
    # Another applicant's page in this window does not get it.
    page.goto(page.url.split("?")[0] + f"?applicant={ids[0]}&tab=what_if")
    expect(page.locator(RESULT)).to_have_count(2)
    expect(page.locator("#application .cs-changed")).to_have_count(0)


def test_nobody_else_s_decision_stays_when_nobody_is_found(opened: Opened, ids: tuple):
    for typed in ("999999999", "smith"):
        page = opened(f"?applicant={ids[0]}")
        expect(page.locator("#application h2")).to_have_text(f"Applicant {ids[0]}")
        picker = page.locator("#picker input")
        picker.click()
        picker.fill("")
        picker.press_sequentially(typed)
        expect(page.locator("[role=option]:visible")).to_have_count(1)
        expect(page.locator("[role=option]:visible")).to_contain_text(f"Nobody on file: “{typed}”")
        picker.press("Enter")
        expect(page.locator("#problem")).to_contain_text(typed)
        expect(page.locator("#tabs")).not_to_be_visible()
        expect(page.locator("#application h2")).to_have_count(0)


def _entered_while_gone(page: Page) -> None:
    """What somebody does who has not noticed yet."""
    commit(page, INSTALMENT, "14 500,5")


def test_a_server_that_is_gone_is_said_so_and_a_restarted_one_gets_what_was_entered(
    tmp_path: Path, browser: Browser, service: Service, ids: tuple
):
    port = str(free_port())
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR")
    page = context.new_page()
    with running_app(tmp_path / "first.log", GRADIO_SERVER_PORT=port) as url:
        page.goto(f"{url}/?applicant={ids[0]}&tab=what_if")
        enter(page, AMOUNT, "333 333")
        expect(page.locator("#result table")).to_contain_text("333\u202f333")
    _entered_while_gone(page)
    notice = page.locator("#cs-gone")
    expect(notice).to_contain_text(text("connection.gone", "fr"))
    expect(notice.get_by_role("button")).to_have_text(text("connection.retry", "fr"))
    expect(page.locator("gradio-app")).to_have_css("opacity", "0.35")
    with running_app(tmp_path / "second.log", GRADIO_SERVER_PORT=port):
        expect(notice).not_to_be_visible()
        changes = {"AMT_CREDIT": 333_333, "AMT_ANNUITY": 14_500.5}
        expect(page.locator(RESULT).nth(1)).to_have_text(shown_probability(service, ids[0], changes, "fr"))
        expect(page.locator(INSTALMENT)).to_have_value("14\u202f500,50")
        expect(page.locator("gradio-app")).to_have_css("opacity", "1")
    context.close()


# Chromium's "Slow 3G" to "Fast 3G": 400 kB/s would be 4G.
THREE_G = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 94_000}


def test_on_a_slow_line_a_readable_frame_comes_long_before_the_filled_page(browser: Browser, app_url: str, ids: tuple):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", THREE_G)
    page.goto(f"{app_url}/?applicant={ids[0]}", wait_until="commit")
    expect(page.locator("#cs-opening h1")).to_be_visible()
    words = page.inner_text("body")
    assert text("connection.opening", "fr") in words
    assert not {"Dropdown", "Run", "Textbox"} & set(words.split())
    expect(page.locator("#application .cs")).to_be_visible()
    expect(page.locator("#cs-opening")).not_to_be_visible()
    filled = page.evaluate("performance.now()")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    # Seconds depend on the machine: 1 to 2 s of 11 were measured on such a line.
    assert painted < filled / 2
    context.close()
