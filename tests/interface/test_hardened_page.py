"""What the page's policy means in a browser: the page works, and what is put into it later does not run."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect

from tests.interface.pages import Opened, new_page, tab
from tests.interface.shown import PATIENCE

pytestmark = pytest.mark.browser

PUT_IN = """() => {
  const image = document.createElement("div");
  image.innerHTML = '<img src="data:," onerror="window.ran = true">';
  document.body.append(image);
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.body.append(script);
  const link = Object.assign(document.createElement("a"), {href: "javascript:window.ran = true"});
  document.body.append(link);
  link.click();
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_draws_itself_in_both_themes_without_a_complaint(opened: Opened, ids: tuple, scheme: str):
    page = opened(f"?applicant={ids[0]}", scheme=scheme)
    tab(page, "explanation")
    expect(page.locator("#waterfall svg")).to_be_visible()


def test_a_script_that_is_put_into_the_page_does_not_run(browser: Browser, app_url: str):
    refused: list[str] = []

    def all_are_refused(message: ConsoleMessage) -> bool:
        if message.type == "error" and "Content Security Policy" in message.text:
            refused.append(message.text)
        return len(refused) == 3

    with new_page(browser) as page:
        page.goto(app_url)
        expect(page.locator("#application .cs")).to_be_visible(timeout=PATIENCE)
        with page.expect_console_message(all_are_refused):
            page.evaluate(PUT_IN)
        assert page.evaluate("window.ran") is None


def test_the_drift_report_is_shown(browser: Browser, app_url: str):
    with new_page(browser) as page:
        page.goto(f"{app_url}/drift")
        expect(page.locator("h1").first).to_be_visible()
